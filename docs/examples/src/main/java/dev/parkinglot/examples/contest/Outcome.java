package dev.parkinglot.examples.contest;

import org.HdrHistogram.Histogram;

/**
 * How one race went.
 *
 * @param entrant the kind of lock
 * @param nanos from the start to the end of the last thread
 * @param waits how long each acquisition took, all threads together, in nanoseconds; each for reading, if the lock
 *     tells reading from writing
 * @param writeWaits the same for writing; empty if the lock does not tell
 * @param slowestShare lines or look-ups that the slowest thread dealt with, divided by the mean of the threads that do
 *     the same work; 1 if all did equally much
 * @param switches context switches of all threads
 * @param others the part of the machine that other programs used meanwhile, from 0 to 1; NaN if unknown
 * @param defect what went wrong, or null; then the other figures mean nothing
 */
record Outcome(
        Entrant entrant,
        long nanos,
        Histogram waits,
        Histogram writeWaits,
        double slowestShare,
        Machine.Switches switches,
        double others,
        String defect) {

    /**
     * Others used so much that the figures are doubtful. It can make them worse or better: who runs alone meets no
     * rival.
     */
    private static final double DISTURBANCE = 0.10;

    /** Whether other programs may have changed the figures; false also if that is unknown. */
    boolean disturbed() {
        return others > DISTURBANCE;
    }
}
