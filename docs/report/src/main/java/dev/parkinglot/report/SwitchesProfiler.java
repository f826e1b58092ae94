package dev.parkinglot.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/** Tells how often a processor went from a thread of this process to another, for each operation. On Linux only. */
public final class SwitchesProfiler implements InternalProfiler {
    static final String SWITCHES = "switches";

    private static final Path TASKS = Path.of("/proc/self/task");

    private Map<Path, Long> before = Map.of();

    @Override
    public String getDescription() {
        return "context switches of the threads that are there at the end";
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmarkParams, IterationParams iterationParams) {
        before = switches(TASKS);
    }

    @Override
    public Collection<? extends Result<?>> afterIteration(
            BenchmarkParams benchmarkParams, IterationParams iterationParams, IterationResult result) {
        double switches = difference(before, switches(TASKS));
        long operations = result.getMetadata().getMeasuredOps();
        return List.of(new ScalarResult(SWITCHES, switches / operations, "1/op", AggregationPolicy.AVG));
    }

    static long difference(Map<Path, Long> before, Map<Path, Long> after) {
        return after.entrySet().stream()
                .mapToLong(thread -> thread.getValue() - before.getOrDefault(thread.getKey(), 0L))
                .sum();
    }

    /** Reads the switches, wanted or not, of each thread so far. */
    static Map<Path, Long> switches(Path tasks) {
        Map<Path, Long> result = new HashMap<>();
        if (Files.isDirectory(tasks)) {
            try (Stream<Path> threads = Files.list(tasks)) {
                threads.forEach(thread -> putSwitches(result, thread));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return result;
    }

    private static void putSwitches(Map<Path, Long> result, Path thread) {
        List<String> switches = Stream.of("voluntary_ctxt_switches", "nonvoluntary_ctxt_switches")
                .flatMap(kind -> Interference.values(thread.resolve("status"), kind).stream())
                .toList();
        if (!switches.isEmpty()) { // otherwise the thread has ended
            result.put(thread, switches.stream().mapToLong(Long::parseLong).sum());
        }
    }
}
