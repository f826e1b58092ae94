package dev.parkinglot.report;

import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/** Tells what the slowest thread got done, as a part of what the threads did on average. For throughput only. */
public final class SharesProfiler implements InternalProfiler {
    static final String SLOWEST = "share.slowest";
    static final String UNIT = "of mean";

    @Override
    public String getDescription() {
        return "share of the slowest thread";
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmarkParams, IterationParams iterationParams) {
        // JMH counts.
    }

    @Override
    public Collection<? extends Result<?>> afterIteration(
            BenchmarkParams benchmarkParams, IterationParams iterationParams, IterationResult result) {
        List<Double> ofThreads = result.getRawPrimaryResults().stream()
                .map(thread -> thread.getScore())
                .toList();
        return List.of(new ScalarResult(SLOWEST, slowestShare(ofThreads), UNIT, AggregationPolicy.AVG));
    }

    static double slowestShare(Collection<Double> rates) {
        double mean = rates.stream().mapToDouble(rate -> rate).average().orElse(Double.NaN);
        return rates.stream().mapToDouble(rate -> rate).min().orElse(Double.NaN) / mean;
    }
}
