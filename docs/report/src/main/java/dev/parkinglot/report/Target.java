package dev.parkinglot.report;

import java.util.function.ToDoubleFunction;

/**
 * Something that the figures must show.
 *
 * @param text for readers
 * @param least whether the figure must be at least the limit, and not at most
 * @param limit the limit
 * @param leastJdk the first feature release of the JDK that has what it is about
 * @param figure what decides, from the results of a JDK; NaN if it was not measured
 */
record Target(String text, boolean least, double limit, int leastJdk, ToDoubleFunction<Results> figure) {
    private static final int ANY = 17;

    static Target atLeast(double limit, String text, ToDoubleFunction<Results> figure) {
        return new Target(text, true, limit, ANY, figure);
    }

    static Target atMost(double limit, String text, ToDoubleFunction<Results> figure) {
        return new Target(text, false, limit, ANY, figure);
    }

    Target since(int jdk) {
        return new Target(text, least, limit, jdk, figure);
    }

    /** Whether a figure is good enough. Compares what the page shows, so that both agree. */
    boolean isMetBy(double value) {
        double shown = Math.round(value * 100.0) / 100.0;
        return least ? shown >= limit : shown <= limit;
    }
}
