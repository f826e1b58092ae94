package dev.parkinglot.examples;

import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * The figures of every single race as comma-separated values, in units that need no reading aloud: nanoseconds and
 * counts. Where a lock tells reading from writing, "acquisitions" and "wait" are those for reading.
 */
final class RawNumbers {
    private static final String HEADER =
            "contest,round,place,lock,nanos,acquisitions,wait_p50_nanos,wait_p99_nanos,wait_p9999_nanos,wait_max_nanos,"
                    + "writes,write_wait_p50_nanos,write_wait_p99_nanos,write_wait_p9999_nanos,write_wait_max_nanos,"
                    + "slowest_share,look_ups_while_built,voluntary_switches,involuntary_switches,cpu_of_others,"
                    + "defect\n";

    /** Columns between the lock and the defect. */
    private static final int FIGURES = 16;

    private RawNumbers() {}

    /**
     * Writes the races, those of the warm-up (round 0) included.
     *
     * @param entries the races
     * @return a heading and a line for each race; what is unknown is left empty
     */
    static String csv(List<Tournament.Entry> entries) {
        StringBuilder csv = new StringBuilder(HEADER);
        entries.forEach(entry -> csv.append(line(entry)));
        return csv.toString();
    }

    private static String line(Tournament.Entry entry) {
        Outcome outcome = entry.outcome();
        String start = entry.discipline() + "," + entry.round() + "," + entry.place() + ","
                + quoted(outcome.entrant().name());
        if (outcome.defect() != null) {
            return start + ",".repeat(FIGURES + 1) + quoted(outcome.defect()) + "\n";
        }
        return String.format(
                Locale.ROOT,
                "%s,%d,%s,%s,%.4f,%s,%s,%s,%s,\n",
                start,
                outcome.nanos(),
                waits(outcome.waits()),
                outcome.writeWaits().getTotalCount() == 0L ? ",,,," : waits(outcome.writeWaits()),
                outcome.slowestShare(),
                known("%.4f", outcome.whileBuilt()),
                known("%.0f", outcome.switches().voluntary()),
                known("%.0f", outcome.switches().involuntary()),
                known("%.4f", outcome.others()));
    }

    private static String waits(Histogram waits) {
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
