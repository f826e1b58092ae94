package dev.parkinglot.core;

/**
 * What is unusual about a park. Most parks need nothing but {@link #NONE}; make others once, as constants:
 *
 * <pre>{@code
 * private static final ParkOptions AFTER_SIGNAL = ParkOptions.NONE.stayingOnceRequeued().compensating();
 * }</pre>
 *
 * <p>Instances are values and do not change; what makes no sense is refused when they are made.
 *
 * @param firstLookNanos after how many nanoseconds the thread looks again, see {@link #lookingAgain}; {@link #NEVER} if
 *     it does not
 * @param lookFactor how many times longer each further interval is
 * @param longestLookNanos the longest interval, in nanoseconds
 * @param returns whether the thread returns to the front of the queue, see {@link #returning}
 * @param sinceNanos since when it waits, if it returns; otherwise ignored
 * @param staysOnceRequeued see {@link #stayingOnceRequeued}
 * @param compensates see {@link #compensating}
 */
public record ParkOptions(
        long firstLookNanos,
        int lookFactor,
        long longestLookNanos,
        boolean returns,
        long sinceNanos,
        boolean staysOnceRequeued,
        boolean compensates) {
    /** The interval of a thread that does not look again. */
    public static final long NEVER = Long.MAX_VALUE;

    /** Nothing unusual. */
    public static final ParkOptions NONE = new ParkOptions(NEVER, 1, NEVER, false, 0L, false, false);

    /**
     * Checks the intervals.
     *
     * @param firstLookNanos see above
     * @param lookFactor see above
     * @param longestLookNanos see above
     * @param returns see above
     * @param sinceNanos see above
     * @param staysOnceRequeued see above
     * @param compensates see above
     * @throws IllegalArgumentException if an interval or the factor is not positive, or the longest interval is shorter
     *     than the first
     */
    public ParkOptions {
        if (firstLookNanos <= 0L || longestLookNanos < firstLookNanos) {
            throw new IllegalArgumentException(
                    "a thread looks again after at least a nanosecond, and the longest interval"
                            + " is not shorter than the first; but these are " + firstLookNanos + " and "
                            + longestLookNanos);
        }
        if (lookFactor <= 0) {
            throw new IllegalArgumentException("intervals grow by a factor of at least 1, not " + lookFactor);
        }
    }

    /**
     * Asks for {@link ParkCallbacks#validate} to be run again while the thread stays in its place in the queue. If it
     * then says no, the thread leaves and {@code park} returns {@link ParkResult#INVALID}. For protocols in which an
     * unparker may overlook a waiter that is just arriving, and only then.
     *
     * <p>One thread of a queue has this duty; the others sleep undisturbed. A thread that parks takes it over if it
     * would look before the one that has it. So after each park, some thread looks again within the first interval of
     * the thread that parked. If the thread on duty leaves the queue by itself or is requeued, another one that may
     * look does so at once and takes the duty up. If the thread on duty is unparked, the duty is free for the next
     * thread that parks: so an unparked thread must either see to it that the queue is looked at again (as a lock does
     * that wakes the next one when it is released) or park again. A thread that was requeued does not look again.
     *
     * <p>Where the system has an {@link dev.parkinglot.parkers.AsymmetricFence}, and once it has been set up, the
     * thread on duty (unless it is virtual) executes it before it looks, and need not look again; the next thread that
     * parks has the duty. This presumes that an unparker first changes the state and then reads a mark of the waiters,
     * both at least opaque.
     *
     * @param firstNanos nanoseconds until the first look, greater than 0; {@link #NEVER} for none
     * @param factor how many times longer each further interval is, at least 1
     * @param longestNanos the longest interval, at least the first
     * @return the same options with these looks
     * @throws IllegalArgumentException if one of these is not so
     */
    public ParkOptions lookingAgain(long firstNanos, int factor, long longestNanos) {
        return new ParkOptions(firstNanos, factor, longestNanos, returns, sinceNanos, staysOnceRequeued, compensates);
    }

    /**
     * The thread was unparked, lost the race for what it was waiting for, and returns: to the front of the queue
     * instead of its end, and with the age that it had, so that its turn comes no later for it ({@link
     * UnparkResult#beFair}).
     *
     * @param waitingSinceNanos when it parked for the first time, in terms of {@link System#nanoTime()}
     * @return the same options for such a thread
     */
    public ParkOptions returning(long waitingSinceNanos) {
        return new ParkOptions(
                firstLookNanos, lookFactor, longestLookNanos, true, waitingSinceNanos, staysOnceRequeued, compensates);
    }

    /**
     * If the thread is requeued, it stays in its new queue until it is unparked: its {@link Patience} then no longer
     * counts. For a thread whose wait has had its outcome with the requeueing and that only waits for its turn now, as
     * one that was signalled and must lock the mutex: it would leave its place only to queue up again at the end. An
     * interrupt that comes later stays pending.
     *
     * @return the same options for such a thread
     */
    public ParkOptions stayingOnceRequeued() {
        return new ParkOptions(firstLookNanos, lookFactor, longestLookNanos, returns, sinceNanos, true, compensates);
    }

    /**
     * If the thread is a worker of a {@link java.util.concurrent.ForkJoinPool}, the pool is told that it blocks ({@link
     * java.util.concurrent.ForkJoinPool#managedBlock}), and may run other tasks on another thread meanwhile. For waits
     * that other tasks of the pool may have to end, such as those for a condition. (Locks of {@code
     * java.util.concurrent} do not do so, and neither should yours: their holders run already.)
     *
     * @return the same options for such a wait
     */
    public ParkOptions compensating() {
        return new ParkOptions(
                firstLookNanos, lookFactor, longestLookNanos, returns, sinceNanos, staysOnceRequeued, true);
    }

    boolean looksAgain() {
        return firstLookNanos != NEVER;
    }

    /** The interval after so many looks. */
    long lookAfterNanos(int looks) {
        long nanos = firstLookNanos;
        for (int i = 0; i < looks && nanos < longestLookNanos; i++) {
            nanos = nanos > longestLookNanos / lookFactor ? longestLookNanos : nanos * lookFactor;
            if (lookFactor == 1) {
                break;
            }
        }
        return nanos;
    }
}
