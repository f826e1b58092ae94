package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThrowingRunnable;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Growth while a thread is on its way to a bucket: each loop that locks a bucket and then looks again, with the change
 * that it looks for forced in between.
 *
 * <p>The test holds the only bucket of a table. A thread comes and waits for that bucket. Then the test does what
 * {@link Resizing} does in one step, by hand, and lets go: when the thread gets the bucket, the keys have moved.
 */
class GrowthRaceTest {
    private final Table table = new Table(1);
    private final Key key = Key.fresh();
    private final WaitingThread entry = Sleepless.newEntry();
    private Bucket old;

    @BeforeEach
    void fillTheOnlyBucketAndHoldIt() {
        old = table.bucketOf(key.base(), key.offset());
        old.lock();
        enqueue(old, key, entry);
        enqueue(old, key, Sleepless.newEntry()); // so that the queue stays when the first goes
        for (int i = 0; i < Bucket.CROWDED; i++) {
            enqueue(old, Key.fresh(), Sleepless.newEntry());
        }
        assertTrue(old.isCrowded());
    }

    private static void enqueue(Bucket bucket, Key key, WaitingThread newEntry) {
        bucket.stock(new WaitQueue());
        bucket.findOrOpen(key.base(), key.offset(), 0L).append(newEntry);
    }

    /** Runs an action that wants the old bucket, and moves all keys to two new ones in front of it. */
    private void growUnder(ThrowingRunnable action) {
        Generation next = new Generation(2);
        try (TestThreads threads = new TestThreads()) {
            awaitAsleep(threads.start("behind", action));
            moveByHandTo(next);
            old.unlock();
            next.buckets[0].unlock();
            next.buckets[1].unlock();
        }
        table.resizeFurther();
        assertEquals(2, table.size(), "it has grown");
        Invariants.check(table);
    }

    /** What a step does, up to its unlocks. */
    private void moveByHandTo(Generation next) {
        Generation generation = Invariants.currentGeneration(table);
        assertTrue(generation.casNext(next));
        next.buckets[0] = new Bucket(true, 0);
        next.buckets[1] = new Bucket(true, 1);
        WaitQueue queue = old.forward();
        while (queue != null) {
            WaitQueue following = queue.nextInBucket;
            next.bucket(Table.hash(queue.base, queue.offset)).adopt(queue);
            queue = following;
        }
        generation.moved = 1;
    }

    private static void awaitAsleep(Thread thread) {
        TestThreads.await("waits for the bucket", () -> TestThreads.isAsleep(thread));
    }

    private void assertCurrent(Bucket entered) {
        assertSame(table.bucketOf(key.base(), key.offset()), entered, "a bucket of the next generation");
        assertTrue(entered.isHeld());
        assertNotNull(entered.find(key.base(), key.offset()));
    }

    @Test
    void r28_keyIsLookedUpAgainInTheNextGeneration() {
        growUnder(() -> {
            Bucket entered = table.enter(key.base(), key.offset());
            assertCurrent(entered);
            entered.exit();
        });
    }

    @Test
    void r28_twoKeysAreLookedUpAgainInTheNextGeneration() {
        Key other = Key.fresh();
        growUnder(() -> {
            Table.Pair entered = new Table.Pair();
            table.enterBoth(entered, other.base(), other.offset(), key.base(), key.offset());
            assertSame(table.bucketOf(other.base(), other.offset()), entered.first);
            assertCurrent(entered.second);
            entered.exit();
        });
    }

    @Test
    void r28_leavingThreadFollowsItsQueueToTheNextGeneration() {
        growUnder(() -> {
            Bucket entered = Table.enterBucketOf(entry);
            assertCurrent(entered);
            entered.exit();
        });
    }

    @Test
    void r28_lookAtAllQueuesFollowsThemToTheNextGeneration() {
        List<WaitQueue> seen = new ArrayList<>();
        growUnder(() -> table.forEachQueue(seen::add));
        assertEquals(Bucket.CROWDED + 1, seen.size());
        assertEquals(Bucket.CROWDED + 1, seen.stream().distinct().count());
    }

    @Test
    void lookAtAllQueuesSeesEachOnceAfterTheTableHasGrownAndShrunk() {
        Generation next = new Generation(2);
        List<WaitQueue> seen = new ArrayList<>();
        try (TestThreads threads = new TestThreads()) {
            awaitAsleep(threads.start("behind", () -> table.forEachQueue(seen::add)));
            moveByHandTo(next);
            next.buckets[0].unlock();
            next.buckets[1].unlock();
            table.resizeFurther();
            assertTrue(next.casNext(new Generation(1)));
            table.resizeFurther();
            assertEquals(1, table.size(), "it has shrunk again");
            old.unlock();
        }
        assertEquals(Bucket.CROWDED + 1, seen.size());
    }

    @Test
    void tryingToLockFollowsAKeyToTheNextGeneration() {
        growUnder(() -> table.enter(key.base(), key.offset()).exit());
        Bucket locked = table.tryLock(key.base(), key.offset());
        assertCurrent(locked);
        assertNull(table.tryLock(key.base(), key.offset()), "and does not wait");
        locked.unlock();
    }

    @Test
    void leavingThreadThatIsUnparkedMeanwhileFindsThatItHasNoQueue() {
        try (TestThreads threads = new TestThreads()) {
            awaitAsleep(threads.start("leaver", () -> assertNull(Table.enterBucketOf(entry))));
            WaitQueue queue = old.find(key.base(), key.offset());
            queue.unlink(entry);
            entry.choose(0L);
            old.unlock();
        }
        assertFalse(old.isHeld());
    }

    @Test
    void leavingThreadThatIsRequeuedMeanwhileFollowsToItsNewQueue() {
        Key target = Key.fresh();
        // A bucket of another table will do: what counts is that it is not the one that the leaver waits for.
        Bucket elsewhere = new Table(1).bucketOf(target.base(), target.offset());
        try (TestThreads threads = new TestThreads()) {
            awaitAsleep(threads.start("leaver", () -> {
                Bucket entered = Table.enterBucketOf(entry);
                assertSame(elsewhere, entered);
                entered.exit();
            }));
            elsewhere.lock();
            WaitQueue source = old.find(key.base(), key.offset());
            source.unlink(entry);
            enqueue(elsewhere, target, entry);
            old.unlock();
            elsewhere.unlock();
        }
    }
}
