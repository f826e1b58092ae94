package dev.parkinglot.parkers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parkinglot.testing.Delays;
import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThreadKind;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@link ThreadParker} promises, of a backend and a kind of thread that subclasses choose. */
abstract class ParkerContract extends ParkerRoundsContract {
    ParkerContract(ParkerBackend backend, ThreadKind kind) {
        super(backend, kind);
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
            threads.start("waker", () -> wakeInTurn(trip, rounds));
        }
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

    /**
     * The wait begins a sleep anew that ends early, and compares with its own clock. So a sleep that is too short shows
     * nowhere but in the processor time that it takes, and only many sleeps show one that is a little too long.
     */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void oneSleepTakesUpTheTimeThatIsLeft(boolean interruptible) {
        assumeTrue(sleeps(), "needs a sleep");
        int sleeps = 100; // if each is a second too long, they are longer than LONG_DELAY
        long nanosLeft = 999_999L;
        onOwnThread(parker -> {
            FlagParker sleeping = (FlagParker) parker;
            sleeping.preparePark();
            int tooShort = 0;
            for (int i = 0; i < sleeps; i++) {
                long begin = System.nanoTime();
                sleeping.sleepUntil(begin + nanosLeft, nanosLeft, interruptible);
                if (System.nanoTime() - begin < nanosLeft) {
                    tooShort++;
                }
            }
            assertTrue(tooShort < sleeps / 2, tooShort + " sleeps have ended early"); // one may, for any reason
        });
    }

    // ---- stray permits

    @Test
    void strayUnparksDoNotEndTheWait() {
        try (Sleeper sleeper = new Sleeper(parker -> parker.park(false))) {
            for (int i = 0; i < 1_000; i++) {
                LockSupport.unpark(sleeper.thread);
            }
            sleeper.assertOnlyAWakeEndsIt();
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

    @ParameterizedTest
    @MethodSource("waits")
    void pendingInterruptNeitherEndsAnUninterruptibleWaitNorIsSwallowed(Wait wait) {
        try (Sleeper sleeper = new Sleeper(parker -> {
            Thread.currentThread().interrupt();
            return keepsTheInterrupt(parker, wait);
        })) {
            sleeper.assertOnlyAWakeEndsIt();
        }
    }

    @ParameterizedTest
    @MethodSource("waits")
    void interruptDuringAnUninterruptibleWaitNeitherEndsItNorIsSwallowed(Wait wait) {
        try (Sleeper sleeper = new Sleeper(parker -> {
            return keepsTheInterrupt(parker, wait);
        })) {
            sleeper.awaitAsleep();
            sleeper.thread.interrupt();
            sleeper.assertOnlyAWakeEndsIt();
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
    @MethodSource("waits")
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
    @MethodSource("waits")
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
    @MethodSource("waits")
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
    @MethodSource("waits")
    void unparkThatCameBeforeTheInterruptIsReported(Wait wait) {
        onOwnThread(parker -> {
            parker.preparePark();
            parker.unparkLock().unpark();
            Thread.currentThread().interrupt();
            assertTrue(wait.on(parker, true));
            assertTrue(Thread.interrupted(), "the interrupt is not swallowed");
        });
    }

    // ---- threads that are not to be believed

    /** A thread of somebody else's class: what it says of its interrupts is false. */
    private static final class Liar extends Thread {
        private final boolean says;

        Liar(boolean says, Runnable task) {
            super(task, "liar");
            this.says = says;
            setDaemon(true);
        }

        @Override
        public boolean isInterrupted() {
            return says;
        }
    }

    private Sleeper newLiar(boolean says, ParkersPart part) {
        assumeTrue(kind == ThreadKind.PLATFORM, "nobody can extend the class of virtual threads");
        return new Sleeper(task -> new Liar(says, task), part);
    }

    static Stream<Arguments> waitsOfLiars() {
        return waits().flatMap(wait -> Stream.of(true, false).map(says -> Arguments.of(wait, says)));
    }

    @ParameterizedTest
    @MethodSource("waits")
    void aThreadThatClaimsToBeInterruptedSleepsAllTheSame(Wait wait) {
        try (Sleeper sleeper = newLiar(true, parker -> wait.on(parker, true))) {
            sleeper.assertOnlyAWakeEndsIt();
        }
    }

    @ParameterizedTest
    @MethodSource("waitsOfLiars")
    void aPendingInterruptEndsAnInterruptibleWaitWhateverTheThreadSays(Wait wait, boolean says) {
        try (Sleeper sleeper = newLiar(says, parker -> {
            Thread.currentThread().interrupt();
            boolean unparked = wait.on(parker, true);
            assertTrue(Thread.interrupted(), "the flag is set again");
            return unparked;
        })) {
            assertFalse(sleeper.result());
        }
    }

    @ParameterizedTest
    @MethodSource("waitsOfLiars")
    void anInterruptEndsAnInterruptibleWaitWhateverTheThreadSays(Wait wait, boolean says) {
        try (Sleeper sleeper = newLiar(says, parker -> {
            boolean unparked = wait.on(parker, true);
            assertTrue(Thread.interrupted(), "the flag is set again");
            return unparked;
        })) {
            sleeper.awaitAsleep();
            sleeper.thread.interrupt();
            assertFalse(sleeper.result());
        }
    }

    @ParameterizedTest
    @MethodSource("waitsOfLiars")
    void anUninterruptibleWaitKeepsTheTrueFlagWhateverTheThreadSays(Wait wait, boolean says) {
        boolean interrupted = !says;
        try (Sleeper sleeper = newLiar(says, parker -> {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            boolean unparked = wait.on(parker, false);
            assertEquals(interrupted, Thread.interrupted());
            return unparked;
        })) {
            sleeper.assertOnlyAWakeEndsIt();
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
}
