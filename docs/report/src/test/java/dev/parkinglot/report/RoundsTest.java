package dev.parkinglot.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class RoundsTest {
    private static final Section SECTION = Example.section(2);

    private final Progress progress =
            new Progress(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8), 8);

    private static Measurement rate(double value, double others) {
        return new Measurement(Map.of(Metric.THROUGHPUT, value), others);
    }

    @Test
    void theCompetitorsOfALineAreMeasuredInTurnRoundAfterRound() {
        List<String> order = new ArrayList<>();
        Instrument instrument = trial -> {
            order.add(trial.cell().label() + " " + trial.peer().name());
            return rate(order.size(), 0.0);
        };
        Results results = new Results();
        new Rounds(instrument, progress).run(SECTION, results, cell -> false);

        assertEquals(
                List.of(
                        "easy ours",
                        "easy theirs",
                        "easy ours",
                        "easy theirs",
                        "hard ours",
                        "hard theirs",
                        "hard ours",
                        "hard theirs"),
                order);
        assertEquals(
                List.of(1.0, 3.0),
                results.get(Example.key("easy", "ours")).orElseThrow().values());
        assertEquals(
                List.of(6.0, 8.0),
                results.get(Example.key("hard", "theirs")).orElseThrow().values());
    }

    @Test
    void aCompetitorThatFailsIsMissingAndTheOthersAreNot() {
        Instrument instrument = trial -> {
            if (trial.peer().name().equals("ours")) {
                throw new MeasurementFailedException("on purpose", null);
            }
            return rate(1.0, 0.0);
        };
        Results results = new Results();
        new Rounds(instrument, progress).run(SECTION, results, cell -> false);

        assertTrue(results.get(Example.key("easy", "ours")).isEmpty());
        assertTrue(results.get(Example.key("easy", "theirs")).isPresent());
        assertEquals(4, progress.failures());
    }

    @Test
    void whatCannotBeMeasuredHereIsLeftOut() {
        Results results = new Results();
        new Rounds(trial -> rate(1.0, 0.0), progress)
                .run(SECTION, results, cell -> cell.label().equals("hard"));
        assertTrue(results.get(Example.key("easy", "ours")).isPresent());
        assertTrue(results.get(Example.key("hard", "ours")).isEmpty());
    }

    /** What a repeater makes of measurements that others disturbed so much. */
    private static Measurement repeated(int attempts, double... others) throws MeasurementFailedException {
        Queue<Measurement> measurements = new ArrayDeque<>();
        for (double part : others) {
            measurements.add(rate(measurements.size(), part));
        }
        Trial trial = new Trial(
                SECTION,
                SECTION.tables().get(0),
                SECTION.tables().get(0).cells().get(0),
                SECTION.tables().get(0).peers().get(0));
        Measurement kept = new Repeater(any -> measurements.remove(), 2).measure(trial);
        assertEquals(others.length - attempts, measurements.size(), "measurements not needed");
        return kept;
    }

    @Test
    void aQuietMeasurementIsNotRepeated() throws MeasurementFailedException {
        assertEquals(0.0, repeated(1, 0.01, 0.0, 0.0).values().get(Metric.THROUGHPUT));
    }

    @Test
    void aDisturbedMeasurementIsRepeatedUntilOneIsQuiet() throws MeasurementFailedException {
        assertEquals(1.0, repeated(2, 0.5, 0.01, 0.0).values().get(Metric.THROUGHPUT));
    }

    @Test
    void ofDisturbedOnesOnlyTheLeastIsKept() throws MeasurementFailedException {
        assertEquals(1.0, repeated(3, 0.5, 0.2, 0.3, 0.0).values().get(Metric.THROUGHPUT));
    }

    @Test
    void onAMachineThatIsNeverQuietItGivesUp() throws MeasurementFailedException {
        List<Integer> measured = new ArrayList<>();
        Repeater repeater = new Repeater(
                any -> {
                    measured.add(measured.size());
                    return rate(0.0, 0.5);
                },
                3);
        for (int i = 0; i < 5; i++) {
            repeater.measure(new Trial(SECTION, Example.table(), Cell.of("easy"), Peer.ours("ours", "ours")));
        }
        assertEquals(5 + 3, measured.size());
    }

    @Test
    void unknownInterferenceIsNoReasonToRepeat() throws MeasurementFailedException {
        assertFalse(repeated(1, Double.NaN, 0.0).values().isEmpty());
    }
}
