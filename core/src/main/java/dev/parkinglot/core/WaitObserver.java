package dev.parkinglot.core;

/**
 * Is told what happens in the lot, for statistics, metrics and logs. Added by {@link Observation#start}.
 *
 * <p>An observer is called by the thread that it is told about: after a wait, for example, by the thread that has
 * waited, which holds what it has waited for. So it should be brief. No lock of the lot is held then. Waits of the
 * observer itself are not observed. What it throws is logged by the {@link System.Logger} named {@code dev.parkinglot},
 * and does no harm to the wait.
 */
public interface WaitObserver {
    /**
     * A wait has ended. Acquisitions that need not wait are not told.
     *
     * @param wait everything about it
     */
    void waited(FinishedWait wait);

    /**
     * Threads were moved, asleep, from one queue to another, as a signal moves them to the queue of the lock.
     *
     * @param fromBase the object of the key that they were taken from, null for memory outside the heap
     * @param fromOffset the offset of that key
     * @param toBase the object of the key that they were moved to, null for memory outside the heap
     * @param toOffset the offset of that key
     * @param threads how many
     */
    default void requeued(Object fromBase, long fromOffset, Object toBase, long toOffset, int threads) {}

    /**
     * The table of queues begins to grow or to shrink.
     *
     * @param fromBuckets the number of buckets that it has
     * @param toBuckets the number of buckets that it will have
     */
    default void resized(int fromBuckets, int toBuckets) {}

    /**
     * {@link DeadlockDetector#findDeadlocks} has found one. Told at each look that finds it.
     *
     * @param deadlock its threads, and what they wait for
     */
    default void deadlockFound(Deadlock deadlock) {}

    /**
     * A hold has ended. Told only where holders are recorded ({@link DeadlockDetector}), and for locks that
     * record them.
     *
     * @param base the key's object, null for memory outside the heap
     * @param offset the key's offset
     * @param holder the thread that has held it
     * @param nanos for how many nanoseconds
     */
    default void held(Object base, long offset, Thread holder, long nanos) {}
}
