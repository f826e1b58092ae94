package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.JavaProcess;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What the start-up of the lot loads, in JVMs of their own that say so. Milliseconds differ from machine to machine;
 * but whatever has the JDK make classes at run time, or sets up calls of the system, costs more than all of the rest.
 */
class StartUpInJvmTest {
    /** What the JVM runs. */
    static final class Program {
        private Program() {}

        public static void main(String[] args) {
            ParkingLot.prepare();
            System.out.println("prepared");
        }
    }

    /** The classes that are loaded: each is a name, and where it is from. */
    private static List<String> loadedWith(String... flags) throws Exception {
        List<String> all = new ArrayList<>(List.of("-Xlog:class+load:stdout:none"));
        all.addAll(List.of(flags));
        List<String> lines = JavaProcess.outputOf(Program.class, all).lines().toList();
        assertTrue(lines.contains("prepared"), lines::toString);
        assertTrue(lines.stream().anyMatch(line -> line.startsWith(WaitQueue.class.getName())), "the premise");
        return lines;
    }

    /**
     * Lambdas, and what method handles are made of; not those that come with the JDK's own archive, nor the one with
     * which the JDK opens a multi-release jar.
     */
    @Test
    void noClassIsMadeAtRunTime() throws Exception {
        List<String> made = loadedWith().stream()
                .filter(line -> line.contains("/0x") && !line.contains("shared objects file"))
                .filter(line -> !line.startsWith("java.util.zip.ZipFile$"))
                .toList();
        assertEquals(List.of(), made);
    }

    @Test
    void theFenceIsNotSetUpAlsoWhereNativeAccessWasGranted() throws Exception {
        if (Runtime.version().feature() < 22) {
            return; // the flag is unknown
        }
        List<String> foreign = loadedWith("--enable-native-access=ALL-UNNAMED").stream()
                .filter(line -> line.startsWith("java.lang.foreign.Linker")
                        || line.startsWith("dev.parkinglot.parkers.NativeAccess"))
                .toList();
        assertEquals(List.of(), foreign);
    }
}
