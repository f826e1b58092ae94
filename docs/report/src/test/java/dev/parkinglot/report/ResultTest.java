package dev.parkinglot.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultTest {
    @TempDir
    private Path folder;

    @Test
    void forksAreJoinedByTheirScores() {
        Result result = Result.join(
                List.of(
                        Example.fork("OURS", 2, 9.0, 0.01, "ops/us"),
                        Example.fork("OURS", 2, 1.0, 0.02, "ops/us"),
                        Example.fork("OURS", 2, 2.0, 0.01, "ops/us")),
                List.of());
        assertEquals(List.of(9.0, 1.0, 2.0), result.values(""));
        assertEquals(2.0, result.median(""));
        assertEquals(2.0, result.spread(""), "half of 9 - 1, as a part of 2");
        assertEquals(
                4.0, result.json().getAsJsonObject("primaryMetric").get("score").getAsDouble());
        assertEquals(3, result.json().get("forks").getAsInt());
        assertFalse(result.has("waits.p99"), "nobody asked for it");
        assertTrue(result.has(Result.OTHERS), "always kept");
        assertFalse(result.json().has("jvm"), "where Java lies is nobody's business");
    }

    @Test
    void anEvenNumberOfForksHasTheMeanOfTheMiddleTwo() {
        Result result = Result.join(
                List.of(Example.fork("OURS", 2, 4.0, 0.0, "ops/us"), Example.fork("OURS", 2, 1.0, 0.0, "ops/us")),
                List.of());
        assertEquals(2.5, result.median(""));
        assertTrue(Double.isNaN(result.median("gc.count")));
    }

    @Test
    void oneDisturbedForkDisturbsTheResult() {
        assertFalse(Example.rate("OURS", 2, 1.0).disturbed());
        assertTrue(Result.join(
                        List.of(
                                Example.fork("OURS", 2, 1.0, 0.0, "ops/us"),
                                Example.fork("OURS", 2, 1.0, 0.07, "ops/us")),
                        List.of())
                .disturbed());
    }

    @Test
    void aFileKeepsWhatWasMeasured() throws IOException {
        Path file = folder.resolve("deeper").resolve("example.json");
        List<Result> results = List.of(Example.rate("OURS", 2, 10.0), Example.rate("THEIRS", 2, 5.0));
        Result.write(file, results);
        assertEquals(results, Result.read(file));
        assertEquals(results.size() + 2, Files.readAllLines(file).size(), "a line for each, and the brackets");
        assertEquals(List.of(), Result.read(folder.resolve("missing.json")));
    }

    @Test
    void dimensionsAreThoseOfTheTrialAndNotesAreNone() {
        Trial trial = new Trial(
                Example.BENCHMARK + ".race",
                2,
                Map.of("lock", "OURS"),
                Map.of("dev.parkinglot.parker", "spin"),
                List.of());
        Result result = Example.rate("OURS", 2, 1.0);
        result.json().getAsJsonArray("jvmArgs").add("-Ddev.parkinglot.parker=spin");
        result.json().getAsJsonArray("jvmArgs").add("-Djava.awt.headless=true");
        assertEquals(trial.dimensions(), result.dimensions());
        assertEquals("2026-11-26", result.note("date"));
    }

    @Test
    void nativeAccessIsAskedForWhereThereIsSuchAFlag() {
        Trial trial = new Trial("a.B.c", 1, Map.of(), Map.of("p", "v"), List.of("--enable-native-access=ALL-UNNAMED"));
        assertEquals(List.of("-Dp=v"), trial.arguments(21));
        assertEquals(List.of("--enable-native-access=ALL-UNNAMED", "-Dp=v"), trial.arguments(22));
    }

    @Test
    void sharesAreOfTheMean() {
        assertEquals(0.5, SharesProfiler.slowestShare(List.of(1.0, 2.0, 3.0)));
        assertEquals(1.0, SharesProfiler.slowestShare(List.of(7.0, 7.0)));
    }

    @Test
    void figuresHaveThreeDigitsAndUnitsForReaders() {
        Metric rate = new Metric("", "ops/us");
        assertEquals("rate, M/s (more is better)", rate.title());
        assertEquals(
                List.of("-", "0.001", "0.123", "1.23", "12.3", "123", "12 346"),
                List.of(Double.NaN, 0.00123, 0.1234, 1.234, 12.34, 123.4, 12_345.6).stream()
                        .map(rate::format)
                        .toList());
        assertEquals("0.0", new Metric("gc.alloc.rate.norm", "B/op").format(0.004), "what JMH allocates itself");
        assertEquals("median wait, µs (less is better)", new Metric("waits.p50", "us").title());
        assertEquals(
                List.of("-", "0.00", "<0.01", "0.01", "1.50", "100.00", ">100"),
                List.of(Double.NaN, 0.0, 0.001, 0.005, 1.5, 100.0, 14_403.0).stream()
                        .map(Metric::ratio)
                        .toList());
        assertTrue(new Metric(SharesProfiler.SLOWEST, SharesProfiler.UNIT).moreIsBetter());
    }
}
