package dev.parkinglot.examples.contest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
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

    /** A thread with a result. Its queue operation is known to have begun to wait when this returns. */
    private static <T> FutureTask<T> startAndAwaitWaiting(Callable<T> operation) {
        FutureTask<T> task = new FutureTask<>(operation);
        Thread thread = new Thread(task, "waiter");
        thread.setDaemon(true);
        thread.start();
        while (LockSupport.getBlocker(thread) == null
                && thread.getState() != Thread.State.WAITING
                && thread.getState() != Thread.State.TIMED_WAITING) {
            assertFalse(Thread.interrupted(), "does not wait");
        }
        return task;
    }

    private static <T> T result(FutureTask<T> task) throws Exception {
        return task.get(30, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @MethodSource("entrants")
    void firstInFirstOut(Entrant entrant) throws Exception {
        BoundedQueue<Integer> queue = queue(entrant);
        List<Integer> numbers = IntStream.range(0, 10_000).boxed().toList();
        FutureTask<Void> producer = new FutureTask<>(() -> {
            Histogram own = ContestLock.newWaits();
            for (int number : numbers) {
                queue.put(number, own);
            }
            queue.close(own);
            return null;
        });
        new Thread(producer, "producer").start();
        List<Integer> taken = new ArrayList<>();
        for (Integer number = queue.take(waits); number != null; number = queue.take(waits)) {
            taken.add(number);
        }
        result(producer);
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

    @ParameterizedTest
    @MethodSource("entrants")
    void aFullQueueMakesPutWait(Entrant entrant) throws Exception {
        BoundedQueue<Integer> queue = queue(entrant);
        for (int i = 0; i < CAPACITY; i++) {
            queue.put(i, waits);
        }
        FutureTask<Void> putter = startAndAwaitWaiting(() -> {
            queue.put(CAPACITY, ContestLock.newWaits());
            return null;
        });
        assertEquals(0, queue.take(waits));
        result(putter);
        for (int i = 1; i <= CAPACITY; i++) {
            assertEquals(i, queue.take(waits));
        }
    }

    @ParameterizedTest
    @MethodSource("entrants")
    void closingEndsEveryWait(Entrant entrant) throws Exception {
        BoundedQueue<Integer> empty = queue(entrant);
        List<FutureTask<Integer>> takers = new ArrayList<>();
        for (int i = 0; i < CAPACITY; i++) {
            takers.add(startAndAwaitWaiting(() -> empty.take(ContestLock.newWaits())));
        }
        empty.close(waits);
        for (FutureTask<Integer> taker : takers) {
            assertNull(result(taker));
        }

        BoundedQueue<Integer> full = queue(entrant);
        for (int i = 0; i < CAPACITY; i++) {
            full.put(i, waits);
        }
        FutureTask<Void> putter = startAndAwaitWaiting(() -> {
            full.put(CAPACITY, ContestLock.newWaits());
            return null;
        });
        full.close(waits);
        ExecutionException failure = assertThrows(ExecutionException.class, () -> result(putter));
        assertInstanceOf(IllegalStateException.class, failure.getCause());
    }

    @ParameterizedTest
    @MethodSource("entrants")
    void anInterruptEndsAWait(Entrant entrant) throws InterruptedException, TimeoutException {
        BoundedQueue<Integer> queue = queue(entrant);
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> queue.take(waits));
        queue.put(1, waits);
        assertEquals(1, queue.take(waits), "the lock is free and the queue works");
    }
}
