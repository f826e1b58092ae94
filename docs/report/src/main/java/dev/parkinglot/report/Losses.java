package dev.parkinglot.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.DoubleStream;

/**
 * Finds where one of our locks is behind its rival, or, if it has none of its own, behind the best of those that are
 * not the rival of another: fair locks are compared with the fair.
 */
final class Losses {
    /** Less than this behind is a draw. */
    private static final double DRAW = 0.97;

    private final List<Section> sections;
    private final Map<Integer, Results> byJdk;

    Losses(List<Section> sections, Map<Integer, Results> byJdk) {
        this.sections = sections;
        this.byJdk = byJdk;
    }

    /** The lines of a table, empty if nothing is lost. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (Section section : sections) {
            for (Table table : section.tables()) {
                for (Metric metric : table.metrics()) {
                    table.peers().stream()
                            .filter(Peer::ours)
                            .forEach(peer -> addLine(lines, section, table, metric, peer));
                }
            }
        }
        if (!lines.isEmpty()) {
            List<String> heads = List.of("", "figure", "lock", "JDK: where, and how many times as good as the best");
            lines.addAll(
                    0,
                    List.of(
                            MarkdownTable.row(heads),
                            MarkdownTable.row(heads.stream().map(head -> "---").toList())));
        }
        return lines;
    }

    private void addLine(List<String> lines, Section section, Table table, Metric metric, Peer peer) {
        List<String> places = new ArrayList<>();
        byJdk.forEach((jdk, results) -> {
            List<String> ofJdk = new ArrayList<>();
            for (Cell cell : table.cells()) {
                Key key = new Key(section.id(), table.title(), cell.label(), peer.name(), metric.id());
                double advantage = advantage(results, key, table, metric, peer);
                if (advantage < DRAW) {
                    ofJdk.add((table.cells().size() > 1 ? cell.label() + ": " : "") + Format.ratio(advantage));
                }
            }
            if (!ofJdk.isEmpty()) {
                places.add(jdk + ": " + String.join(", ", ofJdk));
            }
        });
        if (!places.isEmpty()) {
            lines.add(MarkdownTable.row(List.of(
                    section.title() + ", " + table.title(), metric.label(), peer.name(), String.join("; ", places))));
        }
    }

    /** How many times as good as the best rival; NaN if unknown. */
    static double advantage(Results results, Key key, Table table, Metric metric, Peer peer) {
        DoubleStream ratios = table.peers().stream()
                .filter(other ->
                        peer.rival().map(other.name()::equals).orElse(!other.ours() && !isRivalOfAnother(table, other)))
                .mapToDouble(other -> results.ratio(key, other.name()))
                .filter(ratio -> !Double.isNaN(ratio));
        return metric.moreIsBetter()
                ? ratios.min().orElse(Double.NaN)
                : 1.0 / ratios.max().orElse(Double.NaN);
    }

    private static boolean isRivalOfAnother(Table table, Peer other) {
        return table.peers().stream().anyMatch(peer -> peer.rival().equals(Optional.of(other.name())));
    }
}
