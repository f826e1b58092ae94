package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.JavaProcess;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Out of memory, a readers-writer lock keeps no hold and no wake that it should not. */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
class RwOutOfMemoryTest {
    @ParameterizedTest
    @ValueSource(strings = {"bias", "guards", "unlock in a buffer"})
    void nothingIsLost(String what) throws Exception {
        List<String> flags =
                List.of("-Xmx24m", "-Xint", "-XX:+UseSerialGC", "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED");
        String output = JavaProcess.outputOf(RwOutOfMemoryCheck.class, flags, what);
        assertTrue(output.contains("passed"), output);
    }
}
