package dev.parkinglot.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Measures all competitors of a line one after the other, and then all of them again, so that what changes on the
 * machine in the meantime changes all of them.
 */
final class Rounds {
    private final Instrument instrument;
    private final Progress progress;

    Rounds(Instrument instrument, Progress progress) {
        this.instrument = instrument;
        this.progress = progress;
    }

    /**
     * Measures a section.
     *
     * @param section which
     * @param results where the figures go
     * @param unable which lines cannot be measured here
     */
    void run(Section section, Results results, Predicate<Cell> unable) {
        for (Table table : section.tables()) {
            for (Cell cell : table.cells()) {
                if (unable.test(cell)) {
                    progress.skipped(section.pace().rounds() * table.peers().size(), cell);
                } else {
                    runLine(section, table, cell).forEach((name, line) -> line.keepIn(results));
                }
            }
        }
    }

    private Map<String, Collected> runLine(Section section, Table table, Cell cell) {
        Map<String, Collected> byPeer = new TreeMap<>();
        for (int round = 0; round < section.pace().rounds(); round++) {
            for (Peer peer : table.peers()) {
                Trial trial = new Trial(section, table, cell, peer);
                try {
                    Measurement measurement = instrument.measure(trial);
                    byPeer.computeIfAbsent(peer.name(), name -> new Collected(trial, new ArrayList<>()))
                            .measurements()
                            .add(measurement);
                    progress.measured(trial, measurement);
                } catch (MeasurementFailedException e) {
                    progress.failed(e);
                }
            }
        }
        return byPeer;
    }

    /** What the rounds brought for one competitor. */
    private record Collected(Trial trial, List<Measurement> measurements) {
        void keepIn(Results results) {
            List<Double> others = measurements.stream().map(Measurement::others).toList();
            for (Metric metric : trial.table().metrics()) {
                List<Double> values = measurements.stream()
                        .map(measurement -> measurement.values().get(metric))
                        .toList();
                results.put(trial.key(metric), new Figure(values, others));
            }
        }
    }
}
