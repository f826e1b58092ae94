package dev.parkinglot.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class MeasuringTest {
    private static final String OURS_AT_2 = "OURS 2";

    private static Measuring measuring(Measuring.Instrument instrument, int allowance) {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        return new Measuring(Example.catalogue(), instrument, 8, allowance, nowhere);
    }

    private static String name(Trial trial) {
        return trial.params().get("lock") + " " + trial.threads();
    }

    private static JsonObject fork(Trial trial, double score, double others) {
        return Example.fork(trial.params().get("lock"), trial.threads(), score, others, "ops/us");
    }

    private static List<Double> values(List<Result> results, String lock, String threads) {
        return results.stream()
                .filter(result -> result.dimensions().get("lock").equals(lock)
                        && result.dimensions().get("threads").equals(threads))
                .flatMap(result -> result.values("").stream())
                .toList();
    }

    @Test
    void theCompetitorsOfALineAreMeasuredInTurnRoundAfterRound() {
        List<String> order = new ArrayList<>();
        List<Result> results = measuring(
                        (section, trial) -> {
                            order.add(name(trial));
                            return fork(trial, order.size(), 0.0);
                        },
                        0)
                .run(Example.section(2), trial -> false);
        assertEquals(
                List.of(OURS_AT_2, "THEIRS 2", OURS_AT_2, "THEIRS 2", "OURS 8", "THEIRS 8", "OURS 8", "THEIRS 8"),
                order);
        assertEquals(List.of(1.0, 3.0), values(results, "OURS", "2"));
        assertEquals(List.of(6.0, 8.0), values(results, "THEIRS", "8"));
    }

    @Test
    void aCompetitorThatFailsIsMissingAndTheOthersAreNot() {
        Measuring measuring = measuring(
                (section, trial) -> {
                    if (name(trial).equals(OURS_AT_2)) {
                        throw new Measuring.FailedException("on purpose", null);
                    }
                    return fork(trial, 1.0, 0.0);
                },
                0);
        List<Result> results = measuring.run(Example.section(2), trial -> false);
        assertEquals(3, results.size());
        assertEquals(List.of(), values(results, "OURS", "2"));
        assertEquals(2, measuring.failures());
    }

    @Test
    void whatCannotBeMeasuredHereIsLeftOut() {
        List<Result> results = measuring((section, trial) -> fork(trial, 1.0, 0.0), 0)
                .run(Example.section(1), trial -> trial.threads() == 8);
        assertEquals(List.of(), values(results, "OURS", "8"));
        assertEquals(List.of(1.0), values(results, "OURS", "2"));
    }

    /** What is kept of forks that others disturbed so much; their scores are 0, 1, 2. */
    private static double kept(int attempts, double... others) {
        Queue<Double> disturbances =
                new ArrayDeque<>(DoubleStream.of(others).boxed().toList());
        List<Result> results = measuring(
                        (section, trial) -> fork(trial, others.length - disturbances.size(), disturbances.remove()), 2)
                .run(Example.section(1), trial -> !name(trial).equals(OURS_AT_2));
        assertEquals(others.length - attempts, disturbances.size(), "forks not needed");
        return values(results, "OURS", "2").get(0);
    }

    @Test
    void aQuietForkIsNotRepeated() {
        assertEquals(0.0, kept(1, 0.01, 0.0, 0.0));
    }

    @Test
    void aDisturbedForkIsRepeatedUntilOneIsQuiet() {
        assertEquals(1.0, kept(2, 0.5, 0.01, 0.0));
    }

    @Test
    void ofDisturbedOnesOnlyTheLeastIsKept() {
        assertEquals(1.0, kept(3, 0.5, 0.2, 0.3, 0.0));
    }

    @Test
    void onAMachineThatIsNeverQuietItGivesUp() {
        List<String> measured = new ArrayList<>();
        List<Result> results = measuring(
                        (section, trial) -> {
                            measured.add(name(trial));
                            return fork(trial, 0.0, 0.5);
                        },
                        3)
                .run(Example.section(2), trial -> false);
        assertEquals(8 + 3, measured.size());
        assertTrue(results.stream().allMatch(Result::disturbed));
    }

    @Test
    void unknownInterferenceIsNoReasonToRepeat() {
        Measuring measuring = measuring(
                (section, trial) -> {
                    JsonObject fork = fork(trial, 1.0, 0.0);
                    fork.getAsJsonObject("secondaryMetrics").remove(Result.OTHERS);
                    return fork;
                },
                100);
        assertEquals(List.of(1.0), values(measuring.run(Example.section(1), trial -> false), "OURS", "2"));
    }

    @Test
    void objectsAreWeighedInTheFormOfJmh() throws Measuring.FailedException {
        Trial trial =
                new Trial(Footprint.BENCHMARK, 1, Map.of(Footprint.PARAMETER, "java.lang.Object"), Map.of(), List.of());
        Footprint footprint = new Footprint((section, other) -> {
            throw new AssertionError("not for JMH");
        });
        Result result = Result.join(List.of(footprint.measure(Example.section(1), trial)), List.of());
        assertEquals(16.0, result.median(""));
        assertEquals(trial.dimensions(), result.dimensions());
        assertEquals("size, bytes (less is better)", new Metric("", result.unit("")).title());
    }
}
