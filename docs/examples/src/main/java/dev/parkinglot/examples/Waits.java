package dev.parkinglot.examples;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * How long one thread waited for locks, acquisition by acquisition, in nanoseconds and exact to one percent. Not
 * thread-safe.
 */
final class Waits {
    private static final long LONGEST = TimeUnit.HOURS.toNanos(1);
    private static final int DIGITS = 2;

    private final Histogram histogram = newHistogram();

    /**
     * Makes a histogram into which the records of many threads and runs can be added.
     *
     * @return an empty histogram
     */
    static Histogram newHistogram() {
        return new Histogram(LONGEST, DIGITS);
    }

    /**
     * Records one acquisition.
     *
     * @param nanos how long it took
     */
    void record(long nanos) {
        histogram.recordValue(Math.min(nanos, LONGEST));
    }

    /**
     * Adds everything recorded to a histogram.
     *
     * @param sum where to add it
     */
    void addTo(Histogram sum) {
        sum.add(histogram);
    }
}
