package dev.parkinglot.examples.autopsy;

import java.util.List;

/**
 * What was found, wherever it is from.
 *
 * @param source what was looked at, for people
 * @param locks what waiting for each lock has cost, the dearest first
 * @param waits the longest waits, the longest first
 * @param deadlocks a report for each
 * @param arrows who waits for what, and who holds it
 * @param moments how long threads have waited, and when
 */
record Findings(
        String source,
        List<Lock> locks,
        List<Wait> waits,
        List<String> deadlocks,
        List<Arrow> arrows,
        List<Moment> moments) {
    /** The names of the package, which say nothing in a table. */
    private static final String OURS = "dev.parkinglot.locks.";

    /**
     * The waits for one lock, from their decision to wait until they ended.
     *
     * @param lock class, identity and name
     * @param waits how many
     * @param totalMillis all of them together
     * @param longestMillis the longest
     * @param handedOver how many were given the lock by the thread that unlocked it
     * @param timedOut how many have given up
     */
    record Lock(String lock, long waits, double totalMillis, double longestMillis, long handedOver, long timedOut) {}

    /**
     * One wait.
     *
     * @param thread who waited, or still does
     * @param lock for what
     * @param mode in which mode, empty if there is but one
     * @param millis how long
     * @param holder who held it when the wait began, or holds it now; empty if unknown
     */
    record Wait(String thread, String lock, String mode, double millis, String holder) {}

    /**
     * From a thread to what it waits for, or from a lock to its holder.
     *
     * @param from a thread or a lock
     * @param to the other
     * @param waits whether it leads from a thread to a lock
     * @param label what is written at it
     */
    record Arrow(String from, String to, boolean waits, String label) {}

    /**
     * A point in the chart of waits over time.
     *
     * @param lock waited for
     * @param seconds when, since the beginning
     * @param millis how long
     */
    record Moment(String lock, double seconds, double millis) {}

    /** A lock without the name of our package. */
    static String brief(String lock) {
        return lock.startsWith(OURS) ? lock.substring(OURS.length()) : lock;
    }
}
