package dev.parkinglot.examples.trace;

import dev.parkinglot.core.ParkedQueue;
import dev.parkinglot.core.ParkedThread;
import dev.parkinglot.core.ParkingLot;
import dev.parkinglot.examples.trace.Trace.Bucket;
import dev.parkinglot.examples.trace.Trace.Field;
import dev.parkinglot.examples.trace.Trace.Queue;
import dev.parkinglot.examples.trace.Trace.State;
import dev.parkinglot.examples.trace.Trace.Step;
import dev.parkinglot.examples.trace.Trace.ThreadState;
import dev.parkinglot.examples.trace.Trace.Waiter;
import dev.parkinglot.examples.trace.Trace.Word;
import dev.parkinglot.testkit.Body;
import dev.parkinglot.testkit.DrivenLot;
import dev.parkinglot.testkit.DrivenThread;
import dev.parkinglot.testkit.DrivenThread.Position;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Records what the threads of a {@link DrivenLot} do, one step after the other, for the page in {@code
 * docs/visualizer}. A program says which threads there are, what their keys and state words are called, and who goes
 * on; the recorder looks at the lot after each step and tells what has changed:
 *
 * <pre>{@code
 * try (DrivenLot lot = new DrivenLot()) {
 *     Gate gate = new Gate();
 *     Recorder recorder = new Recorder(lot, "A gate");
 *     recorder.key("gate", gate, 0L);
 *     recorder.word("gate", () -> List.of(new Trace.Field("open", gate.isOpen() ? 1 : 0)));
 *     DrivenThread waiter = recorder.thread("A", gate::await);
 *     DrivenThread opener = recorder.thread("B", gate::open);
 *     recorder.run(waiter); // until it sleeps
 *     recorder.run(opener); // until it has ended
 *     recorder.run(waiter);
 *     Files.writeString(file, recorder.trace(null, null, null).toJson());
 * }
 * }</pre>
 *
 * <p>A stop of the program's own ({@link DrivenLot#stop}) is told by its label, which continues a sentence that begins
 * with the name of the thread. If the label begins with "holds", the thread is shown as one that holds a lock, until
 * its next such stop, its next sleep, or its end.
 */
public final class Recorder {
    private static final String HOLDS = "holds";

    /** With more keys than this, only those are shown that somebody waits for. */
    private static final int FEW_KEYS = 4;

    private final DrivenLot lot;
    private final TableView table;
    private final String title;
    private final List<DrivenThread> threads = new ArrayList<>();
    private final Map<DrivenThread, String> doing = new HashMap<>();
    private final Map<DrivenThread, String> tokens = new HashMap<>();
    private final Map<DrivenThread, String> stores = new HashMap<>();
    private final Map<Key, String> keys = new LinkedHashMap<>();
    private final Map<Key, Supplier<String>> wakes = new HashMap<>();
    private final Map<String, Supplier<List<Field>>> words = new LinkedHashMap<>();
    private final List<Step> steps = new ArrayList<>();

    /** Compared by identity of the base. */
    private record Key(Object base, long offset) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && key.base == base && key.offset == offset;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(base) + Long.hashCode(offset);
        }
    }

    /** Records under a title what the threads of a lot do. */
    public Recorder(DrivenLot lot, String title) {
        this.lot = lot;
        this.title = title;
        table = new TableView(lot);
    }

    TableView table() {
        return table;
    }

    // ---- what there is

    /** Adds a thread, which is not started yet, for {@link #step} and {@link #run}. */
    public DrivenThread thread(String name, Body body) {
        DrivenThread thread = lot.thread(name, body);
        threads.add(thread);
        return thread;
    }

    /** Names a key. */
    public Recorder key(String name, Object base, long offset) {
        keys.put(new Key(base, offset), name);
        return this;
    }

    /**
     * Tells what a wake from the queue of a key says to the thread, and is asked right after the wake. The lot tells
     * only that thread, so the program has to know it from the state.
     */
    public Recorder wakesTell(Object base, long offset, Supplier<String> token) {
        wakes.put(new Key(base, offset), token);
        return this;
    }

    /** Adds a state word, and what reads it. */
    public Recorder word(String name, Supplier<List<Field>> fields) {
        words.put(name, fields);
        return this;
    }

    // ---- what happens

    /** A sentence about something that no thread did. */
    public Recorder note(String event, String text) {
        steps.add(new Step(null, event, text, look()));
        return this;
    }

    /** Tells what a thread has in its store buffer from now on, null if nothing. The lot cannot know. */
    public Recorder store(DrivenThread thread, String store) {
        stores.put(thread, store);
        return this;
    }

    /** A thread goes on to its next stop. */
    public Recorder step(DrivenThread thread) {
        return step(thread, null);
    }

    /** A thread goes on to its next stop, with a sentence about it; null for the recorder's own words. */
    public Recorder step(DrivenThread thread, String text) {
        Map<String, Key> before = whereabouts();
        int sizeBefore = table.size();
        Position from = thread.position();
        if (from == Position.ASLEEP) {
            tokens.remove(thread);
        }
        thread.step();
        noteWhatItDoes(thread);
        Change change = new Change(thread, from, sizeBefore, before, whereabouts());
        change.woken.forEach((key, all) -> all.forEach(woken -> tokens.put(woken, tokenFrom(key))));
        String name = nameOf(thread);
        steps.add(new Step(name, change.event(), text == null ? name + " " + change.text() + "." : text, look()));
        return this;
    }

    /** A thread goes on until it sleeps or has ended. */
    public Recorder run(DrivenThread thread) {
        do {
            step(thread);
        } while (!thread.isAsleep() && !thread.hasEnded());
        return this;
    }

    private String tokenFrom(Key key) {
        Supplier<String> token = wakes.get(key);
        return token == null ? null : token.get();
    }

    private void noteWhatItDoes(DrivenThread thread) {
        if (thread.position() == Position.AT_LABEL) {
            doing.put(thread, thread.label());
        } else if (thread.isAsleep() || thread.hasEnded()) {
            doing.remove(thread);
        }
    }

    /**
     * What was recorded so far: of which scenario of the page, what there is to see, and how it was recorded. Each may
     * be null.
     */
    public Trace trace(String scenario, String about, String recorded) {
        return new Trace(scenario, title, about, recorded, steps);
    }

    // ---- looking

    /** Who is in the queue of which key. */
    private Map<String, Key> whereabouts() {
        Map<String, Key> where = new LinkedHashMap<>();
        for (ParkedQueue queue : ParkingLot.snapshot()) {
            for (ParkedThread parked : queue.threads()) {
                where.put(parked.thread().getName(), new Key(queue.base(), queue.offset()));
            }
        }
        return where;
    }

    private State look() {
        List<ThreadState> states = threads.stream().map(this::look).toList();
        List<Word> read = new ArrayList<>();
        words.forEach((name, fields) -> read.add(new Word(name, fields.get())));
        return new State(states, read, buckets());
    }

    private ThreadState look(DrivenThread thread) {
        String what = doing.get(thread);
        return new ThreadState(
                nameOf(thread), statusOf(thread, what), describe(thread, what), tokens.get(thread), stores.get(thread));
    }

    private static String statusOf(DrivenThread thread, String what) {
        if (thread.hasEnded()) {
            return "done";
        }
        if (thread.isAsleep()) {
            return thread.isMarkedUnparked() ? "woken" : "parked";
        }
        return what != null && what.startsWith(HOLDS) ? "holding" : "running";
    }

    private static String describe(DrivenThread thread, String what) {
        return switch (thread.position()) {
            case NEW -> "has not begun";
            case AT_PARK -> "is about to park";
            case AT_UNPARK -> "is about to unpark";
            case AT_REQUEUE -> "is about to requeue";
            default -> what;
        };
    }

    private List<Bucket> buckets() {
        int size = table.size();
        Map<Integer, List<Queue>> queues = new TreeMap<>();
        keys.forEach((key, name) -> {
            Queue queue = look(key, name);
            if (keys.size() <= FEW_KEYS || !queue.waiters().isEmpty()) {
                queues.computeIfAbsent(table.bucketOf(key.base, key.offset), bucket -> new ArrayList<>())
                        .add(queue);
            }
        });
        List<Bucket> buckets = new ArrayList<>();
        queues.forEach((number, all) -> buckets.add(new Bucket("bucket " + number + " of " + size, all)));
        return buckets;
    }

    private static Queue look(Key key, String name) {
        return new Queue(
                name,
                ParkingLot.waiters(key.base, key.offset).stream()
                        .map(parked -> new Waiter(parked.thread().getName()))
                        .toList());
    }

    private static String nameOf(DrivenThread thread) {
        return thread.thread().getName();
    }

    private String nameOf(Key key) {
        return keys.getOrDefault(key, "another key");
    }

    /** What a step has changed. */
    private final class Change {
        private final DrivenThread thread;
        private final Position from;
        private final int sizeBefore;
        private final int sizeAfter = table.size();
        private final Map<Key, List<DrivenThread>> woken = new LinkedHashMap<>();
        private final Map<Key, List<DrivenThread>> moved = new LinkedHashMap<>();
        private final Key before;
        private final Key after;

        Change(DrivenThread thread, Position from, int sizeBefore, Map<String, Key> before, Map<String, Key> after) {
            this.thread = thread;
            this.from = from;
            this.sizeBefore = sizeBefore;
            this.before = before.get(nameOf(thread));
            this.after = after.get(nameOf(thread));
            for (DrivenThread other : threads) {
                Key was = before.get(nameOf(other));
                Key is = after.get(nameOf(other));
                if (other != thread && was != null && is == null) {
                    woken.computeIfAbsent(was, key -> new ArrayList<>()).add(other);
                } else if (other != thread && was != null && !was.equals(is)) {
                    moved.computeIfAbsent(is, key -> new ArrayList<>()).add(other);
                }
            }
        }

        String event() {
            if (sizeBefore != sizeAfter) {
                return "grow";
            }
            if (!moved.isEmpty()) {
                return "requeue";
            }
            if (!woken.isEmpty()) {
                return "unpark";
            }
            if (before != null && after == null) {
                return "leave";
            }
            return switch (thread.position()) {
                case ASLEEP -> "park";
                case AT_PARK, AT_UNPARK, AT_REQUEUE -> "arrive";
                case ENDED -> "end";
                default -> from == Position.ASLEEP ? "wake" : "note";
            };
        }

        String text() {
            List<String> parts = new ArrayList<>();
            if (from == Position.ASLEEP) {
                parts.add(wakeUp());
            }
            woken.forEach((key, all) -> parts.add(wake(key, all)));
            moved.forEach((key, all) ->
                    parts.add("moves " + namesOf(all) + " to the queue of " + nameOf(key) + " without waking"));
            if (sizeBefore != sizeAfter) {
                parts.add("changes the size of the table from " + sizeBefore + " buckets to " + sizeAfter);
            }
            String last = arrival();
            if (last != null) {
                parts.add(last);
            }
            return String.join(", and ", parts);
        }

        private String wakeUp() {
            if (before == null) {
                return "wakes up";
            }
            return after == null ? "leaves the queue of " + nameOf(before) : "looks again";
        }

        private String wake(Key key, List<DrivenThread> all) {
            String token = tokenFrom(key);
            return "takes " + namesOf(all) + " out of the queue of " + nameOf(key) + " and wakes "
                    + (all.size() == 1 ? "it" : "them") + (token == null ? "" : ", with the token " + token);
        }

        private String arrival() {
            return switch (thread.position()) {
                case ASLEEP -> after == null ? "sleeps" : "sleeps in the queue of " + nameOf(after);
                case AT_PARK -> "must wait, and is about to park";
                case AT_UNPARK -> "is about to look at the queue";
                case AT_REQUEUE -> "is about to look at both queues";
                case AT_LABEL -> thread.label();
                case ENDED -> "is done";
                default -> null;
            };
        }
    }

    private static String namesOf(List<DrivenThread> all) {
        List<String> names = all.stream().map(Recorder::nameOf).toList();
        int last = names.size() - 1;
        return last == 0 ? names.get(0) : String.join(", ", names.subList(0, last)) + " and " + names.get(last);
    }
}
