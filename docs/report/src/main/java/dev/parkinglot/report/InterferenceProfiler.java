package dev.parkinglot.report;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/** Tells how much of the machine others used during the iteration, 0 to 1. Says nothing where that is unknown. */
public final class InterferenceProfiler implements InternalProfiler {
    static final String LABEL = "others";

    private Interference.Reading before;

    @Override
    public String getDescription() {
        return "processor time used by other processes";
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmarkParams, IterationParams iterationParams) {
        before = read();
    }

    @Override
    public Collection<? extends Result<?>> afterIteration(
            BenchmarkParams benchmarkParams, IterationParams iterationParams, IterationResult result) {
        double others = read().othersSince(before);
        return Double.isNaN(others)
                ? List.of()
                : List.of(new ScalarResult(LABEL, others, "of all", AggregationPolicy.MAX));
    }

    private static Interference.Reading read() {
        return Interference.read(
                ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                        ? system.getProcessCpuTime()
                        : Double.NaN);
    }
}
