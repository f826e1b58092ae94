package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.core.HandDrivenLot.Parked;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.openjdk.jol.info.ClassLayout;

/** Entries without threads, alone and among threads that park; in orders that the test chooses. */
class QueuedEntryTest {
    private final HandDrivenLot lot = new HandDrivenLot(2);
    private final Key key = Key.fresh();

    @AfterEach
    void everybodyHasGone() {
        lot.close();
    }

    private ScriptedEntry entry() {
        return new ScriptedEntry(lot, key);
    }

    // ---- entering

    @Test
    void callbacksComeInOrder() {
        ScriptedEntry entry = entry().enqueue();
        assertEquals(List.of("validate", "beforeSleep"), entry.methods());
        assertTrue(entry.entry().isQueued());
        assertEquals(1, lot.unparkOne(key, 5L).unparkedThreads());
        assertEquals(List.of("validate", "beforeSleep", "unparked"), entry.methods());
        assertEquals(List.of(5L), entry.tokens());
        assertFalse(entry.entry().isQueued());
        assertEquals(List.of(), lot.snapshot());
    }

    @Test
    void entryThatIsNotValidIsNotEnqueued() {
        ScriptedEntry entry = entry();
        entry.valid = false;
        assertNull(entry.enqueue().entry());
        assertEquals(List.of("validate"), entry.methods());
        assertEquals(List.of(), lot.snapshot());
    }

    @Test
    void entryThatWouldLookAgainIsRefused() {
        ScriptedEntry entry = entry();
        ParkOptions looking = ParkOptions.NONE.lookingAgain(1L, 1, 1L);
        assertThrows(IllegalArgumentException.class, () -> entry.enqueue(looking, 0L));
        assertEquals(List.of(), entry.methods());
    }

    @Test
    void callbackUnderTheBucketLockMayNotCall() {
        ScriptedEntry queued = entry().enqueue();
        List<Throwable> failures = new ArrayList<>();
        lot.unparkUpTo(key, 0, (context, parkToken, result) -> {
            failures.add(assertThrows(IllegalStateException.class, () -> entry().enqueue()));
            failures.add(assertThrows(IllegalStateException.class, queued::cancel));
            return 0L;
        });
        assertEquals(2, failures.size());
        assertTrue(queued.cancel());
    }

    @Test
    void beforeSleepThatThrowsTakesTheEntryOut() {
        ScriptedEntry entry = entry();
        entry.inBeforeSleep = () -> {
            throw new IllegalArgumentException("injected");
        };
        assertThrows(IllegalArgumentException.class, entry::enqueue);
        assertEquals(List.of("validate", "beforeSleep", "timedOut"), entry.methods());
        assertEquals(List.of(), lot.snapshot());
    }

    @Test
    void beforeSleepThatThrowsWhenTheEntryWasChosenTakesNoWakeBack() {
        ScriptedEntry entry = entry();
        entry.inBeforeSleep = () -> {
            assertEquals(1, lot.unparkOne(key, 3L).unparkedThreads());
            throw new IllegalArgumentException("injected");
        };
        assertThrows(IllegalArgumentException.class, entry::enqueue);
        assertEquals(List.of("validate", "beforeSleep", "unparked"), entry.methods());
    }

    @Test
    void inspectionShowsAnEntryWithoutAThread() {
        Parked thread = lot.park(key, 7L);
        entry().enqueue(ParkOptions.NONE, 8L);
        List<ParkedThread> waiters = lot.waiters(key);
        assertSame(thread.thread(), waiters.get(0).thread());
        assertEquals(new ParkedThread(null, 8L, lot.clock.getAsLong(), false), waiters.get(1));
    }

    @Test
    void takesSixtyFourBytes() {
        assertEquals(64L, ClassLayout.parseClass(CallbackEntry.class).instanceSize());
        assertEquals(64L, ClassLayout.parseClass(WaitingThread.class).instanceSize(), "as that of a thread");
    }

    // ---- one queue with threads

    @Test
    void firstComeFirstServedAmongThreads() {
        Parked first = lot.park(key);
        ScriptedEntry second = entry().enqueue();
        Parked third = lot.park(key);
        ScriptedEntry fourth = entry().enqueue();
        lot.unparkOne(key, 1L);
        assertEquals(1L, first.wokenResult().unparkToken());
        assertEquals(List.of(), second.tokens());
        lot.unparkOne(key, 2L);
        assertEquals(List.of(2L), second.tokens());
        assertFalse(third.isRoused());
        lot.unparkOne(key, 3L);
        assertEquals(3L, third.wokenResult().unparkToken());
        assertEquals(List.of(), fourth.tokens());
        UnparkResult last = lot.unparkOne(key, (context, parkToken, result) -> 4L);
        assertEquals(List.of(4L), fourth.tokens());
        assertFalse(last.haveMoreThreads());
    }

    @Test
    void threadsAreWokenBeforeAnyEntryIsTold() {
        ScriptedEntry entry = entry().enqueue();
        Parked thread = lot.park(key);
        boolean[] wasRoused = new boolean[1];
        entry.inUnparked = () -> wasRoused[0] = thread.isRoused();
        assertEquals(2, lot.unparkAll(key, 1L));
        assertTrue(wasRoused[0]);
        assertTrue(thread.wokenResult().isUnparked());
    }

    @Test
    void filterSeesParkTokensOfEntries() {
        ScriptedEntry two = entry().enqueue(ParkOptions.NONE, 2L);
        Parked one = lot.park(key, 1L);
        ScriptedEntry other = entry().enqueue(ParkOptions.NONE, 1L);
        List<Long> seen = new ArrayList<>();
        UnparkResult result = lot.unparkFilter(
                key,
                (context, token) -> {
                    seen.add(token);
                    return token == 1L ? FilterOp.UNPARK : FilterOp.SKIP;
                },
                KeyedLot.NO_TOKEN);
        assertEquals(List.of(2L, 1L, 1L), seen);
        assertEquals(2, result.unparkedThreads());
        assertTrue(one.wokenResult().isUnparked());
        assertEquals(List.of(0L), other.tokens());
        assertEquals(List.of(), two.tokens());
        assertTrue(two.cancel());
    }

    @Test
    void returningEntryStandsInFrontWithItsAge() {
        long since = lot.clock.getAsLong() - Turns.AFTER_NANOS - 1L;
        Parked thread = lot.park(key);
        ScriptedEntry entry = entry().enqueue(ParkOptions.NONE.returning(since), 0L);
        assertEquals(since, lot.waiters(key).get(0).sinceNanos());
        assertTrue(lot.unparkOne(key, KeyedLot.NO_TOKEN).beFair());
        assertEquals(List.of(0L), entry.tokens());
        assertFalse(thread.isRoused());
    }

    @Test
    void entryHasItsTurnWhereverItStands() {
        ScriptedEntry entry = entry().enqueue();
        lot.clock.advance(Turns.AFTER_NANOS + 1L);
        Parked thread = lot.park(key, ParkOptions.NONE.returning(lot.clock.getAsLong()));
        UnparkResult result = lot.unparkOne(key, KeyedLot.NO_TOKEN);
        assertTrue(result.beFair() && result.haveMoreThreads());
        assertEquals(List.of(0L), entry.tokens());
        assertFalse(thread.isRoused());
    }

    @Test
    void dutyIsNeverGivenToAnEntry() {
        ParkOptions looking = ParkOptions.NONE.lookingAgain(100L, 1, 100L);
        Parked thread = lot.park(key, new ScriptedCallbacks().with(looking), Patience.until(lot.clock.in(1L)));
        ScriptedEntry entry = entry().enqueue();
        lot.clock.advance(2L);
        assertSame(ParkResult.TIMED_OUT, thread.returnFromPark().result()); // it passes its duty on, if it can
        lot.assertSound();
        assertTrue(entry.cancel());
    }

    // ---- cancelling

    @Test
    void cancelledBeforeTheWake() {
        ScriptedEntry entry = entry().enqueue();
        assertTrue(entry.cancel());
        assertFalse(entry.entry().isQueued());
        assertEquals(0, lot.unparkOne(key, 1L).unparkedThreads());
        assertEquals(List.of("validate", "beforeSleep", "timedOut"), entry.methods());
        assertFalse(entry.cancel(), "once");
        assertEquals(1, entry.arguments("timedOut").size());
    }

    @Test
    void cancelledAfterTheWake() {
        ScriptedEntry entry = entry().enqueue();
        assertEquals(1, lot.unparkOne(key, 1L).unparkedThreads());
        assertFalse(entry.cancel());
        assertEquals(List.of("validate", "beforeSleep", "unparked"), entry.methods());
    }

    @Test
    void cancelledWhileItIsTold() {
        ScriptedEntry entry = entry().enqueue();
        boolean[] cancelled = {true};
        entry.inUnparked = () -> cancelled[0] = entry.cancel();
        lot.unparkOne(key, 1L);
        assertFalse(cancelled[0]);
    }

    @Test
    void cancelledByTheEntryThatIsToldBeforeIt() {
        // Both are chosen at once; that the second has not been told does not make it one that can be cancelled.
        ScriptedEntry first = entry().enqueue();
        ScriptedEntry second = entry().enqueue();
        boolean[] cancelled = {true};
        first.inUnparked = () -> cancelled[0] = second.cancel();
        assertEquals(2, lot.unparkAll(key, 6L));
        assertFalse(cancelled[0]);
        assertEquals(List.of(6L), second.tokens());
    }

    @Test
    void cancelledInAnyOrder() {
        List<ScriptedEntry> entries = new ArrayList<>();
        Parked thread = null;
        for (int i = 0; i < 5; i++) {
            entries.add(entry().enqueue(ParkOptions.NONE, i));
            if (i == 2) {
                thread = lot.park(key, 99L);
            }
        }
        for (int i : new int[] {3, 0, 4, 2}) {
            assertTrue(entries.get(i).cancel());
            lot.assertSound();
        }
        assertEquals(
                List.of(1L, 99L),
                lot.waiters(key).stream().map(ParkedThread::parkToken).toList());
        lot.unparkOne(key, 1L);
        assertEquals(List.of(1L), entries.get(1).tokens());
        lot.unparkOne(key, 2L);
        assertTrue(thread.wokenResult().isUnparked());
    }

    @Test
    void cancelTellsWhetherTheQueueIsEmpty() {
        ScriptedEntry first = entry().enqueue();
        ScriptedEntry second = entry().enqueue();
        assertTrue(first.cancel());
        assertTrue(second.cancel());
        assertEquals(List.of(false), first.arguments("timedOut"));
        assertEquals(List.of(true), second.arguments("timedOut"));
    }

    @Test
    void timedOutThatThrowsLeavesTheEntryOut() {
        ScriptedEntry entry = entry().enqueue();
        entry.inTimedOut = () -> {
            throw new IllegalArgumentException("injected");
        };
        assertThrows(IllegalArgumentException.class, entry::cancel);
        assertFalse(entry.entry().isQueued());
        assertEquals(List.of(), lot.snapshot());
        assertFalse(entry.cancel());
    }

    // ---- requeueing

    @Test
    void requeuedEntryIsChosenAndCancelledAtItsNewKey() {
        Key other = Key.fresh();
        ScriptedEntry chosen = entry().enqueue();
        Parked thread = lot.park(key);
        ScriptedEntry cancelled = entry().enqueue();
        assertEquals(3, lot.requeueAll(key, other).requeuedThreads());
        assertEquals(0, lot.unparkOne(key, 1L).unparkedThreads());
        assertTrue(cancelled.cancel());
        assertEquals(other, cancelled.calls.get(2).key());
        lot.unparkOne(other, 2L);
        assertEquals(List.of(2L), chosen.tokens());
        lot.unparkOne(other, 3L);
        assertEquals(3L, thread.wokenResult().unparkToken());
    }

    @Test
    void requeueCanWakeAnEntry() {
        Key other = Key.fresh();
        ScriptedEntry first = entry().enqueue();
        ScriptedEntry second = entry().enqueue();
        UnparkResult result = lot.requeue(key, other, new FixedRequeue(RequeueOp.UNPARK_ONE_REQUEUE_REST));
        assertEquals(1, result.unparkedThreads());
        assertEquals(1, first.tokens().size());
        assertEquals(1, lot.unparkOne(other, 4L).unparkedThreads());
        assertEquals(List.of(4L), second.tokens());
    }

    @Test
    void entryThatStaysOnceRequeuedCannotBeCancelledThen() {
        Key other = Key.fresh();
        ParkOptions staying = ParkOptions.NONE.stayingOnceRequeued();
        ScriptedEntry moved = entry().enqueue(staying, 0L);
        lot.requeueAll(key, other);
        assertFalse(moved.cancel());
        assertTrue(moved.entry().isQueued());
        lot.unparkOne(other, 1L);
        assertEquals(List.of(1L), moved.tokens());
        assertTrue(entry().enqueue(staying, 0L).cancel(), "not requeued");
    }

    // ---- telling

    @Test
    void entryThatThrowsKeepsNobodyFromBeingWoken() {
        ScriptedEntry first = entry().enqueue();
        ScriptedEntry second = entry().enqueue();
        Parked thread = lot.park(key);
        RuntimeException injected = new RejectedExecutionException("injected");
        RuntimeException another = new CancellationException("injected, too");
        first.inUnparked = () -> Thrower.sneakily(injected);
        second.inUnparked = () -> Thrower.sneakily(another);
        assertSame(injected, assertThrows(RuntimeException.class, () -> lot.unparkAll(key, 9L)));
        assertEquals(List.of(another), Arrays.asList(injected.getSuppressed()));
        assertEquals(List.of("validate", "beforeSleep", "unparked", "wakeLost"), first.methods());
        assertEquals(List.of(9L), second.arguments("wakeLost"));
        assertEquals(9L, thread.wokenResult().unparkToken());
        lot.assertSound();
    }

    @Test
    void failureThatIsNotThrownOnIsKeptFromTheUnparker() {
        ScriptedEntry rejected = entry().enqueue();
        rejected.passesOn = true;
        rejected.inUnparked = () -> {
            throw new RejectedExecutionException("injected");
        };
        ScriptedEntry next = entry().enqueue();
        assertEquals(1, lot.unparkOne(key, 3L).unparkedThreads());
        assertEquals(List.of(3L), rejected.arguments("wakeLost"));
        assertEquals(List.of(3L), next.tokens());
    }

    @Test
    void unparkedThatMeetsTheEndOfTheStackIsNoStackOverflowOfTheUnpark() {
        ScriptedEntry entry = entry().enqueue();
        entry.inUnparked = () -> {
            throw new StackOverflowError("injected");
        };
        assertThrows(IllegalStateException.class, () -> lot.unparkOne(key, 1L));
    }

    @Test
    void checkedThrowableOfAnEntryIsWrapped() {
        Exception checked = new Exception("injected");
        Throwable thrown = assertThrows(IllegalStateException.class, () -> entry().wakeLost(key, 1L, checked));
        assertSame(checked, thrown.getCause());
    }

    @Test
    void entriesThatUnparkEachOtherAreToldOneAfterAnother() {
        int count = 100_000;
        List<ScriptedEntry> entries = new ArrayList<>();
        int[] depth = new int[2];
        for (int i = 0; i < count; i++) {
            ScriptedEntry entry = entry().enqueue();
            entry.inUnparked = () -> {
                depth[0]++;
                depth[1] = Math.max(depth[1], depth[0]);
                lot.unparkOne(key, 1L);
                depth[0]--;
            };
            entries.add(entry);
        }
        lot.unparkOne(key, 1L);
        entries.forEach(entry -> assertEquals(1, entry.tokens().size()));
        assertEquals(1, depth[1], "never nested");
    }

    @Test
    void whatIsChosenMeanwhileIsToldInTheOrderInWhichItWasChosen() {
        List<String> told = new ArrayList<>();
        Key other = Key.fresh();
        ScriptedEntry first = entry().enqueue();
        ScriptedEntry second = entry().enqueue();
        ScriptedEntry third = new ScriptedEntry(lot, other).enqueue();
        ScriptedEntry fourth = new ScriptedEntry(lot, other).enqueue();
        Parked thread = lot.park(other);
        first.inUnparked = () -> {
            told.add("first");
            assertEquals(3, lot.unparkAll(other, 1L));
            assertTrue(thread.isRoused(), "a thread is woken at once");
            told.add("first ends");
        };
        second.inUnparked = () -> told.add("second");
        third.inUnparked = () -> {
            told.add("third");
            throw new IllegalArgumentException("injected");
        };
        fourth.inUnparked = () -> told.add("fourth");
        assertThrows(IllegalArgumentException.class, () -> lot.unparkAll(key, 1L));
        assertEquals(List.of("first", "first ends", "second", "third", "fourth"), told);
        assertTrue(thread.wokenResult().isUnparked());
    }

    @Test
    void callbackOfAnUnparkThatThrowsLeavesTheEntryQueued() {
        ScriptedEntry entry = entry().enqueue();
        assertThrows(
                IllegalArgumentException.class,
                () -> lot.unparkOne(key, (context, parkToken, result) -> {
                    throw new IllegalArgumentException("injected");
                }));
        assertTrue(entry.entry().isQueued());
        assertTrue(entry.cancel());
    }

    // ---- in the shared lot

    @Test
    void sharedLotTellsEntriesAndToolsSeeThem() {
        QueuedEntry.prepare();
        ScriptedEntry told = entry();
        QueuedEntry entry = QueuedEntry.enqueue(this, 0L, key, told, ParkOptions.NONE, 0L);
        assertTrue(entry.isQueued());
        LotSnapshot snapshot = LotSnapshot.take();
        assertTrue(snapshot.toString().contains("an entry without a thread waits"), snapshot::toString);
        assertTrue(snapshot.toMermaid().contains("an entry without a thread"), snapshot::toMermaid);
        assertTrue(DeadlockDetector.findDeadlocks().isEmpty());
        QueueInfo.WaiterInfo info = new ParkingLotManagement()
                .getQueues().stream()
                        .flatMap(queue -> queue.getWaiters().stream())
                        .filter(waiter -> waiter.getThreadId() == 0L)
                        .findAny()
                        .orElseThrow();
        assertEquals("an entry without a thread", info.getThread());
        assertTrue(ParkingLot.unparkOne(this, 0L, 2L));
        assertEquals(List.of(2L), told.tokens());
        assertFalse(entry.cancel());
        QueuedEntry another = QueuedEntry.enqueue(this, 0L, key, entry(), ParkOptions.NONE, 0L);
        assertTrue(another.cancel());
        assertFalse(ParkingLot.unparkOne(this, 0L));
    }
}
