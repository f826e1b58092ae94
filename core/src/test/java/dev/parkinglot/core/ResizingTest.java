package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.TestThreads;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Growing and shrinking, all at once and step by step. The waiters are entries without threads. */
class ResizingTest {
    // ---- when

    @Test
    void tableGrowsWithTheKeysAndShrinksWhenTheyHaveGone() {
        int smallest = 4;
        int count = 100_000;
        KeyedLot lot = Sleepless.lot(smallest);
        List<WaitingThread> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            entries.add(Sleepless.enqueue(lot, Key.fresh()));
        }
        int largest = lot.tableSize();
        assertTrue(largest * (Bucket.CROWDED + 1) >= count, () -> "size " + largest);
        assertTrue(largest <= 2 * count, () -> "size " + largest);
        lot.checkInvariants();
        assertEquals(count, lot.snapshot().size());
        Collections.shuffle(entries, new Random(42L));
        entries.forEach(entry -> assertSame(ParkResult.TIMED_OUT, Sleepless.timeOut(lot, entry)));
        lot.checkInvariants();
        assertEquals(List.of(), lot.snapshot());
        // The last thousands of closed queues have halved it several times, by chance more or less often.
        assertTrue(lot.tableSize() <= largest / 4, () -> "size " + lot.tableSize());
        useAndLeave(lot, 20_000);
        assertEquals(smallest, lot.tableSize());
        assertTrue(Invariants.currentGeneration(lot.lot.table).nextVolatile() == null, "and is at rest");
        lot.checkInvariants();
    }

    private static void useAndLeave(KeyedLot lot, int times) {
        Key key = Key.fresh();
        for (int i = 0; i < times; i++) {
            Key other = new Key(key.base(), i);
            Sleepless.enqueue(lot, other);
            assertEquals(1, lot.unparkAll(other, 0L));
        }
    }

    @Test
    void tableDoesNotShrinkBelowTheSizeThatItBeganWith() {
        KeyedLot lot = Sleepless.lot(256);
        useAndLeave(lot, 20_000);
        assertEquals(256, lot.tableSize());
    }

    @Test
    void tableThatIsHalfFullDoesNotShrink() {
        KeyedLot lot = Sleepless.lot(1);
        for (int i = 0; i < 1_000; i++) {
            Sleepless.enqueue(lot, Key.fresh());
        }
        int size = lot.tableSize();
        useAndLeave(lot, 20_000);
        assertTrue(lot.tableSize() >= size, () -> "size " + lot.tableSize());
    }

    // ---- step by step

    private static final int SIZE = 2_048;

    /** A table in which a change of size has begun, and what should be in it. */
    private static final class Change {
        final KeyedLot lot = Sleepless.lot(SIZE);
        final Map<Key, List<WaitingThread>> queues = new HashMap<>();
        final Generation next;
        final Random random = new Random(7L);

        Change(int nextSize) {
            for (int i = 0; i < 700; i++) {
                Key key = Key.fresh();
                enqueue(key);
                enqueue(key);
            }
            next = begin(lot.lot.table, nextSize);
        }

        static Generation begin(Table table, int nextSize) {
            Generation generation = new Generation(nextSize);
            assertTrue(Invariants.currentGeneration(table).casNext(generation));
            return generation;
        }

        void enqueue(Key key) {
            queues.computeIfAbsent(key, ignored -> new ArrayList<>()).add(Sleepless.enqueue(lot, key));
        }

        Key anyKey() {
            List<Key> keys = new ArrayList<>(queues.keySet());
            return keys.get(random.nextInt(keys.size()));
        }

        boolean isOver() {
            return Invariants.currentGeneration(lot.lot.table) == next;
        }

        void dropIfEmpty(Key key) {
            if (queues.get(key).isEmpty()) {
                queues.remove(key);
            }
        }

        void operate(int which) {
            Key key = anyKey();
            List<WaitingThread> queue = queues.get(key);
            switch (which) {
                case 0 -> enqueue(Key.fresh());
                case 1 -> enqueue(key);
                case 2 -> assertSame(ParkResult.TIMED_OUT, Sleepless.timeOut(lot, queue.remove(queue.size() - 1)));
                case 3 -> {
                    UnparkResult result = lot.unparkOne(key, KeyedLot.NO_TOKEN);
                    assertEquals(new UnparkResult(1, 0, queue.size() > 1, result.beFair()), result);
                    assertTrue(queue.remove(0).chosen);
                }
                case 4 -> {
                    Key other = anyKey();
                    if (!other.equals(key)) {
                        assertEquals(queue.size(), lot.requeueAll(key, other).requeuedThreads());
                        queues.get(other).addAll(queue);
                        queue.clear();
                    }
                }
                case 5 -> {
                    Key fresh = Key.fresh();
                    assertEquals(queue.size(), lot.requeueAll(key, fresh).requeuedThreads());
                    queues.put(fresh, new ArrayList<>(queue));
                    queue.clear();
                }
                default -> assertEquals(queue.size(), lot.waiters(key).size());
            }
            dropIfEmpty(key);
        }

        void check() {
            lot.checkInvariants();
            Set<Key> seen = new HashSet<>();
            for (ParkedQueue queue : lot.snapshot()) {
                Key key = new Key(queue.base(), queue.offset());
                assertTrue(seen.add(key), "a snapshot has each queue once");
                assertEquals(queues.get(key).size(), queue.threads().size());
            }
            assertEquals(queues.keySet(), seen);
            queues.forEach((key, entries) -> {
                WaitQueue queue = lot.bucketOf(key).find(key.base(), key.offset());
                WaitQueue.Entry entry = queue.first;
                for (WaitingThread expected : entries) {
                    assertSame(expected, entry);
                    entry = entry.next;
                }
            });
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {SIZE / 2, 2 * SIZE})
    void everyOperationWorksWhileAChangeOfSizeIsHalfDone(int nextSize) {
        Change change = new Change(nextSize);
        int steps = 0;
        while (!change.isOver()) {
            for (int which = 0; which < 7; which++) {
                change.operate(which);
            }
            change.check();
            change.lot.lot.table.resizeFurther();
            change.check();
            steps++;
        }
        assertTrue(steps > 3, "it has been half done for a while");
        assertEquals(nextSize, change.lot.tableSize());
        change.check();
        change.queues.forEach((key, entries) -> assertEquals(entries.size(), change.lot.unparkAll(key, 0L)));
        change.lot.checkInvariants();
        assertEquals(List.of(), change.lot.snapshot());
    }

    @ParameterizedTest
    @ValueSource(ints = {SIZE / 2, 2 * SIZE})
    void parkingAndClosingDoTheWorkInPassing(int nextSize) {
        Change parking = new Change(nextSize);
        for (int i = 0; i < SIZE && !parking.isOver(); i++) {
            // Without a queue that would be closed again.
            parking.lot.parkHere(Key.fresh(), (context, token) -> false, ParkOptions.NONE, 0L, Patience.ENDLESS);
        }
        assertTrue(parking.isOver());
        parking.check();
        Change closing = new Change(nextSize);
        for (Key key : List.copyOf(closing.queues.keySet())) {
            closing.lot.unparkAll(key, 0L);
            closing.queues.remove(key);
            if (closing.isOver()) {
                break;
            }
        }
        assertTrue(closing.isOver());
        closing.check();
    }

    /** On real threads, with queues that stay where they are while the table changes its size under them. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void snapshotSeesEachQueueOnceWhileTheTableChangesItsSize(boolean grows) {
        for (int round = 0; round < 30; round++) {
            int largest = 4_096;
            KeyedLot lot = Sleepless.lot(grows ? 16 : largest);
            Set<Key> keys = new HashSet<>();
            for (int i = 0; i < 100; i++) {
                Key key = Key.fresh();
                keys.add(key);
                Sleepless.enqueue(lot, key);
            }
            AtomicBoolean done = new AtomicBoolean();
            try (TestThreads threads = new TestThreads()) {
                threads.start("inspector", () -> {
                    do {
                        List<ParkedQueue> snapshot = lot.snapshot();
                        assertEquals(keys.size(), snapshot.size());
                        Set<Key> seen = new HashSet<>();
                        snapshot.forEach(queue -> seen.add(new Key(queue.base(), queue.offset())));
                        assertEquals(keys, seen);
                    } while (!done.get());
                });
                try {
                    while (grows ? lot.tableSize() < largest : lot.tableSize() > 16) {
                        int size = grows ? 2 * lot.tableSize() : lot.tableSize() / 2;
                        Generation next = Change.begin(lot.lot.table, size);
                        while (Invariants.currentGeneration(lot.lot.table) != next) {
                            lot.lot.table.resizeFurther();
                        }
                    }
                } finally {
                    done.set(true);
                }
            }
            lot.checkInvariants();
        }
    }

    // ---- in the middle of a step

    /**
     * Does steps, and stops in the middle of the first: between two unlocks. It was interrupted while it waited for an
     * old bucket, and the lock of that bucket sets the interrupt again when it has been unlocked, which leads here.
     */
    private static final class Mover extends Thread {
        final CountDownLatch inTheMiddle = new CountDownLatch(1);
        final CountDownLatch mayGoOn = new CountDownLatch(1);
        private final Table table;

        Mover(Table table) {
            this.table = table;
            setDaemon(true);
        }

        @Override
        public void run() {
            table.resizeFurther();
        }

        @Override
        public void interrupt() {
            if (Thread.currentThread() != this) {
                super.interrupt();
                return;
            }
            inTheMiddle.countDown();
            try {
                mayGoOn.await();
            } catch (InterruptedException e) {
                throw new AssertionError("nobody interrupts it twice", e);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void nobodyEntersABucketOfTheNextGenerationBeforeItIsComplete(int nextSize) throws InterruptedException {
        KeyedLot lot = Sleepless.lot(3 - nextSize);
        Key key = Key.fresh();
        WaitingThread entry = Sleepless.enqueue(lot, key);
        Generation old = Invariants.currentGeneration(lot.lot.table);
        Generation next = Change.begin(lot.lot.table, nextSize);
        Bucket first = old.buckets[0];
        first.lock();
        Mover mover = new Mover(lot.lot.table);
        mover.start();
        TestThreads.await("waits for the old bucket", () -> TestThreads.isAsleep(mover));
        mover.interrupt();
        TestThreads.await("the interrupt was noticed", () -> !mover.isInterrupted());
        first.unlock();
        mover.inTheMiddle.await();
        assertTrue(first.forwarded);
        assertFalse(first.isHeld());
        Bucket fresh = (Bucket) entry.queueAcquire().bucketAcquire();
        assertTrue(List.of(next.buckets).contains(fresh), "the links lead to the next generation already");
        try (TestThreads threads = new TestThreads()) {
            Thread leaver =
                    threads.start("leaver", () -> assertSame(ParkResult.TIMED_OUT, Sleepless.timeOut(lot, entry)));
            TestThreads.await("the leaver is still", () -> TestThreads.isAsleep(leaver) || !leaver.isAlive());
            assertFalse(entry.isOutOfQueue(), "it waits until the step is over");
            mover.mayGoOn.countDown();
        }
        TestThreads.join(mover);
        assertTrue(entry.isOutOfQueue());
        lot.checkInvariants();
        assertEquals(nextSize, lot.tableSize());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void stepThatShrinksWaitsForItsTwoBucketsWithEmptyHands(int held) {
        KeyedLot lot = Sleepless.lot(2);
        Generation old = Invariants.currentGeneration(lot.lot.table);
        Change.begin(lot.lot.table, 1);
        old.buckets[held].lock();
        try (TestThreads threads = new TestThreads()) {
            Thread mover = threads.start("mover", lot.lot.table::resizeFurther);
            TestThreads.await("the mover waits", () -> TestThreads.isAsleep(mover) || !mover.isAlive());
            assertTrue(old.buckets[1 - held].tryLock(), "the mover holds nothing");
            old.buckets[1 - held].unlock();
            old.buckets[held].unlock();
        }
        lot.checkInvariants();
        assertEquals(1, lot.tableSize());
    }
}
