package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.core.DeadlockDetector;
import dev.parkinglot.core.LockCheck;
import dev.parkinglot.core.LockChecks;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The checking mode, in JVMs in which it is on: see {@link LockChecksCheck}. */
class LockChecksTest {
    static Set<String> cases() {
        return LockChecksCheck.CASES.keySet();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void withAllChecks(String name) throws Exception {
        String output = CheckJvm.run(LockChecksCheck.class, name, "-Ddev.parkinglot.checks=all");
        assertTrue(output.contains("passed " + name), output);
    }

    static Set<String> casesWithoutMemory() {
        return MissingHoldsCheck.CASES.keySet();
    }

    /** In the interpreter, which allocates whatever the source says. */
    @ParameterizedTest
    @MethodSource("casesWithoutMemory")
    void withAllChecksAndNoMemory(String name) throws Exception {
        String output = CheckJvm.run(
                MissingHoldsCheck.class, name, "-Ddev.parkinglot.checks=all", "-Xmx24m", "-Xint", "-XX:+UseSerialGC");
        assertTrue(output.contains("passed " + name), output);
    }

    /** Prints what is on, after what the program has asked for. */
    static final class Settings {
        private Settings() {}

        public static void main(String[] args) {
            switch (args[0]) {
                case "records" -> DeadlockDetector.recordHolders();
                case "checks" -> LockChecks.enable(LockCheck.ORDER, LockCheck.CALLBACK);
                default -> {
                    // asks for nothing
                }
            }
            new Mutex().lock();
            StringBuilder settings = new StringBuilder(DeadlockDetector.isRecording() ? "records" : "nothing");
            for (LockCheck check : LockCheck.values()) {
                settings.append(LockChecks.isEnabled(check) ? " " + check : "");
            }
            System.out.println("settings: " + settings + ".");
            try {
                LockChecks.enable(LockCheck.LOST_WAKE);
                System.out.println("in time");
            } catch (IllegalStateException e) {
                System.out.println(e.getMessage());
            }
            try {
                DeadlockDetector.recordHolders();
                System.out.println("records in time");
            } catch (IllegalStateException e) {
                System.out.println("no records: " + e.getMessage());
            }
        }
    }

    private static String settings(String asksFor, String... flags) throws Exception {
        return CheckJvm.run(Settings.class, asksFor, flags);
    }

    @Test
    void nothingUnlessItIsAskedForInTime() throws Exception {
        String output = settings("nothing");
        assertTrue(output.contains("settings: nothing."), output);
        assertTrue(output.contains("\ntoo late") && output.contains("no records: too late"), output);
    }

    @Test
    void byProperty() throws Exception {
        String output = settings("nothing", "-Ddev.parkinglot.checks=thread-end, self-wait");
        assertTrue(output.contains("settings: records SELF_WAIT THREAD_END."), output);
        assertFalse(output.contains("there is no check"), output);
        assertTrue(output.contains("records in time"), "they are recorded anyway: " + output);
        String deadlocks = settings("nothing", "-Ddev.parkinglot.deadlocks=true");
        assertTrue(deadlocks.contains("settings: records."), deadlocks);
        String all = settings("nothing", "-Ddev.parkinglot.checks=all");
        assertTrue(all.contains("SELF_WAIT UNLOCKER THREAD_END ORDER CALLBACK LOST_WAKE."), all);
        assertTrue(all.contains("\nin time"), all);
    }

    @Test
    void byTheProgram() throws Exception {
        assertTrue(settings("records").contains("settings: records."), "recordHolders");
        String checks = settings("checks", "-Ddev.parkinglot.checks=self-wait");
        assertTrue(checks.contains("settings: records SELF_WAIT ORDER CALLBACK."), checks);
    }

    @Test
    void aWrongNameIsOneWarningThatListsThem() throws Exception {
        String output = settings("nothing", "-Ddev.parkinglot.checks=oder,thread-end");
        assertTrue(output.contains("there is no check \"oder\"; there are all, self-wait, unlocker"), output);
        assertFalse(output.contains("there is no check \"thread-end\""), output);
        assertTrue(output.contains("settings: records THREAD_END."), output);
    }
}
