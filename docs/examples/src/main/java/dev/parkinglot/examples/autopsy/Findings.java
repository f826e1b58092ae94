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
     * The waits for one lock, from their decision to wait until they ended: how many, how long, how many were given the
     * lock by the thread that unlocked it, and how many have given up.
     */
    record Lock(String lock, long waits, double totalMillis, double longestMillis, long handedOver, long timedOut) {}

    /** One wait, over or not. Mode and holder are empty if there is but one mode, and if the holder is unknown. */
    record Wait(String thread, String lock, String mode, double millis, String holder) {}

    /** From a thread to the lock that it waits for, or from a lock to its holder. */
    record Arrow(String from, String to, boolean waits, String label) {}

    /** How long somebody had waited for a lock, so many seconds after the beginning. */
    record Moment(String lock, double seconds, double millis) {}

    /** As much as fits on a page: so many locks and waits at most. */
    Findings first(int rows) {
        return new Findings(
                source, first(rows, locks), first(rows, waits), deadlocks, first(20 * rows, arrows), moments);
    }

    private static <T> List<T> first(int limit, List<T> list) {
        return list.subList(0, Math.min(limit, list.size()));
    }

    /** A lock without the name of our package. */
    static String brief(String lock) {
        return lock.startsWith(OURS) ? lock.substring(OURS.length()) : lock;
    }
}
