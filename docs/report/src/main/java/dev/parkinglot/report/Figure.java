package dev.parkinglot.report;

import java.util.List;

/**
 * What was measured in all rounds.
 *
 * @param values one for each round
 * @param others the part of the machine that others used meanwhile, one for each round, 0 to 1; NaN if unknown
 */
record Figure(List<Double> values, List<Double> others) {
    double median() {
        return Statistics.median(values);
    }

    /** Half the range, as a part of the median. */
    double spread() {
        return Statistics.spread(values);
    }

    /** Whether others disturbed a round of it, even after repetitions. */
    boolean disturbed() {
        return others.stream().anyMatch(Interference::disturbs);
    }
}
