package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.core.HandDrivenLot.Parked;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When two keys are the same, and what can be seen from outside. */
class KeysAndInspectionTest {
    private final HandDrivenLot lot = new HandDrivenLot(4);

    @AfterEach
    void nothingIsLeft() {
        lot.close();
    }

    // ---- keys

    private void assertDistinct(List<Key> keys) {
        List<Parked> threads = keys.stream().map(lot::park).toList();
        for (int i = 0; i < keys.size(); i++) {
            lot.assertQueue(keys.get(i), List.of(threads.get(i)));
        }
        for (int i = keys.size() - 1; i >= 0; i--) {
            UnparkResult result = lot.unparkOne(keys.get(i), i);
            assertEquals(1, result.unparkedThreads());
            assertEquals(i, threads.get(i).wokenResult().unparkToken());
        }
    }

    @Test
    void oneBaseWithSeveralOffsetsIsSeveralKeys() {
        Object base = new Object();
        assertDistinct(List.of(
                new Key(base, 0L),
                new Key(base, 1L),
                new Key(base, -1L),
                new Key(base, 1L << 32),
                new Key(base, Long.MIN_VALUE)));
    }

    @Test
    void nullBaseMakesTheOffsetAnAddress() {
        assertDistinct(List.of(new Key(null, 0L), new Key(null, 8L), new Key(null, -8L), new Key(new Object(), 8L)));
    }

    @Test
    void twoObjectsWithEqualIdentityHashesAreTwoKeys() {
        List<Key> twins = Key.withEqualHashes();
        assertEquals(
                System.identityHashCode(twins.get(0).base()),
                System.identityHashCode(twins.get(1).base()));
        assertNotSame(twins.get(0).base(), twins.get(1).base());
        assertDistinct(twins);
    }

    @Test
    void basesAreComparedByIdentity() {
        List<Integer> one = new ArrayList<>(List.of(1));
        List<Integer> equalToIt = new ArrayList<>(List.of(1));
        assertDistinct(List.of(new Key(one, 0L), new Key(equalToIt, 0L)));
    }

    @Test
    void aBaseMayChangeItsHashCodeWhileThreadsWait() {
        List<Integer> base = new ArrayList<>();
        Key key = new Key(base, 0L);
        Parked thread = lot.park(key);
        base.add(1);
        lot.assertQueue(key, List.of(thread));
    }

    // ---- inspection

    @Test
    void waitersAreListedLongestWaitingFirstWithTheirTokens() {
        Key key = Key.fresh();
        assertEquals(List.of(), lot.waiters(key));
        List<Parked> threads = lot.parkSeveral(3, key);
        List<ParkedThread> waiters = lot.waiters(key);
        long now = lot.clock.getAsLong();
        assertEquals(
                List.of(
                        new ParkedThread(threads.get(0).thread(), 0L, now, false),
                        new ParkedThread(threads.get(1).thread(), 1L, now, false),
                        new ParkedThread(threads.get(2).thread(), 2L, now, false)),
                waiters);
        lot.unparkOne(key, 0L);
        assertEquals(3, waiters.size(), "a copy");
        assertThrows(UnsupportedOperationException.class, () -> waiters.remove(0));
    }

    @Test
    void snapshotListsEachQueueOnce() {
        Map<Key, List<Parked>> expected = new HashMap<>();
        for (int i = 1; i <= 5; i++) {
            Key key = Key.fresh();
            expected.put(key, lot.parkSeveral(i, key));
        }
        List<ParkedQueue> snapshot = lot.snapshot();
        assertEquals(5, snapshot.size());
        for (ParkedQueue queue : snapshot) {
            List<Parked> threads = expected.remove(new Key(queue.base(), queue.offset()));
            assertEquals(
                    HandDrivenLot.threads(threads),
                    queue.threads().stream().map(ParkedThread::thread).toList());
        }
        assertTrue(expected.isEmpty());
        assertThrows(UnsupportedOperationException.class, snapshot::clear);
    }

    @Test
    void aParkedQueueCopiesItsThreads() {
        List<ParkedThread> threads = new ArrayList<>();
        ParkedQueue queue = new ParkedQueue(null, 0L, threads);
        threads.add(new ParkedThread(Thread.currentThread(), 0L, 0L, false));
        assertEquals(List.of(), queue.threads());
    }
}
