package dev.parkinglot.report;

import dev.parkinglot.report.Catalogue.Peer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * Results beside each other: a column for each competitor, a line for each circumstance and JDK.
 *
 * <p>There is one rule. The results of one benchmark class that have the same metric in the same unit make a table. The
 * competitors are the values of the first competitors' dimension of the catalogue that differs among them; the other
 * dimensions that differ tell the lines apart, each in a column at the left; those that do not differ stand above
 * the table.
 *
 * @param catalogue names, rivals and baselines
 * @param benchmark the simple name of the benchmark class
 * @param same the dimensions that are the same for all, with their values
 * @param metric what is shown
 * @param competitors the values of the dimension that tells them apart
 * @param dimensions what tells the lines apart
 * @param rows the lines
 */
record Table(
        Catalogue catalogue,
        String benchmark,
        String same,
        Metric metric,
        List<String> competitors,
        List<String> dimensions,
        List<Row> rows) {
    /** Less than this behind is a draw. */
    private static final double DRAW = 0.97;

    /** A spread below this is not worth writing. */
    private static final double LEAST_SPREAD = 0.005;

    /** Of a greater one, percents say nothing, and the extremes are written. */
    private static final double GREATEST_SPREAD = 1.0;

    /** A line of the table: the values of the dimensions that tell lines apart, the JDK, and what was measured. */
    record Row(List<String> circumstances, int jdk, Map<String, Result> byCompetitor) {}

    /** A figure in which one of our locks is behind: how many times as good as the best rival it is, below 1. */
    record Loss(Table table, Row row, String competitor, double advantage) {
        String where() {
            List<String> parts = new ArrayList<>();
            for (int i = 0; i < table.dimensions().size(); i++) {
                if (!row.circumstances().get(i).isEmpty()) {
                    parts.add(table.dimensions().get(i) + " "
                            + row.circumstances().get(i));
                }
            }
            parts.add("JDK " + row.jdk());
            return String.join(", ", parts);
        }
    }

    /** Makes tables of the results of a section on each JDK, those of a benchmark class beside each other. */
    static List<Table> of(Catalogue catalogue, List<String> metrics, SortedMap<Integer, List<Result>> byJdk) {
        Set<String> classes = new LinkedHashSet<>();
        byJdk.values().forEach(results -> results.forEach(result -> classes.add(result.benchmarkClass())));
        List<Table> tables = new ArrayList<>();
        for (String benchmark : classes) {
            for (String metric : metrics) {
                Map<String, SortedMap<Integer, List<Result>>> byUnit = new LinkedHashMap<>();
                byJdk.forEach((jdk, results) -> results.stream()
                        .filter(result -> result.benchmarkClass().equals(benchmark) && result.has(metric))
                        .forEach(result -> byUnit.computeIfAbsent(result.unit(metric), unit -> new TreeMap<>())
                                .computeIfAbsent(jdk, any -> new ArrayList<>())
                                .add(result)));
                byUnit.forEach((unit, alike) ->
                        tables.add(of(catalogue, simpleName(benchmark), new Metric(metric, unit), alike)));
            }
        }
        return tables;
    }

    private static String simpleName(String benchmark) {
        return benchmark.substring(benchmark.lastIndexOf('.') + 1);
    }

    private static Table of(
            Catalogue catalogue, String benchmark, Metric metric, SortedMap<Integer, List<Result>> byJdk) {
        List<Map<String, String>> all = byJdk.values().stream()
                .flatMap(results -> results.stream().map(Result::dimensions))
                .toList();
        String competitor = catalogue.competitorDimension(all);
        Set<String> names = new LinkedHashSet<>();
        all.forEach(dimensions -> names.addAll(dimensions.keySet()));
        names.remove(competitor);
        List<String> differing =
                names.stream().filter(name -> distinct(all, name).size() > 1).toList();
        String same = names.stream()
                .filter(name -> !differing.contains(name))
                .map(name -> name + " " + distinct(all, name).get(0))
                .collect(Collectors.joining(", "));
        Map<List<String>, Map<Integer, Map<String, Result>>> lines = new LinkedHashMap<>();
        byJdk.forEach((jdk, results) -> results.forEach(result -> {
            Map<String, String> dimensions = result.dimensions();
            lines.computeIfAbsent(
                            differing.stream()
                                    .map(name -> dimensions.getOrDefault(name, ""))
                                    .toList(),
                            any -> new TreeMap<>())
                    .computeIfAbsent(jdk, any -> new LinkedHashMap<>())
                    .put(dimensions.getOrDefault(competitor, ""), result);
        }));
        List<Row> rows = new ArrayList<>();
        lines.forEach((circumstances, jdks) ->
                jdks.forEach((jdk, byCompetitor) -> rows.add(new Row(circumstances, jdk, byCompetitor))));
        return new Table(catalogue, benchmark, same, metric, distinct(all, competitor), differing, rows);
    }

    private static List<String> distinct(List<Map<String, String>> all, String name) {
        return all.stream()
                .map(dimensions -> dimensions.getOrDefault(name, ""))
                .distinct()
                .toList();
    }

    // ---- as Markdown

    /** The table in Markdown. One that has a single circumstance lies on its side: a line for each competitor. */
    List<String> markdown() {
        List<List<String>> grid = new ArrayList<>();
        List<String> head = new ArrayList<>(dimensions);
        head.add("JDK");
        competitors.forEach(competitor -> head.add(name(competitor)));
        grid.add(head);
        for (Row row : rows) {
            List<String> line = new ArrayList<>(row.circumstances());
            line.add(String.valueOf(row.jdk()));
            competitors.forEach(competitor -> line.add(entry(row, competitor)));
            grid.add(line);
        }
        return lines(dimensions.isEmpty() ? transposed(grid) : grid);
    }

    private static List<List<String>> transposed(List<List<String>> grid) {
        List<List<String>> columns = new ArrayList<>();
        for (int i = 0; i < grid.get(0).size(); i++) {
            int column = i;
            columns.add(grid.stream().map(line -> line.get(column)).toList());
        }
        return columns;
    }

    static List<String> lines(List<List<String>> grid) {
        List<String> lines = new ArrayList<>();
        for (List<String> line : grid) {
            lines.add("| " + String.join(" | ", line) + " |");
        }
        lines.add(1, "| " + grid.get(0).stream().map(head -> "---").collect(Collectors.joining(" | ")) + " |");
        return lines;
    }

    /** A competitor's name, ours in bold, and whom it is compared with if that is not whom the others are. */
    private String name(String competitor) {
        Peer peer = catalogue.peer(competitor);
        String rival = rivalOf(competitor);
        String name = peer.ours() ? "**" + peer.name() + "**" : peer.name();
        return rival.isEmpty() || rival.equals(baseline())
                ? name
                : name + " (to " + catalogue.peer(rival).name() + ")";
    }

    private String entry(Row row, String competitor) {
        Result result = row.byCompetitor().get(competitor);
        if (result == null) {
            return "-";
        }
        String entry = metric.format(result.median(metric.name()));
        if (result.spread(metric.name()) >= LEAST_SPREAD) {
            entry += result.spread(metric.name()) > GREATEST_SPREAD
                    ? " (from "
                            + metric.format(Collections.min(result.values(metric.name()))) + " to "
                            + metric.format(Collections.max(result.values(metric.name()))) + ")"
                    : " ±" + Math.round(100.0 * result.spread(metric.name())) + " %";
        }
        double ratio = ratio(row, competitor, rivalOf(competitor));
        if (Double.isFinite(ratio) && !competitor.equals(rivalOf(competitor))) {
            String text = Metric.ratio(ratio);
            entry += catalogue.peer(competitor).ours() ? " **" + text + "**" : " " + text;
        }
        return result.disturbed() ? entry + " ~" : entry;
    }

    // ---- comparisons

    /** Whom ratios are to, unless a competitor has a rival of its own; "" if there is none. */
    String baseline() {
        return catalogue.baselines().stream()
                .filter(competitors::contains)
                .findFirst()
                .orElse("");
    }

    String rivalOf(String competitor) {
        String rival = catalogue.peer(competitor).rival();
        return rival != null && competitors.contains(rival) ? rival : baseline();
    }

    private double median(Row row, String competitor) {
        Result result = row.byCompetitor().get(competitor);
        return result == null ? Double.NaN : result.median(metric.name());
    }

    double ratio(Row row, String competitor, String other) {
        return median(row, competitor) / median(row, other);
    }

    /**
     * How many times as good one of ours is as its rival, or, if it has none of its own, as the best of those that are
     * not ours and not the rival of another: fair locks are compared with the fair. NaN if unknown.
     */
    double advantage(Row row, String competitor) {
        String rival = catalogue.peer(competitor).rival();
        Stream<String> rivals = rival != null && competitors.contains(rival)
                ? Stream.of(rival)
                : competitors.stream().filter(other -> !catalogue.peer(other).ours() && !isRivalOfAnother(other));
        DoubleStream ratios =
                rivals.mapToDouble(other -> ratio(row, competitor, other)).filter(ratio -> !Double.isNaN(ratio));
        return metric.moreIsBetter()
                ? ratios.min().orElse(Double.NaN)
                : 1.0 / ratios.max().orElse(Double.NaN);
    }

    private boolean isRivalOfAnother(String other) {
        return competitors.stream()
                .anyMatch(competitor -> other.equals(catalogue.peer(competitor).rival()));
    }

    private Stream<String> ours() {
        return competitors.stream()
                .filter(competitor -> catalogue.peer(competitor).ours());
    }

    /** How many figures of ours there are that could be behind. */
    long comparisons() {
        return rows.stream()
                .flatMap(row -> ours().map(competitor -> advantage(row, competitor)))
                .filter(advantage -> !Double.isNaN(advantage))
                .count();
    }

    /** Every figure in which one of ours is behind by more than a draw. */
    List<Loss> losses() {
        return rows.stream()
                .flatMap(row -> ours().map(competitor -> new Loss(this, row, competitor, advantage(row, competitor))))
                .filter(loss -> loss.advantage() < DRAW)
                .toList();
    }
}
