package dev.parkinglot.locks.juc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** No lock is lost when memory is short. {@link OutOfMemoryCheck} runs in a JVM of its own, with little memory. */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
class OutOfMemoryTest {
    @Test
    void noLockIsLost() throws Exception {
        assumeTrue(Runtime.version().feature() < 21, "a newer JVM does little but collect garbage here");
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx24m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                OutOfMemoryCheck.class.getName());
        Process child = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (InputStream console = child.getInputStream()) {
            String output = new String(console.readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(child.waitFor(1, TimeUnit.MINUTES), output);
            assertEquals(0, child.exitValue(), output);
            assertTrue(output.contains("ran out of memory"), "otherwise nothing was tested: " + output);
        } finally {
            child.destroyForcibly();
        }
    }
}
