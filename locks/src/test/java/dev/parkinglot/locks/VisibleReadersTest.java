package dev.parkinglot.locks;

import static dev.parkinglot.locks.VisibleReaders.NO_ROW;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.Delays;
import dev.parkinglot.testing.TestThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Readers that count in their lock's row instead of its state: what moves where, and when. */
@Concurrent
class VisibleReadersTest {
    private final RwLock lock = RwProbe.biased();
    private final int row = VisibleReaders.rowOf(lock);

    @AfterEach
    void leaveNothingBehind() {
        RwProbe.assertIdle(lock);
    }

    private int inState() {
        return RwWord.countOf(RwProbe.rawState(lock));
    }

    private void assertBiased(boolean expected) {
        assertEquals(expected, (RwProbe.rawState(lock) & RwProbe.BIASED) != 0, "biased");
    }

    private void assertWhere(int inRow, int inState) {
        assertEquals(inRow, VisibleReaders.sum(row), "in the row");
        assertEquals(inState, inState(), "in the state");
        assertTrue(lock.isLocked());
        assertTrue(lock.toString().endsWith("Read locks = " + (inRow + inState) + "]"), lock::toString);
    }

    /** With two rows, holds in the one that is not looked at would be lost, and a writer would enter beside them. */
    @Test
    void twoReadersThatMeetGetOneRowTogether(TestThreads threads) {
        int locks = 400; // fewer than there are rows, since a row is free again only when its lock has been collected
        for (int round = 0; round < 30; round++) {
            List<RwLock> fresh = new ArrayList<>();
            for (int i = 0; i < locks; i++) {
                fresh.add(new RwLock());
            }
            int[][] rows = new int[2][locks];
            AtomicInteger arrived = new AtomicInteger();
            for (int[] mine : rows) {
                threads.start("reader", () -> {
                    for (int i = 0; i < locks; i++) {
                        arrived.incrementAndGet();
                        while (arrived.get() < 2 * (i + 1)) {
                            Thread.onSpinWait();
                        }
                        mine[i] = VisibleReaders.rowOfOrNew(fresh.get(i));
                    }
                });
            }
            threads.join();
            for (int i = 0; i < locks; i++) {
                int row = VisibleReaders.rowOf(fresh.get(i));
                for (int[] mine : rows) {
                    assertTrue(mine[i] == row || mine[i] == NO_ROW, mine[i] + " and " + row);
                }
            }
            fresh.clear();
            System.gc();
        }
    }

    @Test
    void aReaderOfABiasedLockLeavesTheStateAlone() {
        int before = RwProbe.rawState(lock);
        lock.lockRead();
        lock.lockReadRecursive();
        assertTrue(lock.tryLockRead());
        assertEquals(before, RwProbe.rawState(lock));
        assertWhere(3, 0);
        lock.unlockRead();
        lock.unlockRead();
        lock.unlockRead();
        assertEquals(before, RwProbe.rawState(lock));
        assertFalse(lock.isLocked());
    }

    @Test
    void anUpgradableHoldIsInTheStateAndDoesNotEndTheBias() {
        lock.lockUpgradable();
        lock.lockRead();
        assertWhere(1, 1);
        lock.unlockRead();
        assertTrue(lock.tryUpgrade());
        assertBiased(false);
        lock.unlockWrite();
    }

    @Test
    void aClaimMovesTheHoldsOfTheRowToTheState() {
        lock.lockRead();
        assertFalse(lock.write().tryLockFor(Delays.SHORT_DELAY));
        assertBiased(false);
        assertWhere(0, 1);
        lock.unlockRead();
    }

    @Test
    void aBiasThatWasEndedBeginsAgainOnlyAfterAWriterHeldTheLock() {
        lock.lockRead();
        assertFalse(lock.write().tryLockFor(Delays.SHORT_DELAY));
        assertFalse(lock.startBias(), "the row has not been seen empty with the lock claimed");
        lock.unlockRead();
        assertTrue(lock.tryLockWrite());
        assertFalse(lock.startBias(), "a writer is there");
        lock.unlockWrite();
        assertTrue(lock.startBias());
    }

    @Test
    void aTryThatFailsDoesNotEndTheBias() {
        lock.lockRead();
        assertFalse(lock.tryLockWrite());
        lock.lockUpgradable();
        assertFalse(lock.tryUpgrade());
        assertBiased(true);
        assertWhere(1, 1);
        lock.unlockRead();
        assertTrue(lock.tryUpgrade());
        lock.unlockWrite();
    }

    @Test
    void moreHoldsThanAPlaceMayHaveAreInTheState() {
        for (int i = 0; i <= VisibleReaders.MAX_COUNT; i++) {
            lock.lockRead();
        }
        assertWhere(VisibleReaders.MAX_COUNT, 1);
        for (int i = 0; i <= VisibleReaders.MAX_COUNT; i++) {
            lock.unlockRead();
        }
        assertFalse(lock.isLocked());
    }

    @Test
    void aHoldOfTheRowCanBeReleasedByAnyThread(TestThreads threads) {
        Checks.assumeThatAnyThreadMayUnlock();
        for (int i = 0; i < 100; i++) { // whose places are all there are
            lock.lockRead();
            threads.start("another", lock::unlockRead);
            threads.join();
            assertEquals(0, lock.readHolds());
            assertBiased(true);
        }
    }

    @Test
    void releasingWhatNobodyHoldsThrowsAndTheLockWorks() {
        assertThrows(IllegalMonitorStateException.class, lock::unlockRead);
        assertThrows(IllegalMonitorStateException.class, lock::bumpRead);
        lock.lockUpgradable();
        assertThrows(IllegalMonitorStateException.class, lock::unlockRead);
        lock.lockRead();
        lock.unlockRead();
        lock.unlockUpgradable();
        assertFalse(lock.isLocked());
        lock.lockWrite();
        lock.unlockWrite();
    }

    @OnEachKind
    void theLastReaderOfTheRowWakesTheWriterThatSleeps(TestThreads threads) {
        lock.lockRead();
        lock.lockRead();
        Thread writer = RwProbe.startQueued(threads, lock, RwProbe.DRAIN, "writer", () -> lock.runWrite(() -> {}));
        lock.unlockRead();
        assertEquals(List.of(writer), RwProbe.queueOf(lock, RwProbe.DRAIN));
        lock.unlockRead();
    }

    @Test
    void aLockIsNotBiasedAgainSoonAfterItsBiasWasRevoked() {
        assertTrue(lock.tryLockWrite());
        lock.unlockWrite();
        VisibleReaders.quiet(row, System.nanoTime() - TimeUnit.HOURS.toNanos(1));
        lock.bias();
        assertBiased(false);
    }

    @Test
    void aLockThatFindsNoPlaceForItsRowCountsInItsState() {
        List<RwLock> others = new ArrayList<>();
        do {
            others.add(new RwLock());
        } while (VisibleReaders.rowOfOrNew(others.get(others.size() - 1)) != NO_ROW);
        RwLock last = others.get(others.size() - 1);
        last.bias();
        last.lockRead();
        assertEquals(RwProbe.ONE_READER, RwProbe.rawState(last));
        last.unlockRead();
        assertEquals(NO_ROW, VisibleReaders.rowOf(last));
        assertEquals(row, VisibleReaders.rowOfOrNew(lock), "a row stays with its lock");
        others.clear();
        TestThreads.await("a dead lock's row makes room", () -> {
            System.gc();
            return VisibleReaders.rowOfOrNew(new RwLock()) != NO_ROW;
        });
        assertEquals(row, VisibleReaders.rowOf(lock));
    }

    @Test
    void theRowOfALockThatDiedWhileItWasHeldIsEmptyForTheNext() {
        Checks.assumeThatAHoldKeepsNothingAlive();
        int inherited = rowOfALockThatDiesWhileItIsHeld();
        AtomicReference<RwLock> heir = new AtomicReference<>();
        TestThreads.await("another lock moves into the row", () -> {
            System.gc();
            for (int i = 0; i < 1000 && heir.get() == null; i++) {
                RwLock other = new RwLock();
                if (VisibleReaders.rowOfOrNew(other) == inherited) {
                    heir.set(other);
                }
            }
            return heir.get() != null;
        });
        assertEquals(0, VisibleReaders.sum(inherited));
        assertTrue(heir.get().startBias());
        assertTrue(heir.get().tryLockWrite());
        heir.get().unlockWrite();
    }

    private static int rowOfALockThatDiesWhileItIsHeld() {
        RwLock dying = RwProbe.biased();
        dying.lockRead();
        return VisibleReaders.rowOf(dying);
    }

    /**
     * Each reader's hold is released by another thread, which got it through a queue; writers come between, with a
     * timeout.
     */
    @OnEachKind
    void holdsThatAreReleasedByOtherThreadsAreNeitherLostNorDoubled(TestThreads threads) {
        Checks.assumeThatAnyThreadMayUnlock();
        int turns = 10_000;
        SynchronousQueue<Integer> holds = new SynchronousQueue<>();
        AtomicInteger readers = new AtomicInteger();
        AtomicInteger finished = new AtomicInteger();
        for (int i = 0; i < 2; i++) {
            threads.start("taker-" + i, () -> {
                for (int turn = 0; turn < turns; turn++) {
                    lock.startBias();
                    lock.lockRead();
                    readers.incrementAndGet();
                    holds.put(turn);
                }
            });
            threads.start("releaser-" + i, () -> {
                for (int turn = 0; turn < turns; turn++) {
                    holds.take();
                    readers.decrementAndGet();
                    lock.unlockRead();
                }
                finished.incrementAndGet();
            });
        }
        threads.start("writer", () -> {
            for (int turn = 0; finished.get() < 2; turn++) {
                if (turn % 2 == 0 ? lock.tryLockWrite() : lock.write().tryLockFor(Delays.SHORT_DELAY)) {
                    assertEquals(0, readers.get());
                    lock.unlockWrite();
                }
            }
        });
        threads.join();
        assertFalse(lock.isLocked());
        assertTrue(lock.tryLockWrite());
        lock.unlockWrite();
    }
}
