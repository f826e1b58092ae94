package dev.parkinglot.report;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.profile.ExternalProfiler;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.Result;

/**
 * Not a profiler, but JMH asks these what to put before the command of a fork: {@code taskset} to one processor, if a
 * system property of the fork asks for it.
 */
public final class OneProcessor implements ExternalProfiler {
    /** The system property. It stands among the results, where it tells how they were measured. */
    private static final String PROPERTY = "report.processors";

    private static final String ONE = "1";

    static boolean isAskedFor(Trial trial) {
        return ONE.equals(trial.properties().get(PROPERTY));
    }

    static boolean available() {
        return !Interference.allowedProcessors().isEmpty()
                && Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "taskset")));
    }

    @Override
    public Collection<String> addJVMInvokeOptions(BenchmarkParams params) {
        return params.getJvmArgs().contains("-D" + PROPERTY + "=" + ONE)
                ? List.of("taskset", "-c", String.valueOf(Collections.max(Interference.allowedProcessors())))
                : List.of();
    }

    @Override
    public String getDescription() {
        return "runs the fork on one processor";
    }

    @Override
    public Collection<String> addJVMOptions(BenchmarkParams params) {
        return List.of();
    }

    @Override
    public void beforeTrial(BenchmarkParams benchmarkParams) {
        // Everything is in the command.
    }

    @Override
    public Collection<? extends Result<?>> afterTrial(
            BenchmarkResult result, long pid, File standardOutput, File standardError) {
        return List.of();
    }

    @Override
    public boolean allowPrintOut() {
        return true;
    }

    @Override
    public boolean allowPrintErr() {
        return true;
    }
}
