package dev.parkinglot.locks;

import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThreadKind;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/**
 * A million virtual threads, each waiting for a lock of its own, then all released: that it works, how long it takes,
 * and how many bytes of heap a waiter takes, its lock included; and futures in their place. A program and
 * not a JMH benchmark, since it measures the heap.
 *
 * <p>Needs JDK 21 or later. Argument: the number of threads (1 000 000).
 */
public final class MillionWaiters {
    private MillionWaiters() {}

    public static void main(String[] arguments) {
        int count = arguments.length == 0 ? 1_000_000 : Integer.parseInt(arguments[0]);
        if (!ThreadKind.available().contains(ThreadKind.VIRTUAL)) {
            System.err.println("MillionWaiters needs virtual threads: run it on JDK 21 or later");
            System.exit(2);
        }
        System.out.println("| waiting on | bytes a waiter | park all, s | release all, s |");
        System.out.println("| --- | --- | --- | --- |");
        // Twice, so that the first does not pay for a cold heap and a cold JIT; the table has grown, too.
        for (int round = 0; round < 2; round++) {
            measureSleepers(count);
            measureLocks("ReentrantLock", count, ReentrantLock::new);
            measureLocks("Mutex", count, Mutex::new);
            measureFutures(count);
        }
    }

    /** What a million sleeping virtual threads take by themselves. */
    private static void measureSleepers(int count) {
        AtomicBoolean open = new AtomicBoolean();
        long before = usedBytes();
        Thread[] threads = new Thread[count];
        measure(
                "LockSupport.park, no lock",
                before,
                threads,
                i -> {
                    while (!open.get()) {
                        LockSupport.park();
                    }
                },
                i -> {
                    open.set(true);
                    LockSupport.unpark(threads[i]);
                });
    }

    private static void measureLocks(String name, int count, Supplier<Lock> factory) {
        long before = usedBytes();
        Lock[] locks = new Lock[count];
        for (int i = 0; i < count; i++) {
            locks[i] = factory.get();
            locks[i].lock();
        }
        measure(
                name,
                before,
                new Thread[count],
                i -> {
                    locks[i].lock();
                    locks[i].unlock();
                },
                i -> locks[i].unlock());
    }

    /** Futures instead of threads, each with a lock of its own, too. */
    private static void measureFutures(int count) {
        long before = usedBytes();
        AsyncMutex[] locks = new AsyncMutex[count];
        List<CompletableFuture<MutexGuard>> futures = new ArrayList<>(count);
        long start = System.nanoTime();
        for (int i = 0; i < count; i++) {
            locks[i] = new AsyncMutex();
            locks[i].lock();
            futures.add(locks[i].lockAsync(Runnable::run));
        }
        long queued = System.nanoTime();
        long bytes = (usedBytes() - before) / count;
        long releasing = System.nanoTime();
        for (int i = 0; i < count; i++) {
            locks[i].unlock();
            futures.get(i).join().close();
        }
        System.out.printf(
                "| AsyncMutex, a future | %d | %.1f | %.1f |%n",
                bytes, (queued - start) / 1e9, (System.nanoTime() - releasing) / 1e9);
    }

    private static void measure(String name, long before, Thread[] threads, IntConsumer body, IntConsumer release) {
        try (TestThreads started = new TestThreads(ThreadKind.VIRTUAL)) {
            long start = System.nanoTime();
            for (int i = 0; i < threads.length; i++) {
                int index = i;
                threads[i] = started.start("", () -> body.accept(index));
            }
            for (Thread thread : threads) {
                TestThreads.await(
                        "a thread waits",
                        () -> thread.getState() == Thread.State.WAITING
                                || thread.getState() == Thread.State.TIMED_WAITING);
            }
            long parked = System.nanoTime();
            long bytes = (usedBytes() - before) / threads.length;
            long releasing = System.nanoTime();
            for (int i = 0; i < threads.length; i++) {
                release.accept(i);
            }
            started.join();
            System.out.printf(
                    "| %s | %d | %.1f | %.1f |%n",
                    name, bytes, (parked - start) / 1e9, (System.nanoTime() - releasing) / 1e9);
        }
    }

    private static long usedBytes() {
        Runtime runtime = Runtime.getRuntime();
        long used = Long.MAX_VALUE;
        while (true) {
            System.gc();
            long now = runtime.totalMemory() - runtime.freeMemory();
            if (now > used - 1_000_000L) {
                return now;
            }
            used = now;
        }
    }
}
