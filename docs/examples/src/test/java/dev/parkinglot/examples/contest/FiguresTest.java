package dev.parkinglot.examples.contest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.parkinglot.examples.contest.Tournament.Entry;
import dev.parkinglot.examples.contest.Tournament.Spread;
import dev.parkinglot.examples.contest.Tournament.Standing;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

/** From races to figures, and from figures to a verdict. */
class FiguresTest {
    private static final Entrant ENTRANT = new Entrant("lock", "", ContestLock::monitor);
    private static final Entrant OURS = new Entrant("ours", "theirs", ContestLock::monitor);
    private static final Entrant THEIRS = new Entrant("theirs", "", ContestLock::monitor);

    private static Outcome outcome(Entrant entrant, long nanos, Machine.Switches switches, double others) {
        Histogram waits = ContestLock.newWaits();
        waits.recordValueWithCount(100L, 1_000_000L);
        waits.recordValueWithCount(10_000_000L, 50L);
        Histogram none = ContestLock.newWaits();
        return new Outcome(entrant, nanos, waits, none, 0.75, switches, others, null);
    }

    private static Outcome outcome(long nanos, Machine.Switches switches, double others) {
        return outcome(ENTRANT, nanos, switches, others);
    }

    private static Outcome failed(String defect) {
        Histogram none = ContestLock.newWaits();
        return new Outcome(ENTRANT, 1L, none, none, 0.0, Machine.Switches.UNKNOWN, 0.0, defect);
    }

    private static Outcome readMostly() {
        Histogram writes = ContestLock.newWaits();
        writes.recordValueWithCount(20_000L, 9_998L);
        writes.recordValueWithCount(400_000L, 2L);
        Histogram reads = ONE_SECOND.waits();
        Machine.Switches switches = ONE_SECOND.switches();
        return new Outcome(ENTRANT, 1_000_000_000L, reads, writes, 0.75, switches, 0.05, null);
    }

    private static Standing standing(Outcome... outcomes) {
        return new Standing(ENTRANT, List.of(outcomes), Optional.empty());
    }

    private static final Outcome ONE_SECOND = outcome(1_000_000_000L, new Machine.Switches(1_500.0, 500.0), 0.05);
    private static final Outcome TWO_SECONDS = outcome(2_000_000_000L, new Machine.Switches(2_500.0, 500.0), 0.05);
    private static final Outcome NINE_SECONDS = outcome(9_000_000_000L, Machine.Switches.UNKNOWN, Double.NaN);

    /** A tournament of two, that took so many seconds. */
    private static Tournament tournament(double[] ours, double[] theirs, double others) {
        Corpus corpus = new Corpus(Path.of("x"), List.of("x"), List.of(new Corpus.Line(0, "x")), 1L);
        Race.Plan plan = Race.Plan.of(corpus, 1, 1, Duration.ofHours(1));
        Tournament tournament =
                new Tournament(Tournament.Discipline.EXCLUSIVE, List.of(OURS, THEIRS), plan, ours.length);
        for (int i = 0; i < ours.length; i++) {
            Machine.Switches switches = Machine.Switches.UNKNOWN;
            tournament.entries().add(new Entry(i + 1, 0, outcome(OURS, (long) (ours[i] * 1e9), switches, others)));
            tournament.entries().add(new Entry(i + 1, 1, outcome(THEIRS, (long) (theirs[i] * 1e9), switches, 0.0)));
        }
        return tournament;
    }

    private static double[] seconds(double... seconds) {
        return seconds;
    }

    // ---- figures

    @Test
    void readsEveryMetric() {
        assertEquals(2.0, Metric.TIME.of(TWO_SECONDS));
        assertEquals(10.0, Metric.LONGEST.of(TWO_SECONDS), 0.1);
        assertEquals(75.0, Metric.SHARE.of(TWO_SECONDS));
        assertEquals(3.0, Metric.SWITCHES.of(TWO_SECONDS));
    }

    @Test
    void tellsReadingFromWriting() {
        Outcome outcome = readMostly();
        assertEquals(10.0, Metric.LONGEST_READ.of(outcome), 0.1);
        assertEquals(0.4, Metric.LONGEST_WRITE.of(outcome), 0.004);
        assertEquals(0.4, Metric.TAIL_WRITE.of(outcome), 0.004); // 2 of 10,000 are more frequent than one in 10,000
    }

    @Test
    void waitsThatNobodyFeelsAreNotTakenApart() {
        assertEquals(0.01, Metric.TAIL.of(TWO_SECONDS), "50 of 1,000,050 are rarer than one in 10,000");
        assertEquals("<0.01", Metric.TAIL.format(Metric.TAIL.of(TWO_SECONDS)));
        assertEquals("0.0100", Metric.TIME.format(0.01), "a time, not a wait");
        assertEquals("0.0200", Metric.TAIL.format(0.02));
    }

    @Test
    void takesMediansAndKeepsTheExtremes() {
        Standing three = standing(NINE_SECONDS, ONE_SECOND, TWO_SECONDS);
        assertEquals(new Spread(2.0, 1.0, 9.0), three.spread(Metric.TIME));
        assertEquals(
                new Spread(1.5, 1.0, 2.0), standing(TWO_SECONDS, ONE_SECOND).spread(Metric.TIME));
        assertEquals(2.0, three.ratio(Metric.TIME, standing(ONE_SECOND)));
    }

    @Test
    void whatIsUnknownStaysUnknown() {
        Standing standing = standing(ONE_SECOND, NINE_SECONDS);
        assertEquals(
                "n/a", Metric.SWITCHES.format(standing.spread(Metric.SWITCHES).median()));
        assertEquals("", Metric.ratio(standing.ratio(Metric.SWITCHES, standing)));
        assertFalse(NINE_SECONDS.disturbed());
    }

    @Test
    void neitherWarmUpNorFailureCounts() {
        assertFalse(new Entry(0, 0, ONE_SECOND).counts());
        assertTrue(new Entry(1, 0, ONE_SECOND).counts());
        assertFalse(new Entry(1, 0, failed("failed")).counts());
    }

    // ---- verdicts

    @Test
    void namesTheFastestAndWhoIsLevelWithIt() {
        Tournament apart = tournament(seconds(1.0, 1.1, 1.2), seconds(1.3, 1.4, 1.5), 0.0);
        assertEquals("Fastest: ours, time 1.10 s.", Summary.best(apart).get(0));
        Tournament overlapping = tournament(seconds(1.0, 1.1, 1.4), seconds(1.3, 1.4, 1.5), 0.0);
        assertEquals(
                "Fastest: ours, time 1.10 s; level with it: theirs.",
                Summary.best(overlapping).get(0));
        Tournament nearlyTheSame = tournament(seconds(1.0, 1.0, 1.0), seconds(1.01, 1.02, 1.03), 0.0);
        assertEquals(
                "Fastest: ours, time 1.00 s; level with it: theirs.",
                Summary.best(nearlyTheSame).get(0));
    }

    @Test
    void tellsWhereOursAreBehindAndDrawsAreNot() {
        assertEquals(
                Optional.of(List.of("ours behind theirs: time 1.50x")),
                Summary.behind(tournament(seconds(1.4, 1.5, 1.6), seconds(0.9, 1.0, 1.1), 0.0)));
        assertEquals(
                Optional.of(List.of()),
                Summary.behind(tournament(seconds(1.0, 1.5, 1.6), seconds(0.9, 1.0, 1.1), 0.0)));
        assertEquals(
                Optional.of(List.of()),
                Summary.behind(tournament(seconds(0.9, 1.0, 1.1), seconds(1.4, 1.5, 1.6), 0.0)));
    }

    @Test
    void whereMoreIsBetterLessIsBehind() {
        Outcome half = ONE_SECOND;
        Outcome all =
                new Outcome(THEIRS, half.nanos(), half.waits(), half.writeWaits(), 1.0, half.switches(), 0.0, null);
        assertTrue(standing(half).isClearlyBehind(standing(all), Metric.SHARE));
        assertFalse(standing(all).isClearlyBehind(standing(half), Metric.SHARE));
        assertFalse(standing(half).isClearlyBehind(standing(all), Metric.TIME));
    }

    @Test
    void tellsDisturbedRaces() {
        assertFalse(ONE_SECOND.disturbed());
        assertTrue(outcome(1L, Machine.Switches.UNKNOWN, 0.11).disturbed());
        assertEquals(Optional.empty(), Summary.disturbance(List.of(tournament(seconds(1.0), seconds(1.0), 0.1))));
        String sentence = Summary.disturbance(List.of(tournament(seconds(1.0, 1.0), seconds(1.0, 1.0), 0.11)))
                .orElseThrow();
        assertTrue(sentence.startsWith("Disturbed: in 2 of 4 races "), sentence);
    }

    // ---- texts

    @Test
    void writesThreeDigits() {
        assertEquals(
                List.of("0", "0.00012", "0.0100", "0.999", "9.99", "99.9", "100", "1,235"),
                List.of(0.0, 0.000123, 0.01, 0.999, 9.99, 99.94, 100.1, 1_234.6).stream()
                        .map(Metric::digits)
                        .toList());
    }

    @Test
    void writesRatiosInSixCharactersAndNoneOfThousands() {
        assertEquals(
                List.of("", "0.00x", "<0.01x", "0.01x", "1.00x", "9.99x", "10.0x", "99.9x", "100x", ">100x"),
                List.of(Double.NaN, 0.0, 0.0049, 0.005, 1.0, 9.99, 9.999, 99.94, 99.95, 16_240.0).stream()
                        .map(Metric::ratio)
                        .toList());
    }

    @Test
    void breaksLinesBetweenWords() {
        String text = "word ".repeat(50).strip();
        assertEquals(
                List.of(20, 20, 10),
                Summary.wrapped(text)
                        .lines()
                        .map(line -> line.split(" ", -1).length)
                        .toList());
    }

    @Test
    void rawNumbersLeaveOutWhatIsUnknown() {
        String json = Report.rawNumbers(List.of(tournament(seconds(1.5), seconds(2.0), 0.0)));
        JsonArray races = JsonParser.parseString(json).getAsJsonObject().getAsJsonArray("Exclusive locks");
        assertEquals(2, races.size());
        assertEquals(1, races.get(0).getAsJsonObject().get("round").getAsInt());
        JsonObject outcome = races.get(0).getAsJsonObject().getAsJsonObject("outcome");
        assertEquals("ours", outcome.get("entrant").getAsString());
        assertEquals(1_500_000_000L, outcome.get("nanos").getAsLong());
        assertEquals(0.75, outcome.get("slowestShare").getAsDouble());
        assertFalse(outcome.getAsJsonObject("switches").has("voluntary"), json);
        assertFalse(outcome.has("defect"), json);
        JsonObject waits = outcome.getAsJsonObject("waits");
        assertEquals(1_000_050L, waits.get("count").getAsLong());
        assertEquals(100L, waits.get("p9999").getAsLong());
        assertEquals(10_027_007L, waits.get("max").getAsLong());
    }
}
