package dev.parkinglot.core;

import java.time.Duration;

/**
 * How long a thread is willing to sleep, and whether an interrupt may end it.
 *
 * @param timed whether there is a deadline
 * @param deadlineNanos the deadline, in terms of {@link System#nanoTime()}, less than 292 years from now; ignored if
 *     not {@code timed}
 * @param interruptible whether an interrupt, pending or arriving, ends the wait
 */
public record Patience(boolean timed, long deadlineNanos, boolean interruptible) {
    /** As long as it takes. An interrupt has no effect and stays pending. */
    public static final Patience ENDLESS = new Patience(false, 0L, false);

    /** Until interrupted. */
    public static final Patience INTERRUPTIBLE = new Patience(false, 0L, true);

    /**
     * Until a deadline. An interrupt has no effect and stays pending.
     *
     * @param deadlineNanos in terms of {@link System#nanoTime()}, less than 292 years from now
     * @return a new instance
     */
    public static Patience until(long deadlineNanos) {
        return new Patience(true, deadlineNanos, false);
    }

    /**
     * Until a deadline or an interrupt. If both have come, the interrupt counts.
     *
     * @param deadlineNanos in terms of {@link System#nanoTime()}, less than 292 years from now
     * @return a new instance
     */
    public static Patience interruptiblyUntil(long deadlineNanos) {
        return new Patience(true, deadlineNanos, true);
    }

    /**
     * For some time from now on. An interrupt has no effect and stays pending.
     *
     * @param timeout how long; zero or less means that the deadline has passed already
     * @return a new instance
     */
    public static Patience within(Duration timeout) {
        return until(deadlineAfter(timeout));
    }

    /**
     * For some time from now on, or until an interrupt. If both have come, the interrupt counts.
     *
     * @param timeout how long; zero or less means that the deadline has passed already
     * @return a new instance
     */
    public static Patience interruptiblyWithin(Duration timeout) {
        return interruptiblyUntil(deadlineAfter(timeout));
    }

    /** Half of all times at most, 146 years, so that comparing by difference is right. */
    private static long deadlineAfter(Duration timeout) {
        long longest = Long.MAX_VALUE >> 1;
        boolean endless = timeout.compareTo(Duration.ofNanos(longest)) > 0;
        return System.nanoTime() + (endless ? longest : timeout.isNegative() ? 0L : timeout.toNanos());
    }
}
