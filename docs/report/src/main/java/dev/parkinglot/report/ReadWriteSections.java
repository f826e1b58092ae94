package dev.parkinglot.report;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Locks for many readers or one writer. */
final class ReadWriteSections {
    static final String READ_WRITE = "read-write";
    static final List<Integer> PERCENTAGES = List.of(50, 90, 99, 100);
    static final List<Integer> THREADS = List.of(1, 2, 4, 8);
    static final List<String> CELLS = List.of("(1,0)", "(20,20)");

    private ReadWriteSections() {}

    static List<Section> all() {
        return List.of(readWrite());
    }

    static String title(String cell, int percentage) {
        return cell + ", " + percentage + " % reads";
    }

    private static Section readWrite() {
        return Section.of(
                READ_WRITE,
                "Readers and writers",
                "As in the contended cells, but a thread only reads in so many percent of its rounds, by a random "
                        + "number of its "
                        + "own.",
                CELLS.stream()
                        .flatMap(cell -> PERCENTAGES.stream().map(percentage -> table(cell, percentage)))
                        .toArray(Table[]::new));
    }

    private static Table table(String cell, int percentage) {
        Map<String, String> params = new HashMap<>(ContendedSections.params(cell));
        params.put("reads", String.valueOf(percentage));
        Stream<Cell> cells = THREADS.stream()
                .map(count ->
                        Cell.of(ContendedSections.threads(count)).threads(count).params(params))
                .map(line -> line.threads() <= 2 ? line : line.onlyInFullRuns());
        return Table.of(title(cell, percentage), "dev.parkinglot.locks.ReadWriteBenchmark")
                .peers(Peers.readWrite("round"))
                .baseline(Peers.STAMPED_LOCK)
                .cells(cells.toList())
                .metrics(Metric.THROUGHPUT)
                .chart(percentage == 90 || percentage == 100 ? Table.Chart.LINES_BY_CELL : Table.Chart.NONE)
                .build();
    }
}
