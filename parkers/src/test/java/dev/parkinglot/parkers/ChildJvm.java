package dev.parkinglot.parkers;

import dev.parkinglot.testing.Delays;
import dev.parkinglot.testing.JavaProcess;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

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
        List<String> line = new ArrayList<>(List.of("-Xshare:auto", "-XX:TieredStopAtLevel=1"));
        line.addAll(List.of(flags));
        line.addAll(List.of(command));
        return JavaProcess.run(Delays.LONG_DELAY, line).output().lines().toList();
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
