package dev.parkinglot.examples;

import java.util.List;
import java.util.Locale;

/** The table on the console: a line of medians and ratios for each entrant, and below it their spread. */
final class TextTable {
    private static final String LINE = System.lineSeparator();
    private static final String COLUMN = "  %14s";

    private TextTable() {}

    /**
     * Writes the table.
     *
     * @param tournament the tournament, over
     * @return several lines
     */
    static String of(Tournament<?> tournament) {
        List<Metric> metrics = tournament.discipline().metrics();
        List<Standing> standings = tournament.standings();
        Standing baseline = tournament.baseline();
        int width = standings.stream()
                .mapToInt(standing -> standing.entrant().name().length())
                .max()
                .orElseThrow();
        StringBuilder table = new StringBuilder();
        heading(table, width, metrics);
        for (Standing standing : standings) {
            row(table, width, metrics, standing, baseline);
        }
        table.append(LINE)
                .append("medians, and their ratio to ")
                .append(baseline.entrant().name())
                .append("; below them least and greatest of ")
                .append(tournament.plan().rounds())
                .append(" rounds")
                .append(LINE);
        return table.toString();
    }

    private static void heading(StringBuilder table, int width, List<Metric> metrics) {
        table.append(padded("lock", width));
        for (Metric metric : metrics) {
            table.append(String.format(Locale.ROOT, COLUMN, metric.label()));
        }
        table.append(LINE).append(padded("", width));
        for (Metric metric : metrics) {
            table.append(String.format(Locale.ROOT, COLUMN, metric.unit()));
        }
        table.append(LINE).append("-".repeat(width + 16 * metrics.size())).append(LINE);
    }

    private static void row(
            StringBuilder table, int width, List<Metric> metrics, Standing standing, Standing baseline) {
        table.append(padded(standing.entrant().name(), width));
        if (standing.defect().isPresent()) {
            table.append("  disqualified: ").append(standing.defect().get()).append(LINE);
            return;
        }
        for (Metric metric : metrics) {
            table.append(String.format(
                    Locale.ROOT,
                    "  %7s %6s",
                    Metric.format(standing.spread(metric).median()),
                    Metric.formatRatio(standing.ratio(metric, baseline))));
        }
        table.append(LINE).append(padded("", width));
        for (Metric metric : metrics) {
            table.append(String.format(Locale.ROOT, COLUMN, range(standing.spread(metric))));
        }
        table.append(LINE);
    }

    private static String range(Standing.Spread spread) {
        return Double.isNaN(spread.low()) ? "" : Metric.format(spread.low()) + "-" + Metric.format(spread.high());
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(width - text.length());
    }
}
