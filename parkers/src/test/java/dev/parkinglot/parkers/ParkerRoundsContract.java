package dev.parkinglot.parkers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThreadKind;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@link ThreadParker} promises of nudges, and of several parkers of one thread. */
abstract class ParkerRoundsContract extends ParkerFixture {
    ParkerRoundsContract(ParkerBackend backend, ThreadKind kind) {
        super(backend, kind);
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
            sleeper.assertOnlyAWakeEndsIt();
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
            return keepsTheInterrupt(parker, wait);
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
            threads.start("waker", () -> wakeInTurn(trip, rounds));
        }
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
            sleeper.assertOnlyAWakeEndsIt();
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
}
