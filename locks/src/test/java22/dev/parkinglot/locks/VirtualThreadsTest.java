package dev.parkinglot.locks;

import dev.parkinglot.testing.JavaProcess;
import java.util.List;
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
        List<String> flags = List.of(
                "-Xmx1g",
                "-Djdk.virtualThreadScheduler.parallelism=" + carriers,
                "-Djdk.virtualThreadScheduler.maxPoolSize=" + carriers,
                "--add-opens=java.base/java.lang=ALL-UNNAMED");
        JavaProcess.outputOf(VirtualThreadsCheck.class, flags);
    }
}
