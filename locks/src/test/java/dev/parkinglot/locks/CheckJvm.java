package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.Delays;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A JVM of its own, for what is decided once in a JVM. */
final class CheckJvm {
    /** What is checked in such a JVM, one of several by its name. */
    interface Case {
        void run() throws Exception;
    }

    private CheckJvm() {}

    // ---- there

    /** The rest of a program's main method: runs the cases that its arguments name, and says that they passed. */
    static void runCases(Map<String, Case> cases, String... names) throws Exception {
        for (String name : names) {
            cases.get(name).run();
            System.out.println("passed " + name);
        }
    }

    /** There is no JUnit in such a program. */
    static void require(boolean condition, String what) {
        if (!condition) {
            throw new AssertionError(what);
        }
    }

    // ---- here

    /** Everything that a program prints on our class path, with our flags, if it ends with 0. */
    static String run(Class<?> main, String argument, String... flags) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:+IgnoreUnrecognizedVMOptions"); // some of our flags are for newer JDKs only
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(flag -> flag.startsWith("--add-opens") || flag.startsWith("--sun-misc"))
                .forEach(command::add);
        command.addAll(List.of(flags));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName(), argument));
        Path output = Files.createTempFile("check-jvm", ".txt"); // no pipe: reading one knows no timeout
        Process child = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            boolean ended = child.waitFor(2L * Delays.LONG_DELAY.toMillis(), TimeUnit.MILLISECONDS);
            String text = Files.readString(output);
            assertTrue(ended, text);
            assertTrue(child.exitValue() == 0, text);
            return text;
        } finally {
            child.destroyForcibly();
            Files.delete(output);
        }
    }
}
