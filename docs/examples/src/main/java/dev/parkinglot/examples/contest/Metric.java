package dev.parkinglot.examples.contest;

import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;

/** A figure by which the entrants are compared. */
enum Metric {
    TIME("time", "s", "fastest", false, outcome -> outcome.nanos() / 1e9),
    TAIL("p99.99 wait", "ms", "shortest tail", false, outcome -> tail(outcome.waits())),
    TAIL_READ("p99.99 read", "ms", "shortest tail of reads", false, outcome -> tail(outcome.waits())),
    TAIL_WRITE("p99.99 write", "ms", "shortest tail of writes", false, outcome -> tail(outcome.writeWaits())),
    LONGEST("longest wait", "ms", "", false, outcome -> longest(outcome.waits())),
    LONGEST_READ("longest read", "ms", "", false, outcome -> longest(outcome.waits())),
    LONGEST_WRITE("longest write", "ms", "", false, outcome -> longest(outcome.writeWaits())),
    SHARE("slowest thread", "% of mean", "", true, outcome -> outcome.slowestShare() * 100.0),
    SWITCHES(
            "switches",
            "thousand",
            "",
            false,
            outcome -> (outcome.switches().voluntary() + outcome.switches().involuntary()) / 1e3);

    /**
     * No wait below this is told from another: a hundredth of a millisecond is what a single wake costs, and a ratio of
     * waits that are shorter says nothing about what anybody feels.
     */
    private static final double SHORTEST_WAIT_MILLIS = 0.01;

    private static final int SIGNIFICANT_DIGITS = 3;
    private static final int MAX_DECIMALS = 5;

    private final String label;
    private final String unit;
    private final String superlative;
    private final boolean moreIsBetter;

    @SuppressWarnings("ImmutableEnumChecker") // a function without state
    private final ToDoubleFunction<Outcome> reading;

    Metric(String label, String unit, String superlative, boolean moreIsBetter, ToDoubleFunction<Outcome> reading) {
        this.label = label;
        this.unit = unit;
        this.superlative = superlative;
        this.moreIsBetter = moreIsBetter;
        this.reading = reading;
    }

    private static double longest(Histogram waits) {
        return millis(waits.getMaxValue());
    }

    private static double tail(Histogram waits) {
        return millis(waits.getValueAtPercentile(99.99));
    }

    private static double millis(long nanos) {
        return Math.max(SHORTEST_WAIT_MILLIS, (double) nanos / TimeUnit.MILLISECONDS.toNanos(1));
    }

    String label() {
        return label;
    }

    String unit() {
        return unit;
    }

    /** What the best is called in the verdict; empty if the verdict does not name it. */
    String superlative() {
        return superlative;
    }

    boolean moreIsBetter() {
        return moreIsBetter;
    }

    String direction() {
        return moreIsBetter ? "more is better" : "less is better";
    }

    /** Reads this figure off a race; NaN if unknown. A wait is at least the shortest that is told. */
    double of(Outcome outcome) {
        return reading.applyAsDouble(outcome);
    }

    /** Writes a figure, without its unit, with three significant digits if they fit. */
    String format(double value) {
        if (unit.equals("ms") && value <= SHORTEST_WAIT_MILLIS) {
            return "<" + SHORTEST_WAIT_MILLIS;
        }
        return digits(value);
    }

    /** Writes a number with three significant digits, if they fit. */
    static String digits(double value) {
        if (Double.isNaN(value)) {
            return "n/a";
        }
        int magnitude = value == 0.0 ? SIGNIFICANT_DIGITS : (int) Math.floor(Math.log10(value));
        int decimals = Math.min(MAX_DECIMALS, Math.max(0, SIGNIFICANT_DIGITS - 1 - magnitude));
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }

    /**
     * Writes a ratio in at most six characters; nothing if it is unknown. Beyond a hundred it only says so: there the
     * divisor is nearly nothing.
     */
    static String ratio(double ratio) {
        if (Double.isNaN(ratio) || Double.isInfinite(ratio)) {
            return "";
        }
        if (ratio > 0.0 && ratio < 0.005) {
            return "<0.01x";
        }
        if (ratio > 100.0) {
            return ">100x";
        }
        return String.format(Locale.ROOT, ratio >= 99.95 ? "%.0fx" : ratio >= 9.995 ? "%.1fx" : "%.2fx", ratio);
    }
}
