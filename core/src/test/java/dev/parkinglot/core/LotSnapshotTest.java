package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.core.LotSnapshot.Queue;
import dev.parkinglot.core.LotSnapshot.Waiter;
import dev.parkinglot.testing.TestThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LotSnapshotTest {
    private static final Thread READER = new Thread("reader \"1\"");
    private static final Thread WRITER = new Thread("writer");

    /** The reader waits for the lock of the writer, and the writer for an address of which nobody is known. */
    private static LotSnapshot example() {
        Queue lock = new Queue(
                "lock",
                0L,
                "Lock@1 \"accounts\"",
                List.of(WRITER),
                List.of(new Waiter(READER, "Lock@1 \"accounts\" for reading", Duration.ofMillis(1_500), false)));
        Queue address = new Queue(
                null,
                64L,
                "address+64",
                List.of(),
                List.of(new Waiter(WRITER, "address+64", Duration.ofMillis(20), true)));
        return new LotSnapshot(List.of(lock, address));
    }

    @Test
    void aThreadThatWaitsIsInIt() {
        Object base = KeyNames.name(new Object(), "snapshot test");
        try (TestThreads threads = new TestThreads()) {
            Thread waiter = threads.start("waiter", () -> ParkingLot.park(base, 3L, () -> true));
            TestThreads.await("queued", () -> ParkingLot.waiters(base, 3L).size() == 1);
            LotSnapshot snapshot = LotSnapshot.take();
            Queue queue = snapshot.queues().stream()
                    .filter(one -> one.base() == base)
                    .findFirst()
                    .orElseThrow();
            assertEquals(3L, queue.offset());
            assertEquals(KeyNames.describe(base, 3L), queue.lock());
            assertEquals(List.of(), queue.holders());
            assertEquals(waiter, queue.waiters().get(0).thread());
            assertFalse(queue.waiters().get(0).timed());
            assertFalse(queue.waiters().get(0).waited().isNegative());
            assertTrue(snapshot.waitingThreads() >= 1);
            ParkingLot.unparkAll(base, 3L);
        }
    }

    /** While the queues of one bucket are copied, everybody else goes on: also of a hundred thousand waiters. */
    @Test
    void aSnapshotOfManyWaitersHoldsUpOneBucketAtATime() {
        KeyedLot lot = Sleepless.lot(64);
        List<Key> keys = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            Key key = Key.fresh();
            keys.add(key);
            for (int waiter = 0; waiter < 100; waiter++) {
                Sleepless.enqueue(lot, key);
            }
        }
        Set<WordLock> visited = new HashSet<>();
        Table table = lot.lot.table;
        table.forEachQueue(queue -> {
            WordLock copied = queue.bucketAcquire();
            if (visited.add(copied) && visited.size() <= 20) {
                for (Key key : keys) {
                    Bucket other = table.bucketOf(key.base(), key.offset());
                    assertEquals(other != copied, other.tryLock());
                    if (other != copied) {
                        other.unlock();
                    }
                }
            }
        });
        assertTrue(visited.size() > 20, () -> "buckets " + visited.size());
        assertEquals(
                100_000,
                lot.snapshot().stream()
                        .mapToInt(queue -> queue.threads().size())
                        .sum());
    }

    @Test
    void asAText() {
        assertEquals("""
            2 thread(s) wait for 2 lock(s)
            Lock@1 "accounts", held by "writer"
                "reader "1"" waits for 1500 ms, for Lock@1 "accounts" for reading
            address+64
                "writer" waits for 20 ms, with a deadline\
            """, example().toString());
    }

    @Test
    void asAGraph() {
        assertEquals("""
            flowchart LR
                L0["Lock@1 #34;accounts#34;"]
                T0(["reader #34;1#34;"])
                T1(["writer"])
                L1["address+64"]
                T0 -->|"1500 ms for reading"| L0
                L0 -.->|held by| T1
                T1 -->|"20 ms"| L1
            """, example().toMermaid());
    }
}
