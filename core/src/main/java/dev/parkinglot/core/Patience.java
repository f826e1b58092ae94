package dev.parkinglot.core;

import java.time.Duration;
import java.util.Objects;
import java.util.function.LongSupplier;

/**
 * How long a thread is willing to sleep, and whether an interrupt may end it.
 *
 * @param timed whether there is a deadline
 * @param deadlineNanos the deadline, in terms of {@link System#nanoTime()}, less than 292 years from now; ignored if
 *     not {@code timed}
 * @param interruptible whether an interrupt, pending or arriving, ends the wait
 * @param remainingNanos tells how much time is left, for a deadline that may move; null for all other waits
 */
public record Patience(boolean timed, long deadlineNanos, boolean interruptible, LongSupplier remainingNanos) {
    /** So often a sleeping thread asks how much time is left, if its deadline may move. */
    private static final long SLICE_NANOS = 1_000_000_000L;

    /** As long as it takes. An interrupt has no effect and stays pending. */
    public static final Patience ENDLESS = new Patience(false, 0L, false);

    /** Until interrupted. */
    public static final Patience INTERRUPTIBLE = new Patience(false, 0L, true);

    /**
     * With a fixed deadline or none.
     *
     * @param timed whether there is a deadline
     * @param deadlineNanos the deadline, in terms of {@link System#nanoTime()}; ignored if not {@code timed}
     * @param interruptible whether an interrupt ends the wait
     */
    public Patience(boolean timed, long deadlineNanos, boolean interruptible) {
        this(timed, deadlineNanos, interruptible, null);
    }

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

    /**
     * As long as time is left, or until an interrupt. For a deadline that may move, such as a date: somebody may set
     * the wall clock. If both have come, the interrupt counts.
     *
     * @param remainingNanos how many nanoseconds are left; zero or less means that the wait is over. It is asked by the
     *     waiting thread, which holds no lock of the lot then, before it sleeps and once a second. What it throws
     *     leaves {@code park}
     * @return a new instance
     */
    public static Patience interruptiblyWhile(LongSupplier remainingNanos) {
        return new Patience(false, 0L, true, Objects.requireNonNull(remainingNanos, "remainingNanos"));
    }

    boolean mayTimeOut() {
        return timed || remainingNanos != null;
    }

    /** Until when to sleep: no longer than to the next question how much time is left. */
    Patience toSleep(LongSupplier clock) {
        if (remainingNanos == null) {
            return this;
        }
        long left = Math.max(0L, Math.min(remainingNanos.getAsLong(), SLICE_NANOS));
        return new Patience(true, clock.getAsLong() + left, interruptible);
    }

    /** The same wait for a thread that is awake: whether its time is over is decided now. */
    Patience toLook(LongSupplier clock) {
        if (remainingNanos == null) {
            return this;
        }
        return new Patience(remainingNanos.getAsLong() <= 0L, clock.getAsLong(), interruptible);
    }

    /** Half of all times at most, 146 years, so that comparing by difference is right. */
    private static long deadlineAfter(Duration timeout) {
        long longest = Long.MAX_VALUE >> 1;
        boolean endless = timeout.compareTo(Duration.ofNanos(longest)) > 0;
        return System.nanoTime() + (endless ? longest : timeout.isNegative() ? 0L : timeout.toNanos());
    }
}
