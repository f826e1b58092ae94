package dev.parkinglot.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultsTest {
    @TempDir
    private Path folder;

    private Results savedAndLoaded(Results results) throws IOException {
        Path file = folder.resolve("kept").resolve("jdk-17.csv");
        results.save(file);
        return Results.load(file);
    }

    @Test
    void whatIsKeptComesBack() throws IOException {
        Results results = Example.results(20.0, 5.0);
        results.put(
                Example.key("easy", "theirs"), new Figure(List.of(1234567.0, 0.000123456), List.of(Double.NaN, 0.123)));
        Results loaded = savedAndLoaded(results);

        assertEquals(results.conditions(Example.ID), loaded.conditions(Example.ID));
        assertEquals(results.get(Example.key("hard", "ours")), loaded.get(Example.key("hard", "ours")));
        assertEquals(
                new Figure(List.of(1235000.0, 0.0001235), List.of(Double.NaN, 0.12)),
                loaded.get(Example.key("easy", "theirs")).orElseThrow(),
                "four digits of values, two of interference");
    }

    @Test
    void aSectionMeasuredAnewLosesItsOldFiguresAndTheOthersStay() throws IOException {
        Results results = Example.results(20.0, 5.0);
        Key other = new Key("other", Example.TABLE, "easy", "ours", "throughput");
        Conditions conditions = results.conditions(Example.ID).orElseThrow();
        results.begin("other", conditions);
        results.put(other, Example.figure(3.0));
        results.begin(Example.ID, new Conditions("2027-01-01", "j", "m", "p"));
        Results loaded = savedAndLoaded(results);

        assertTrue(loaded.get(Example.key("easy", "ours")).isEmpty());
        assertEquals("2027-01-01", loaded.conditions(Example.ID).orElseThrow().date());
        assertEquals(3.0, loaded.median(other));
        assertEquals(conditions, loaded.conditions("other").orElseThrow());
    }

    @Test
    void withoutAFileNothingIsKept() throws IOException {
        assertEquals(0, Results.load(folder.resolve("none.csv")).size());
    }

    @Test
    void aRatioIsOfMediansAndUnknownIfOneIs() {
        Results results = Example.results(20.0, 5.0);
        assertEquals(2.0, results.ratio(Example.key("easy", "ours"), "theirs"));
        assertEquals(0.5, results.ratio(Example.key("hard", "ours"), "theirs"));
        assertEquals(Double.NaN, results.ratio(Example.key("easy", "ours"), "nobody"));
    }

    @Test
    void aFigureIsDisturbedIfOneOfItsRoundsIs() {
        assertFalse(new Figure(List.of(1.0, 1.0), List.of(0.0, Double.NaN)).disturbed());
        assertTrue(new Figure(List.of(1.0, 1.0), List.of(0.0, 0.2)).disturbed());
    }
}
