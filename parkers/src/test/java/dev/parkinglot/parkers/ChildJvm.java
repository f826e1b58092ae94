package dev.parkinglot.parkers;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.Delays;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** A JVM of its own, since a JVM chooses its backend once. */
final class ChildJvm {
    static final String GRANT = "--enable-native-access=ALL-UNNAMED";

    static final String CLASS_PATH = System.getProperty("java.class.path");

    private ChildJvm() {}

    static String parker(String name) {
        return "-D" + ParkerBackends.PROPERTY + "=" + name;
    }

    /** Everything that a program on our class path prints, warnings of the JDK included. */
    static List<String> outputOf(Class<?> main, String... flags) throws IOException, InterruptedException {
        return output(flags, "-cp", CLASS_PATH, main.getName());
    }

    /** The same of any command. */
    static List<String> output(String[] flags, String... command) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1"));
        line.addAll(List.of(flags));
        line.addAll(List.of(command));
        Path output = Files.createTempFile("child-jvm", ".txt"); // no pipe: reading one knows no timeout
        ProcessBuilder builder =
                new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(output.toFile());
        // Each makes the JVM say that it was there.
        builder.environment().keySet().removeAll(Set.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"));
        Process process = builder.start();
        try {
            boolean ended = process.waitFor(Delays.LONG_DELAY.toMillis(), TimeUnit.MILLISECONDS);
            List<String> lines = Files.readAllLines(output);
            assertTrue(ended, () -> "it does not end; so far it has said " + lines);
            return lines;
        } finally {
            process.destroyForcibly();
            Files.delete(output);
        }
    }

    /** Where the library's classes are; those for newer JDKs second, as only in a jar does a JVM find them by itself.
     * */
    static List<String> foldersOfLibrary() throws URISyntaxException {
        String library = folderOf(ParkerBackends.class);
        return List.of(library, Path.of(library, "META-INF", "versions", "22").toString());
    }

    static String folderOf(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI())
                .toString();
    }
}
