package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
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
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx24m",
                "-Xint",
                "-XX:+UseSerialGC",
                "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                RwOutOfMemoryCheck.class.getName(),
                what);
        Process child = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (InputStream console = child.getInputStream()) {
            String output = new String(console.readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(child.waitFor(1, TimeUnit.MINUTES), output);
            assertEquals(0, child.exitValue(), output);
            assertTrue(output.contains("passed"), output);
        } finally {
            child.destroyForcibly();
        }
    }
}
