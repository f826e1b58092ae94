package dev.parkinglot.locks;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Turns timeouts into deadlines on the clock of {@link System#nanoTime()}, without overflow. */
final class Deadlines {
    /** 146 years: as good as for ever, and far enough from overflow to be compared by difference. */
    private static final long MAX_NANOS = Long.MAX_VALUE >> 1;

    private Deadlines() {}

    /** The deadline so many nanoseconds from now; one in the past for a negative timeout. */
    static long after(long nanos) {
        return System.nanoTime() + Math.max(-MAX_NANOS, Math.min(nanos, MAX_NANOS));
    }

    /** The nanoseconds of a duration, saturated. */
    static long nanosOf(Duration timeout) {
        return TimeUnit.NANOSECONDS.convert(timeout);
    }

    static boolean hasPassed(long deadlineNanos) {
        return deadlineNanos - System.nanoTime() <= 0L;
    }
}
