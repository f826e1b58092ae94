package dev.parkinglot.examples.contest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThrowingRunnable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The queue, on every kind of lock. */
@Timeout(60)
class BoundedQueueTest {
    private static final int CAPACITY = 3;

    private final Histogram waits = ContestLock.newWaits();

    static List<Entrant> entrants() {
        return Entrant.EXCLUSIVE;
    }

    private static BoundedQueue<Integer> queue(Entrant entrant) {
        return new BoundedQueue<>(CAPACITY, entrant.newLock().get());
    }

    /** A thread whose operation is known to wait when this returns. */
    private static void startAndAwaitWaiting(TestThreads threads, ThrowingRunnable operation) {
        Thread waiter = threads.start("waiter", operation);
        TestThreads.await("it waits", () -> TestThreads.isAsleep(waiter));
    }

    @ParameterizedTest
    @MethodSource("entrants")
    void firstInFirstOut(Entrant entrant) throws InterruptedException {
        BoundedQueue<Integer> queue = queue(entrant);
        List<Integer> numbers = IntStream.range(0, 10_000).boxed().toList();
        List<Integer> taken = new ArrayList<>();
        try (TestThreads threads = new TestThreads()) {
            threads.start("producer", () -> {
                Histogram own = ContestLock.newWaits();
                for (int number : numbers) {
                    queue.put(number, own);
                }
                queue.close(own);
            });
            for (Integer number = queue.take(waits); number != null; number = queue.take(waits)) {
                taken.add(number);
            }
        }
        assertEquals(numbers, taken);
    }

    @ParameterizedTest
    @MethodSource("entrants")
    void whatIsInAClosedQueueCanBeTaken(Entrant entrant) throws InterruptedException {
        BoundedQueue<Integer> queue = queue(entrant);
        queue.put(1, waits);
        queue.put(2, waits);
        queue.close(waits);
        assertThrows(IllegalStateException.class, () -> queue.put(3, waits));
        assertEquals(1, queue.take(waits));
        assertEquals(2, queue.take(waits));
        assertNull(queue.take(waits));
        assertNull(queue.take(waits));
    }

    private BoundedQueue<Integer> fullQueue(Entrant entrant) throws InterruptedException {
        BoundedQueue<Integer> queue = queue(entrant);
        for (int i = 0; i < CAPACITY; i++) {
            queue.put(i, waits);
        }
        return queue;
    }

    @ParameterizedTest
    @MethodSource("entrants")
    void aFullQueueMakesPutWait(Entrant entrant) throws InterruptedException {
        BoundedQueue<Integer> queue = fullQueue(entrant);
        try (TestThreads threads = new TestThreads()) {
            startAndAwaitWaiting(threads, () -> queue.put(CAPACITY, ContestLock.newWaits()));
            assertEquals(0, queue.take(waits));
        }
        for (int i = 1; i <= CAPACITY; i++) {
            assertEquals(i, queue.take(waits));
        }
    }

    @ParameterizedTest
    @MethodSource("entrants")
    void closingEndsEveryWait(Entrant entrant) throws InterruptedException {
        BoundedQueue<Integer> empty = queue(entrant);
        BoundedQueue<Integer> full = fullQueue(entrant);
        try (TestThreads threads = new TestThreads()) {
            for (int i = 0; i < CAPACITY; i++) {
                startAndAwaitWaiting(threads, () -> assertNull(empty.take(ContestLock.newWaits())));
            }
            startAndAwaitWaiting(
                    threads,
                    () -> assertThrows(IllegalStateException.class, () -> full.put(CAPACITY, ContestLock.newWaits())));
            empty.close(waits);
            full.close(waits);
        }
    }

    @ParameterizedTest
    @MethodSource("entrants")
    void anInterruptEndsAWait(Entrant entrant) throws InterruptedException {
        BoundedQueue<Integer> queue = queue(entrant);
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> queue.take(waits));
        queue.put(1, waits);
        assertEquals(1, queue.take(waits), "the lock is free and the queue works");
    }
}
