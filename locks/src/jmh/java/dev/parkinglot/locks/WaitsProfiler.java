package dev.parkinglot.locks;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/** Tells of each iteration how long the {@link Waits} were, in microseconds. */
public final class WaitsProfiler implements InternalProfiler {
    @Override
    public String getDescription() {
        return "percentiles of the waits that the benchmark recorded";
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmarkParams, IterationParams iterationParams) {
        Waits.takeAll();
    }

    @Override
    public Collection<? extends Result<?>> afterIteration(
            BenchmarkParams benchmarkParams, IterationParams iterationParams, IterationResult result) {
        Histogram waits = Waits.takeAll();
        List<ScalarResult> results = new ArrayList<>();
        for (double percentile : new double[] {50.0, 99.0, 99.99}) {
            String label = "waits.p" + (percentile % 1.0 == 0.0 ? "" + (int) percentile : "" + percentile);
            results.add(micros(label, waits.getValueAtPercentile(percentile), AggregationPolicy.AVG));
        }
        results.add(micros("waits.longest", waits.getMaxValue(), AggregationPolicy.MAX));
        return results;
    }

    private static ScalarResult micros(String label, long nanos, AggregationPolicy policy) {
        return new ScalarResult(label, (double) nanos / TimeUnit.MICROSECONDS.toNanos(1), "us", policy);
    }
}
