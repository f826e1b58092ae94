package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.parkinglot.testing.JavaProcess;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/**
 * Each place that survives the want of memory or stack, by itself. {@link NothingLeftCheck} runs in a JVM of its own:
 * with so little memory that it can be filled up, and interpreted, so that each allocation and each frame is there.
 */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
class NothingLeftInJvmTest {
    @Test
    void whatCannotBeDoneIsLeftOut() throws Exception {
        List<String> flags = List.of("-Xint", "-XX:MaxJavaStackTraceDepth=20", "-Xmx24m", "-XX:+UseSerialGC");
        assertEquals(
                "all right", JavaProcess.outputOf(NothingLeftCheck.class, flags).strip());
    }
}
