package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.parkers.ParkerBackends;
import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThrowingRunnable;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The order of locking, and R28 to the letter: each loop that locks and then looks again, with the change that it looks
 * for forced in between.
 *
 * <p>The test holds the only bucket of a table. A thread comes and waits for that bucket; then a grower comes and waits
 * behind it. The bucket lock wakes the latest arrival first (see {@link WordLock}), so when the test lets go, the
 * grower is first, and the thread gets the bucket when it has been abandoned.
 */
class GrowthRaceTest {
    private final Table table = new Table(1);
    private final Key key = Key.fresh();
    private final Waiter waiter = newWaiter();
    private Bucket old;

    @BeforeEach
    void crowdTheOnlyBucketAndHoldIt() {
        old = table.lock(key.base(), key.offset());
        enqueue(key, waiter);
        WaitQueue queue = old.find(key.base(), key.offset());
        queue.append(newWaiter()); // so that the queue stays when the waiter goes
        for (int i = 0; i < Bucket.CROWDED; i++) {
            enqueue(Key.fresh(), newWaiter());
        }
        assertTrue(old.isCrowded());
    }

    private static Waiter newWaiter() {
        return new Waiter(Thread.currentThread(), ParkerBackends.chosen().newParker(null), 0L);
    }

    private void enqueue(Key newKey, Waiter newWaiter) {
        old.stock(new WaitQueue());
        old.findOrOpen(newKey.base(), newKey.offset()).append(newWaiter);
    }

    /** Runs an action that wants the old bucket while the table is made to grow in front of it. */
    private void growUnder(ThrowingRunnable action) {
        try (TestThreads threads = new TestThreads()) {
            awaitAsleep(threads.start("behind", action));
            awaitAsleep(threads.start("grower", () -> table.relieve(old)));
            old.unlock();
        }
        assertTrue(table.size() > 1, "it has grown");
        table.forEachLocked(bucket -> Invariants.check(table, bucket));
    }

    private static void awaitAsleep(Thread thread) {
        TestThreads.await("waits for the bucket", () -> TestThreads.isAsleep(thread));
    }

    private void assertCurrent(Bucket locked) {
        assertSame(table.bucketOf(key.base(), key.offset()), locked, "a bucket of the new table");
        assertTrue(locked.isHeld());
        assertNotNull(locked.find(key.base(), key.offset()));
    }

    @Test
    void r28_keyIsLookedUpAgainInTheNewTable() {
        growUnder(() -> {
            Bucket locked = table.lock(key.base(), key.offset());
            assertCurrent(locked);
            locked.unlock();
        });
    }

    @Test
    void r28_twoKeysAreLookedUpAgainInTheNewTable() {
        growUnder(() -> {
            Table.Pair locked = table.lockPair(key.base(), key.offset(), key.base(), key.offset());
            assertCurrent(locked.from());
            assertCurrent(locked.to());
            locked.unlock();
        });
    }

    @Test
    void r28_leavingThreadFollowsItsQueueToTheNewTable() {
        growUnder(() -> {
            Bucket locked = Table.lockBucketOf(waiter);
            assertCurrent(locked);
            locked.unlock();
        });
    }

    @Test
    void r28_viewOfTheWholeTableIsOneOfTheNewTable() {
        List<Bucket> seen = new ArrayList<>();
        growUnder(() -> table.forEachLocked(seen::add));
        assertEquals(table.size(), seen.size());
        assertTrue(seen.contains(table.bucketOf(key.base(), key.offset())));
    }

    @Test
    void r28_secondGrowerLeavesTheNewTableAlone() {
        growUnder(() -> table.relieve(old));
        Bucket locked = table.lock(key.base(), key.offset());
        assertCurrent(locked);
        locked.unlock();
    }

    @Test
    void leavingThreadThatIsUnparkedMeanwhileFindsThatItHasNoQueue() {
        try (TestThreads threads = new TestThreads()) {
            awaitAsleep(threads.start("leaver", () -> assertNull(Table.lockBucketOf(waiter))));
            WaitQueue queue = old.find(key.base(), key.offset());
            queue.unlink(waiter);
            waiter.choose(0L);
            old.unlock();
        }
        assertFalse(old.isHeld());
    }

    @Test
    void leavingThreadThatIsRequeuedMeanwhileFollowsToItsNewQueue() {
        Key target = Key.fresh();
        Bucket[] elsewhere = new Bucket[1];
        try (TestThreads threads = new TestThreads()) {
            awaitAsleep(threads.start("leaver", () -> {
                Bucket locked = Table.lockBucketOf(waiter);
                assertSame(elsewhere[0], locked);
                locked.unlock();
            }));
            // A bucket of another table will do: what counts is that it is not the one that the leaver waits for.
            elsewhere[0] = new Table(1).lock(target.base(), target.offset());
            elsewhere[0].stock(new WaitQueue());
            WaitQueue source = old.find(key.base(), key.offset());
            source.unlink(waiter);
            elsewhere[0].findOrOpen(target.base(), target.offset()).append(waiter);
            old.unlock();
            elsewhere[0].unlock();
        }
    }

    /**
     * By index, whichever way round they are asked for; otherwise two requeues in opposite directions could deadlock.
     */
    @Test
    void twoBucketsAreLockedInOneOrder() {
        Table pair = new Table(2);
        List<Bucket> byIndex = new ArrayList<>();
        pair.forEachLocked(byIndex::add);
        Key inFirst = keyIn(pair, byIndex.get(0));
        Key inSecond = keyIn(pair, byIndex.get(1));
        for (List<Key> keys : List.of(List.of(inFirst, inSecond), List.of(inSecond, inFirst))) {
            byIndex.get(0).lock();
            try (TestThreads threads = new TestThreads()) {
                Key from = keys.get(0);
                Key to = keys.get(1);
                awaitAsleep(threads.start(
                        "locks both",
                        () -> pair.lockPair(from.base(), from.offset(), to.base(), to.offset())
                                .unlock()));
                assertFalse(byIndex.get(1).isHeld(), "waits for the first before it takes the second");
                byIndex.get(0).unlock();
            }
        }
    }

    private static Key keyIn(Table table, Bucket bucket) {
        Key candidate = Key.fresh();
        while (table.bucketOf(candidate.base(), candidate.offset()) != bucket) {
            candidate = Key.fresh();
        }
        return candidate;
    }
}
