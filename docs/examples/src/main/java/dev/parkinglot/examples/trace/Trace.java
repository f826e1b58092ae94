package dev.parkinglot.examples.trace;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.util.List;

/**
 * What was recorded, in the format that {@code docs/visualizer/README.md} describes. What is null is left out of the
 * file.
 *
 * @param format always {@link #FORMAT}
 * @param version always {@link #VERSION}
 * @param scenario the scenario of the page that this is the recording of; null for others
 * @param title the title
 * @param about what there is to see
 * @param recorded how it was recorded
 * @param steps what has happened
 */
public record Trace(
        String format, int version, String scenario, String title, String about, String recorded, List<Step> steps) {
    /** The name of the format. */
    public static final String FORMAT = "parkinglot-trace";
    /** The version of the format. */
    public static final int VERSION = 1;

    private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

    Trace(String scenario, String title, String about, String recorded, List<Step> steps) {
        this(FORMAT, VERSION, scenario, title, about, recorded, List.copyOf(steps));
    }

    /**
     * Something that a thread did, null if no thread did; of what kind it was, a sentence about it, and what was to be
     * seen afterwards.
     */
    public record Step(String thread, String event, String text, State state) {}

    /** What is to be seen at a moment: all threads, all state words, and the buckets in which somebody waits. */
    public record State(List<ThreadState> threads, List<Word> words, List<Bucket> buckets) {}

    /** A thread. What it does, the token of its wake and the content of its store buffer may be null. */
    public record ThreadState(String name, String status, String doing, String token, String store) {}

    /** The state word of a lock. */
    public record Word(String name, List<Field> fields) {}

    /** A part of a state word. Derived is true if it follows from the others, otherwise null. */
    public record Field(String name, long value, Boolean derived) {
        public Field(String name, long value) {
            this(name, value, null);
        }
    }

    /** A bucket of the table. */
    public record Bucket(String name, List<Queue> queues) {}

    /** The queue of a key; those who wait are in its order. */
    public record Queue(String key, List<Waiter> waiters) {}

    /** Somebody who waits. */
    public record Waiter(String thread) {}

    /** JSON that the page can open, a line a step. */
    public String toJson() {
        String head = GSON.toJson(new Trace(format, version, scenario, title, about, recorded, List.of()));
        StringBuilder all = new StringBuilder(head.substring(0, head.length() - "]}".length()));
        for (int i = 0; i < steps.size(); i++) {
            all.append(i == 0 ? "\n" : ",\n").append(GSON.toJson(steps.get(i)));
        }
        return all.append("\n]}").toString();
    }

    /** A script for the page: one that is opened from a disk may run scripts, but not read other files. */
    String toScript() {
        return "// Recorded by RecordScenarios in docs/examples; do not edit.\nVisualizer.recorded(" + toJson()
                + ");\n";
    }
}
