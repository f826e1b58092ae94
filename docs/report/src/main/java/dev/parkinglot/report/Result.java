package dev.parkinglot.report;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What was measured of one competitor under one circumstance, as JMH writes it in JSON.
 *
 * <p>A file is an array with a line for each result. Of JMH's fields those are kept that tell what was measured, and
 * how; the raw data are one number for each fork, the fork's score. What JMH has no field for, such as the day, is a
 * system property of the fork, and so stands among its arguments.
 *
 * @param json as JMH writes it
 */
record Result(JsonObject json) {
    /** The secondary result that tells how much of the machine others used. */
    static final String OTHERS = InterferenceProfiler.LABEL;

    /** System properties of forks that are notes for the reader, and no dimension of the results. */
    private static final String NOTE = "note.";

    private static final String PRIMARY = "primaryMetric";
    private static final String SECONDARY = "secondaryMetrics";
    private static final String RAW = "rawData";
    private static final String SCORE = "score";

    /** What JMH writes beside these tells nothing about the measurement, or can be computed from it. */
    private static final List<String> KEPT = List.of(
            "jmhVersion",
            "benchmark",
            "mode",
            "threads",
            "forks",
            "jvmArgs",
            "jdkVersion",
            "vmName",
            "vmVersion",
            "warmupIterations",
            "warmupTime",
            "measurementIterations",
            "measurementTime",
            "params",
            PRIMARY,
            SECONDARY);

    /** Joins the forks of one competitor, with some of their secondary results. */
    static Result join(List<JsonObject> forks, List<String> metrics) {
        JsonObject first = forks.get(0);
        JsonObject json = new JsonObject();
        for (String field : KEPT) {
            if (first.has(field)) {
                json.add(field, first.get(field));
            }
        }
        json.addProperty("forks", forks.size());
        json.add(
                PRIMARY,
                join(forks.stream().map(fork -> fork.getAsJsonObject(PRIMARY)).toList()));
        JsonObject secondary = new JsonObject();
        for (String metric : first.getAsJsonObject(SECONDARY).keySet()) {
            if (metrics.contains(metric) || metric.equals(OTHERS)) {
                secondary.add(
                        metric,
                        join(forks.stream()
                                .map(fork -> fork.getAsJsonObject(SECONDARY).getAsJsonObject(metric))
                                .toList()));
            }
        }
        json.add(SECONDARY, secondary);
        return new Result(json);
    }

    private static JsonObject join(List<JsonObject> metrics) {
        JsonArray raw = new JsonArray();
        double sum = 0.0;
        for (JsonObject metric : metrics) {
            JsonArray fork = new JsonArray();
            fork.add(metric.get(SCORE));
            raw.add(fork);
            sum += metric.get(SCORE).getAsDouble();
        }
        JsonObject joined = new JsonObject();
        joined.addProperty(SCORE, sum / metrics.size());
        joined.addProperty("scoreError", "NaN");
        joined.add("scoreUnit", metrics.get(0).get("scoreUnit"));
        joined.add(RAW, raw);
        return joined;
    }

    /** The day and the kind of processor, as arguments of a fork. */
    static List<String> notes() {
        return List.of(
                "-D" + NOTE + "date=" + LocalDate.now(ZoneId.systemDefault()),
                "-D" + NOTE + "processor=" + Interference.processorModel());
    }

    String benchmarkClass() {
        String benchmark = json.get("benchmark").getAsString();
        return benchmark.substring(0, benchmark.lastIndexOf('.'));
    }

    /** Everything by which this result can differ from others of the same class, as {@link Trial#dimensions} has it. */
    Map<String, String> dimensions() {
        Map<String, String> params = new LinkedHashMap<>();
        if (json.has("params")) {
            json.getAsJsonObject("params")
                    .entrySet()
                    .forEach(
                            entry -> params.put(entry.getKey(), entry.getValue().getAsString()));
        }
        Map<String, String> properties = new LinkedHashMap<>(properties());
        // Whatever else there is, the fork has from the report's own JVM.
        properties.keySet().removeIf(name -> !name.startsWith("report.") && !name.startsWith("dev.parkinglot."));
        return new Trial(
                        json.get("benchmark").getAsString(),
                        json.get("threads").getAsInt(),
                        params,
                        properties,
                        List.of())
                .dimensions();
    }

    private Map<String, String> properties() {
        return json.getAsJsonArray("jvmArgs").asList().stream()
                .map(JsonElement::getAsString)
                .filter(argument -> argument.startsWith("-D") && argument.contains("="))
                .collect(Collectors.toMap(
                        argument -> argument.substring(2, argument.indexOf('=')),
                        argument -> argument.substring(argument.indexOf('=') + 1),
                        (one, other) -> other,
                        LinkedHashMap::new));
    }

    /** What a note says; nothing if it is not there. */
    String note(String name) {
        return properties().getOrDefault(NOTE + name, "");
    }

    private JsonObject metric(String name) {
        return name.isEmpty()
                ? json.getAsJsonObject(PRIMARY)
                : json.getAsJsonObject(SECONDARY).getAsJsonObject(name);
    }

    boolean has(String metric) {
        return metric(metric) != null;
    }

    String unit(String metric) {
        return metric(metric).get("scoreUnit").getAsString();
    }

    /** What was measured, fork by fork; none if it was not. The primary metric has the name "". */
    List<Double> values(String metric) {
        return has(metric)
                ? metric(metric).getAsJsonArray(RAW).asList().stream()
                        .map(fork -> fork.getAsJsonArray().get(0).getAsDouble())
                        .toList()
                : List.of();
    }

    /** The median of all forks; NaN if it was not measured. */
    double median(String metric) {
        List<Double> sorted = values(metric).stream().sorted().toList();
        int middle = sorted.size() / 2;
        if (sorted.isEmpty()) {
            return Double.NaN;
        }
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2.0;
    }

    /** Half the distance from least to greatest, as a part of the median; 0 if the median is 0. */
    double spread(String metric) {
        List<Double> values = values(metric);
        double median = median(metric);
        return Double.isNaN(median) || median == 0.0
                ? median
                : (Collections.max(values) - Collections.min(values)) / 2.0 / median;
    }

    /** Whether other programs disturbed a fork, even after repetitions; false also if that is unknown. */
    boolean disturbed() {
        return values(OTHERS).stream().anyMatch(Interference::disturbs);
    }

    static List<Result> read(Path file) throws IOException {
        try {
            return JsonParser.parseString(Files.readString(file)).getAsJsonArray().asList().stream()
                    .map(element -> new Result(element.getAsJsonObject()))
                    .toList();
        } catch (NoSuchFileException e) {
            return List.of(); // nothing was measured yet
        }
    }

    static void write(Path file, List<Result> results) throws IOException {
        Files.createDirectories(file.getParent());
        Gson gson = new Gson();
        Files.writeString(
                file,
                results.stream()
                        .map(result -> gson.toJson(result.json()))
                        .collect(Collectors.joining(",\n", "[\n", "\n]\n")));
    }
}
