package dev.parkinglot.examples.autopsy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.parkinglot.core.KeyNames;
import dev.parkinglot.core.ParkingLot;
import dev.parkinglot.core.Patience;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import jdk.jfr.Recording;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The program as its user sees it. */
@Timeout(120)
class AutopsyTest {
    @TempDir
    private Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int autopsy(String... args) {
        return new Autopsy(
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8))
                .execute(args);
    }

    private String output() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private void assertFails(int exitCode, String message, String... args) {
        assertEquals(exitCode, autopsy(args), this::output);
        List<String> lines = err.toString(StandardCharsets.UTF_8).lines().toList();
        assertEquals(1, lines.size(), lines::toString);
        assertTrue(lines.get(0).startsWith("autopsy: ") && lines.get(0).contains(message), lines::toString);
        assertEquals("", output());
    }

    /** What a page shows. */
    private static JsonObject data(Path page) throws IOException {
        String data = Files.readString(page).split("id=\"data\">", 2)[1];
        return JsonParser.parseString(data.split("</script>", 2)[0]).getAsJsonObject();
    }

    // ---- a JVM that runs

    private static Process java(Class<?> main, String classPath, String... args) throws IOException {
        List<String> command = new java.util.ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp", classPath, main.getName()));
        command.addAll(List.of(args));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    private static void awaitLine(Process process) throws IOException {
        @SuppressWarnings("resource") // it ends with the process
        BufferedReader reader = process.inputReader(StandardCharsets.UTF_8);
        assertTrue(reader.readLine() != null);
    }

    @Test
    void aRunningJvmTellsItsHotLocksAndItsDeadlock() throws Exception {
        Process incident = java(Incident.class, System.getProperty("java.class.path"), "100");
        try {
            awaitLine(incident);
            Path page = folder.resolve("page.html");
            String pid = String.valueOf(incident.pid());
            assertEquals(0, autopsy("--seconds", "1", "--output", page.toString(), pid), err::toString);
            assertTrue(output().contains("deadlock of 2 thread(s)"), this::output);
            assertTrue(output().contains("\"report\" waits for"), this::output);
            assertTrue(output().matches("(?s).*hottest locks.*Mutex@\\w+ \"ledger\" +[1-9].*"), this::output);
            assertTrue(output().matches("(?s).*longest waits.*\"accounts\" +[0-9.]+  report, held by transfer.*"));
            assertFalse(data(page).getAsJsonArray("moments").isEmpty());
            assertTrue(data(page).getAsJsonArray("arrows").toString().contains("accounts"));

            out.reset();
            assertEquals(0, autopsy("--seconds", "0", "--json", pid), err::toString);
            var json = JsonParser.parseString(output()).getAsJsonObject();
            assertEquals(1, json.getAsJsonArray("deadlocks").size());
            assertFalse(json.getAsJsonArray("arrows").isEmpty());
        } finally {
            incident.destroyForcibly();
        }
    }

    /** A program without the library. */
    static final class Sleeper {
        private Sleeper() {}

        public static void main(String[] args) throws InterruptedException {
            System.out.println("running");
            Thread.sleep(Duration.ofSeconds(100).toMillis());
        }
    }

    @Test
    void aJvmWithoutTheLibraryIsOneLine() throws Exception {
        Path classes = Path.of(AutopsyTest.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        Process sleeper = java(Sleeper.class, classes.toString());
        try {
            awaitLine(sleeper);
            assertFails(1, "does not have the library", String.valueOf(sleeper.pid()));
        } finally {
            sleeper.destroyForcibly();
        }
    }

    @Test
    void aWrongProcessIdIsOneLine() {
        assertFails(1, "there is no JVM with the process id 999999999", "999999999");
    }

    @Test
    void aProcessThatIsNoJvmIsOneLine() throws IOException {
        Process sleep = new ProcessBuilder("sleep", "100").start();
        try {
            assertFails(1, "there is no JVM with the process id", String.valueOf(sleep.pid()));
        } finally {
            sleep.destroyForcibly();
        }
    }

    // ---- recordings

    private Path record() throws IOException, InterruptedException {
        Path file = folder.resolve("a recording.jfr");
        Object gate = KeyNames.name(new Object(), "autopsy <test>");
        try (Recording recording = new Recording()) {
            recording.start();
            while (!ParkingLot.isObserved()) { // the first long wait sees to that
                ParkingLot.park(gate, 0L, () -> true, Patience.within(Duration.ofMillis(20)));
            }
            recording.enable("dev.parkinglot.Wait").withThreshold(Duration.ZERO);
            Thread waiter = new Thread(
                    () -> ParkingLot.park(gate, 0L, () -> true, Patience.within(Duration.ofMillis(30))),
                    "recorded waiter");
            waiter.start();
            waiter.join();
            recording.stop();
            recording.dump(file);
        }
        return file;
    }

    @Test
    void aRecordingTellsWaits() throws Exception {
        Path page = folder.resolve("page.html");
        assertEquals(0, autopsy("-o", page.toString(), record().toString()), err::toString);
        assertTrue(output().contains("\"autopsy <test>\""), this::output);
        assertTrue(output().contains("recorded waiter"), this::output);
        assertTrue(output().contains("no deadlock"), this::output);
        assertTrue(data(page).getAsJsonArray("locks").toString().contains("autopsy <test>"));
        assertFalse(data(page).getAsJsonArray("moments").isEmpty());
        assertFalse(Files.readString(page).contains("@echarts@"), "the script is in it");
    }

    @Test
    void aFileThatIsNoRecordingIsOneLine() throws IOException {
        Path text = Files.writeString(folder.resolve("text.jfr"), "to be, or not to be".repeat(100));
        assertFails(1, "cannot read " + text, text.toString());
        err.reset();
        Path empty = Files.createFile(folder.resolve("empty.jfr"));
        assertFails(1, "cannot read " + empty, empty.toString());
        err.reset();
        assertFails(1, "there is no file", folder.resolve("missing.jfr").toString());
    }

    @Test
    void aRecordingWithoutOurEventsIsOneLine() throws IOException {
        Path file = folder.resolve("other.jfr");
        try (Recording recording = new Recording()) {
            recording.enable("jdk.ActiveRecording");
            recording.start();
            recording.stop();
            recording.dump(file);
        }
        assertFails(1, "there is no event of the library", file.toString());
    }

    @Test
    void aPageThatCannotBeWrittenIsOneLine() throws Exception {
        Path recording = record();
        out.reset();
        assertEquals(1, autopsy("-o", folder.resolve("no/such/page.html").toString(), recording.toString()));
        assertTrue(err.toString(StandardCharsets.UTF_8).startsWith("autopsy: cannot write"), err::toString);
    }

    @Test
    void wrongArgumentsAreOneLine() {
        assertFails(2, "Missing required parameter");
        err.reset();
        assertFails(2, "--seconds must be at least 0", "-s", "-1", "1");
    }
}
