package dev.parkinglot.report;

import java.util.function.ToDoubleFunction;

/**
 * Something that the figures must show.
 *
 * @param text for readers
 * @param least whether the figure must be at least the limit, and not at most
 * @param limit the limit
 * @param figure what decides, from the results of a JDK; NaN if it was not measured
 */
record Target(String text, boolean least, double limit, ToDoubleFunction<Results> figure) {
    static Target atLeast(double limit, String text, ToDoubleFunction<Results> figure) {
        return new Target(text, true, limit, figure);
    }

    static Target atMost(double limit, String text, ToDoubleFunction<Results> figure) {
        return new Target(text, false, limit, figure);
    }

    /** Whether a figure is good enough. Compares what the page shows, so that both agree. */
    boolean isMetBy(double value) {
        double shown = Math.round(value * 100.0) / 100.0;
        return least ? shown >= limit : shown <= limit;
    }
}
