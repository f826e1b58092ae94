package dev.parkinglot.report;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.NoBenchmarksException;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Measures in a JVM of its own, through JMH. */
final class JmhFork implements Instrument {
    /** A fork that takes longer than this is stuck. */
    private static final TimeValue TIMEOUT = TimeValue.minutes(1);

    private static final List<String> HEAP = List.of("-Xms512m", "-Xmx1g");

    @Override
    public Measurement measure(Trial trial) throws MeasurementFailedException {
        Collection<RunResult> results;
        try {
            results = new Runner(options(trial).build()).run();
        } catch (NoBenchmarksException e) {
            throw new MeasurementFailedException(trial + ": JMH finds no " + trial.benchmark(), e);
        } catch (RunnerException e) {
            throw new MeasurementFailedException(trial + ": " + e.getMessage(), e);
        }
        if (results.size() != 1) {
            throw new MeasurementFailedException(trial + " selects " + results.size() + " benchmarks of JMH", null);
        }
        return read(trial, results.iterator().next());
    }

    private static ChainedOptionsBuilder options(Trial trial) {
        Pace pace = trial.section().pace();
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include("^" + Pattern.quote(trial.benchmark()) + "$")
                .forks(1)
                .threads(trial.cell().threads())
                .warmupIterations(pace.warmups())
                .warmupTime(iterationTime(pace.warmupMillis()))
                .measurementIterations(pace.iterations())
                .measurementTime(iterationTime(pace.millis()))
                .timeout(TIMEOUT)
                .jvmArgsPrepend(Stream.concat(HEAP.stream(), trial.peer().jvmArgs().stream())
                        .toArray(String[]::new))
                .verbosity(VerboseMode.SILENT)
                .shouldFailOnError(true)
                .addProfiler(InterferenceProfiler.class);
        trial.table().metrics().stream()
                .flatMap(metric -> metric.profiler().stream())
                .distinct()
                .forEach(options::addProfiler);
        if (trial.cell().pinned()) {
            options.addProfiler(OneProcessor.class);
        }
        trial.cell().params().forEach(options::param);
        trial.peer().params().forEach(options::param);
        return options;
    }

    /** JMH wants to know one even for single shots. */
    private static TimeValue iterationTime(int millis) {
        return TimeValue.milliseconds(Math.max(1, millis));
    }

    /** What JMH itself allocates now and then is less than this for each operation. */
    private static double wholeHundredths(double bytes) {
        return Math.rint(bytes * 100.0) / 100.0;
    }

    private static Measurement read(Trial trial, RunResult run) throws MeasurementFailedException {
        Map<Metric, Double> values = new HashMap<>();
        for (Metric metric : trial.table().metrics()) {
            Result<?> result = metric.source().isPresent()
                    ? run.getSecondaryResults().get(metric.source().get())
                    : run.getPrimaryResult();
            if (result == null || !result.getScoreUnit().equals(metric.jmhUnit())) {
                String problem = result == null ? " is not reported" : " is in " + result.getScoreUnit();
                throw new MeasurementFailedException(trial + ": " + metric.title() + problem, null);
            }
            values.put(
                    metric, metric.equals(Metric.ALLOCATED) ? wholeHundredths(result.getScore()) : result.getScore());
        }
        Result<?> others = run.getSecondaryResults().get(InterferenceProfiler.LABEL);
        return new Measurement(values, others == null ? Double.NaN : others.getScore());
    }
}
