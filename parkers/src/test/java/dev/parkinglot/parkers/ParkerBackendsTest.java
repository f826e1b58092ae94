package dev.parkinglot.parkers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parkinglot.testing.Delays;
import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThreadKind;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
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
    void withoutThePropertyItIsTheFirstThatWorksHere() {
        assertEquals(usableNames().get(0), ParkerBackends.choose(null).backend().name());
    }

    @Test
    void systemBackendsArePreferredToThePortableOnes() {
        assertEquals(
                List.of("futex", "ulock", "waitaddress", "keyedevent", "locksupport", "monitor", "spin"),
                ParkerBackends.all().stream().map(ParkerBackend::name).toList());
    }

    @Test
    void aSystemBackendThatDoesNotWorkHereGivesItsReasonAndMakesNoParkers() {
        for (ParkerBackend backend : ParkerBackends.all()) {
            if (backend.unavailableReason().isEmpty()) {
                continue;
            }
            assertSame(
                    backend.unavailableReason().get(),
                    backend.unavailableReason().get(),
                    "probed once");
            assertThrows(IllegalStateException.class, () -> backend.newParker(null));
            IllegalArgumentException error =
                    assertThrows(IllegalArgumentException.class, () -> ParkerBackends.named(backend.name()));
            assertTrue(error.getMessage().contains(backend.unavailableReason().get()), error::getMessage);
        }
    }

    @Test
    void theReportTellsTheChoiceTheReasonAndTheAlternatives() {
        ParkerReport report = ParkerBackends.report();
        assertEquals(ParkerBackends.chosen().name(), report.chosen());
        assertEquals(
                usableNames(),
                report.candidates().stream()
                        .filter(candidate -> candidate.unavailableReason().isEmpty())
                        .map(ParkerReport.Candidate::name)
                        .toList());
        List<String> lines = report.toString().lines().toList();
        assertEquals(3 + ParkerBackends.all().size(), lines.size(), lines::toString);
        assertTrue(lines.get(0).contains(report.chosen()) && lines.get(0).contains(report.why()), lines::toString);
        assertTrue(lines.contains("  locksupport: yes"), lines::toString);
    }

    @Test
    void theReportSaysWhenThePropertyWasTheReason() {
        ParkerReport report = ParkerReport.of(ParkerBackends.choose("monitor"), ParkerBackends.all());
        assertTrue(report.named());
        assertTrue(report.why().contains("-D" + ParkerBackends.PROPERTY + "=monitor"), report::why);
        report = ParkerReport.of(ParkerBackends.choose(null), ParkerBackends.all());
        assertFalse(report.named());
        assertFalse(report.why().contains("-D"), report::why);
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
        assertEquals(name, ParkerBackends.choose(name).backend().name());
        assertSame(ParkerBackends.named(name), ParkerBackends.choose(name).backend());
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
    void onlyLocksupportServesVirtualThreads() {
        if (!ThreadKind.available().contains(ThreadKind.VIRTUAL)) {
            return;
        }
        Thread virtual = threadOf(ThreadKind.VIRTUAL);
        for (ParkerBackend backend : ParkerBackends.all()) {
            assertEquals(backend.name().equals("locksupport"), backend.serves(virtual), backend.name());
        }
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

    /** Says what this JVM uses, at two tries, for each kind of thread, and whether it has the fence. */
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
            System.out.println(AsymmetricFence.unavailableReason().isEmpty() ? "fence" : "no fence");
        }
    }

    private static final String NO_FLAG = "-Dnothing";

    private static final boolean HAS_FOREIGN = Runtime.version().feature() >= 22;

    private static final boolean IS_LINUX = System.getProperty("os.name").equals("Linux");

    /** What follows the name of a backend that leaves virtual threads to locksupport, if there are such threads. */
    private static final String VIRTUAL_TOO = ThreadKind.available().contains(ThreadKind.VIRTUAL) ? " locksupport" : "";

    @Test
    void virtualThreadsFallBackToLocksupportWhenThePropertyNamesAnother() throws Exception {
        String expected = "uses monitor" + VIRTUAL_TOO;
        assertEquals(List.of(expected, expected, "no fence"), reportOfJvmWith(parker("monitor")));
    }

    @Test
    void anUnknownNameInThePropertyIsReportedAtEveryUse() throws Exception {
        List<String> report = reportOfJvmWith(parker("nonsense"));
        assertEquals(3, report.size(), report::toString);
        assertTrue(report.get(0).contains("'nonsense'"), report::toString);
        assertEquals(report.get(0), report.get(1), "no NoClassDefFoundError the second time");
    }

    @Test
    void whereNativeAccessWasNotGrantedItIsLocksupportAndTheJdkPrintsNoWarning() throws Exception {
        String expected = "uses locksupport" + VIRTUAL_TOO;
        assertEquals(List.of(expected, expected, "no fence"), reportOfJvmWith(NO_FLAG));
    }

    @Test
    void whereNativeAccessWasNotGrantedNamingASystemBackendIsAnErrorThatSaysSo() throws Exception {
        List<String> report = reportOfJvmWith(parker("futex"));
        assertEquals(3, report.size(), report::toString);
        String reason = HAS_FOREIGN ? "--enable-native-access=ALL-UNNAMED" : "JDK 22";
        assertTrue(report.get(0).contains("'futex'") && report.get(0).contains(reason), report::toString);
        assertTrue(report.get(0).contains("locksupport, monitor, spin"), report::toString);
    }

    @Test
    void whereNativeAccessWasGrantedItIsTheSystemsOwn() throws Exception {
        assumeTrue(HAS_FOREIGN && IS_LINUX);
        String expected = "uses futex" + VIRTUAL_TOO;
        List<String> report = reportOfJvmWith("--enable-native-access=ALL-UNNAMED");
        assertEquals(List.of(expected, expected, "fence"), report);
    }

    @Test
    void aBackendOfAnotherSystemIsAnErrorThatSaysSo() throws Exception {
        assumeTrue(HAS_FOREIGN && IS_LINUX);
        List<String> report = reportOfJvmWith("--enable-native-access=ALL-UNNAMED", parker("ulock"));
        assertTrue(report.get(0).contains("it is of Mac, and this is Linux"), report::toString);
    }

    @Test
    void aModuleIsAskedForItsOwnGrant() throws Exception {
        assumeTrue(HAS_FOREIGN && IS_LINUX);
        String expected = "uses futex" + VIRTUAL_TOO;
        assertEquals(
                List.of(expected, expected, "fence"),
                reportOfModuleWith("--enable-native-access=dev.parkinglot.parkers"));
        List<String> refused = reportOfModuleWith(parker("futex"));
        assertEquals(3, refused.size(), refused::toString);
        assertTrue(refused.get(0).contains("--enable-native-access=dev.parkinglot.parkers"), refused::toString);
    }

    private static String parker(String name) {
        return "-D" + ParkerBackends.PROPERTY + "=" + name;
    }

    private static List<String> reportOfJvmWith(String... flags) throws IOException, InterruptedException {
        return output(flags, "-cp", System.getProperty("java.class.path"), Report.class.getName());
    }

    /** The library as a module; the tests join it. */
    private static List<String> reportOfModuleWith(String... flags) throws Exception {
        return output(
                flags,
                "--module-path",
                folderOf(ParkerBackends.class),
                "--patch-module",
                "dev.parkinglot.parkers=" + folderOf(Report.class),
                "--add-modules",
                "java.management", // for TestThreads
                "--add-reads",
                "dev.parkinglot.parkers=java.management",
                "--module",
                "dev.parkinglot.parkers/" + Report.class.getName());
    }

    private static String folderOf(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI())
                .toString();
    }

    /** Everything that a JVM prints, warnings included. */
    private static List<String> output(String[] flags, String... command) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1"));
        line.addAll(List.of(flags));
        line.addAll(List.of(command));
        ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
        // Each makes the JVM say that it was there.
        builder.environment().keySet().removeAll(Set.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"));
        Process process = builder.start();
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
