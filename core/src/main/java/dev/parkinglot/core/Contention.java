package dev.parkinglot.core;

/**
 * What waiting for one lock, or for all locks of one class, has cost: see {@link ContentionStatistics}. A bean, so that
 * it can travel as it is through JMX.
 */
public final class Contention {
    private static final double NANOS_PER_MILLI = 1e6;

    private final String lock;
    private final long acquired;
    private final long timedOut;
    private final long interrupted;
    private final long handedOver;
    private final long totalWaitNanos;
    private final long longestWaitNanos;
    private final long holds;
    private final long totalHoldNanos;
    private final long longestHoldNanos;

    Contention(
            String lock,
            long acquired,
            long timedOut,
            long interrupted,
            long handedOver,
            long totalWaitNanos,
            long longestWaitNanos,
            long holds,
            long totalHoldNanos,
            long longestHoldNanos) {
        this.lock = lock;
        this.acquired = acquired;
        this.timedOut = timedOut;
        this.interrupted = interrupted;
        this.handedOver = handedOver;
        this.totalWaitNanos = totalWaitNanos;
        this.longestWaitNanos = longestWaitNanos;
        this.holds = holds;
        this.totalHoldNanos = totalHoldNanos;
        this.longestHoldNanos = longestHoldNanos;
    }

    /**
     * Which lock, or which class of locks.
     *
     * @return class, identity and name of the lock: see {@link KeyNames#describe}
     */
    public String getLock() {
        return lock;
    }

    /**
     * How many waits have ended with the lock.
     *
     * @return the number of acquisitions that had to wait
     */
    public long getAcquired() {
        return acquired;
    }

    /**
     * How many waits have ended without the lock since their time was over.
     *
     * @return the number of timeouts
     */
    public long getTimedOut() {
        return timedOut;
    }

    /**
     * How many waits have ended without the lock by an interrupt.
     *
     * @return the number of interrupts
     */
    public long getInterrupted() {
        return interrupted;
    }

    /**
     * How many of the acquisitions that had to wait were given the lock by the thread that unlocked it.
     *
     * @return the number of hand-overs
     */
    public long getHandedOver() {
        return handedOver;
    }

    /**
     * The time of all waits together.
     *
     * @return nanoseconds
     */
    public long getTotalWaitNanos() {
        return totalWaitNanos;
    }

    /**
     * The time of the longest wait.
     *
     * @return nanoseconds
     */
    public long getLongestWaitNanos() {
        return longestWaitNanos;
    }

    /**
     * How many holds have ended; 0 unless holders are recorded ({@link DeadlockDetector}).
     *
     * @return the number of holds, also of those that need not wait
     */
    public long getHolds() {
        return holds;
    }

    /**
     * The time of all holds together; 0 unless holders are recorded.
     *
     * @return nanoseconds
     */
    public long getTotalHoldNanos() {
        return totalHoldNanos;
    }

    /**
     * The time of the longest hold; 0 unless holders are recorded.
     *
     * @return nanoseconds
     */
    public long getLongestHoldNanos() {
        return longestHoldNanos;
    }

    /**
     * All figures but those that are 0, for people.
     *
     * @return one line
     */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(lock)
                .append(": waited ")
                .append(millis(totalWaitNanos))
                .append(" ms, longest ")
                .append(millis(longestWaitNanos))
                .append(" ms, acquired ")
                .append(acquired);
        append(text, ", handed over ", handedOver);
        append(text, ", timed out ", timedOut);
        append(text, ", interrupted ", interrupted);
        append(text, ", holds ", holds);
        if (holds != 0L) {
            text.append(" of ")
                    .append(millis(totalHoldNanos))
                    .append(" ms, longest ")
                    .append(millis(longestHoldNanos))
                    .append(" ms");
        }
        return text.toString();
    }

    private static void append(StringBuilder text, String title, long count) {
        if (count != 0L) {
            text.append(title).append(count);
        }
    }

    private static double millis(long nanos) {
        return Math.round(nanos / NANOS_PER_MILLI * 1000.0) / 1000.0;
    }
}
