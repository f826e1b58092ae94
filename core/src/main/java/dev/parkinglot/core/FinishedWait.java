package dev.parkinglot.core;

/**
 * One whole wait: from the decision to wait until the lock is held, or the thread has given up. It may consist of
 * several parks, with spinning before, between and after them.
 *
 * @param base the key's object, null for memory outside the heap: the lock
 * @param offset the key's offset
 * @param mode what the thread waited for: for a lock such as "lock", "read" or "write"; "park" for a park that is no
 *     part of a longer wait, as those of conditions are
 * @param thread the thread that has waited
 * @param holder a thread that held the lock when the wait began, null if none is known
 * @param nanos how long it has waited, in nanoseconds
 * @param awakeNanos for how many of them it was awake: it spun, or looked for a place in the queue
 * @param parks how often it has parked
 * @param handedOver whether it was given the lock by the thread that unlocked it, and need not compete for it
 * @param outcome how the wait has ended
 */
public record FinishedWait(
        Object base,
        long offset,
        String mode,
        Thread thread,
        Thread holder,
        long nanos,
        long awakeNanos,
        int parks,
        boolean handedOver,
        Outcome outcome) {
    /** How a wait ends. */
    public enum Outcome {
        /** The thread has what it has waited for. */
        ACQUIRED,
        /** Its time was over first. */
        TIMED_OUT,
        /** It was interrupted first. */
        INTERRUPTED,
        /** Something was thrown. */
        FAILED
    }

    /**
     * What was waited for, for people.
     *
     * @return class, identity and name: see {@link KeyNames#describe}
     */
    public String lock() {
        return KeyNames.describe(base, offset);
    }

    /**
     * The class of what was waited for.
     *
     * @return its name, or "address" for memory outside the heap
     */
    public String lockClass() {
        return classOf(base);
    }

    static String classOf(Object base) {
        return base == null ? "address" : base.getClass().getName();
    }
}
