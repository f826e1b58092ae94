package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
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
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xint",
                "-XX:MaxJavaStackTraceDepth=20",
                "-Xmx24m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                NothingLeftCheck.class.getName());
        Process child = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (InputStream console = child.getInputStream()) {
            String output = new String(console.readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(child.waitFor(1, TimeUnit.MINUTES), output);
            assertEquals(0, child.exitValue(), output);
            assertEquals("all right", output.strip());
        } finally {
            child.destroyForcibly();
        }
    }
}
