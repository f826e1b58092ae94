package dev.parkinglot.report;

import java.util.Collection;
import java.util.Collections;
import java.util.List;

/** What is computed from figures. NaN stands for unknown, and makes what is computed from it unknown. */
final class Statistics {
    private Statistics() {}

    static double median(List<Double> values) {
        if (values.isEmpty() || values.stream().anyMatch(value -> value.isNaN())) {
            return Double.NaN;
        }
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2.0;
    }

    /** Half the distance from least to greatest, as a part of the median. */
    static double spread(List<Double> values) {
        double median = median(values);
        if (Double.isNaN(median) || median == 0.0) {
            return median;
        }
        return (Collections.max(values) - Collections.min(values)) / 2.0 / median;
    }

    /** The mean of ratios. */
    static double geometricMean(Collection<Double> values) {
        return values.isEmpty()
                ? Double.NaN
                : Math.exp(values.stream().mapToDouble(Math::log).average().orElseThrow());
    }

    /** The least; unknown if one is. */
    static double least(Collection<Double> values) {
        return values.stream().mapToDouble(value -> value).reduce(Math::min).orElse(Double.NaN);
    }

    /** The greatest; unknown if one is. */
    static double greatest(Collection<Double> values) {
        return values.stream().mapToDouble(value -> value).reduce(Math::max).orElse(Double.NaN);
    }
}
