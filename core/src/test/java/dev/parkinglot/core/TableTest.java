package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.core.HandDrivenLot.Parked;
import dev.parkinglot.testing.TestThreads;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** When the table grows, what growing keeps, and what the table keeps alive. */
class TableTest {
    private static final List<Integer> MANY = IntStream.range(0, 40).boxed().toList();

    @Test
    void growsWithTheNumberOfKeys() {
        try (HandDrivenLot lot = new HandDrivenLot(2)) {
            Map<Key, Parked> threads = new HashMap<>();
            for (int ignored : MANY) {
                Key key = Key.fresh();
                threads.put(key, lot.park(key));
            }
            // A bucket that has more than eight keys asks before it takes another.
            assertTrue((Bucket.CROWDED + 1) * lot.tableSize() >= MANY.size(), () -> "size " + lot.tableSize());
            lot.assertSound();
            threads.forEach((key, thread) -> lot.assertQueue(key, List.of(thread)));
        }
    }

    @Test
    void growingKeepsTheOrderOfEachQueueAndItsDuty() {
        try (HandDrivenLot lot = new HandDrivenLot(1)) {
            Key key = Key.fresh();
            List<Parked> threads = new ArrayList<>(lot.parkSeveral(2, key));
            threads.add(lot.park(key, new ScriptedCallbacks().lookingAgain(1_000L)));
            MANY.forEach(ignored -> lot.park(Key.fresh()));
            assertTrue(lot.tableSize() > 1);
            Parked late = lot.park(key, new ScriptedCallbacks().lookingAgain(1_000L));
            assertNull(late.sleepsUntil(), "the duty is still taken");
            threads.add(late);
            lot.assertQueue(key, threads);
            for (Parked thread : threads) {
                lot.unparkOne(key, 1L);
                assertTrue(thread.wokenResult().isUnparked());
            }
        }
    }

    @Test
    void threadThatParkedInTheOldTableLeavesTheNewOne() {
        try (HandDrivenLot lot = new HandDrivenLot(1)) {
            Key key = Key.fresh();
            ScriptedCallbacks callbacks = new ScriptedCallbacks();
            Parked thread = lot.park(key, callbacks, Patience.until(lot.clock.in(0L)));
            MANY.forEach(ignored -> lot.park(Key.fresh()));
            assertTrue(lot.tableSize() > 1);
            assertSame(ParkResult.TIMED_OUT, thread.returnFromPark().result());
            assertEquals(Call.timedOut(key, true), callbacks.calls.get(2));
            lot.assertQueue(key, List.of());
        }
    }

    @Test
    void doesNotGrowWithTheNumberOfWaiters() {
        try (HandDrivenLot lot = new HandDrivenLot(1)) {
            lot.parkSeveral(60, Key.fresh());
            assertEquals(1, lot.tableSize());
        }
    }

    @Test
    void doesNotGrowWithTheNumberOfThreadsAndKeysThatHaveGone() {
        try (HandDrivenLot lot = new HandDrivenLot(1)) {
            for (int i = 0; i < 200; i++) {
                Key key = Key.fresh();
                Parked thread = lot.park(key);
                lot.unparkOne(key, 0L);
                thread.wokenResult();
            }
            assertEquals(1, lot.tableSize());
        }
    }

    @Test
    void doesNotGrowForABucketThatIsCrowdedByChance() {
        int size = 256;
        try (HandDrivenLot lot = new HandDrivenLot(size)) {
            List<Key> keys = Key.inOneBucket(size, 40); // few for the table, many for the bucket
            keys.forEach(lot::park);
            assertEquals(size, lot.tableSize());
            keys.forEach(key -> assertEquals(1, lot.queue(key).size()));
        }
    }

    @Test
    void doesNotGrowForEverWhenGrowingCannotHelp() {
        // Keys that no table separates: the offsets undo each other in the hash, which mixes identityHashCode * A +
        // offset * B.
        try (HandDrivenLot lot = new HandDrivenLot(2)) {
            List<Key> keys = keysWithOneHash(60);
            keys.forEach(lot::park);
            lot.assertSound();
            Table table = new Table(lot.tableSize());
            assertEquals(
                    1L,
                    keys.stream()
                            .map(key -> table.bucketOf(key.base(), key.offset()))
                            .distinct()
                            .count(),
                    "the premise");
            assertTrue(lot.tableSize() <= 128, () -> "size " + lot.tableSize());
            keys.forEach(key -> assertEquals(1, lot.queue(key).size()));
        }
    }

    /** Keys whose hashes are equal in every table: found by solving for the offset, since the multiplier is odd. */
    private static List<Key> keysWithOneHash(int count) {
        long mixBase = 0x9E3779B97F4A7C15L;
        long inverse = inverseOf(0xFF51AFD7ED558CCDL);
        List<Key> keys = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Object base = new Object();
            keys.add(new Key(base, -System.identityHashCode(base) * mixBase * inverse));
        }
        return keys;
    }

    /** Modulo 2^64, by Newton's iteration: each round doubles the number of right bits. */
    private static long inverseOf(long odd) {
        long inverse = odd;
        for (int i = 0; i < 6; i++) {
            inverse *= 2L - odd * inverse;
        }
        return inverse;
    }

    @Test
    void requeueToANewKeyWorksWithEveryLayoutOfSpares() {
        // Every bucket keeps one empty queue for the next key; a requeue may need one on either side, before one gets
        // free.
        try (HandDrivenLot lot = new HandDrivenLot(4)) {
            for (int round = 0; round < 50; round++) {
                Key from = Key.fresh();
                Key to = Key.fresh();
                List<Parked> threads = lot.parkSeveral(1 + round % 3, from);
                UnparkResult result = lot.requeueAll(from, to);
                assertEquals(threads.size(), result.requeuedThreads());
                lot.assertQueue(from, List.of());
                lot.assertQueue(to, threads);
                if (round % 2 == 0) {
                    lot.unparkAll(to, 0L);
                }
            }
        }
    }

    @Test
    void keysSpreadOverTheBuckets() {
        Table table = new Table(64);
        Map<Bucket, Integer> counts = new HashMap<>();
        Object base = new Object();
        for (int i = 0; i < 6_400; i++) {
            Key key = i % 2 == 0 ? Key.fresh() : new Key(base, 8L * i); // objects, and words of one array
            counts.merge(table.bucketOf(key.base(), key.offset()), 1, Integer::sum);
        }
        // 100 expected in each, with a standard deviation of 10.
        assertEquals(64, counts.size());
        assertTrue(counts.values().stream().allMatch(count -> count < 200), counts::toString);
    }

    // ---- memory

    @Test
    void emptyQueuesDoNotKeepTheirBasesAlive() {
        try (HandDrivenLot lot = new HandDrivenLot(1)) {
            List<WeakReference<Object>> bases = new ArrayList<>();
            useAndForget(lot, bases);
            awaitCollected(bases);
        }
    }

    private static void useAndForget(HandDrivenLot lot, List<WeakReference<Object>> bases) {
        Key unparked = Key.fresh();
        Key timedOut = Key.fresh();
        Key requeued = Key.fresh();
        Key target = Key.fresh();
        List.of(unparked, timedOut, requeued, target).forEach(key -> bases.add(new WeakReference<>(key.base())));
        new Forgetful(lot).use(unparked, timedOut, requeued, target);
    }

    /** Parks threads whose bodies hold the key only while they run. */
    private record Forgetful(HandDrivenLot lot) {
        void use(Key unparked, Key timedOut, Key requeued, Key target) {
            lot.park(unparked);
            lot.unparkOne(unparked, 0L);
            Parked leaver = lot.park(timedOut, Patience.until(lot.clock.in(0L)));
            leaver.returnFromPark();
            lot.park(requeued);
            lot.requeueAll(requeued, target);
            lot.unparkAll(target, 0L);
            lot.backend.finishAndForget();
        }
    }

    private static void awaitCollected(List<WeakReference<Object>> references) {
        TestThreads.await("collected", () -> {
            System.gc();
            return references.stream().allMatch(reference -> reference.get() == null);
        });
    }
}
