package dev.parkinglot.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.parkinglot.core.ContentionStatistics;
import dev.parkinglot.core.DeadlockDetector;
import dev.parkinglot.testing.TestThreads;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The programs and snippets of docs/diagnosing.md. */
class DiagnosingTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "Inversion, deadlock of 2 thread(s)",
        "Cycle, deadlock of 3 thread(s)",
        "Order, locks are taken in orders that make a circle of 2"
    })
    void theFaultOfTheProgramIsFound(String program, String report) throws IOException {
        Path output = folder.resolve("output");
        Process java = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.parkinglot.examples.faults." + program))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            TestThreads.await("the report of " + program, () -> read(output).contains(report));
        } finally {
            java.destroyForcibly();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    @SuppressWarnings("SystemOut")
    void theLinesOfTheDocumentRun() {
        PrintStream out = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            // region:find
            DeadlockDetector.findDeadlocks().forEach(System.out::println);
            // end
            Runnable work = () -> {};
            // region:statistics
            try (ContentionStatistics statistics = ContentionStatistics.start()) {
                work.run();
                statistics.perLock().forEach(System.out::println); // or perClass()
            }
            // end
        } finally {
            System.setOut(out);
        }
        assertEquals("", printed.toString(StandardCharsets.UTF_8));
    }
}
