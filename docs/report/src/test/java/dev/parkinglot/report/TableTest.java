package dev.parkinglot.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TableTest {
    private static final List<String> PRIMARY = List.of("");

    private static Table table(Map<Integer, List<Result>> byJdk) {
        List<Table> tables = Table.of(Example.catalogue(), PRIMARY, new TreeMap<>(byJdk));
        assertEquals(1, tables.size());
        return tables.get(0);
    }

    private static List<Result> results(double oursAt2, double oursAt8) {
        return List.of(
                Example.rate("OURS", 2, oursAt2),
                Example.rate("THEIRS", 2, 10.0),
                Example.rate("OURS", 8, oursAt8),
                Example.rate("THEIRS", 8, 10.0));
    }

    @Test
    void whatDiffersTellsLinesApartAndJdksStandOneAboveTheOther() {
        Table table = table(Map.of(17, results(20.0, 5.0), 25, results(9.9, 10.0)));
        assertEquals("NoBenchmark", table.benchmark());
        assertEquals("method race", table.same());
        assertEquals(
                List.of(
                        "| threads | JDK | **ours** | theirs |",
                        "| --- | --- | --- | --- |",
                        "| 2 | 17 | 20.0 ±10 % **2.00** | 10.0 ±10 % |",
                        "| 2 | 25 | 9.90 ±10 % **0.99** | 10.0 ±10 % |",
                        "| 8 | 17 | 5.00 ±10 % **0.50** | 10.0 ±10 % |",
                        "| 8 | 25 | 10.0 ±10 % **1.00** | 10.0 ±10 % |"),
                table.markdown());
    }

    @Test
    void aTableWithASingleCircumstanceHasALineForEachCompetitor() {
        Table table = table(Map.of(17, results(20.0, 5.0).subList(0, 2)));
        assertEquals(
                List.of(
                        "| JDK | 17 |",
                        "| --- | --- |",
                        "| **ours** | 20.0 ±10 % **2.00** |",
                        "| theirs | 10.0 ±10 % |"),
                table.markdown());
        assertEquals("method race, threads 2", table.same());
    }

    @Test
    void eachMetricAndEachUnitHasATableOfItsOwn() {
        List<Result> results = List.of(Example.rate("OURS", 2, 1.0), Example.result("OURS", 8, 1.0, "ns/op"));
        List<Table> tables =
                Table.of(Example.catalogue(), List.of("", "waits.p99"), new TreeMap<>(Map.of(17, results)));
        assertEquals(
                List.of("rate, M/s", "time, ns", "p99 wait, µs"),
                tables.stream()
                        .map(table ->
                                table.metric().label() + ", " + table.metric().unit())
                        .toList());
    }

    @Test
    void whatOthersDisturbedIsMarkedAndWhatIsMissingLeftOpen() {
        Result disturbed = Result.join(List.of(Example.fork("OURS", 2, 1.0, 0.3, "ops/us")), List.of());
        Table table = table(Map.of(17, List.of(disturbed, Example.rate("THEIRS", 8, 10.0))));
        assertEquals("| 2 | 17 | 1.00 ~ | - |", table.markdown().get(2));
    }

    @Test
    void aSpreadOfMoreThanTheFigureIsWrittenAsExtremes() {
        Result wide = Result.join(
                List.of(
                        Example.fork("OURS", 2, 1.0, 0.0, "ops/us"),
                        Example.fork("OURS", 2, 2.0, 0.0, "ops/us"),
                        Example.fork("OURS", 2, 9.0, 0.0, "ops/us")),
                List.of());
        Table table = table(Map.of(17, List.of(wide, Example.rate("THEIRS", 8, 10.0))));
        assertEquals(
                "| 2 | 17 | 2.00 (from 1.00 to 9.00) | - |", table.markdown().get(2));
    }

    @Test
    void lossesAreFoundAndDrawsAreNone() {
        Table table = table(Map.of(17, results(20.0, 5.0), 25, results(9.9, 9.8)));
        assertEquals(4, table.comparisons());
        assertEquals(
                List.of("threads 8, JDK 17"),
                table.losses().stream().map(Table.Loss::where).toList());
        assertEquals(0.5, table.losses().get(0).advantage(), 1e-9);
    }

    @Test
    void whereLessIsBetterTheGreaterFigureLoses() {
        Table table = table(Map.of(
                17, List.of(Example.result("OURS", 2, 10.0, "ns/op"), Example.result("THEIRS", 2, 5.0, "ns/op"))));
        assertEquals(0.5, table.losses().get(0).advantage(), 1e-9);
    }

    @Test
    void aRivalIsOnlyTheRivalOfTheOneThatNamesIt() {
        Table table = table(Map.of(
                17,
                List.of(
                        Example.rate("OURS", 2, 4.0),
                        Example.rate("FAIR", 2, 1.0),
                        Example.rate("THEIRS", 2, 2.0),
                        Example.rate("FAIR_THEIRS", 2, 8.0))));
        Table.Row row = table.rows().get(0);
        assertEquals(2.0, table.advantage(row, "OURS"), 1e-9);
        assertEquals(0.125, table.advantage(row, "FAIR"), 1e-9);
        assertTrue(
                table.markdown().get(3).startsWith("| **fair ours** (to fair theirs) | "),
                table.markdown().toString());
    }

    @Test
    void withoutItsRivalALockIsComparedWithTheOthers() {
        Table table = table(Map.of(17, List.of(Example.rate("FAIR", 2, 1.0), Example.rate("THEIRS", 2, 4.0))));
        assertEquals(0.25, table.advantage(table.rows().get(0), "FAIR"), 1e-9);
    }
}
