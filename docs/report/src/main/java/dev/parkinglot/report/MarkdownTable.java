package dev.parkinglot.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes a table in Markdown: what was measured on each JDK, one above the other or side by side. */
final class MarkdownTable {
    private final String section;
    private final Table table;
    private final Map<Integer, Results> byJdk;

    MarkdownTable(String section, Table table, Map<Integer, Results> byJdk) {
        this.section = section;
        this.table = table;
        this.byJdk = byJdk;
    }

    /** The table's lines; empty if nothing in it was measured. */
    List<String> lines() {
        return switch (table.layout()) {
            case PEERS_ACROSS -> peersAcross();
            case PEERS_DOWN -> peersDown();
        };
    }

    private List<String> peersAcross() {
        List<String> lines = new ArrayList<>();
        for (Cell cell : table.cells()) {
            for (Metric metric : table.metrics()) {
                byJdk.forEach((jdk, results) -> {
                    if (isMeasured(results, cell, metric)) {
                        List<String> columns = new ArrayList<>(List.of(head(cell, metric), jdk.toString()));
                        table.peers().forEach(peer -> columns.add(entry(results, cell, metric, peer)));
                        lines.add(row(columns));
                    }
                });
            }
        }
        if (!lines.isEmpty()) {
            List<String> heads = new ArrayList<>(List.of("", "JDK"));
            table.peers().forEach(peer -> heads.add(head(peer)));
            lines.addAll(
                    0, List.of(row(heads), row(heads.stream().map(head -> "---").toList())));
        }
        return lines;
    }

    private List<String> peersDown() {
        List<String> heads = new ArrayList<>(List.of(""));
        List<List<String>> columns = new ArrayList<>();
        for (Cell cell : table.cells()) {
            for (Metric metric : table.metrics()) {
                byJdk.forEach((jdk, results) -> {
                    if (isMeasured(results, cell, metric)) {
                        heads.add(head(cell, metric) + ", JDK " + jdk);
                        columns.add(table.peers().stream()
                                .map(peer -> entry(results, cell, metric, peer))
                                .toList());
                    }
                });
            }
        }
        List<String> lines = new ArrayList<>();
        if (!columns.isEmpty()) {
            lines.add(row(heads));
            lines.add(row(heads.stream().map(head -> "---").toList()));
            for (int i = 0; i < table.peers().size(); i++) {
                List<String> entries =
                        new ArrayList<>(List.of(head(table.peers().get(i))));
                for (List<String> column : columns) {
                    entries.add(column.get(i));
                }
                lines.add(row(entries));
            }
        }
        return lines;
    }

    /** What tells a line from the others. */
    private String head(Cell cell, Metric metric) {
        List<String> parts = new ArrayList<>();
        if (table.cells().size() > 1) {
            parts.add(cell.label());
        }
        if (table.metrics().size() > 1 || parts.isEmpty()) {
            parts.add(metric.label() + ", " + metric.unit());
        }
        return String.join(", ", parts);
    }

    private boolean isMeasured(Results results, Cell cell, Metric metric) {
        return table.peers().stream()
                .anyMatch(peer -> results.get(key(cell, metric, peer)).isPresent());
    }

    private Key key(Cell cell, Metric metric, Peer peer) {
        return new Key(section, table.title(), cell.label(), peer.name(), metric.id());
    }

    /** A competitor's name, ours in bold, and whom it is compared with if that is not whom the others are. */
    private String head(Peer peer) {
        String name = peer.ours() ? "**" + peer.name() + "**" : peer.name();
        Optional<String> rival = peer.rival().filter(other -> !other.equals(table.baseline()));
        return rival.map(other -> name + " (to " + other + ")").orElse(name);
    }

    private String entry(Results results, Cell cell, Metric metric, Peer peer) {
        Key key = key(cell, metric, peer);
        Optional<Figure> figure = results.get(key);
        if (figure.isEmpty()) {
            return "-";
        }
        double spread = figure.get().spread();
        String entry = Format.number(figure.get().median());
        if (figure.get().values().size() > 1 && spread >= 0.005) {
            entry += " " + Format.spread(spread);
        }
        double ratio = results.ratio(key, table.rivalOf(peer));
        if (!peer.name().equals(table.rivalOf(peer)) && Double.isFinite(ratio)) {
            entry += peer.ours() ? " **" + Format.ratio(ratio) + "**" : " " + Format.ratio(ratio);
        }
        return figure.get().disturbed() ? entry + " ~" : entry;
    }

    static String row(List<String> columns) {
        return "| " + String.join(" | ", columns) + " |";
    }
}
