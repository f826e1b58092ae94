package dev.parkinglot.parkers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parkinglot.testing.Delays;
import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThreadKind;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@link ThreadParker} promises, of a backend and a kind of thread that subclasses choose. */
abstract class ParkerContract {
    final ParkerBackend backend;
    private final ThreadKind kind;

    ParkerContract(ParkerBackend backend, ThreadKind kind) {
        this.backend = backend;
        this.kind = kind;
    }

    // ---- the flag

    @Test
    void unparkBeforeParkReturnsAtOnce() {
        onOwnThread(parker -> {
            parker.preparePark();
            parker.unparkLock().unpark();
            assertTrue(parker.park(false));
            assertTrue(parker.park(true), "and again: the flag stays until the next preparePark");
            assertTrue(parker.parkUntil(System.nanoTime() - 1L, false), "even if the deadline has passed");
        });
    }

    @Test
    void unparkLockAloneIsEnoughForAThreadThatHasNotGoneToSleep() {
        onOwnThread(parker -> {
            parker.preparePark();
            UnparkHandle late = parker.unparkLock();
            assertTrue(parker.park(false));
            late.unpark(); // must be harmless to a thread that has long gone on
        });
    }

    @Test
    void unparkAfterParkWakesTheThread() {
        try (Sleeper sleeper = new Sleeper(parker -> parker.park(false))) {
            sleeper.awaitAsleep();
            sleeper.wake();
            assertTrue(sleeper.result());
        }
    }

    @Test
    void secondUnparkLockFindsNothingToDo() {
        onOwnThread(parker -> {
            parker.preparePark();
            UnparkHandle first = parker.unparkLock();
            UnparkHandle second = parker.unparkLock();
            assertSame(UnparkHandle.NONE, second);
            second.unpark();
            first.unpark();
            assertTrue(parker.park(false));
        });
    }

    @Test
    void unparkLockOfAnUnpreparedParkerHasNothingToDo() {
        onOwnThread(parker -> {
            UnparkHandle handle = parker.unparkLock();
            assertSame(UnparkHandle.NONE, handle);
            handle.unpark();
            parker.preparePark();
            assertTrue(parker.timedOut(), "an early wake does not count for the next round");
        });
    }

    @Test
    void aNudgeEndsTheSleepAndLeavesTheOwnerParked() {
        onOwnThread(parker -> {
            parker.preparePark();
            UnparkHandle nudge = parker.nudgeLock();
            nudge.unpark();
            assertFalse(parker.park(false), "not unparked");
            assertTrue(parker.timedOut(), "still parked");
            parker.preparePark();
            assertFalse(parker.parkUntil(System.nanoTime() + 1_000L, false), "the nudge was for one sleep");
        });
    }

    @Test
    void aNudgeThatGotLostUsesUpNothing() {
        onOwnThread(parker -> {
            parker.preparePark();
            assertNotSame(UnparkHandle.NONE, parker.nudgeLock()); // and nobody calls it
            UnparkHandle handle = parker.unparkLock();
            assertNotSame(UnparkHandle.NONE, handle, "whoever unparks it must still wake it");
            handle.unpark();
            assertTrue(parker.park(false));
        });
    }

    @Test
    void whoIsNotAsleepCannotBeNudged() {
        onOwnThread(parker -> {
            assertSame(UnparkHandle.NONE, parker.nudgeLock(), "not prepared");
            parker.preparePark();
            parker.nudgeLock().unpark();
            assertSame(UnparkHandle.NONE, parker.nudgeLock(), "nudged already");
            parker.unparkLock().unpark();
            assertSame(UnparkHandle.NONE, parker.nudgeLock(), "unparked");
        });
    }

    @Test
    void anOwnerThatSleepsIsWokenByANudge() {
        AtomicReference<ThreadParker> parker = new AtomicReference<>();
        try (TestThreads threads = new TestThreads(kind)) {
            Thread owner = threads.start("owner", () -> {
                ThreadParker mine = backend.newParker(null);
                mine.preparePark();
                parker.set(mine);
                assertFalse(mine.park(false));
                assertTrue(mine.timedOut());
            });
            TestThreads.await("it sleeps", () -> parker.get() != null && TestThreads.isAsleep(owner));
            parker.get().nudgeLock().unpark();
        }
    }

    @Test
    void timedOutSaysExactlyWhetherTheOwnerIsStillParked() {
        onOwnThread(parker -> {
            assertFalse(parker.timedOut(), "not prepared");
            parker.preparePark();
            assertTrue(parker.timedOut(), "prepared");
            assertFalse(parker.parkUntil(System.nanoTime(), false));
            assertTrue(parker.timedOut(), "given up");
            UnparkHandle handle = parker.unparkLock();
            assertFalse(parker.timedOut(), "chosen between giving up and asking");
            handle.unpark();
            assertFalse(parker.timedOut(), "woken");
        });
    }

    @Test
    void servesManyRoundsAndShowsWhatWasWrittenBeforeUnparkLock() {
        int rounds = 2_000;
        RoundTrip trip = new RoundTrip();
        try (TestThreads threads = new TestThreads(kind)) {
            threads.start("owner", () -> {
                trip.parker = backend.newParker(null);
                for (int round = 1; round <= rounds; round++) {
                    synchronized (trip) { // the queue lock of the protocol
                        trip.parker.preparePark();
                        trip.prepared = round;
                    }
                    assertTrue(trip.parker.park(false));
                    assertEquals(round, trip.data, "a plain field, published by the parker alone");
                }
            });
            threads.start("waker", () -> {
                for (int round = 1; round <= rounds; round++) {
                    awaitPrepared(trip, round);
                    trip.data = round;
                    UnparkHandle handle;
                    synchronized (trip) {
                        handle = trip.parker.unparkLock();
                    }
                    handle.unpark();
                }
            });
        }
    }

    private static final class RoundTrip {
        ThreadParker parker;
        int prepared;
        int data;
    }

    private static void awaitPrepared(RoundTrip trip, int round) {
        TestThreads.await("round " + round + " is prepared", () -> {
            synchronized (trip) {
                return trip.prepared == round;
            }
        });
    }

    // ---- deadlines

    @ParameterizedTest
    @ValueSource(longs = {0L, 1L, 1_000_000_000L, Long.MAX_VALUE >> 1, Long.MAX_VALUE - 60_000_000_000L})
    void deadlineInThePastReturnsAtOnce(long nanosAgo) {
        onOwnThread(parker -> {
            parker.preparePark();
            assertFalse(parker.parkUntil(System.nanoTime() - nanosAgo, false));
            assertTrue(parker.timedOut());
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void parkUntilGivesUpAtItsDeadlineAndNotBefore(boolean interruptible) {
        onOwnThread(parker -> {
            long deadline = System.nanoTime() + Delays.SHORT_DELAY.toNanos();
            parker.preparePark();
            assertFalse(parker.parkUntil(deadline, interruptible));
            assertTrue(System.nanoTime() - deadline >= 0L);
        });
    }

    @ParameterizedTest
    @ValueSource(longs = {60_000_000_000L, Long.MAX_VALUE >> 1, Long.MAX_VALUE - 1_000_000_000L})
    void deadlineFarAheadIsNotOneInThePast(long nanosAhead) {
        long deadline = System.nanoTime() + nanosAhead;
        try (Sleeper sleeper = new Sleeper(parker -> parker.parkUntil(deadline, false))) {
            sleeper.awaitAsleep();
            sleeper.wake();
            assertTrue(sleeper.result());
        }
    }

    // ---- stray permits

    @Test
    void strayUnparksDoNotEndTheWait() {
        try (Sleeper sleeper = new Sleeper(parker -> parker.park(false))) {
            for (int i = 0; i < 1_000; i++) {
                LockSupport.unpark(sleeper.thread);
            }
            sleeper.assertStaysAsleep();
            sleeper.wake();
            assertTrue(sleeper.result());
        }
    }

    @Test
    void strayPermitDoesNotShortenATimedWait() {
        onOwnThread(parker -> {
            long deadline = System.nanoTime() + Delays.SHORT_DELAY.toNanos();
            LockSupport.unpark(Thread.currentThread());
            parker.preparePark();
            assertFalse(parker.parkUntil(deadline, false));
            assertTrue(System.nanoTime() - deadline >= 0L);
        });
    }

    // ---- interrupts, when they do not count

    static Stream<Wait> uninterruptibleWaits() {
        return Stream.of(Wait.ENDLESS, Wait.TIMED);
    }

    @ParameterizedTest
    @MethodSource("uninterruptibleWaits")
    void pendingInterruptNeitherEndsAnUninterruptibleWaitNorIsSwallowed(Wait wait) {
        try (Sleeper sleeper = new Sleeper(parker -> {
            Thread.currentThread().interrupt();
            boolean unparked = wait.on(parker, false);
            assertTrue(Thread.interrupted(), "the flag is restored");
            return unparked;
        })) {
            sleeper.assertStaysAsleep();
            sleeper.wake();
            assertTrue(sleeper.result());
        }
    }

    @ParameterizedTest
    @MethodSource("uninterruptibleWaits")
    void interruptDuringAnUninterruptibleWaitNeitherEndsItNorIsSwallowed(Wait wait) {
        try (Sleeper sleeper = new Sleeper(parker -> {
            boolean unparked = wait.on(parker, false);
            assertTrue(Thread.interrupted(), "the flag is restored");
            return unparked;
        })) {
            sleeper.awaitAsleep();
            sleeper.thread.interrupt();
            sleeper.assertStaysAsleep();
            sleeper.wake();
            assertTrue(sleeper.result());
        }
    }

    @Test
    void deadlineRestoresTheInterruptFlagToo() {
        onOwnThread(parker -> {
            Thread.currentThread().interrupt();
            parker.preparePark();
            assertFalse(parker.parkUntil(System.nanoTime() + Delays.SHORT_DELAY.toNanos(), false));
            assertTrue(Thread.interrupted());
        });
    }

    @ParameterizedTest
    @MethodSource("uninterruptibleWaits")
    void pendingInterruptDoesNotMakeAnUninterruptibleWaitSpin(Wait wait) {
        assumeTrue(sleeps() && kind == ThreadKind.PLATFORM, "needs a sleep, and a thread whose CPU time is counted");
        try (Sleeper sleeper = new Sleeper(parker -> {
            Thread.currentThread().interrupt();
            boolean unparked = wait.on(parker, false);
            return unparked && Thread.interrupted();
        })) {
            sleeper.awaitAsleep();
            sleeper.thread.interrupt(); // one more, that arrives
            TestThreads.awaitIdle(sleeper.thread);
            assertFalse(sleeper.hasReturned());
            sleeper.wake();
            assertTrue(sleeper.result());
        }
    }

    // ---- interrupts, when they count

    @ParameterizedTest
    @MethodSource("uninterruptibleWaits")
    void pendingInterruptEndsAnInterruptibleWaitWithTheFlagSet(Wait wait) {
        onOwnThread(parker -> {
            Thread.currentThread().interrupt();
            parker.preparePark();
            assertFalse(wait.on(parker, true));
            assertTrue(Thread.interrupted());
            assertTrue(parker.timedOut());
        });
    }

    @ParameterizedTest
    @MethodSource("uninterruptibleWaits")
    void interruptEndsAnInterruptibleWaitWithTheFlagSet(Wait wait) {
        try (Sleeper sleeper = new Sleeper(parker -> {
            boolean unparked = wait.on(parker, true);
            assertTrue(Thread.interrupted());
            return unparked;
        })) {
            sleeper.awaitAsleep();
            sleeper.thread.interrupt();
            assertFalse(sleeper.result());
        }
    }

    @ParameterizedTest
    @MethodSource("uninterruptibleWaits")
    void unparkThatCameBeforeTheInterruptIsReported(Wait wait) {
        onOwnThread(parker -> {
            parker.preparePark();
            parker.unparkLock().unpark();
            Thread.currentThread().interrupt();
            assertTrue(wait.on(parker, true));
            assertTrue(Thread.interrupted(), "the interrupt is not swallowed");
        });
    }

    // ---- several parkers of one thread

    @Test
    void lateWakeOfAnEarlierWaitDoesNotEndALaterOne() {
        UnparkHandle[] late = new UnparkHandle[1];
        try (Sleeper sleeper = new Sleeper(parker -> {
            ThreadParker earlier = backend.newParker(null);
            earlier.preparePark();
            late[0] = earlier.unparkLock();
            assertTrue(earlier.park(false));
            return parker.park(false);
        })) {
            sleeper.awaitAsleep();
            late[0].unpark();
            sleeper.assertStaysAsleep();
            sleeper.wake();
            assertTrue(sleeper.result());
        }
    }

    @Test
    void wakeOfTheOuterParkerDoesNotEndAParkWithinIt() {
        ThreadParker[] inner = new ThreadParker[1];
        try (Sleeper sleeper = new Sleeper(outer -> {
            ThreadParker nested = backend.newParker(this);
            nested.preparePark();
            inner[0] = nested;
            assertTrue(nested.park(false));
            return outer.park(false);
        })) {
            sleeper.awaitAsleep();
            sleeper.wake();
            sleeper.assertStaysAsleep();
            inner[0].unparkLock().unpark();
            assertTrue(sleeper.result(), "the outer wake was kept");
        }
    }

    @Test
    void wakesOfNestedWaitsRaceAndNoneIsLost() {
        int rounds = 500;
        RoundTrip outer = new RoundTrip();
        RoundTrip inner = new RoundTrip();
        try (TestThreads threads = new TestThreads(kind)) {
            threads.start("owner", () -> {
                for (int round = 1; round <= rounds; round++) {
                    ThreadParker outermost = prepareNext(outer);
                    assertTrue(prepareNext(inner).park(false));
                    assertTrue(outermost.park(round % 2 == 0));
                }
            });
            threads.start("wakes the outer one", () -> wakeInTurn(outer, rounds));
            threads.start("wakes the inner one", () -> wakeInTurn(inner, rounds));
        }
    }

    private ThreadParker prepareNext(RoundTrip trip) {
        ThreadParker parker = backend.newParker(null);
        synchronized (trip) {
            parker.preparePark();
            trip.parker = parker;
            trip.prepared++;
        }
        return parker;
    }

    private static void wakeInTurn(RoundTrip trip, int rounds) {
        for (int round = 1; round <= rounds; round++) {
            awaitPrepared(trip, round);
            trip.parker.unparkLock().unpark();
        }
    }

    @Test
    void interruptibleAndUninterruptibleWaitsOfOneThreadDoNotMixUp() {
        int rounds = 500;
        RoundTrip trip = new RoundTrip();
        try (TestThreads threads = new TestThreads(kind)) {
            threads.start("owner", () -> {
                for (int round = 1; round <= rounds; round++) {
                    ThreadParker parker = prepareNext(trip);
                    assertTrue(
                            round % 3 == 0
                                    ? parker.parkUntil(System.nanoTime() + Delays.LONG_DELAY.toNanos(), round % 2 == 0)
                                    : parker.park(round % 2 == 0));
                }
            });
            threads.start("waker", () -> wakeInTurn(trip, rounds));
        }
    }

    // ---- tools

    @Test
    void whatTheThreadWaitsForIsShown() {
        try (Sleeper sleeper = new Sleeper(parker -> parker.park(false))) {
            TestThreads.await("the blocker is shown", () -> LockSupport.getBlocker(sleeper.thread) == sleeper);
            sleeper.wake();
            assertTrue(sleeper.result());
            TestThreads.join(sleeper.thread);
            assertNull(LockSupport.getBlocker(sleeper.thread));
        }
    }

    // ---- helpers

    /** The two ways to wait for something other than a deadline. */
    private enum Wait {
        ENDLESS {
            @Override
            boolean on(ThreadParker parker, boolean interruptible) {
                return parker.park(interruptible);
            }
        },
        TIMED {
            @Override
            boolean on(ThreadParker parker, boolean interruptible) {
                return parker.parkUntil(System.nanoTime() + Delays.LONG_DELAY.toNanos(), interruptible);
            }
        };

        abstract boolean on(ThreadParker parker, boolean interruptible);
    }

    private boolean sleeps() {
        return !backend.name().equals("spin");
    }

    private interface OwnersPart {
        void run(ThreadParker parker);
    }

    private interface ParkersPart {
        boolean park(ThreadParker parker);
    }

    /** For what one thread can show alone: it is the owner and, where the order is fixed, also the waker. */
    private void onOwnThread(OwnersPart part) {
        try (TestThreads threads = new TestThreads(kind)) {
            threads.start("owner", () -> part.run(backend.newParker(null)));
        }
    }

    /** A thread that prepares its parker and parks once; it is itself the blocker. */
    private final class Sleeper implements AutoCloseable {
        final Thread thread;
        private final TestThreads threads = new TestThreads(kind);
        private volatile ThreadParker parker;
        private volatile Boolean returned;

        Sleeper(ParkersPart part) {
            thread = threads.start("sleeper", () -> {
                ThreadParker mine = backend.newParker(this);
                mine.preparePark();
                parker = mine;
                returned = part.park(mine);
            });
            TestThreads.await("the parker is prepared", () -> parker != null);
        }

        /** Nothing depends on it being asleep, but without it the tests would seldom see a thread that is. */
        void awaitAsleep() {
            TestThreads.await("asleep", () -> TestThreads.isAsleep(thread) || !thread.isAlive());
        }

        boolean hasReturned() {
            return returned != null;
        }

        /** Nothing depends on the delay, but without it a thread that should stay could seldom do what it should not. */
        void assertStaysAsleep() {
            LockSupport.parkNanos(Delays.SHORT_DELAY.toNanos());
            awaitAsleep();
            assertFalse(hasReturned());
        }

        void wake() {
            parker.unparkLock().unpark();
        }

        boolean result() {
            threads.join();
            return returned;
        }

        @Override
        public void close() {
            wake();
            threads.close();
        }
    }
}
