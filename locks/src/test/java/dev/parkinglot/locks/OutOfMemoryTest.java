package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parkinglot.testing.JavaProcess;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * No lock is lost when memory is short. {@link OutOfMemoryCheck} runs in a JVM of its own, with little memory.
 *
 * <p>And without escape analysis. With it, the JVM keeps some objects in registers, and if it has to go back to the
 * interpreter and finds no memory for them, it throws from that very instruction and leaves out every {@code finally}
 * of the methods that it had inlined there: no lock is safe from that, whoever wrote it.
 */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
class OutOfMemoryTest {
    @ParameterizedTest
    @ValueSource(strings = {"ReentrantLock", "fair ReentrantLock", "WriteLock"})
    void noLockIsLost(String lock) throws Exception {
        assumeTrue(Runtime.version().feature() < 21, "a newer JVM does little but collect garbage here");
        List<String> flags = List.of("-Xmx24m", "-XX:+UseSerialGC", "-XX:-DoEscapeAnalysis");
        String output = JavaProcess.outputOf(OutOfMemoryCheck.class, flags, lock);
        assertTrue(output.contains("ran out of memory"), "otherwise nothing was tested: " + output);
    }
}
