package dev.parkinglot.report;

import java.util.Map;
import java.util.Optional;

/**
 * The circumstances under which the competitors of a table are measured: a line of it for each metric.
 *
 * @param label for readers
 * @param threads how many threads run the benchmark method
 * @param params parameters of JMH
 * @param method the benchmark method, if the line has one of its own for all competitors
 * @param pinned whether all of it runs on one processor
 * @param quick whether a quick run has it, too
 */
record Cell(
        String label, int threads, Map<String, String> params, Optional<String> method, boolean pinned, boolean quick) {
    static Cell of(String label) {
        return new Cell(label, 1, Map.of(), Optional.empty(), false, true);
    }

    Cell threads(int count) {
        return new Cell(label, count, params, method, pinned, quick);
    }

    Cell params(Map<String, String> values) {
        return new Cell(label, threads, values, method, pinned, quick);
    }

    Cell method(String name) {
        return new Cell(label, threads, params, Optional.of(name), pinned, quick);
    }

    Cell onOneProcessor() {
        return new Cell(label, threads, params, method, true, quick);
    }

    Cell onlyInFullRuns() {
        return new Cell(label, threads, params, method, pinned, false);
    }
}
