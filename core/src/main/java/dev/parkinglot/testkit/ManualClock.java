package dev.parkinglot.testkit;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** A clock that stands still unless a test moves it. Thread-safe. */
public final class ManualClock implements LongSupplier {
    private final AtomicLong now;

    /** Makes one that shows some time in the future of {@link System#nanoTime()}. */
    public ManualClock() {
        this(System.nanoTime() + 3_600_000_000_000L);
    }

    /**
     * Makes one.
     *
     * @param start what it shows
     */
    public ManualClock(long start) {
        now = new AtomicLong(start);
    }

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
