package dev.parkinglot.parkers;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertEquals;
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

    // ---- a shortage of memory

    private int timesAsked;
    private boolean isShort;

    private MemorySegment allocateUnlessShort(long bytes, long alignment) {
        timesAsked++;
        if (isShort) {
            throw new OutOfMemoryError("direct memory is full, for this test");
        }
        return arena.allocate(bytes, alignment);
    }

    /** Runs while so many other threads, each with a place of its own, are alive. */
    private static void whileOwnersLive(WordPool pool, int owners, Runnable body) {
        CountDownLatch done = new CountDownLatch(1);
        CountDownLatch taken = new CountDownLatch(owners);
        try (TestThreads threads = new TestThreads()) {
            threads.start(owners, "owner", () -> {
                assertNotNull(pool.takeOrNull());
                taken.countDown();
                done.await();
            });
            TestThreads.await("all are taken", () -> taken.getCount() == 0L);
            try {
                body.run();
            } finally {
                done.countDown();
            }
        }
    }

    @Test
    void duringAShortageOnlyOneThreadInSoManyAsThereArePlacesAsksForMemory() {
        WordPool small = new WordPool(4, this::allocateUnlessShort);
        whileOwnersLive(small, 4, () -> {
            isShort = true;
            timesAsked = 0;
            for (int i = 0; i < 3 * (4 + 1); i++) {
                assertNull(small.takeOrNull());
                assertEquals(1 + i / (4 + 1), timesAsked, () -> "asked for memory, after " + 4 + " that did without");
            }
        });
        assertEquals(4, small.size());
    }

    /** A search that finds something is no reason to ask for more memory each time. */
    @Test
    void duringAShortageShortLivedThreadsShareWhatIsFreeAndSeldomAskForMore() {
        WordPool small = new WordPool(4, this::allocateUnlessShort);
        whileOwnersLive(small, 3, () -> {
            takeOnAThreadOfItsOwn(small);
            isShort = true;
            timesAsked = 0;
            for (int i = 0; i < 2 * (4 + 1); i++) {
                takeOnAThreadOfItsOwn(small);
                assertEquals(1 + i / (4 + 1), timesAsked, "asked for memory");
            }
        });
    }

    private static void takeOnAThreadOfItsOwn(WordPool pool) {
        try (TestThreads threads = new TestThreads()) {
            threads.start("short-lived", () -> assertNotNull(pool.takeOrNull()));
        }
    }

    @Test
    void afterAShortageThreadsHaveWordsAgain() {
        WordPool small = new WordPool(4, this::allocateUnlessShort);
        whileOwnersLive(small, 4, () -> {
            isShort = true;
            assertNull(small.takeOrNull());
            isShort = false;
            for (int i = 0; i < 4; i++) {
                assertNull(small.takeOrNull(), "nobody has looked yet");
            }
            assertNotNull(small.takeOrNull());
            assertNotNull(small.takeOrNull());
        });
        assertEquals(8, small.size());
    }

    @Test
    void duringAShortageThePlacesOfThreadsThatHaveEndedAreFound() {
        WordPool small = new WordPool(4, this::allocateUnlessShort);
        whileOwnersLive(small, 4, () -> {
            isShort = true;
            assertNull(small.takeOrNull());
        });
        for (int i = 0; i < 4; i++) {
            assertNull(small.takeOrNull(), "nobody has looked yet");
        }
        assertNotNull(small.takeOrNull());
        assertEquals(4, small.size());
    }

    @Test
    void duringAShortageWhateverASearchHasFoundIsGivenOut() {
        WordPool small = new WordPool(4, this::allocateUnlessShort);
        whileOwnersLive(small, 3, () -> {
            isShort = true;
            for (int i = 0; i < 10; i++) {
                try (TestThreads threads = new TestThreads()) {
                    threads.start("short-lived", () -> assertNotNull(small.takeOrNull()));
                }
            }
        });
        assertEquals(4, small.size());
    }

    @Test
    void aShortageAtTheVeryFirstDoesNotLastEither() {
        WordPool none = new WordPool(4, this::allocateUnlessShort);
        isShort = true;
        assertNull(none.takeOrNull());
        isShort = false;
        for (int i = 0; i < 4; i++) {
            assertNull(none.takeOrNull(), "nobody has looked yet");
        }
        assertNotNull(none.takeOrNull());
        assertEquals(2, timesAsked);
    }
}
