package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A guard that cannot be made locks nothing, and an unlock that needs an object and finds no memory has a spare one.
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
                "AsyncMutex.unlock"
            })
    void nothingIsLostWhileTheHeapIsFull(String what) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx24m",
                "-Xint",
                "-XX:+UseSerialGC",
                "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                FullHeapCheck.class.getName(),
                what));
        Process child = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (InputStream console = child.getInputStream()) {
            String output = new String(console.readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(child.waitFor(1, TimeUnit.MINUTES), output);
            assertEquals(0, child.exitValue(), output);
            assertTrue(output.contains("nothing is lost"), output);
        } finally {
            child.destroyForcibly();
        }
    }
}
