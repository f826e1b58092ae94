package dev.parkinglot.report;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.parkinglot.report.Catalogue.Peer;
import dev.parkinglot.report.Catalogue.Runs;
import dev.parkinglot.report.Catalogue.Section;
import java.util.List;
import java.util.Map;

/** A catalogue with a section of two competitors under two circumstances, and results of JMH. */
final class Example {
    static final String BENCHMARK = "dev.parkinglot.NoBenchmark";

    private static final String FORK = """
            {"benchmark": "dev.parkinglot.NoBenchmark.race", "mode": "thrpt", "threads": $threads, "forks": 1,
             "jvm": "/bin/java", "jvmArgs": ["-Xmx1g", "-Dnote.date=2026-11-26", "-Dnote.processor=Abacus 2"],
             "vmName": "Some VM", "vmVersion": "17.0.1", "params": {"lock": "$lock"},
             "primaryMetric": {"score": $score, "scoreError": "NaN", "scoreUnit": "$unit", "rawData": [[1, 2]]},
             "secondaryMetrics": {
              "others": {"score": $others, "scoreError": "NaN", "scoreUnit": "of all", "rawData": [[0.5]]},
              "waits.p99": {"score": 3, "scoreError": "NaN", "scoreUnit": "us", "rawData": [[3]]}}}
            """;

    private Example() {}

    static Section section(int rounds) {
        Runs runs = new Runs(
                BENCHMARK, List.of("race"), List.of(2, 8), Map.of("lock", List.of("OURS", "THEIRS")), null, null);
        return new Section("example", "Example", List.of("A text."), 17, rounds, null, null, null, List.of(runs));
    }

    static Catalogue catalogue() {
        Map<String, Peer> peers = Map.of(
                "OURS", new Peer("ours", true, null),
                "FAIR", new Peer("fair ours", true, "FAIR_THEIRS"),
                "THEIRS", new Peer("theirs", false, null),
                "FAIR_THEIRS", new Peer("fair theirs", false, null));
        return new Catalogue(List.of("lock", "method"), List.of("THEIRS"), peers, List.of(section(3)), List.of());
    }

    /** What JMH writes of a fork. */
    static JsonObject fork(String lock, int threads, double score, double others, String unit) {
        String json = FORK.replace("$lock", lock)
                .replace("$threads", String.valueOf(threads))
                .replace("$score", String.valueOf(score))
                .replace("$unit", unit)
                .replace("$others", String.valueOf(others));
        return JsonParser.parseString(json).getAsJsonObject();
    }

    /** A result of three forks, whose median is a score and whose spread is 10 %. */
    static Result result(String lock, int threads, double score, String unit) {
        return Result.join(
                List.of(
                        fork(lock, threads, score * 0.9, 0.0, unit),
                        fork(lock, threads, score, 0.0, unit),
                        fork(lock, threads, score * 1.1, 0.0, unit)),
                List.of("waits.p99"));
    }

    static Result rate(String lock, int threads, double score) {
        return result(lock, threads, score, "ops/us");
    }
}
