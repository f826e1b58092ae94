package dev.parkinglot.parkers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.Delays;
import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThreadKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How the backend of this JVM is chosen. */
class ParkerBackendsTest {
    @Test
    void withoutThePropertyItIsLocksupport() {
        assertEquals("locksupport", ParkerBackends.choose(null).name());
    }

    static List<String> usableNames() {
        return ParkerBackends.all().stream()
                .filter(backend -> backend.unavailableReason().isEmpty())
                .map(ParkerBackend::name)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("usableNames")
    void thePropertyChoosesByName(String name) {
        assertEquals(name, ParkerBackends.choose(name).name());
        assertSame(ParkerBackends.named(name), ParkerBackends.choose(name));
    }

    @Test
    void thePortableOnesWorkEverywhere() {
        assertTrue(usableNames().containsAll(List.of("locksupport", "monitor", "spin")), usableNames()::toString);
    }

    @Test
    void namesAreDistinct() {
        Set<String> names =
                ParkerBackends.all().stream().map(ParkerBackend::name).collect(Collectors.toSet());
        assertEquals(ParkerBackends.all().size(), names.size());
    }

    @Test
    void theListCannotBeChanged() {
        assertThrows(
                UnsupportedOperationException.class, () -> ParkerBackends.all().clear());
    }

    @ParameterizedTest
    @ValueSource(strings = {"futexx", "", "LockSupport", " monitor"})
    void anUnknownNameIsAnErrorThatListsTheChoices(String name) {
        IllegalArgumentException error =
                assertThrows(IllegalArgumentException.class, () -> ParkerBackends.choose(name));
        assertTrue(error.getMessage().contains("'" + name + "'"), error::getMessage);
        assertTrue(error.getMessage().contains("-D" + ParkerBackends.PROPERTY), error::getMessage);
        usableNames().forEach(each -> assertTrue(error.getMessage().contains(each), error::getMessage));
        assertThrows(IllegalArgumentException.class, () -> ParkerBackends.named(name));
    }

    @Test
    void noNameAtAllIsAProgrammingError() {
        assertThrows(NullPointerException.class, () -> ParkerBackends.named(null));
    }

    @Test
    void theChoiceIsMadeOnce() {
        assertSame(ParkerBackends.chosen(), ParkerBackends.chosen());
    }

    @ParameterizedTest
    @EnumSource(ThreadKind.class)
    void everyKindOfThreadIsServed(ThreadKind kind) {
        if (!ThreadKind.available().contains(kind)) {
            return;
        }
        assertTrue(backendOfThread(kind).serves(threadOf(kind)));
        assertTrue(ParkerBackends.named("locksupport").serves(threadOf(kind)));
    }

    @Test
    void onlyLocksupportServesVirtualThreadsAmongThePortableOnes() {
        if (!ThreadKind.available().contains(ThreadKind.VIRTUAL)) {
            return;
        }
        Thread virtual = threadOf(ThreadKind.VIRTUAL);
        assertFalse(ParkerBackends.named("monitor").serves(virtual));
        assertFalse(ParkerBackends.named("spin").serves(virtual));
    }

    private static ParkerBackend backendOfThread(ThreadKind kind) {
        AtomicReference<ParkerBackend> backend = new AtomicReference<>();
        try (TestThreads threads = new TestThreads(kind)) {
            threads.start("asks", () -> backend.set(ParkerBackends.forThread(Thread.currentThread())));
        }
        return backend.get();
    }

    private static Thread threadOf(ThreadKind kind) {
        try (TestThreads threads = new TestThreads(kind)) {
            return threads.start("any", () -> {});
        }
    }

    // ---- in a JVM of its own, since the choice is made once

    /** Says what this JVM uses, at two tries, for each kind of thread. */
    static final class Report {
        private Report() {}

        public static void main(String[] args) {
            for (int i = 0; i < 2; i++) {
                try {
                    StringBuilder line = new StringBuilder("uses");
                    for (ThreadKind kind : ThreadKind.available()) {
                        line.append(' ').append(backendOfThread(kind).name());
                    }
                    System.out.println(line);
                } catch (AssertionError e) {
                    System.out.println(e.getCause().getMessage());
                }
            }
        }
    }

    @Test
    void virtualThreadsFallBackToLocksupportWhenThePropertyNamesAnother() throws Exception {
        String expected =
                ThreadKind.available().contains(ThreadKind.VIRTUAL) ? "uses monitor locksupport" : "uses monitor";
        assertEquals(List.of(expected, expected), reportOfJvmWith("monitor"));
    }

    @Test
    void anUnknownNameInThePropertyIsReportedAtEveryUse() throws Exception {
        List<String> report = reportOfJvmWith("nonsense");
        assertEquals(2, report.size(), report::toString);
        assertTrue(report.get(0).contains("'nonsense'"), report::toString);
        assertEquals(report.get(0), report.get(1), "no NoClassDefFoundError the second time");
    }

    private static List<String> reportOfJvmWith(String name) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xshare:auto",
                        "-XX:TieredStopAtLevel=1",
                        "-D" + ParkerBackends.PROPERTY + "=" + name,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Report.class.getName())
                .redirectErrorStream(true)
                .start();
        try {
            List<String> lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            assertTrue(process.waitFor(Delays.LONG_DELAY.toMillis(), TimeUnit.MILLISECONDS));
            return lines;
        } finally {
            process.destroyForcibly();
        }
    }
}
