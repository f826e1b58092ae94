package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.TestThreads;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A requeue between two buckets: whoever waits for one holds nothing, and whoever has got both holds both. */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD) // should this thread itself be wedged
class TwoBucketsTest {
    private final KeyedLot lot = Sleepless.lot(4);
    private final List<Key> keys = Key.inTwoBuckets(4);

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void requeueWaitsForABucketWithEmptyHands(int taken) {
        Key free = keys.get(1 - taken);
        Sleepless.enqueue(lot, keys.get(0));
        lot.bucketOf(keys.get(taken)).lock();
        try (TestThreads threads = new TestThreads()) {
            Thread mover = threads.start(
                    "mover",
                    () -> assertEquals(
                            1, lot.requeueAll(keys.get(0), keys.get(1)).requeuedThreads()));
            TestThreads.await("the mover waits", () -> TestThreads.isAsleep(mover) || !mover.isAlive());
            assertTrue(mover.isAlive());
            // The mover may be about to look whether it can have both, so this is not for tryLock.
            for (int i = 0; i < 100; i++) {
                assertEquals(free.equals(keys.get(0)) ? 1 : 0, lot.waiters(free).size(), "the other bucket can be had");
            }
            lot.bucketOf(keys.get(taken)).unlock();
        }
        lot.checkInvariants();
        assertEquals(1, lot.queue(keys.get(1)).size());
    }

    @Test
    void requeuesInOppositeDirectionsDoNotWaitForEachOther() {
        Sleepless.enqueue(lot, keys.get(0));
        Sleepless.enqueue(lot, keys.get(1));
        try (TestThreads threads = new TestThreads()) {
            for (int i = 0; i < 2; i++) {
                Key from = keys.get(i);
                Key to = keys.get(1 - i);
                threads.start("mover-" + i, () -> {
                    for (int round = 0; round < 20_000; round++) {
                        lot.requeue(from, to, new FixedRequeue(RequeueOp.REQUEUE_ONE));
                    }
                });
            }
        }
        lot.checkInvariants();
        assertEquals(2, lot.queue(keys.get(0)).size() + lot.queue(keys.get(1)).size());
    }

    @Test
    void bothBucketsAreEnteredAndBothAreLeft() {
        Table.Pair pair = new Table.Pair();
        Key first = keys.get(0);
        Key second = keys.get(1);
        lot.lot.table.enterBoth(pair, first.base(), first.offset(), second.base(), second.offset());
        assertSame(lot.bucketOf(first), pair.first);
        assertSame(lot.bucketOf(second), pair.second);
        assertTrue(pair.first.isHeld() && pair.second.isHeld());
        pair.exit();
        assertFalse(pair.first.isHeld() || pair.second.isHeld());
        lot.checkInvariants();
        Invariants.checkNobodyIsInside();
    }

    @Test
    void twoKeysOfOneBucketNeedItOnce() {
        List<Key> neighbours = Key.inOneBucket(4, 2);
        Table.Pair pair = new Table.Pair();
        lot.lot.table.enterBoth(
                pair, neighbours.get(0).base(), 0L, neighbours.get(1).base(), 0L);
        assertSame(pair.first, pair.second);
        pair.exit();
        lot.checkInvariants();
        Invariants.checkNobodyIsInside();
    }
}
