package dev.parkinglot.locks;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** How long one thread waited, each time; and how long all did in one iteration, for {@link WaitsProfiler}. */
final class Waits {
    private static final int DIGITS = 2;
    private static final Histogram ALL = newHistogram();

    private final Histogram own = newHistogram();
    private boolean enabled = true;

    private static Histogram newHistogram() {
        Histogram histogram = new Histogram(TimeUnit.HOURS.toNanos(1), DIGITS);
        histogram.setAutoResize(true);
        return histogram;
    }

    void enable(boolean value) {
        enabled = value;
    }

    void record(long nanos) {
        if (enabled) {
            own.recordValue(Math.max(0L, nanos));
        }
    }

    /** Adds this thread's waits to those of the iteration, and forgets them. */
    void report() {
        synchronized (ALL) {
            ALL.add(own);
        }
        own.reset();
    }

    /** Returns what was reported since the last call. */
    static Histogram takeAll() {
        synchronized (ALL) {
            Histogram result = ALL.copy();
            ALL.reset();
            return result;
        }
    }
}
