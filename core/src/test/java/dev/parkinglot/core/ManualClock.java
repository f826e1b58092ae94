package dev.parkinglot.core;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * A clock that stands still unless a test moves it.
 *
 * <p>It starts an hour ahead of {@link System#nanoTime()}: the fairness timers of a new table are set by the real
 * clock, so here they have all run out, and the first unpark of each bucket is fair.
 */
public final class ManualClock implements LongSupplier {
    private final AtomicLong now = new AtomicLong(System.nanoTime() + 3_600_000_000_000L);

    /** Makes one. */
    public ManualClock() {}

    @Override
    public long getAsLong() {
        return now.get();
    }

    /**
     * Moves the clock.
     *
     * @param nanos by how much
     */
    public void advance(long nanos) {
        now.addAndGet(nanos);
    }

    /**
     * A deadline.
     *
     * @param nanos how far ahead of now
     * @return the time then
     */
    public long in(long nanos) {
        return now.get() + nanos;
    }
}
