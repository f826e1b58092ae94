package dev.parkinglot.examples.autopsy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;

/** Reads our events from a recording of JDK Flight Recorder. */
final class FlightRecordings {
    private static final String WAIT = "dev.parkinglot.Wait";
    private static final String DEADLOCK = "dev.parkinglot.Deadlock";

    private FlightRecordings() {}

    static Findings read(Path file) throws AutopsyException {
        List<RecordedEvent> waits = new ArrayList<>();
        List<String> deadlocks = new ArrayList<>();
        try (RecordingFile recording = new RecordingFile(file)) {
            while (recording.hasMoreEvents()) {
                RecordedEvent event = recording.readEvent();
                String type = event.getEventType().getName();
                if (type.equals(WAIT)) {
                    waits.add(event);
                } else if (type.equals(DEADLOCK) && !deadlocks.contains(event.getString("report"))) {
                    deadlocks.add(event.getString("report"));
                }
            }
        } catch (IOException | RuntimeException e) {
            throw new AutopsyException("cannot read " + file + " as a recording of JDK Flight Recorder: " + e);
        }
        if (waits.isEmpty() && deadlocks.isEmpty()) {
            throw new AutopsyException("there is no event of the library in " + file
                    + ": no wait has reached the threshold (dev.parkinglot.Wait#threshold, 10 ms unless set)");
        }
        return findings(file, waits, deadlocks);
    }

    private static Findings findings(Path file, List<RecordedEvent> events, List<String> deadlocks) {
        Map<String, Sum> locks = new LinkedHashMap<>();
        Map<Findings.Arrow, Sum> arrows = new LinkedHashMap<>(); // without labels yet
        List<Findings.Wait> waits = new ArrayList<>();
        List<Findings.Moment> moments = new ArrayList<>();
        Instant begin = events.stream()
                .map(RecordedEvent::getStartTime)
                .min(Comparator.naturalOrder())
                .orElse(Instant.EPOCH);
        for (RecordedEvent event : events) {
            Findings.Wait wait = waitOf(event);
            waits.add(wait);
            locks.computeIfAbsent(wait.lock(), any -> new Sum()).add(event, wait.millis());
            sum(arrows, wait.thread(), wait.lock(), true).add(event, wait.millis());
            if (!wait.holder().isEmpty()) {
                sum(arrows, wait.lock(), wait.holder(), false).add(event, wait.millis());
            }
            double seconds = millis(Duration.between(begin, event.getStartTime())) / 1e3;
            moments.add(new Findings.Moment(wait.lock(), seconds, wait.millis()));
        }
        return new Findings(
                "recording " + file,
                locks.entrySet().stream()
                        .map(lock -> lock.getValue().of(lock.getKey()))
                        .sorted(Comparator.comparingDouble(Findings.Lock::totalMillis)
                                .reversed())
                        .toList(),
                waits.stream()
                        .sorted(Comparator.comparingDouble(Findings.Wait::millis)
                                .reversed())
                        .toList(),
                deadlocks,
                arrows.entrySet().stream()
                        .map(arrow -> labelled(arrow.getKey(), arrow.getValue()))
                        .toList(),
                moments);
    }

    private static Sum sum(Map<Findings.Arrow, Sum> arrows, String from, String to, boolean waits) {
        return arrows.computeIfAbsent(new Findings.Arrow(from, to, waits, ""), any -> new Sum());
    }

    private static Findings.Arrow labelled(Findings.Arrow arrow, Sum sum) {
        String label = arrow.waits() ? sum.count + " waits, " + Math.round(sum.total) + " ms" : "held by";
        return new Findings.Arrow(arrow.from(), arrow.to(), arrow.waits(), label);
    }

    private static Findings.Wait waitOf(RecordedEvent event) {
        String mode = event.getString("mode");
        return new Findings.Wait(
                nameOf(event.getThread()),
                Findings.brief(event.getString("lock")),
                mode.equals("park") || mode.equals("lock") ? "" : mode,
                millis(event.getDuration()),
                event.getThread("holder") == null ? "" : nameOf(event.getThread("holder")));
    }

    private static String nameOf(RecordedThread thread) {
        if (thread == null) {
            return "unknown thread";
        }
        String name = thread.getJavaName();
        return name == null || name.isEmpty() ? "thread " + thread.getJavaThreadId() : name;
    }

    private static double millis(Duration duration) {
        return duration.toNanos() / 1e6;
    }

    /** What is added up for a lock, or for an arrow. */
    private static final class Sum {
        private long count;
        private double total;
        private double longest;
        private long handedOver;
        private long timedOut;

        void add(RecordedEvent event, double millis) {
            count++;
            total += millis;
            longest = Math.max(longest, millis);
            handedOver += event.getBoolean("handedOver") ? 1L : 0L;
            timedOut += event.getString("outcome").equals("TIMED_OUT") ? 1L : 0L;
        }

        Findings.Lock of(String lock) {
            return new Findings.Lock(lock, count, total, longest, handedOver, timedOut);
        }
    }
}
