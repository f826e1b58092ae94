package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.core.HandDrivenLot.Parked;
import dev.parkinglot.core.ParkResult.Kind;
import dev.parkinglot.testing.TestThreads;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a parking thread does at the fixed points of a park, and the four ways in which a park ends. */
class ParkTest {
    private static final long FAR_NANOS = 1_000_000_000_000L;

    private final HandDrivenLot lot = new HandDrivenLot();
    private final Key key = Key.fresh();
    private final TestThreads probers = new TestThreads();

    @AfterEach
    void nothingIsLeft() {
        probers.close();
        lot.close();
    }

    // ---- validate, enqueue, beforeSleep

    @Test
    void failedValidationReturnsInvalidWithoutEverBeingQueued() {
        ScriptedCallbacks callbacks = new ScriptedCallbacks();
        callbacks.valid = false;
        Parked thread = lot.park(key, callbacks);
        assertSame(ParkResult.INVALID, thread.result());
        assertEquals(List.of(Call.validate(key)), callbacks.calls, "neither beforeSleep nor timedOut");
        assertEquals(List.of(), lot.snapshot());
    }

    @Test
    void failedValidationLeavesTheQueueOfOthersAlone() {
        List<Parked> waiting = lot.parkSeveral(2, key);
        ScriptedCallbacks callbacks = new ScriptedCallbacks();
        callbacks.valid = false;
        lot.park(key, callbacks);
        lot.assertQueue(key, waiting);
    }

    @Test
    void validateThenEnqueueThenBeforeSleepThenSleep() {
        ScriptedCallbacks callbacks = new ScriptedCallbacks();
        List<List<ParkedThread>> queues = new ArrayList<>();
        callbacks.on("beforeSleep", () -> queues.add(lot.waiters(key)));
        Parked thread = lot.park(key, callbacks, ParkOptions.NONE, 7L, Patience.ENDLESS);
        assertTrue(thread.isAsleep());
        assertEquals(List.of(Call.validate(key), Call.beforeSleep(key)), callbacks.calls);
        assertEquals(
                List.of(List.of(new ParkedThread(thread.thread(), 7L, lot.clock.getAsLong(), false))),
                queues,
                "queued before beforeSleep");
    }

    @Test
    void validateRunsOnTheParkingThreadUnderTheBucketLock() {
        List<Thread> seen = new ArrayList<>();
        ScriptedCallbacks callbacks = new ScriptedCallbacks();
        callbacks.on("validate", () -> {
            seen.add(Thread.currentThread());
            assertLocked();
        });
        Parked thread = lot.park(key, callbacks);
        assertEquals(List.of(thread.thread()), seen);
    }

    @Test
    void timedOutRunsOnTheParkingThreadUnderTheBucketLock() {
        List<Thread> seen = new ArrayList<>();
        ScriptedCallbacks callbacks = new ScriptedCallbacks();
        callbacks.on("timedOut", () -> {
            seen.add(Thread.currentThread());
            assertLocked();
        });
        Parked thread = lot.park(key, callbacks, Patience.until(lot.clock.in(0L)));
        assertEquals(Kind.TIMED_OUT, thread.returnFromPark().result().kind());
        assertEquals(List.of(thread.thread()), seen);
    }

    /** Probes from another thread: an operation on the key cannot get through. */
    private void assertLocked() {
        Thread prober = probers.start("prober", () -> lot.waiters(key));
        // It spins first and parks then; if the bucket were free it would end.
        TestThreads.await("the prober waits", () -> TestThreads.isAsleep(prober) || !prober.isAlive());
        assertTrue(prober.isAlive(), "the bucket is locked");
    }

    @Test
    void beforeSleepRunsWithoutTheBucketLockAndMayUseTheLot() {
        Key other = Key.fresh();
        Parked waiting = lot.park(other);
        ScriptedCallbacks callbacks = new ScriptedCallbacks();
        callbacks.on("beforeSleep", () -> {
            assertEquals(1, lot.unparkOne(other, 3L).unparkedThreads());
            assertEquals(0, lot.unparkAll(Key.fresh(), 0L));
        });
        Parked thread = lot.park(key, callbacks);
        assertTrue(thread.isAsleep());
        assertEquals(3L, waiting.wokenResult().unparkToken());
    }

    @Test
    void whetherTheThreadYieldsIsAskedOnceWhenItHasEnteredTheQueueAndWithoutTheBucketLock() {
        ScriptedCallbacks callbacks = new ScriptedCallbacks();
        List<List<Thread>> queues = new ArrayList<>();
        callbacks.on("yieldsBeforeSleep", () -> queues.add(lot.queue(key)));
        Parked thread = lot.park(key, callbacks);
        assertTrue(thread.isAsleep());
        assertEquals(List.of("validate", "beforeSleep", "yieldsBeforeSleep"), callbacks.methods());
        assertEquals(List.of(List.of(thread.thread())), queues);
        lot.unparkOne(key, 5L);
        assertEquals(5L, thread.wokenResult().unparkToken());
    }

    @Test
    void beforeSleepMayParkOnAnotherKey() {
        Key other = Key.fresh();
        ScriptedCallbacks callbacks = new ScriptedCallbacks();
        List<ParkResult> nested = new ArrayList<>();
        callbacks.on("beforeSleep", () -> nested.add(lot.parkHere(other, Patience.ENDLESS)));
        Parked thread = lot.park(key, callbacks);
        assertEquals(List.of(thread.thread()), lot.queue(other));
        assertEquals(List.of(thread.thread()), lot.queue(key));
        lot.unparkOne(other, 5L);
        thread.returnFromPark();
        assertEquals(List.of(ParkResult.unparked(5L)), nested);
        assertTrue(thread.isAsleep(), "in the outer park now");
        lot.unparkOne(key, 6L);
        assertEquals(6L, thread.wokenResult().unparkToken());
    }

    @Test
    void threadUnparkedInItsOwnBeforeSleepDoesNotSleep() {
        ScriptedCallbacks callbacks = new ScriptedCallbacks();
        callbacks.on("beforeSleep", () -> assertEquals(1, lot.unparkOne(key, 9L).unparkedThreads()));
        Parked thread = lot.park(key, callbacks);
        // The hand-driven parker stops even a thread that is unparked already; a real one would not.
        assertTrue(thread.sleeper().isMarkedUnparked());
        assertEquals(ParkResult.unparked(9L), thread.wokenResult());
    }

    // ---- unparked

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -1L, 0L, 1L, 7L, 8L, 1L << 40, Long.MAX_VALUE})
    void unparkTokensHaveSixtyFourBits(long token) {
        Parked thread = lot.park(key);
        lot.unparkOne(key, token);
        assertEquals(new ParkResult(Kind.UNPARKED, token), thread.wokenResult());
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -1L, 0L, 1L, 1L << 40, Long.MAX_VALUE})
    void parkTokensHaveSixtyFourBits(long token) {
        lot.park(key, token);
        assertEquals(token, lot.waiters(key).get(0).parkToken());
        List<Long> filtered = new ArrayList<>();
        lot.unparkFilter(
                key,
                (context, parkToken) -> {
                    filtered.add(parkToken);
                    return FilterOp.SKIP;
                },
                (context, parkToken, result) -> 0L);
        assertEquals(List.of(token), filtered);
    }

    @Test
    void unparkedThreadIsNotTimedOut() {
        ScriptedCallbacks callbacks = new ScriptedCallbacks();
        Parked thread = lot.park(key, callbacks);
        lot.unparkOne(key, 1L);
        assertTrue(thread.wokenResult().isUnparked());
        assertEquals(List.of("validate", "beforeSleep"), callbacks.methods());
    }

    @Test
    void parkerThatReturnsForNoReasonChangesNothing() {
        ScriptedCallbacks callbacks = new ScriptedCallbacks();
        List<Parked> threads = new ArrayList<>(lot.parkSeveral(1, key));
        threads.add(lot.park(key, callbacks, Patience.interruptiblyUntil(lot.clock.in(FAR_NANOS))));
        threads.add(lot.park(key));
        for (int i = 0; i < 3; i++) {
            threads.get(1).returnFromPark();
            assertTrue(threads.get(1).isAsleep());
        }
        lot.assertQueue(key, threads);
        assertEquals(List.of("validate", "beforeSleep"), callbacks.methods());
    }

    @Test
    void sleepsAgainWithAnArmedParkerAfterAReturnForNoReason() {
        Parked thread = lot.park(key);
        thread.returnFromPark();
        assertFalse(thread.sleeper().isMarkedUnparked());
        lot.unparkOne(key, 2L);
        assertEquals(2L, thread.wokenResult().unparkToken());
    }

    // ---- timeouts

    @ParameterizedTest
    @ValueSource(longs = {0L, -1L, -1_000_000_000L, Long.MIN_VALUE >> 1, -Long.MAX_VALUE})
    void deadlineThatHasPassedStillGoesThroughTheWholeProtocol(long ahead) {
        ScriptedCallbacks callbacks = new ScriptedCallbacks();
        Parked thread = lot.park(key, callbacks, Patience.until(lot.clock.in(ahead)));
        assertEquals(
                lot.clock.in(ahead), thread.sleepsUntil(), "the parker decides that there is nothing to sleep for");
        assertSame(ParkResult.TIMED_OUT, thread.returnFromPark().result());
        assertEquals(List.of(Call.validate(key), Call.beforeSleep(key), Call.timedOut(key, true)), callbacks.calls);
    }

    @ParameterizedTest
    @ValueSource(longs = {1L, 1_000_000_000L, Long.MAX_VALUE >> 1, Long.MAX_VALUE})
    void deadlineAheadHasNotPassed(long ahead) {
        Parked thread = lot.park(key, Patience.until(lot.clock.in(ahead)));
        thread.returnFromPark();
        assertTrue(thread.isAsleep());
        assertEquals(lot.clock.in(ahead), thread.sleepsUntil());
    }

    @Test
    void timesOutExactlyWhenTheClockReachesTheDeadline() {
        Parked thread = lot.park(key, Patience.until(lot.clock.in(10L)));
        lot.clock.advance(9L);
        assertTrue(thread.returnFromPark().isAsleep());
        lot.clock.advance(1L);
        assertSame(ParkResult.TIMED_OUT, thread.returnFromPark().result());
        lot.assertQueue(key, List.of());
    }

    @Test
    void withoutADeadlineTheParkerIsAskedToSleepForEver() {
        assertNull(lot.park(key).sleepsUntil());
        assertNull(lot.park(key, Patience.INTERRUPTIBLE).sleepsUntil());
    }

    @Test
    void aDeadlineThatIsNotTimedIsIgnored() {
        Parked thread = lot.park(key, new Patience(false, lot.clock.in(-1L), false));
        assertNull(thread.sleepsUntil());
        assertTrue(thread.returnFromPark().isAsleep());
    }

    @Test
    void wasLastThreadIsTrueOnlyForTheLastOfTheQueue() {
        List<ScriptedCallbacks> callbacks = new ArrayList<>();
        List<Parked> threads = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            callbacks.add(new ScriptedCallbacks());
            threads.add(lot.park(key, callbacks.get(i), Patience.until(lot.clock.in(0L))));
        }
        for (int i : new int[] {1, 0, 2}) { // from the middle, from the front, the only one
            assertSame(ParkResult.TIMED_OUT, threads.get(i).returnFromPark().result());
            lot.checkInvariants();
            assertEquals(
                    Call.timedOut(key, i == 2),
                    callbacks.get(i).calls.get(callbacks.get(i).calls.size() - 1));
        }
    }

    @Test
    void leavingFromAnyPlaceKeepsTheOrderOfTheOthers() {
        for (int leaver = 0; leaver < 4; leaver++) {
            Key fresh = Key.fresh();
            List<Parked> threads = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                threads.add(lot.park(fresh, Patience.until(lot.clock.in(FAR_NANOS + (i == leaver ? 0L : 1L)))));
            }
            lot.clock.advance(FAR_NANOS);
            assertSame(
                    ParkResult.TIMED_OUT,
                    threads.remove(leaver).returnFromPark().result());
            lot.assertQueue(fresh, threads);
            lot.unparkAll(fresh, 0L);
        }
    }

    @Test
    void timedOutIsCalledWhenTheThreadHasLeftTheQueue() {
        Parked stays = lot.park(key);
        ScriptedCallbacks callbacks = new ScriptedCallbacks();
        Parked leaves = lot.park(key, callbacks, Patience.until(lot.clock.in(0L)));
        leaves.returnFromPark();
        assertEquals(Call.timedOut(key, false), callbacks.calls.get(2));
        lot.assertQueue(key, List.of(stays));
    }

    @Test
    void threadThatTimedOutCanParkAgain() {
        assertSame(
                ParkResult.TIMED_OUT,
                lot.park(key, Patience.until(lot.clock.in(0L))).returnFromPark().result());
        Parked again = lot.park(key);
        lot.unparkOne(key, 4L);
        assertEquals(4L, again.wokenResult().unparkToken());
    }

    // ---- interrupts

    @Test
    void interruptMakesAnInterruptibleThreadLeaveExactlyAsATimeoutDoes() {
        ScriptedCallbacks callbacks = new ScriptedCallbacks();
        Parked first = lot.park(key);
        Parked thread = lot.park(key, callbacks, Patience.INTERRUPTIBLE);
        assertSame(ParkResult.INTERRUPTED, thread.interrupt().result());
        assertFalse(thread.interruptedAfterwards(), "the result stands for the flag");
        assertEquals(Call.timedOut(key, false), callbacks.calls.get(2));
        lot.assertQueue(key, List.of(first));
    }

    @Test
    void pendingInterruptStillGoesThroughTheWholeProtocol() {
        ScriptedCallbacks callbacks = new ScriptedCallbacks();
        callbacks.on("validate", () -> Thread.currentThread().interrupt());
        Parked thread = lot.park(key, callbacks, Patience.INTERRUPTIBLE);
        assertSame(ParkResult.INTERRUPTED, thread.returnFromPark().result());
        assertFalse(thread.interruptedAfterwards());
        assertEquals(List.of("validate", "beforeSleep", "timedOut"), callbacks.methods());
    }

    @Test
    void interruptNeitherEndsAnUninterruptibleParkNorIsSwallowed() {
        for (Patience patience : List.of(Patience.ENDLESS, Patience.until(lot.clock.in(FAR_NANOS)))) {
            Parked thread = lot.park(key, patience);
            thread.interrupt();
            assertTrue(thread.isAsleep());
            assertTrue(thread.returnFromPark().isAsleep(), "not even when the parker returns");
            lot.unparkOne(key, 1L);
            assertEquals(1L, thread.wokenResult().unparkToken());
            assertTrue(thread.interruptedAfterwards());
        }
    }

    @Test
    void uninterruptibleTimeoutKeepsTheInterruptFlag() {
        Parked thread = lot.park(key, Patience.until(lot.clock.in(0L)));
        thread.interrupt();
        assertSame(ParkResult.TIMED_OUT, thread.returnFromPark().result());
        assertTrue(thread.interruptedAfterwards());
    }

    @Test
    void interruptCountsIfTheDeadlineHasPassedToo() {
        Parked thread = lot.park(key, Patience.interruptiblyUntil(lot.clock.in(0L)));
        assertSame(ParkResult.INTERRUPTED, thread.interrupt().result());
    }

    // ---- unparked against leaving: the bucket lock decides

    @Test
    void threadChosenBeforeItCouldTimeOutIsUnparked() {
        ScriptedCallbacks callbacks = new ScriptedCallbacks();
        Parked thread = lot.park(key, callbacks, Patience.until(lot.clock.in(0L)));
        assertEquals(1, lot.unparkOne(key, 8L).unparkedThreads());
        assertEquals(ParkResult.unparked(8L), thread.returnFromPark().result(), "although the deadline has passed");
        assertEquals(List.of("validate", "beforeSleep"), callbacks.methods());
    }

    @Test
    void threadChosenBeforeItsInterruptIsUnparkedWithTheFlagKept() {
        Parked thread = lot.park(key, Patience.INTERRUPTIBLE);
        lot.unparkOne(key, 8L);
        assertEquals(ParkResult.unparked(8L), thread.interrupt().result());
        assertTrue(thread.interruptedAfterwards());
    }

    @Test
    void threadThatLeftFirstCannotBeChosen() {
        Parked timedOut = lot.park(key, Patience.until(lot.clock.in(0L)));
        Parked interrupted = lot.park(key, Patience.INTERRUPTIBLE);
        Parked waiting = lot.park(key);
        timedOut.returnFromPark();
        interrupted.interrupt();
        assertEquals(1, lot.unparkAll(key, 8L));
        assertSame(ParkResult.TIMED_OUT, timedOut.result());
        assertSame(ParkResult.INTERRUPTED, interrupted.result());
        assertEquals(8L, waiting.wokenResult().unparkToken());
    }

    @Test
    void nullIsAProgrammingError() {
        ParkOptions usual = ParkOptions.NONE;
        assertThrows(NullPointerException.class, () -> lot.parkHere(key, null, usual, 0L, Patience.ENDLESS));
        assertThrows(NullPointerException.class, () -> lot.parkHere(key, KeyedLot.VALID, null, 0L, Patience.ENDLESS));
        assertThrows(NullPointerException.class, () -> lot.parkHere(key, KeyedLot.VALID, usual, 0L, null));
    }
}
