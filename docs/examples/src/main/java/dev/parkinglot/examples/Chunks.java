package dev.parkinglot.examples;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The numbers from 0 to a limit, which threads claim chunk by chunk without a lock: who is ready sooner gets more of
 * them.
 */
final class Chunks {
    /** What {@link #claim} returns when everything has been claimed. */
    static final long NONE = -1L;

    private final long total;
    private final int size;
    private final AtomicLong next = new AtomicLong();

    /**
     * Divides work.
     *
     * @param total how much there is
     * @param size of a chunk; only the last may be smaller
     */
    Chunks(long total, int size) {
        this.total = total;
        this.size = size;
    }

    /**
     * Claims a chunk for the caller.
     *
     * @return its first number, or {@link #NONE}
     */
    long claim() {
        long from = next.getAndAdd(size);
        return from < total ? from : NONE;
    }

    /**
     * Tells where a chunk ends.
     *
     * @param from its first number
     * @return the number after its last
     */
    long end(long from) {
        return Math.min(from + size, total);
    }
}
