package dev.parkinglot.report;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.parkinglot.report.Catalogue.Section;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Measures in a JVM of its own, through JMH. */
final class JmhFork implements Measuring.Instrument {
    /** A fork that takes longer than this is stuck. */
    private static final TimeValue TIMEOUT = TimeValue.minutes(1);

    private static final List<String> HEAP = List.of("-Xms512m", "-Xmx1g");

    @Override
    public JsonObject measure(Section section, Trial trial) throws Measuring.FailedException {
        Collection<RunResult> results;
        try {
            results = new Runner(options(section, trial).build()).run();
        } catch (RunnerException e) {
            throw new Measuring.FailedException(trial + ": " + e.getMessage(), e);
        }
        if (results.size() != 1) {
            throw new Measuring.FailedException(trial + " selects " + results.size() + " benchmarks of JMH", null);
        }
        return json(results);
    }

    private static ChainedOptionsBuilder options(Section section, Trial trial) {
        List<String> arguments = new ArrayList<>(HEAP);
        arguments.addAll(trial.arguments(Runtime.version().feature()));
        arguments.addAll(Result.notes());
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include("^" + Pattern.quote(trial.benchmark()) + "$")
                .forks(1)
                .threads(trial.threads())
                .warmupIterations(section.warmup().get(0))
                .warmupTime(iterationTime(section.warmup().get(1)))
                .measurementIterations(section.measured().get(0))
                .measurementTime(iterationTime(section.measured().get(1)))
                .timeout(TIMEOUT)
                .jvmArgsPrepend(arguments.toArray(String[]::new))
                .verbosity(VerboseMode.SILENT)
                .shouldFailOnError(true)
                .addProfiler(InterferenceProfiler.class)
                .addProfiler(OneProcessor.class);
        section.metrics().stream().flatMap(JmhFork::profiler).distinct().forEach(options::addProfiler);
        trial.params().forEach(options::param);
        return options;
    }

    /** What measures a secondary result. */
    private static Stream<String> profiler(String metric) {
        if (metric.startsWith("gc.")) {
            return Stream.of("gc");
        }
        if (metric.startsWith("waits.")) {
            return Stream.of("dev.parkinglot.locks.WaitsProfiler");
        }
        return switch (metric) {
            case SharesProfiler.SLOWEST -> Stream.of(SharesProfiler.class.getName());
            case SwitchesProfiler.SWITCHES -> Stream.of(SwitchesProfiler.class.getName());
            default -> Stream.empty();
        };
    }

    /** JMH wants to know one even for single shots. */
    private static TimeValue iterationTime(int millis) {
        return TimeValue.milliseconds(Math.max(1, millis));
    }

    private static JsonObject json(Collection<RunResult> results) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8);
        ResultFormatFactory.getInstance(ResultFormatType.JSON, out).writeOut(results);
        out.flush();
        return JsonParser.parseString(bytes.toString(StandardCharsets.UTF_8))
                .getAsJsonArray()
                .get(0)
                .getAsJsonObject();
    }
}
