package dev.parkinglot.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A table: competitors under several circumstances.
 *
 * @param title for readers, and its name among the kept results
 * @param benchmark the class with the benchmark methods
 * @param peers the competitors
 * @param baseline the name of the one that ratios are to
 * @param cells the circumstances
 * @param metrics what is shown of each
 * @param layout which way it lies
 * @param chart what is drawn of it
 */
record Table(
        String title,
        String benchmark,
        List<Peer> peers,
        String baseline,
        List<Cell> cells,
        List<Metric> metrics,
        Layout layout,
        Chart chart) {
    /** Which way a table lies. */
    enum Layout {
        /** A column for each competitor. */
        PEERS_ACROSS,
        /** A line for each competitor; for many of them under few circumstances. */
        PEERS_DOWN
    }

    /** How a table is drawn. */
    enum Chart {
        NONE,
        /** The first metric under all circumstances: a line for each competitor. */
        LINES_BY_CELL,
        /** All metrics of the first one's unit, under the first circumstances: a line for each competitor. */
        LINES_BY_METRIC,
        /** The first metric under the first circumstances. */
        BARS
    }

    Table {
        if (peers.stream().noneMatch(peer -> peer.name().equals(baseline))) {
            throw new IllegalArgumentException(title + " has no " + baseline + " to compare with");
        }
    }

    String rivalOf(Peer peer) {
        return peer.rival().orElse(baseline);
    }

    /** What stays of this table in a quick run. */
    Table quick() {
        return new Table(
                title,
                benchmark,
                peers,
                baseline,
                cells.stream().filter(Cell::quick).toList(),
                metrics,
                layout,
                chart);
    }

    /** The name of its chart's file, without what tells the JDK. */
    String fileName(String section) {
        String name = (section + "-" + title).toLowerCase(Locale.ROOT);
        return name.replaceAll("[^a-z0-9]+", "-").replaceAll("-$", "");
    }

    /** Begins a table. */
    static Builder of(String title, String benchmark) {
        return new Builder(title, benchmark);
    }

    /** Collects what a table is made of. */
    static final class Builder {
        private final String title;
        private final String benchmark;
        private final List<Peer> peers = new ArrayList<>();
        private final List<Cell> cells = new ArrayList<>();
        private final List<Metric> metrics = new ArrayList<>();
        private String baseline = "";
        private Layout layout = Layout.PEERS_ACROSS;
        private Chart chart = Chart.NONE;

        private Builder(String title, String benchmark) {
            this.title = title;
            this.benchmark = benchmark;
        }

        Builder peers(List<Peer> competitors) {
            peers.addAll(competitors);
            return this;
        }

        Builder baseline(String name) {
            baseline = name;
            return this;
        }

        Builder cells(List<Cell> circumstances) {
            cells.addAll(circumstances);
            return this;
        }

        Builder metrics(Metric... shown) {
            metrics.addAll(List.of(shown));
            return this;
        }

        Builder peersDown() {
            layout = Layout.PEERS_DOWN;
            return this;
        }

        Builder chart(Chart kind) {
            chart = kind;
            return this;
        }

        Table build() {
            return new Table(
                    title,
                    benchmark,
                    List.copyOf(peers),
                    baseline,
                    List.copyOf(cells),
                    List.copyOf(metrics),
                    layout,
                    chart);
        }
    }
}
