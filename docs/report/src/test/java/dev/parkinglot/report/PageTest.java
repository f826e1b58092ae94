package dev.parkinglot.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PageTest {
    private static final Map<Integer, Results> BOTH =
            new TreeMap<>(Map.of(17, Example.results(20.0, 5.0), 25, Example.results(9.9, 10.0)));

    @TempDir
    private Path folder;

    private String page(Map<Integer, Results> byJdk, String byHand) {
        return new Page(List.of(Example.section(3)), byJdk, new Charts(folder), byHand).text();
    }

    @Test
    void theFiguresOfBothJdksStandOneAboveTheOtherWithSpreadAndRatio() {
        assertEquals(
                List.of(
                        "|  | JDK | **ours** | theirs |",
                        "| --- | --- | --- | --- |",
                        "| easy | 17 | 20.0 ±10 % **2.00** | 10.0 ±10 % |",
                        "| easy | 25 | 9.90 ±10 % **0.99** | 10.0 ±10 % |",
                        "| hard | 17 | 5.00 ±10 % **0.50** | 10.0 ±10 % |",
                        "| hard | 25 | 10.0 ±10 % **1.00** | 10.0 ±10 % |"),
                new MarkdownTable(Example.ID, Example.table(), BOTH).lines());
    }

    @Test
    void aTableWithALineForEachCompetitorHasTheJdksSideBySide() {
        Table across = Example.table();
        Table down = Table.of(across.title(), across.benchmark())
                .peers(across.peers())
                .baseline(across.baseline())
                .cells(across.cells().subList(0, 1))
                .metrics(Metric.THROUGHPUT)
                .peersDown()
                .build();
        assertEquals(
                List.of(
                        "|  | rate, M/s, JDK 17 | rate, M/s, JDK 25 |",
                        "| --- | --- | --- |",
                        "| **ours** | 20.0 ±10 % **2.00** | 9.90 ±10 % **0.99** |",
                        "| theirs | 10.0 ±10 % | 10.0 ±10 % |"),
                new MarkdownTable(Example.ID, down, BOTH).lines());
    }

    @Test
    void whatOthersDisturbedIsMarkedAndWhatIsMissingLeftOpen() {
        Results results = new Results();
        results.put(Example.key("easy", "ours"), new Figure(List.of(1.0), List.of(0.3)));
        assertEquals(
                "| easy | 17 | 1.00 ~ | - |",
                new MarkdownTable(Example.ID, Example.table(), Map.of(17, results))
                        .lines()
                        .get(2));
    }

    @Test
    void lossesAreListedAndDrawsAreNot() {
        assertEquals(
                List.of("| Example, contest | rate | ours | 17: hard: 0.50 |"),
                new Losses(List.of(Example.section(3)), BOTH).lines().subList(2, 3));
        Map<Integer, Results> won = Map.of(17, Example.results(20.0, 9.8));
        assertTrue(new Losses(List.of(Example.section(3)), won).lines().isEmpty());
        assertTrue(page(won, "").contains("Nowhere."));
    }

    @Test
    void whereLessIsBetterTheGreaterFigureLoses() {
        Results results = new Results();
        Table table = Table.of(Example.TABLE, "")
                .peers(Example.table().peers())
                .baseline("theirs")
                .cells(List.of(Cell.of("easy")))
                .metrics(Metric.NANOS)
                .build();
        Key ours = new Key(Example.ID, Example.TABLE, "easy", "ours", Metric.NANOS.id());
        results.put(ours, Example.figure(10.0));
        results.put(ours.of("theirs"), Example.figure(5.0));
        assertEquals(
                0.5,
                Losses.advantage(
                        results, ours, table, Metric.NANOS, table.peers().get(0)));
    }

    @Test
    void aRivalIsOnlyTheRivalOfTheOneThatNamesIt() {
        Table table = Table.of(Example.TABLE, "")
                .peers(List.of(
                        Peer.ours("ours", ""),
                        Peer.ours("fair", "").against("fair theirs"),
                        Peer.theirs("theirs", ""),
                        Peer.theirs("fair theirs", "")))
                .baseline("theirs")
                .cells(List.of(Cell.of("easy")))
                .metrics(Metric.THROUGHPUT)
                .build();
        Results results = new Results();
        results.put(Example.key("easy", "ours"), Example.figure(4.0));
        results.put(Example.key("easy", "fair"), Example.figure(1.0));
        results.put(Example.key("easy", "theirs"), Example.figure(2.0));
        results.put(Example.key("easy", "fair theirs"), Example.figure(8.0));
        assertEquals(
                2.0,
                Losses.advantage(
                        results,
                        Example.key("easy", "ours"),
                        table,
                        Metric.THROUGHPUT,
                        table.peers().get(0)));
        assertEquals(
                0.125,
                Losses.advantage(
                        results,
                        Example.key("easy", "fair"),
                        table,
                        Metric.THROUGHPUT,
                        table.peers().get(1)));
    }

    @Test
    void aTargetIsMetOrNotOrNotMeasured() {
        Target least = Target.atLeast(1.25, "much", results -> 0.0);
        assertTrue(least.isMetBy(1.25));
        assertTrue(least.isMetBy(1.246), "shown as 1.25");
        assertFalse(least.isMetBy(1.24));
        Target most = Target.atMost(0.6, "little", results -> 0.0);
        assertTrue(most.isMetBy(0.6));
        assertFalse(most.isMetBy(0.61));
        assertTrue(page(BOTH, "").contains("| not measured | not measured |"));
    }

    @Test
    void everyTargetReadsFiguresThatASectionMeasures() {
        Results results = new Results();
        Sections.ALL.forEach(section -> section.tables()
                .forEach(table -> table.cells()
                        .forEach(cell -> table.peers()
                                .forEach(peer -> table.metrics()
                                        .forEach(metric -> results.put(
                                                new Trial(section, table, cell, peer).key(metric),
                                                Example.figure(1.0)))))));
        for (Target target : Targets.ALL) {
            assertFalse(Double.isNaN(target.figure().applyAsDouble(results)), target.text());
        }
    }

    @Test
    void thePageTellsWhereAndHowItWasMeasuredAndKeepsWhatWasWrittenByHand() {
        String page = page(BOTH, "## By hand\n");
        assertTrue(
                page.contains("- JDK 17: Some Java 17.0.1; 2 x some processor; 2026-11-24; 0 of 4 figures disturbed"));
        assertTrue(page.contains("`-Dreport.args=\"example\"`: 3 rounds."));
        assertTrue(page.endsWith("## By hand\n"));
        assertFalse(page(Map.of(), "").contains("## Example"), "a section without figures");
    }
}
