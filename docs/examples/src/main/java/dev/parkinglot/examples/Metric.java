package dev.parkinglot.examples;

import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/** A figure by which the entrants are compared. */
enum Metric {
    TIME("time", "s", outcome -> outcome.nanos() / 1e9),
    RATE("acquisitions", "thousand/s", outcome -> outcome.waits().getTotalCount() * 1e6 / outcome.nanos()),
    LONGEST("longest wait", "ms", outcome -> millis(outcome.waits().getMaxValue())),
    TAIL("p99.99 wait", "ms", outcome -> millis(outcome.waits().getValueAtPercentile(99.99))),
    SHARE("slowest thread", "% of mean", outcome -> outcome.slowestShare() * 100.0),
    SWITCHES(
            "switches",
            "thousand",
            outcome -> (outcome.switches().voluntary() + outcome.switches().involuntary()) / 1e3);

    private static final int SIGNIFICANT_DIGITS = 3;
    private static final int MAX_DECIMALS = 5;

    private final String label;
    private final String unit;

    @SuppressWarnings("ImmutableEnumChecker") // a function without state
    private final ToDoubleFunction<Outcome> reading;

    Metric(String label, String unit, ToDoubleFunction<Outcome> reading) {
        this.label = label;
        this.unit = unit;
        this.reading = reading;
    }

    private static double millis(long nanos) {
        return (double) nanos / TimeUnit.MILLISECONDS.toNanos(1);
    }

    String label() {
        return label;
    }

    String unit() {
        return unit;
    }

    /**
     * Reads this figure off a race.
     *
     * @param outcome how the race went
     * @return the figure in the metric's unit; NaN if unknown
     */
    double of(Outcome outcome) {
        return reading.applyAsDouble(outcome);
    }

    /**
     * Writes a figure with three significant digits, if they fit.
     *
     * @param value the figure
     * @return the figure, or "n/a"
     */
    static String format(double value) {
        if (Double.isNaN(value)) {
            return "n/a";
        }
        int magnitude = value == 0.0 ? SIGNIFICANT_DIGITS : (int) Math.floor(Math.log10(value));
        int decimals = Math.min(MAX_DECIMALS, Math.max(0, SIGNIFICANT_DIGITS - 1 - magnitude));
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }

    /**
     * Writes a ratio.
     *
     * @param ratio the ratio
     * @return the ratio with a sign of multiplication, or nothing
     */
    static String formatRatio(double ratio) {
        return Double.isNaN(ratio) || Double.isInfinite(ratio)
                ? ""
                : String.format(Locale.ROOT, ratio >= 9.995 ? "%.1fx" : "%.2fx", ratio);
    }
}
