package dev.parkinglot.report;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What locks for one thread at a time do with several that want them. */
final class ContendedSections {
    static final String CONTENDED = "contended";
    static final String TAIL = "tail";
    static final String LONG_HOLD = "long-hold";
    static final String LONG_HOLD_TABLE = "holds of 100 µs";
    static final String LONG_HOLD_CELL = "second thread";
    static final List<Integer> THREADS = List.of(1, 2, 4, 8, 16, 32);
    static final List<String> CELLS = List.of("(1,0)", "(1,20)", "(20,0)", "(20,20)", "(200,200)");

    private static final String PACKAGE = "dev.parkinglot.locks.";
    private static final List<Integer> QUICK_THREADS = List.of(2, 16);

    private ContendedSections() {}

    static List<Section> all() {
        return List.of(contended(), tail(), longHold());
    }

    static String threads(int count) {
        return "T = " + count;
    }

    private static Section contended() {
        return Section.of(
                CONTENDED,
                "Contended",
                "T threads want one lock all the time: (IN,OUT) is how many steps of work a thread does under the "
                        + "lock, and how "
                        + "many without, before it comes again. A step is a floating-point addition and multiplication "
                        + "that need "
                        + "the step before. Rounds of all threads together. Read these figures together with the next "
                        + "section: "
                        + "in the small cells a lock wins by letting one thread keep it for long.",
                CELLS.stream().map(ContendedSections::contendedTable).toArray(Table[]::new));
    }

    /** The parameters of the loop in such a cell as {@code (1,20)}. */
    static Map<String, String> params(String cell) {
        String[] steps = cell.replaceAll("[()]", "").split(",", -1);
        return Map.of("in", steps[0], "out", steps[1]);
    }

    private static Table contendedTable(String title) {
        Map<String, String> params = params(title);
        List<Cell> cells = THREADS.stream()
                .map(count -> Cell.of(threads(count)).threads(count).params(params))
                .map(cell -> QUICK_THREADS.contains(cell.threads()) ? cell : cell.onlyInFullRuns())
                .toList();
        return Table.of(title, PACKAGE + "ContendedBenchmark")
                .peers(Peers.exclusive("round"))
                .baseline(Peers.REENTRANT_LOCK)
                .cells(cells)
                .metrics(Metric.THROUGHPUT, Metric.SLOWEST_SHARE)
                .chart(Table.Chart.LINES_BY_CELL)
                .build();
    }

    private static Section tail() {
        return Section.of(
                        TAIL,
                        "Tail",
                        "The time of each call of lock at (200,200), recorded by the caller in an HdrHistogram; "
                                + "the slowest thread's share is what it got done in proportion to the mean of all.",
                        Stream.of(2, 8, 32).map(ContendedSections::tailTable).toArray(Table[]::new))
                .pace(new Pace(2, 200, 1, 1000, 3));
    }

    private static Table tailTable(int threads) {
        return Table.of(threads(threads), PACKAGE + "TailBenchmark")
                .peers(Peers.exclusive("round"))
                .baseline(Peers.REENTRANT_LOCK)
                .cells(List.of(Cell.of("(200,200)").threads(threads)))
                .metrics(
                        Metric.WAIT_MEDIAN,
                        Metric.WAIT_P99,
                        Metric.WAIT_P9999,
                        Metric.WAIT_LONGEST,
                        Metric.THROUGHPUT,
                        Metric.SLOWEST_SHARE)
                .chart(Table.Chart.LINES_BY_METRIC)
                .build();
    }

    private static Section longHold() {
        return Section.of(
                        LONG_HOLD,
                        "A thread that hardly lets go",
                        "One thread holds the lock for 100 µs and takes it again at once, for ever. How long another "
                                + "waits "
                                + "that wants it now and then. Waits are cut at a second: a lock may let it starve.",
                        Table.of(LONG_HOLD_TABLE, PACKAGE + "LongHoldBenchmark")
                                .peers(Peers.exclusive("lockNowAndThen"))
                                .baseline(Peers.REENTRANT_LOCK)
                                .cells(List.of(Cell.of(LONG_HOLD_CELL)))
                                .metrics(Metric.WAIT_MEDIAN, Metric.WAIT_P99, Metric.WAIT_LONGEST)
                                .peersDown()
                                .build())
                .pace(new Pace(1, 300, 1, 1000, 3));
    }
}
