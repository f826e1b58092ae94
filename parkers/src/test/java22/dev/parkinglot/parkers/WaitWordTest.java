package dev.parkinglot.parkers;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.TestThreads;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** The memory of a thread's waits. */
class WaitWordTest {
    private final Arena arena = Arena.ofAuto();
    private final WordPool pool = new WordPool(4, arena::allocate);

    private void takeAndEnd(int threadsInTurn) {
        for (int i = 0; i < threadsInTurn; i++) {
            try (TestThreads threads = new TestThreads()) {
                threads.start("short-lived", () -> assertNotNull(pool.takeOrNull()));
            }
        }
    }

    @Test
    void aThreadHasOneWordForAllItsWaits() {
        assertEquals(
                WaitWord.ownOrNull().word.address(), WaitWord.ownOrNull().word.address());
    }

    @Test
    void thePartsOfAWordDoNotOverlap() {
        WaitWord word = WaitWord.ownOrNull();
        List<MemorySegment> parts = List.of(word.word, word.asleep, word.timeout, word.ownersError, word.wakersError);
        for (int i = 0; i < parts.size(); i++) {
            for (int j = 0; j < i; j++) {
                assertTrue(parts.get(i).asOverlappingSlice(parts.get(j)).isEmpty(), i + " and " + j);
            }
        }
        assertTrue(parts.stream().mapToLong(MemorySegment::byteSize).sum() <= WordPool.PLACE_BYTES);
    }

    @Test
    void noTwoLivingThreadsShareAPlace() {
        int count = 50;
        Set<Long> addresses = ConcurrentHashMap.newKeySet();
        CountDownLatch done = new CountDownLatch(1);
        try (TestThreads threads = new TestThreads()) {
            threads.start(count, "owner", () -> {
                long address = pool.takeOrNull().address();
                assertEquals(0L, address % WordPool.PLACE_BYTES, "a cache line");
                addresses.add(address);
                done.await();
            });
            TestThreads.await("every thread has a place of its own", () -> addresses.size() == count);
            done.countDown();
        }
        assertTrue(pool.size() <= 4 * count, () -> pool.size() + " places");
    }

    @Test
    void threadsThatHaveEndedLeaveTheirPlacesToOthers() {
        takeAndEnd(200);
        assertEquals(4, pool.size());
    }

    @Test
    void aThreadThatHasLostItsThreadLocalsDoesNotUsePlacesUp() {
        for (int i = 0; i < 200; i++) {
            assertNotNull(pool.takeOrNull());
        }
        assertEquals(4, pool.size());
    }

    @Test
    void thePlacesOfLivingThreadsStayTheirs() {
        MemorySegment mine = pool.takeOrNull();
        mine.fill((byte) 1);
        for (int i = 0; i < 20; i++) {
            try (TestThreads threads = new TestThreads()) {
                threads.start("other", () -> pool.takeOrNull().fill((byte) 2));
            }
        }
        assertEquals((byte) 1, mine.get(JAVA_BYTE, 0L));
    }

    @Test
    void whereThereIsNoMemoryForMoreAThreadGetsNoneUntilAnotherHasEnded() {
        int[] asked = {0};
        WordPool small = new WordPool(2, (bytes, alignment) -> {
            if (asked[0]++ > 0) {
                throw new OutOfMemoryError("direct memory is full, for this test");
            }
            return arena.allocate(bytes, alignment);
        });
        CountDownLatch done = new CountDownLatch(1);
        CountDownLatch taken = new CountDownLatch(2);
        try (TestThreads threads = new TestThreads()) {
            threads.start(2, "owner", () -> {
                assertNotNull(small.takeOrNull());
                taken.countDown();
                done.await();
            });
            TestThreads.await("both are taken", () -> taken.getCount() == 0L);
            assertNull(small.takeOrNull());
            assertNull(small.takeOrNull());
            assertEquals(2, asked[0], "memory that is not there is not asked for again");
            done.countDown();
        }
        assertNotNull(small.takeOrNull());
        assertFalse(small.size() > 2);
    }
}
