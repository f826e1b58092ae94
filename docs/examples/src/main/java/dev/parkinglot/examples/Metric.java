package dev.parkinglot.examples;

import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;

/** A figure by which the entrants are compared. */
enum Metric {
    TIME("time", "s", outcome -> outcome.nanos() / 1e9),
    RATE("acquisitions", "thousand/s", outcome -> outcome.waits().getTotalCount() * 1e6 / outcome.nanos()),
    LOOK_UPS("look-ups", RATE.unit, RATE.reading),
    LONGEST("longest wait", "ms", outcome -> longest(outcome.waits())),
    LONGEST_READ("longest read", LONGEST.unit, LONGEST.reading),
    LONGEST_WRITE("longest write", "ms", outcome -> longest(outcome.writeWaits())),
    TAIL("p99.99 wait", "ms", outcome -> tail(outcome.waits())),
    TAIL_READ("p99.99 read", TAIL.unit, TAIL.reading),
    TAIL_WRITE("p99.99 write", "ms", outcome -> tail(outcome.writeWaits())),
    WHILE_BUILT("while built", "% of look-ups", outcome -> outcome.whileBuilt() * 100.0),
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

    private static double longest(Histogram waits) {
        return millis(waits.getMaxValue());
    }

    private static double tail(Histogram waits) {
        return millis(waits.getValueAtPercentile(99.99));
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
     * Writes a ratio in six characters, up to a million.
     *
     * @param ratio the ratio
     * @return the ratio with a sign of multiplication, or nothing
     */
    static String formatRatio(double ratio) {
        if (Double.isNaN(ratio) || Double.isInfinite(ratio)) {
            return "";
        }
        if (ratio > 0.0 && ratio < 0.005) {
            return "<0.01x";
        }
        return String.format(Locale.ROOT, ratio >= 99.95 ? "%.0fx" : ratio >= 9.995 ? "%.1fx" : "%.2fx", ratio);
    }
}
