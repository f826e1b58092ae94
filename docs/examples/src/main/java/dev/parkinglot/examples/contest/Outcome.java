package dev.parkinglot.examples.contest;

import java.util.Locale;
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
 * @param whileBuilt the part of the look-ups that were made before the index was complete, from 0 to 1; NaN if there
 *     are none
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
        double whileBuilt,
        Machine.Switches switches,
        double others,
        String defect) {

    /**
     * Others used so much that the figures are doubtful. It can make them worse or better: who runs alone meets no
     * rival.
     */
    private static final double DISTURBANCE = 0.10;

    /**
     * The columns of {@link #csv}, in units that need no reading aloud: nanoseconds and counts. Where a lock tells
     * reading from writing, "acquisitions" and "wait" are those for reading.
     */
    static final String CSV_COLUMNS =
            "lock,nanos,acquisitions,wait_p50_nanos,wait_p99_nanos,wait_p9999_nanos,wait_max_nanos,"
                    + "writes,write_wait_p50_nanos,write_wait_p99_nanos,write_wait_p9999_nanos,write_wait_max_nanos,"
                    + "slowest_share,look_ups_while_built,voluntary_switches,involuntary_switches,cpu_of_others,defect";

    /** Columns between the lock and the defect. */
    private static final int FIGURES = 16;

    /**
     * Whether other programs may have changed the figures.
     *
     * @return false also if that is unknown
     */
    boolean disturbed() {
        return others > DISTURBANCE;
    }

    /**
     * Writes the figures as comma-separated values.
     *
     * @return a line without its end; what is unknown is left empty
     */
    String csv() {
        if (defect != null) {
            return quoted(entrant.name()) + ",".repeat(FIGURES + 1) + quoted(defect);
        }
        return String.format(
                Locale.ROOT,
                "%s,%d,%s,%s,%.4f,%s,%s,%s,%s,",
                quoted(entrant.name()),
                nanos,
                csv(waits),
                writeWaits.getTotalCount() == 0L ? ",,,," : csv(writeWaits),
                slowestShare,
                known("%.4f", whileBuilt),
                known("%.0f", switches.voluntary()),
                known("%.0f", switches.involuntary()),
                known("%.4f", others));
    }

    private static String csv(Histogram waits) {
        return String.format(
                Locale.ROOT,
                "%d,%d,%d,%d,%d",
                waits.getTotalCount(),
                waits.getValueAtPercentile(50.0),
                waits.getValueAtPercentile(99.0),
                waits.getValueAtPercentile(99.99),
                waits.getMaxValue());
    }

    private static String known(String pattern, double value) {
        return Double.isNaN(value) ? "" : String.format(Locale.ROOT, pattern, value);
    }

    private static String quoted(String text) {
        return text.contains(",") || text.contains("\"") || text.contains("\n")
                ? '"' + text.replace("\"", "\"\"") + '"'
                : text;
    }
}
