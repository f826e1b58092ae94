package dev.parkinglot.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** A JVM of its own, for what is decided once in a JVM, or what a JVM may not survive. */
public final class JavaProcess {
    /**
     * How it has ended.
     *
     * @param exitValue 0 if all went well
     * @param output everything that it has printed, its errors included
     */
    public record Result(int exitValue, String output) {}

    private JavaProcess() {}

    /**
     * Runs a program on the class path of this JVM, for twice {@link Delays#LONG_DELAY} at most.
     *
     * @param main the program
     * @param flags of the JVM
     * @param arguments of the program
     * @return what it has printed
     * @throws IOException if it cannot be started or read
     * @throws InterruptedException if interrupted while it runs
     * @throws AssertionError if it does not end in time, or ends with something other than 0
     */
    public static String outputOf(Class<?> main, List<String> flags, String... arguments)
            throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(flags);
        line.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        line.addAll(List.of(arguments));
        Result result = run(Delays.LONG_DELAY.multipliedBy(2L), line);
        if (result.exitValue != 0) {
            throw new AssertionError("it has ended with " + result.exitValue + " and said: " + result.output);
        }
        return result.output;
    }

    /**
     * Runs the launcher of this JVM's JDK.
     *
     * @param limit for how long at most
     * @param arguments what stands on the line behind {@code java}
     * @return how it has ended
     * @throws IOException if it cannot be started or read
     * @throws InterruptedException if interrupted while it runs
     * @throws AssertionError if it does not end in time
     */
    public static Result run(Duration limit, List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(arguments);
        Path output = Files.createTempFile("java-process", ".txt"); // no pipe: reading one knows no timeout
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        // Each makes the JVM say that it was there.
        builder.environment().keySet().removeAll(Set.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"));
        Process process = builder.start();
        try {
            boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
            String text = Files.readString(output);
            if (!ended) {
                throw new AssertionError("it does not end; so far it has said: " + text);
            }
            return new Result(process.exitValue(), text);
        } finally {
            process.destroyForcibly();
            Files.delete(output);
        }
    }
}
