package dev.parkinglot.parkers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.Delays;
import dev.parkinglot.testing.TestThreads;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.MethodSource;

/** What each system's calls may answer, and what becomes of it; on systems made of stubs. */
@EnabledIf("dev.parkinglot.parkers.StubbedCalls#isNativeAccessGranted")
class AddressWaitTest {
    private static final int TIMEOUT = 0x102;

    private final Sleepers sleepers = new Sleepers();

    @AfterEach
    void neitherWaitersNorWakersAreLeftBehind() {
        StubbedCalls.throwFailure();
        assertTrue(sleepers.isNobodyHere());
    }

    private SystemParker newParker(StubbedSystem system) throws UnavailableException {
        return new SystemParker(null, system.on(sleepers), WaitWord.ownOrNull());
    }

    // ---- answers of the wait

    /** Every answer after which a thread looks at its flag and waits again at the word. */
    static Stream<Arguments> harmlessAnswers() {
        return Stream.of(
                Arguments.of(StubbedSystem.LINUX, Sleepers.SPURIOUS),
                Arguments.of(StubbedSystem.LINUX, 4), // EINTR
                Arguments.of(StubbedSystem.LINUX, 11), // EAGAIN
                Arguments.of(StubbedSystem.LINUX, 110), // ETIMEDOUT, before the caller's clock says so
                Arguments.of(StubbedSystem.MACOS_14, Sleepers.SPURIOUS),
                Arguments.of(StubbedSystem.MACOS_14, 4), // EINTR
                Arguments.of(StubbedSystem.MACOS_14, 14), // EFAULT, the page is out
                Arguments.of(StubbedSystem.MACOS_14, 60), // ETIMEDOUT
                Arguments.of(StubbedSystem.MACOS_11, Sleepers.SPURIOUS),
                Arguments.of(StubbedSystem.MACOS_11, 4),
                Arguments.of(StubbedSystem.MACOS_11, 14),
                Arguments.of(StubbedSystem.MACOS_11, 60),
                Arguments.of(StubbedSystem.MACOS_10, 4),
                Arguments.of(StubbedSystem.MACOS_10, 60),
                Arguments.of(StubbedSystem.WINDOWS_8, Sleepers.SPURIOUS),
                Arguments.of(StubbedSystem.WINDOWS_8, 1460), // ERROR_TIMEOUT
                Arguments.of(StubbedSystem.WINDOWS_7, TIMEOUT));
    }

    @ParameterizedTest
    @MethodSource("harmlessAnswers")
    void anAnswerThatMayComeAtAnyTimeLeadsToAnotherWaitAtTheWord(StubbedSystem system, int answer) {
        try (TestThreads threads = new TestThreads()) {
            AtomicReference<SystemParker> parker = new AtomicReference<>();
            threads.start("sleeper", () -> {
                SystemParker mine = newParker(system);
                mine.preparePark();
                sleepers.scriptWaits(answer, answer, answer);
                parker.set(mine);
                assertTrue(mine.parkUntil(System.nanoTime() + Delays.LONG_DELAY.toNanos(), false));
            });
            TestThreads.await("it waits for the fourth time", () -> sleepers.waits() >= 4);
            parker.get().unparkLock().unpark();
        }
    }

    /** An answer that no document foresees. */
    static Stream<Arguments> refusals() {
        return Stream.of(
                Arguments.of(StubbedSystem.LINUX, 1), // EPERM of a sandbox
                Arguments.of(StubbedSystem.LINUX, 38), // ENOSYS of a sandbox
                Arguments.of(StubbedSystem.LINUX, 22), // EINVAL
                Arguments.of(StubbedSystem.MACOS_14, 12), // ENOMEM
                Arguments.of(StubbedSystem.MACOS_11, 12),
                Arguments.of(StubbedSystem.MACOS_10, 22),
                Arguments.of(StubbedSystem.WINDOWS_8, 87), // ERROR_INVALID_PARAMETER
                Arguments.of(StubbedSystem.WINDOWS_7, 0xC000_00EF)); // STATUS_INVALID_PARAMETER_1
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void aThreadThatTheSystemWillNotPutToSleepSleepsOnItsPermit(StubbedSystem system, int answer) {
        try (TestThreads threads = new TestThreads()) {
            AtomicReference<SystemParker> parker = new AtomicReference<>();
            Thread sleeper = threads.start("sleeper", () -> {
                SystemParker mine = newParker(system);
                mine.preparePark();
                sleepers.scriptWaits(answer);
                parker.set(mine);
                assertTrue(mine.park(false));
                // From now on also with a deadline, and where an interrupt counts.
                assertFalse(mine.timedOut());
                mine.preparePark();
                assertFalse(mine.parkUntil(System.nanoTime() + Delays.SHORT_DELAY.toNanos(), false));
                assertFalse(mine.parkUntil(System.nanoTime() + Delays.SHORT_DELAY.toNanos(), true));
            });
            TestThreads.await("it sleeps in LockSupport", () -> sleeper.getState() == Thread.State.WAITING);
            parker.get().unparkLock().unpark();
            TestThreads.join(sleeper);
            assertEquals(1, sleepers.waits(), "not asked again");
            assertEquals(0, sleepers.wakes());
        }
    }

    @Test
    void aWaitThatEndsInAThrowableLeavesTheWordAwake() {
        SystemParker parker = new SystemParker(
                null,
                new ComparingWait() {
                    @Override
                    Outcome await(WaitWord word) {
                        throw new StackOverflowError("for this test");
                    }

                    @Override
                    Outcome awaitUntil(WaitWord word, long deadlineNanos, long nanosLeft) {
                        throw new AssertionError("not timed");
                    }

                    @Override
                    void wakeAt(WaitWord word) {
                        throw new AssertionError("nobody sleeps");
                    }

                    @Override
                    void tryOut(WaitWord word) {
                        throw new AssertionError("not here");
                    }
                },
                WaitWord.ownOrNull());
        parker.preparePark();
        assertThrows(StackOverflowError.class, () -> parker.park(false));
        assertEquals(WaitWord.AWAKE, parker.word.wordVolatile());
        parker.unparkLock().unpark();
    }

    // ---- answers of the wake

    static Stream<Arguments> refusedWakes() {
        return Stream.of(
                Arguments.of(StubbedSystem.LINUX, 14),
                Arguments.of(StubbedSystem.MACOS_11, 22),
                Arguments.of(StubbedSystem.MACOS_10, 22),
                Arguments.of(StubbedSystem.WINDOWS_7, 0xC000_0008));
    }

    /**
     * Of two nested waits of a thread, the outer one is woken while the thread sleeps in the inner one, and the system
     * refuses. That is reported, and the wake of the inner one does not rely on it.
     */
    @ParameterizedTest
    @MethodSource("refusedWakes")
    void aWakeThatTheSystemRefusesIsReportedAndSwallowsNoOther(StubbedSystem system, int answer) {
        AtomicReference<SystemParker> outer = new AtomicReference<>();
        AtomicReference<SystemParker> inner = new AtomicReference<>();
        try (TestThreads threads = new TestThreads()) {
            Thread sleeper = threads.start("sleeper", () -> {
                outer.set(newParker(system));
                outer.get().preparePark();
                inner.set(newParker(system));
                inner.get().preparePark();
                assertTrue(inner.get().park(false));
                assertTrue(outer.get().park(false));
            });
            TestThreads.await("it waits", () -> sleepers.waits() == 1 && TestThreads.isAsleep(sleeper));
            sleepers.scriptWakes(answer);
            UnparkHandle handle = outer.get().unparkLock();
            IllegalStateException error = assertThrows(IllegalStateException.class, handle::unpark);
            assertTrue(error.getMessage().contains(Integer.toString(answer)), error::getMessage);
            assertTrue(error.getMessage().contains("-D" + ParkerBackends.PROPERTY), error::getMessage);
            inner.get().unparkLock().unpark();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = StubbedSystem.class,
            names = {"MACOS_14", "MACOS_11", "MACOS_10"})
    void aWakeThatASignalInterruptsIsRepeated(StubbedSystem system) {
        try (TestThreads threads = new TestThreads()) {
            AtomicReference<SystemParker> parker = new AtomicReference<>();
            Thread sleeper = threads.start("sleeper", () -> {
                SystemParker mine = newParker(system);
                mine.preparePark();
                parker.set(mine);
                assertTrue(mine.park(false));
            });
            TestThreads.await("it waits", () -> sleepers.waits() == 1 && TestThreads.isAsleep(sleeper));
            sleepers.scriptWakes(4); // EINTR
            parker.get().unparkLock().unpark();
        }
        assertEquals(2, sleepers.wakes());
    }

    @ParameterizedTest
    @EnumSource(StubbedSystem.class)
    void aThreadThatDoesNotSleepIsWokenWithoutACall(StubbedSystem system) throws UnavailableException {
        SystemParker parker = newParker(system);
        parker.preparePark();
        parker.unparkLock().unpark();
        assertTrue(parker.park(false));
        assertEquals(0, sleepers.wakes());
        assertEquals(0, sleepers.waits());
    }

    @ParameterizedTest
    @EnumSource(value = StubbedSystem.class, mode = Mode.EXCLUDE, names = "WINDOWS_7")
    void aWakeThatFindsNobodyAtTheWordIsRight(StubbedSystem system) throws UnavailableException {
        WaitWord word = WaitWord.ownOrNull();
        word.setVolatile(WaitWord.ASLEEP); // the owner has not begun to wait
        system.on(sleepers).wake(word);
        system.on(sleepers).leave(word, AddressWait.Outcome.RETURNED);
        assertEquals(system == StubbedSystem.MACOS_14 ? 8 : 1, sleepers.wakes(), "os_sync may not have done it yet");
        assertEquals(WaitWord.AWAKE, word.wordVolatile());
    }

    // ---- timeouts

    @Test
    void aWaitWithoutADeadlineIsOneForWindows() throws UnavailableException {
        sleepers.scriptWaits(Sleepers.SPURIOUS);
        StubbedSystem.WINDOWS_8.on(sleepers).await(WaitWord.ownOrNull());
        assertEquals(-1L, sleepers.lastTimeout(), "INFINITE");
    }

    static Stream<Arguments> times() {
        return Stream.of(StubbedSystem.values())
                .filter(system -> system != StubbedSystem.LINUX)
                .flatMap(system -> Stream.of(1L, 999L, 1_000L, 1_001L, 1_000_000L, 3_600_000_000_000L, Long.MAX_VALUE)
                        .map(nanos -> Arguments.of(system, nanos)));
    }

    @ParameterizedTest
    @MethodSource("times")
    void theTimeLeftIsRoundedUpAndNeverMeansForEver(StubbedSystem system, long nanosLeft) throws UnavailableException {
        AddressWait wait = system.on(sleepers);
        sleepers.scriptWaits(system == StubbedSystem.WINDOWS_7 ? TIMEOUT : Sleepers.SPURIOUS);
        wait.awaitUntil(WaitWord.ownOrNull(), System.nanoTime() + nanosLeft, nanosLeft);
        assertEquals(system.timeoutOf(nanosLeft), sleepers.lastTimeout());
        assertNotEquals(system == StubbedSystem.WINDOWS_8 ? -1L : 0L, sleepers.lastTimeout(), "it means for ever");
    }

    @ParameterizedTest
    @MethodSource("deadlines")
    void linuxIsToldTheDeadlineItself(long nanosLeft) throws UnavailableException {
        AddressWait wait = StubbedSystem.LINUX.on(sleepers);
        sleepers.scriptWaits(Sleepers.SPURIOUS);
        long deadline = System.nanoTime() + nanosLeft;
        wait.awaitUntil(WaitWord.ownOrNull(), deadline, nanosLeft);
        assertEquals(deadline, sleepers.lastTimeout());
    }

    @Test
    void whereTheMonotonicClockIsNotThatOfNanoTimeTheDeadlineIsConverted() throws UnavailableException {
        long ahead = 3_600_000_000_000L;
        long before = System.nanoTime();
        AddressWait wait = StubbedSystem.linux(sleepers, ahead);
        long uncertainty = System.nanoTime() - before;
        sleepers.scriptWaits(Sleepers.SPURIOUS);
        long deadline = System.nanoTime() + 1_000_000_000L;
        wait.awaitUntil(WaitWord.ownOrNull(), deadline, 1_000_000_000L);
        long late = sleepers.lastTimeout() - (deadline + ahead);
        assertTrue(late >= 0L && late <= uncertainty, () -> late + " ns late");
    }

    static Stream<Long> deadlines() {
        return Stream.of(1L, 1_000_000_000L, Long.MAX_VALUE >> 1, Long.MAX_VALUE);
    }

    // ---- keyed events: every release meets one wait

    @ParameterizedTest
    @EnumSource(
            value = AddressWait.Outcome.class,
            names = {"RETURNED", "REFUSED"})
    void aWakerWhoComesAtTheEndOfTheWaitIsMet(AddressWait.Outcome outcome) throws UnavailableException {
        AddressWait keyed = StubbedSystem.WINDOWS_7.on(sleepers);
        WaitWord word = WaitWord.ownOrNull();
        word.setVolatile(WaitWord.ASLEEP);
        try (TestThreads threads = new TestThreads()) {
            threads.start("waker", () -> keyed.wake(word));
            TestThreads.await("the waker waits for the owner", () -> word.wordVolatile() == WaitWord.WOKEN);
            keyed.leave(word, outcome); // of a wait that has met nobody
            assertEquals(WaitWord.AWAKE, word.wordVolatile());
        }
    }

    @Test
    void aKeyedWaitThatTimesOutHasMetNobody() throws UnavailableException {
        AddressWait keyed = StubbedSystem.WINDOWS_7.on(sleepers);
        assertEquals(
                AddressWait.Outcome.RETURNED,
                keyed.awaitUntil(WaitWord.ownOrNull(), System.nanoTime() + 1_000L, 1_000L));
    }

    @Test
    void anOwnerWhoseWakerFailsDoesNotWaitForItForEver() throws UnavailableException {
        AddressWait keyed = StubbedSystem.WINDOWS_7.on(sleepers);
        WaitWord word = WaitWord.ownOrNull();
        word.setVolatile(WaitWord.WOKEN); // by a waker that has not called yet
        try (TestThreads threads = new TestThreads()) {
            threads.start("failing", () -> {
                TestThreads.await("the owner waits for it", () -> sleepers.waits() > 0);
                assertTrue(word.casWord(WaitWord.WOKEN, WaitWord.ASLEEP));
            });
            keyed.leave(word, AddressWait.Outcome.RETURNED);
            assertEquals(WaitWord.AWAKE, word.wordVolatile());
        }
    }

    @Test
    void aWakerWaitsForTheOutcomeOfAnotherAndTakesOverIfThatFails() throws UnavailableException {
        AddressWait keyed = StubbedSystem.WINDOWS_7.on(sleepers);
        WaitWord word = WaitWord.ownOrNull();
        word.setVolatile(WaitWord.WOKEN);
        try (TestThreads threads = new TestThreads()) {
            Thread second = threads.start("second waker", () -> keyed.wake(word));
            TestThreads.await("it is there, or has gone", () -> !second.isAlive() || isIn(second, "wake"));
            assertTrue(second.isAlive(), "it waits");
            assertTrue(word.casWord(WaitWord.WOKEN, WaitWord.ASLEEP)); // the first has failed
            assertEquals(AddressWait.Outcome.MET_WAKER, keyed.await(word));
            keyed.leave(word, AddressWait.Outcome.MET_WAKER);
        }
    }

    private static boolean isIn(Thread thread, String method) {
        return Arrays.stream(thread.getStackTrace())
                .anyMatch(frame -> frame.getMethodName().equals(method));
    }

    @ParameterizedTest
    @EnumSource(StubbedSystem.class)
    void wakesRaceTimeoutsAndNoneIsLeftOver(StubbedSystem system) {
        int rounds = 300;
        AtomicReference<SystemParker> current = new AtomicReference<>();
        try (TestThreads threads = new TestThreads()) {
            Thread owner = threads.start("owner", () -> {
                for (int round = 0; round < rounds; round++) {
                    SystemParker parker = newParker(system);
                    parker.preparePark();
                    current.set(parker);
                    if (!parker.parkUntil(System.nanoTime() + round % 50 * 1_000L, false)) {
                        current.compareAndSet(parker, null);
                    }
                }
            });
            threads.start("waker", () -> {
                while (owner.isAlive()) {
                    SystemParker parker = current.getAndSet(null);
                    if (parker != null) {
                        parker.unparkLock().unpark();
                    }
                    Thread.onSpinWait();
                }
            });
        }
    }

    // ---- interrupts

    @ParameterizedTest
    @EnumSource(StubbedSystem.class)
    void aWaitThatAnInterruptMayEndIsNotTheSystems(StubbedSystem system) {
        try (TestThreads threads = new TestThreads()) {
            Thread sleeper = threads.start("sleeper", () -> {
                SystemParker mine = newParker(system);
                mine.preparePark();
                assertFalse(mine.park(true));
                assertTrue(Thread.interrupted());
            });
            TestThreads.await("it sleeps", () -> sleeper.getState() == Thread.State.WAITING);
            LockSupport.unpark(sleeper); // a stray permit
            sleeper.interrupt();
            TestThreads.join(sleeper);
            assertEquals(0, sleepers.waits());
        }
    }
}
