package dev.parkinglot.parkers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Under a security manager that lets the library do everything, and the program that calls it nothing: what the library
 * does on behalf of that program is refused, reading a system property for one. In JVMs of their own.
 */
class SecurityManagerInJvmTest {
    /** A program that may do nothing, and does nothing but park a thread and wake it. */
    static final class Program {
        private static volatile ThreadParker parker;

        private Program() {}

        public static void main(String[] args) throws InterruptedException {
            try {
                System.getProperty(ParkerBackends.PROPERTY);
                System.out.println("nobody is restricted here");
            } catch (SecurityException e) {
                // that is what this test is about
            }
            System.out.println(ParkerBackends.chosen().name());
            System.out.println(AsymmetricFence.unavailableReason().isPresent());
            ParkerBackends.report().candidates().stream()
                    .filter(candidate -> candidate.unavailableReason().isEmpty())
                    .forEach(candidate -> System.out.println(candidate));
            Thread sleeper = new Thread(() -> {
                ThreadParker mine =
                        ParkerBackends.forThread(Thread.currentThread()).newParker(null);
                mine.preparePark();
                parker = mine;
                mine.park(false);
            });
            sleeper.start();
            while (parker == null) {
                Thread.onSpinWait();
            }
            parker.unparkLock().unpark();
            sleeper.join();
            System.out.println("woken");
        }
    }

    @TempDir
    Path folder;

    @BeforeEach
    void aJvmThatHasSecurityManagers() {
        assumeTrue(Runtime.version().feature() < 24);
    }

    private List<String> outputOf(String libraryGrant, String... flags) throws Exception {
        Path policy = folder.resolve("policy");
        String library =
                Path.of(ChildJvm.folderOf(ParkerBackends.class)).toUri().toString();
        Files.writeString(policy, "grant codeBase \"" + library + "-\" { " + libraryGrant + " };");
        String[] all = new String[flags.length + 2];
        System.arraycopy(flags, 0, all, 0, flags.length);
        all[flags.length] = "-Djava.security.manager";
        all[flags.length + 1] = "-Djava.security.policy==" + policy;
        return ChildJvm.outputOf(Program.class, all).stream()
                .filter(line -> !line.contains("Security Manager")) // the JDK's warnings that it is deprecated
                .toList();
    }

    private static List<String> theDefault() {
        return List.of("locksupport", "true", "locksupport: yes", "monitor: yes", "spin: yes", "woken");
    }

    @Test
    void aProgramThatMayDoNothingGetsTheDefault() throws Exception {
        assertEquals(theDefault(), outputOf("permission java.security.AllPermission;"));
    }

    @Test
    void whereThePropertyMayNotBeReadNobodyIsWarnedOfWhatItSays() throws Exception {
        assertEquals(theDefault(), outputOf("permission java.security.AllPermission;", ChildJvm.parker("nonsense")));
        assertEquals(theDefault(), outputOf("permission java.security.AllPermission;", ChildJvm.parker("spin")));
    }

    @Test
    void aLibraryThatMayDoNothingItselfWorksToo() throws Exception {
        assertEquals(theDefault(), outputOf(""));
    }
}
