package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is observed, and what is loaded for that, in JVMs of their own that are started in different ways. */
class ObservationInJvmTest {
    @TempDir
    Path folder;

    /** Tells whether somebody looks from the start, and waits for a while, twice. */
    static final class Waits {
        private Waits() {}

        public static void main(String[] args) throws InterruptedException {
            System.out.println("observed from the start: " + ParkingLot.isObserved());
            Object base = new Object();
            for (int i = 0; i < 2; i++) {
                ParkingLot.park(base, 0L, () -> true, Patience.within(Duration.ofMillis(30)));
            }
            if (ParkingLot.isObserved()) {
                ContentionStatistics counted = ContentionStatistics.latestShared();
                System.out.println(
                        "counted: " + (counted != null && !counted.perLock().isEmpty()));
            }
        }
    }

    /** Begins a recording later, from within, as a tool from outside can. */
    static final class RecordsLater {
        private RecordsLater() {}

        public static void main(String[] args) throws Exception {
            Object base = new Object();
            ParkingLot.park(base, 0L, () -> true, Patience.within(Duration.ofMillis(30)));
            System.out.println("observed before: " + ParkingLot.isObserved());
            try (jdk.jfr.Recording recording = new jdk.jfr.Recording()) {
                recording.start();
                while (!ParkingLot.isObserved()) {
                    ParkingLot.park(base, 0L, () -> true, Patience.within(Duration.ofMillis(30)));
                }
            }
            System.out.println("observed after: " + ParkingLot.isObserved());
        }
    }

    /** Holds something that is registered. */
    static final class Holds {
        private Holds() {}

        public static void main(String[] args) {
            Object base = new Object();
            try (ContentionStatistics statistics = ContentionStatistics.start()) {
                DeadlockDetector.register(base, 0L);
                DeadlockDetector.unregister(base, 0L);
                System.out.println("holds: "
                        + statistics.perLock().stream()
                                .mapToLong(Contention::getHolds)
                                .sum());
            }
        }
    }

    private List<String> run(Class<?> main, String... flags) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(List.of(flags));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        Path output = folder.resolve("output.txt");
        Process child = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertTrue(child.waitFor(1, TimeUnit.MINUTES), () -> "does not end: " + command);
            List<String> lines = Files.readAllLines(output);
            assertEquals(0, child.exitValue(), lines::toString);
            return lines;
        } finally {
            child.destroyForcibly();
        }
    }

    private static void assertSays(List<String> lines, String expected) {
        assertTrue(lines.contains(expected), () -> expected + " is not in " + lines);
    }

    // ---- off

    @Test
    void nothingOfThisIsLoadedWhileNobodyLooks() throws Exception {
        List<String> loaded = run(Waits.class, "-Xlog:class+load:stdout:none");
        assertSays(loaded, "observed from the start: false");
        List<String> ours = loaded.stream()
                .map(line -> line.split(" ", 2)[0])
                .filter(name -> name.startsWith("jdk.jfr.")
                        || name.startsWith("java.lang.management.")
                        || name.matches("dev\\.parkinglot\\.core\\.(Observ|Wait(Span|Obs)|Flight|Finished|Contention"
                                + "|Key|Weak|Slow|LotSnap|ParkingLotM|Queue).*"))
                .filter(name -> !name.startsWith(ObservationInJvmTest.class.getName()))
                .toList();
        // The JDK's one class that knows whether there is a recording, and ours that asks it.
        assertEquals(List.of(FlightRecording.class.getName(), "jdk.jfr.FlightRecorder"), ours);
    }

    @Test
    void withoutTheModulesOfTheJdkEverythingWorks() throws Exception {
        List<String> lines = run(Waits.class, "--limit-modules", "java.base", "-Ddev.parkinglot.observe=statistics");
        assertEquals(List.of("observed from the start: true", "counted: true"), lines);
    }

    // ---- on

    @Test
    void aRecordingIsSeenFromTheStart() throws Exception {
        Path file = folder.resolve("start.jfr");
        List<String> lines =
                run(Waits.class, "-XX:StartFlightRecording=filename=" + file + ",settings=default", "-Xlog:jfr*=off");
        assertSays(lines, "observed from the start: true");
        long waits = jdk.jfr.consumer.RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().equals("dev.parkinglot.Wait"))
                .count();
        assertTrue(waits >= 1L); // the JDK may begin to write events a moment after the program has begun
    }

    @Test
    void aRecordingThatBeginsLaterIsNoticedAfterAWait() throws Exception {
        List<String> lines = run(RecordsLater.class);
        assertSays(lines, "observed before: false");
        assertSays(lines, "observed after: true");
    }

    @Test
    void theCommandLineSwitchesObserversOn() throws Exception {
        List<String> lines = run(Waits.class, "-Ddev.parkinglot.observe=statistics,slow=5,jmx");
        assertSays(lines, "observed from the start: true");
        assertSays(lines, "counted: true");
        assertTrue(lines.stream().anyMatch(line -> line.contains("\"main\" has waited")), lines::toString);
    }

    @Test
    void holdsAreTimedIfHoldersAreRecorded() throws Exception {
        assertSays(run(Holds.class, "-Ddev.parkinglot.deadlocks=true"), "holds: 1");
        assertSays(run(Holds.class), "holds: 0");
    }

    @Test
    void aMistakeIsAWarningThatListsTheChoices() throws Exception {
        List<String> lines = run(Waits.class, "-Ddev.parkinglot.observe=everything,statistics");
        assertSays(lines, "counted: true");
        assertTrue(
                lines.stream()
                        .anyMatch(
                                line -> line.contains("\"everything\" is not observed. Choose among statistics, jmx")),
                lines::toString);
    }
}
