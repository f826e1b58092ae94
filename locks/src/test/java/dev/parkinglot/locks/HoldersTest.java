package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Who holds what, in JVMs in which that is recorded: see {@link HoldersCheck}. */
class HoldersTest {
    static Set<String> cases() {
        return HoldersCheck.CASES.keySet();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void isRecorded(String name) throws Exception {
        String output = CheckJvm.run(HoldersCheck.class, name, "-Ddev.parkinglot.deadlocks=true");
        assertTrue(output.contains("passed " + name), output);
    }
}
