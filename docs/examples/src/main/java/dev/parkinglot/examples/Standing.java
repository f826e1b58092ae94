package dev.parkinglot.examples;

import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;

/**
 * All races of one entrant that count.
 *
 * @param entrant the kind of lock
 * @param outcomes its races after the warm-up, at least one unless it was disqualified
 * @param defect why it was disqualified, if it was
 */
record Standing(Entrant<?> entrant, List<Outcome> outcomes, Optional<String> defect) {
    /**
     * A median and what it was taken from.
     *
     * @param median the middle value
     * @param low the least
     * @param high the greatest
     */
    record Spread(double median, double low, double high) {}

    /**
     * Summarizes the races by one figure.
     *
     * @param metric the figure
     * @return its median and its spread; NaN if unknown
     */
    Spread spread(Metric metric) {
        double[] sorted = outcomes.stream().mapToDouble(metric::of).sorted().toArray();
        if (sorted.length == 0 || DoubleStream.of(sorted).anyMatch(Double::isNaN)) {
            return new Spread(Double.NaN, Double.NaN, Double.NaN);
        }
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2.0;
        return new Spread(median, sorted[0], sorted[sorted.length - 1]);
    }

    /**
     * Compares with another entrant.
     *
     * @param metric the figure
     * @param baseline the other
     * @return this median divided by that; NaN if unknown
     */
    double ratio(Metric metric, Standing baseline) {
        return spread(metric).median() / baseline.spread(metric).median();
    }
}
