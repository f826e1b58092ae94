package dev.parkinglot.parkers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThreadKind;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How the backend of this JVM is chosen. */
class ParkerBackendsTest {
    @Test
    void withoutThePropertyItIsLocksupportWhateverElseWorksHere() {
        ParkerBackends.Choice choice = ParkerBackends.choose(null);
        assertEquals("locksupport", choice.backend().name());
        assertFalse(choice.named());
        assertEquals(Optional.empty(), choice.problem());
    }

    @Test
    void theListBeginsWithTheDefaultAndGoesOnInOrderOfPreference() {
        assertEquals(
                List.of("locksupport", "futex", "ulock", "waitaddress", "keyedevent", "monitor", "spin"),
                ParkerBackends.all().stream().map(ParkerBackend::name).toList());
    }

    @Test
    void systemChoosesTheFirstOfTheSystemsOwnThatWorksHere() {
        List<String> ofSystems = usableNames().stream()
                .filter(name -> !List.of("locksupport", "monitor", "spin").contains(name))
                .toList();
        ParkerBackends.Choice choice = ParkerBackends.choose(ParkerBackends.SYSTEM);
        if (ofSystems.isEmpty()) {
            assertIsTheDefaultForWantOf("no parker backend of an operating system", choice);
        } else {
            assertEquals(ofSystems.get(0), choice.backend().name());
            assertTrue(choice.named());
            assertEquals(Optional.empty(), choice.problem());
        }
    }

    private static void assertIsTheDefaultForWantOf(String what, ParkerBackends.Choice choice) {
        assertEquals("locksupport", choice.backend().name());
        assertFalse(choice.named());
        String problem = choice.problem().orElseThrow();
        assertTrue(problem.contains(what), problem);
        assertTrue(problem.contains("-D" + ParkerBackends.PROPERTY), problem);
        usableNames().forEach(each -> assertTrue(problem.contains(each), problem));
    }

    @Test
    void systemIsAChoiceAndNotABackend() {
        assertThrows(IllegalArgumentException.class, () -> ParkerBackends.named(ParkerBackends.SYSTEM));
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
        assertEquals("named by -D" + ParkerBackends.PROPERTY, report.why());
        assertEquals(Optional.empty(), report.problem());
        report = ParkerReport.of(ParkerBackends.choose(null), ParkerBackends.all());
        assertFalse(report.named());
        assertEquals("the default", report.why());
        assertEquals(Optional.empty(), report.problem());
    }

    @Test
    void theReportSaysWhenWhatThePropertyNamesCouldNotBeHad() {
        ParkerBackends.Choice choice = ParkerBackends.choose("nonsense");
        ParkerReport report = ParkerReport.of(choice, ParkerBackends.all());
        assertEquals("locksupport", report.chosen());
        assertFalse(report.named());
        assertEquals(choice.problem(), report.problem());
        assertEquals("the default, since " + choice.problem().orElseThrow(), report.why());
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
        assertTrue(ParkerBackends.choose(name).named());
    }

    @Test
    void thePortableOnesWorkEverywhere() {
        assertTrue(usableNames().containsAll(List.of("locksupport", "monitor", "spin")), usableNames()::toString);
    }

    @Test
    void theListCannotBeChanged() {
        assertThrows(
                UnsupportedOperationException.class, () -> ParkerBackends.all().clear());
    }

    @ParameterizedTest
    @ValueSource(strings = {"futexx", "", "LockSupport", " monitor", "SYSTEM"})
    void anUnknownNameIsAnErrorThatListsTheChoicesAndAsAChoiceTheDefault(String name) {
        IllegalArgumentException error = assertThrows(IllegalArgumentException.class, () -> ParkerBackends.named(name));
        assertTrue(error.getMessage().contains("'" + name + "'"), error::getMessage);
        assertTrue(error.getMessage().contains("-D" + ParkerBackends.PROPERTY), error::getMessage);
        usableNames().forEach(each -> assertTrue(error.getMessage().contains(each), error::getMessage));
        assertIsTheDefaultForWantOf("'" + name + "'", ParkerBackends.choose(name));
    }

    @Test
    void aBackendThatDoesNotWorkHereIsAsAChoiceTheDefault() {
        for (ParkerBackend backend : ParkerBackends.all()) {
            backend.unavailableReason()
                    .ifPresent(reason -> assertIsTheDefaultForWantOf(reason, ParkerBackends.choose(backend.name())));
        }
    }

    @Test
    void noNameAtAllIsAProgrammingError() {
        assertThrows(NullPointerException.class, () -> ParkerBackends.named(null));
    }

    @Test
    void theChoiceIsMadeOnceWhateverThePropertySaysLater() {
        ParkerBackend chosen = ParkerBackends.chosen();
        ParkerReport report = ParkerBackends.report();
        String before = System.getProperty(ParkerBackends.PROPERTY);
        try {
            for (String later : List.of("monitor", "spin", "nonsense")) {
                System.setProperty(ParkerBackends.PROPERTY, later);
                assertSame(chosen, ParkerBackends.chosen());
                assertEquals(report, ParkerBackends.report());
            }
        } finally {
            if (before == null) {
                System.clearProperty(ParkerBackends.PROPERTY);
            } else {
                System.setProperty(ParkerBackends.PROPERTY, before);
            }
        }
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

    static ParkerBackend backendOfThread(ThreadKind kind) {
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
}
