package dev.parkinglot.parkers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parkinglot.testing.Delays;
import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThreadKind;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
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

    static Stream<Wait> waits() {
        return Stream.of(Wait.ENDLESS, Wait.TIMED);
    }

    @ParameterizedTest
    @MethodSource("waits")
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
    @MethodSource("waits")
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
            sleeper.assertStaysAsleep();
            sleeper.wake();
            assertTrue(sleeper.result());
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
            sleeper.assertStaysAsleep();
            sleeper.wake();
            assertTrue(sleeper.result());
        }
    }

    // ---- nudges

    static Stream<Arguments> kindsOfWait() {
        return waits().flatMap(wait -> Stream.of(true, false).map(interruptible -> Arguments.of(wait, interruptible)));
    }

    @ParameterizedTest
    @MethodSource("kindsOfWait")
    void aNudgeEndsAWaitAndTheOwnerIsStillParked(Wait wait, boolean interruptible) {
        try (Sleeper sleeper = new Sleeper(parker -> {
            boolean unparked = wait.on(parker, interruptible);
            assertFalse(unparked);
            assertTrue(parker.timedOut(), "nobody has unparked it");
            assertFalse(Thread.interrupted());
            parker.preparePark();
            return wait.on(parker, interruptible);
        })) {
            sleeper.awaitAsleep();
            sleeper.parker.nudgeLock().unpark();
            sleeper.assertStaysAsleep();
            sleeper.wake();
            assertTrue(sleeper.result(), "the second wait is one like any other");
        }
    }

    @ParameterizedTest
    @MethodSource("kindsOfWait")
    void aNudgeBeforeParkMakesItReturnAtOnce(Wait wait, boolean interruptible) {
        onOwnThread(parker -> {
            parker.preparePark();
            parker.nudgeLock().unpark();
            assertTrue(parker.timedOut());
            assertFalse(wait.on(parker, interruptible));
            assertFalse(wait.on(parker, interruptible), "and again: until the next preparePark");
            assertTrue(parker.timedOut());
        });
    }

    @Test
    void aNudgeDoesNotCountForTheNextRound() {
        UnparkHandle[] late = new UnparkHandle[1];
        try (Sleeper sleeper = new Sleeper(parker -> {
            late[0] = parker.nudgeLock();
            assertFalse(parker.park(false));
            parker.preparePark();
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
    void anUnparkAfterANudgeIsReportedByTheNextPark() {
        onOwnThread(parker -> {
            parker.preparePark();
            parker.nudgeLock().unpark();
            parker.unparkLock().unpark();
            assertFalse(parker.timedOut());
            assertTrue(parker.park(false));
        });
    }

    @Test
    void anOwnerWhoseNudgeWasLostIsWokenByAnUnpark() {
        try (Sleeper sleeper = new Sleeper(parker -> {
            boolean unparked = parker.park(false);
            // One that has noticed the nudge without having been woken (it spins, or was not asleep yet) is awake.
            TestThreads.await("it is unparked", () -> !parker.timedOut());
            return unparked || !parker.timedOut();
        })) {
            sleeper.awaitAsleep();
            assertNotSame(UnparkHandle.NONE, sleeper.parker.nudgeLock(), "whose handle is never called");
            UnparkHandle handle = sleeper.parker.unparkLock();
            assertNotSame(UnparkHandle.NONE, handle, "the owner is owed a wake");
            handle.unpark();
            assertTrue(sleeper.result());
        }
    }

    @Test
    void whoIsNotAsleepIsNotNudged() {
        onOwnThread(parker -> {
            assertSame(UnparkHandle.NONE, parker.nudgeLock(), "not prepared");
            assertFalse(parker.timedOut());
            parker.preparePark();
            assertNotSame(UnparkHandle.NONE, parker.nudgeLock());
            assertSame(UnparkHandle.NONE, parker.nudgeLock(), "nudged already");
            assertTrue(parker.timedOut());
            parker.unparkLock().unpark();
            assertSame(UnparkHandle.NONE, parker.nudgeLock(), "unparked");
            assertFalse(parker.timedOut(), "and it stays so");
            assertTrue(parker.park(false));
        });
    }

    @ParameterizedTest
    @MethodSource("waits")
    void aNudgeThatEndsAnUninterruptibleWaitLeavesTheInterruptOnTheThread(Wait wait) {
        try (Sleeper sleeper = new Sleeper(parker -> {
            Thread.currentThread().interrupt();
            boolean unparked = wait.on(parker, false);
            assertTrue(Thread.interrupted(), "the flag is restored");
            return unparked;
        })) {
            sleeper.assertStaysAsleep();
            sleeper.parker.nudgeLock().unpark();
            assertFalse(sleeper.result());
        }
    }

    @Test
    void nudgesUseUpNoWakes() {
        int rounds = 500;
        RoundTrip trip = new RoundTrip();
        try (TestThreads threads = new TestThreads(kind)) {
            Thread owner = threads.start("owner", () -> {
                for (int round = 1; round <= rounds; round++) {
                    ThreadParker parker = prepareNext(trip);
                    while (!parkOnce(parker, round) && isStillParked(trip, parker)) {
                        // nudged: it has looked round, and parks again
                    }
                    assertEquals(round, trip.data);
                }
            });
            threads.start("nudger", () -> {
                while (owner.isAlive()) {
                    nudge(trip);
                    TestThreads.letOthersRun();
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

    private static boolean parkOnce(ThreadParker parker, int round) {
        return round % 3 == 0
                ? parker.parkUntil(System.nanoTime() + Delays.LONG_DELAY.toNanos(), round % 2 == 0)
                : parker.park(round % 2 == 0);
    }

    /** By the owner: under the queue lock; if so, the parker is prepared again. */
    private static boolean isStillParked(RoundTrip trip, ThreadParker parker) {
        synchronized (trip) {
            if (!parker.timedOut()) {
                return false;
            }
            parker.preparePark();
            return true;
        }
    }

    private static void nudge(RoundTrip trip) {
        UnparkHandle handle = UnparkHandle.NONE;
        synchronized (trip) {
            if (trip.parker != null) {
                handle = trip.parker.nudgeLock();
            }
        }
        handle.unpark();
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
                    assertTrue(parkOnce(prepareNext(trip), round));
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
            this(task -> kind.unstarted("sleeper", task), part);
        }

        Sleeper(ThreadFactory factory, ParkersPart part) {
            thread = threads.start(factory, () -> {
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

        /** Nothing depends on the delay, but without it a thread that should stay could seldom do what it should not.
         * */
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
