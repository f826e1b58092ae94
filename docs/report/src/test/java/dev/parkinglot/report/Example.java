package dev.parkinglot.report;

import java.util.List;

/** A small section for tests: ours and theirs, in an easy and a hard cell. */
final class Example {
    static final String ID = "example";
    static final String TABLE = "contest";

    private Example() {}

    static Section section(int rounds) {
        return Section.of(ID, "Example", "An example.", table()).pace(new Pace(1, 10, 1, 10, rounds));
    }

    static Table table() {
        return Table.of(TABLE, "dev.parkinglot.NoBenchmark")
                .peers(List.of(Peer.ours("ours", "ours"), Peer.theirs("theirs", "theirs")))
                .baseline("theirs")
                .cells(List.of(Cell.of("easy"), Cell.of("hard").onlyInFullRuns()))
                .metrics(Metric.THROUGHPUT)
                .build();
    }

    static Key key(String cell, String peer) {
        return new Key(ID, TABLE, cell, peer, Metric.THROUGHPUT.id());
    }

    /** Quiet figures of three rounds around a median. */
    static Figure figure(double median) {
        return new Figure(List.of(median, median * 0.9, median * 1.1), List.of(0.0, 0.01, 0.0));
    }

    static Results results(double oursEasy, double oursHard) {
        Results results = new Results();
        results.begin(ID, new Conditions("2026-11-24", "Some Java 17.0.1", "2 x some processor", "3 rounds"));
        results.put(key("easy", "ours"), figure(oursEasy));
        results.put(key("easy", "theirs"), figure(10.0));
        results.put(key("hard", "ours"), figure(oursHard));
        results.put(key("hard", "theirs"), figure(10.0));
        return results;
    }
}
