package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.JavaProcess;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A guard that cannot be made locks nothing, and an unlock that needs an object and finds no memory has a spare one;
 * the end of an action waits for the memory to wake those who wait for it.
 * {@link FullHeapCheck} runs in a JVM of its own, with little memory, and in the interpreter, which allocates whatever
 * the source says.
 */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
class FullHeapTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Mutex",
                "ReentrantMutex",
                "BufferMutex",
                "Guarded",
                "RwGuarded",
                "LockField.unlock",
                "BufferMutex.unlock",
                "AsyncMutex.unlock",
                "Once"
            })
    void nothingIsLostWhileTheHeapIsFull(String what) throws Exception {
        List<String> flags =
                List.of("-Xmx24m", "-Xint", "-XX:+UseSerialGC", "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED");
        String output = JavaProcess.outputOf(FullHeapCheck.class, flags, what);
        assertTrue(output.contains("nothing is lost"), output);
    }
}
