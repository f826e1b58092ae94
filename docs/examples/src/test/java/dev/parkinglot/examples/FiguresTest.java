package dev.parkinglot.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

/** From races to figures. */
class FiguresTest {
    private static final Entrant<?> ENTRANT = new Entrant<>("lock, \"quoted\"", MonitorLock::new);

    private static Outcome outcome(long nanos, Machine.Switches switches, double others) {
        Histogram waits = Waits.newHistogram();
        waits.recordValueWithCount(100L, 1_000_000L);
        waits.recordValueWithCount(10_000_000L, 50L);
        return new Outcome(ENTRANT, nanos, waits, Waits.newHistogram(), 0.75, Double.NaN, switches, others, null);
    }

    private static Outcome failed(String defect) {
        Histogram none = Waits.newHistogram();
        return new Outcome(ENTRANT, 1L, none, none, 0.0, Double.NaN, Machine.Switches.UNKNOWN, 0.0, defect);
    }

    private static Outcome readMostly() {
        Histogram writes = Waits.newHistogram();
        writes.recordValueWithCount(20_000L, 9_998L);
        writes.recordValueWithCount(400_000L, 2L);
        Histogram reads = ONE_SECOND.waits();
        Machine.Switches switches = ONE_SECOND.switches();
        return new Outcome(ENTRANT, 1_000_000_000L, reads, writes, 0.75, 0.9, switches, 0.05, null);
    }

    private static Standing standing(Outcome... outcomes) {
        return new Standing(ENTRANT, List.of(outcomes), Optional.empty());
    }

    private static final Outcome ONE_SECOND = outcome(1_000_000_000L, new Machine.Switches(1_500.0, 500.0), 0.05);
    private static final Outcome TWO_SECONDS = outcome(2_000_000_000L, new Machine.Switches(2_500.0, 500.0), 0.05);
    private static final Outcome NINE_SECONDS = outcome(9_000_000_000L, Machine.Switches.UNKNOWN, Double.NaN);

    @Test
    void readsEveryMetric() {
        assertEquals(2.0, Metric.TIME.of(TWO_SECONDS));
        assertEquals(500.025, Metric.RATE.of(TWO_SECONDS), 1e-6);
        assertEquals(10.0, Metric.LONGEST.of(TWO_SECONDS), 0.1);
        assertEquals(0.0001, Metric.TAIL.of(TWO_SECONDS), 0.000001); // 50 of 1,000,050 are rarer than one in 10,000
        assertEquals(75.0, Metric.SHARE.of(TWO_SECONDS));
        assertEquals(3.0, Metric.SWITCHES.of(TWO_SECONDS));
        assertTrue(Double.isNaN(Metric.WHILE_BUILT.of(TWO_SECONDS)), "no look-ups");
    }

    @Test
    void tellsReadingFromWriting() {
        Outcome outcome = readMostly();
        assertEquals(1_000.05, Metric.LOOK_UPS.of(outcome), 1e-6);
        assertEquals(10.0, Metric.LONGEST_READ.of(outcome), 0.1);
        assertEquals(0.0001, Metric.TAIL_READ.of(outcome), 0.000001);
        assertEquals(0.4, Metric.LONGEST_WRITE.of(outcome), 0.004);
        assertEquals(0.4, Metric.TAIL_WRITE.of(outcome), 0.004); // 2 of 10,000 are more frequent than one in 10,000
        assertEquals(90.0, Metric.WHILE_BUILT.of(outcome));
    }

    @Test
    void takesMediansAndKeepsTheExtremes() {
        Standing three = standing(NINE_SECONDS, ONE_SECOND, TWO_SECONDS);
        assertEquals(new Standing.Spread(2.0, 1.0, 9.0), three.spread(Metric.TIME));
        assertEquals(
                new Standing.Spread(1.5, 1.0, 2.0),
                standing(TWO_SECONDS, ONE_SECOND).spread(Metric.TIME));
        assertEquals(2.0, three.ratio(Metric.TIME, standing(ONE_SECOND)));
    }

    @Test
    void whatIsUnknownStaysUnknown() {
        Standing standing = standing(ONE_SECOND, NINE_SECONDS);
        assertEquals("n/a", Metric.format(standing.spread(Metric.SWITCHES).median()));
        assertEquals("", Metric.formatRatio(standing.ratio(Metric.SWITCHES, standing)));
        assertFalse(NINE_SECONDS.disturbed());
    }

    @Test
    void neitherWarmUpNorFailureCounts() {
        assertFalse(new Tournament.Entry("exclusive", 0, 0, ONE_SECOND).counts());
        assertTrue(new Tournament.Entry("exclusive", 1, 0, ONE_SECOND).counts());
        assertFalse(new Tournament.Entry("exclusive", 1, 0, failed("failed")).counts());
    }

    @Test
    void tellsDisturbedRaces() {
        assertFalse(ONE_SECOND.disturbed());
        assertTrue(outcome(1L, Machine.Switches.UNKNOWN, 0.11).disturbed());
    }

    @Test
    void writesThreeDigits() {
        assertEquals(
                List.of("0", "0.00012", "0.0100", "0.999", "9.99", "99.9", "100", "1,235"),
                List.of(0.0, 0.000123, 0.01, 0.999, 9.99, 99.94, 100.1, 1_234.6).stream()
                        .map(Metric::format)
                        .toList());
    }

    @Test
    void writesRawNumbers() {
        List<String> csv = RawNumbers.csv(List.of(
                        new Tournament.Entry("exclusive", 0, 1, TWO_SECONDS),
                        new Tournament.Entry("exclusive", 1, 0, NINE_SECONDS),
                        new Tournament.Entry("read-mostly", 1, 2, readMostly()),
                        new Tournament.Entry("read-mostly", 2, 0, failed("a, b"))))
                .lines()
                .toList();
        String lock = "\"lock, \"\"quoted\"\"\"";
        assertEquals(
                "exclusive,0,1," + lock + ",2000000000,1000050,100,100,100,10027007,,,,,,0.7500,,2500,500,0.0500,",
                csv.get(1));
        assertEquals("exclusive,1,0," + lock + ",9000000000,1000050,100,100,100,10027007,,,,,,0.7500,,,,,", csv.get(2));
        assertEquals(
                "read-mostly,1,2," + lock + ",1000000000,1000050,100,100,100,10027007,"
                        + "10000,20095,20095,401407,401407,0.7500,0.9000,1500,500,0.0500,",
                csv.get(3));
        assertEquals("read-mostly,2,0," + lock + ",,,,,,,,,,,,,,,,,\"a, b\"", csv.get(4));
    }

    @Test
    void writesRatiosInSixCharacters() {
        assertEquals(
                List.of("", "0.00x", "<0.01x", "0.01x", "1.00x", "9.99x", "10.0x", "99.9x", "100x", "19970x"),
                List.of(Double.NaN, 0.0, 0.0049, 0.005, 1.0, 9.99, 9.999, 99.94, 99.95, 19_969.9).stream()
                        .map(Metric::formatRatio)
                        .toList());
    }

    @Test
    void findsTheRepositoryFromHere() {
        assertTrue(Repository.find()
                .orElseThrow()
                .resolve("locks/pom.xml")
                .toFile()
                .isFile());
    }
}
