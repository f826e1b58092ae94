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
 * The drop-ins on virtual threads with one and two carriers. The number of carriers is fixed when a JVM starts, so
 * {@link VirtualThreadsCheck} runs in one of its own.
 */
@Timeout(value = 300, threadMode = ThreadMode.SEPARATE_THREAD)
class VirtualThreadsTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void nothingHangsPinsOrStaysBehind(int carriers) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-Djdk.virtualThreadScheduler.parallelism=" + carriers,
                "-Djdk.virtualThreadScheduler.maxPoolSize=" + carriers,
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                VirtualThreadsCheck.class.getName()));
        Process child = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (InputStream console = child.getInputStream()) {
            String output = new String(console.readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(child.waitFor(1, TimeUnit.MINUTES), output);
            assertEquals(0, child.exitValue(), output);
        } finally {
            child.destroyForcibly();
        }
    }
}
