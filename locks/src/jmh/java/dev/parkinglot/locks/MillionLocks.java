package dev.parkinglot.locks;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What a million locks weigh, and how long it takes to make them. A program, not a JMH benchmark: the heap is what is
 * measured.
 *
 * <p>For each kind, eleven rounds; the median time of making a million, and the bytes that stay, on the heap and off
 * it.
 */
public final class MillionLocks {
    private static final int COUNT = 1_000_000;
    private static final int ROUNDS = 11;

    /** Keeps the locks of a round alive while they are weighed. */
    private static Object kept;

    private MillionLocks() {}

    /**
     * Prints a line a kind of lock.
     *
     * @param args none
     */
    public static void main(String[] args) {
        measure("BufferMutex, off the heap", 4L * COUNT, () -> new UnsafeBuffer(ByteBuffer.allocateDirect(4 * COUNT)));
        measure("Mutex", 0L, () -> {
            Mutex[] locks = new Mutex[COUNT];
            Arrays.setAll(locks, i -> new Mutex());
            return locks;
        });
        measure("ReentrantLock", 0L, () -> {
            ReentrantLock[] locks = new ReentrantLock[COUNT];
            Arrays.setAll(locks, i -> new ReentrantLock());
            return locks;
        });
    }

    private static void measure(String name, long offHeap, Supplier<Object> maker) {
        long[] nanos = new long[ROUNDS];
        long bytes = 0L;
        for (int i = 0; i < ROUNDS; i++) {
            long before = usedHeap();
            long start = System.nanoTime();
            kept = maker.get();
            nanos[i] = System.nanoTime() - start;
            bytes = usedHeap() - before + offHeap;
            kept = null;
        }
        Arrays.sort(nanos);
        System.out.printf(
                Locale.ROOT,
                "%-28s %10.2f MB %10.2f ms (%.2f to %.2f)%n",
                name,
                bytes / 1e6,
                nanos[ROUNDS / 2] / 1e6,
                nanos[0] / 1e6,
                nanos[ROUNDS - 1] / 1e6);
    }

    private static long usedHeap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
