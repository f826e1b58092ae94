package dev.parkinglot.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class InterferenceTest {
    private static final double NO_ERROR = 1e-12;

    private static final List<String> STAT = List.of(
            "cpu  1000 1000 1000 1000 1000 1000 1000 1000 1000 1000",
            "cpu0 1 2 3 1000 1000 4 5 6 1000 1000",
            "cpu1 10 20 30 1000 1000 40 50 60 1000 1000",
            "cpu11 5000 0 0 0 0 0 0 0 0 0",
            "intr 12345 cpu0");

    @Test
    void othersUsedWhatWasUsedButNotByThisProcess() {
        Interference.Reading before = new Interference.Reading(0L, 500.0, 100.0, 2);
        Interference.Reading after = new Interference.Reading(1_000L, 1_500.0, 900.0, 2);
        assertEquals(0.1, after.othersSince(before), NO_ERROR, "200 of 2 x 1000");
    }

    @Test
    void roundingMakesNeitherLessThanNothingNorMoreThanAll() {
        Interference.Reading before = new Interference.Reading(0L, 0.0, 0.0, 1);
        assertEquals(0.0, new Interference.Reading(1_000L, 990.0, 1_000.0, 1).othersSince(before));
        assertEquals(1.0, new Interference.Reading(1_000L, 1_010.0, 0.0, 1).othersSince(before));
    }

    @Test
    void whatIsUnknownStaysUnknownAndDisturbsNothing() {
        Interference.Reading unknown = new Interference.Reading(0L, Double.NaN, 0.0, 1);
        double others = new Interference.Reading(1_000L, Double.NaN, 10.0, 1).othersSince(unknown);
        assertEquals(Double.NaN, others);
        assertFalse(Interference.disturbs(others));
    }

    @Test
    void aTickOrTwoAreNoDisturbanceButATenthIs() {
        assertFalse(Interference.disturbs(0.05));
        assertTrue(Interference.disturbs(0.1));
    }

    @Test
    void busyAreAllColumnsButIdleWaitingAndGuestsOfTheGivenProcessors() {
        double tick = 10_000_000.0;
        assertEquals(21.0 * tick, Interference.busyNanos(STAT, List.of(0)));
        assertEquals(231.0 * tick, Interference.busyNanos(STAT, List.of(0, 1)));
    }

    @Test
    void listsOfProcessorsHaveRangesAndSingles() {
        assertEquals(List.of(0, 1, 2, 5), Interference.parseRanges("0-2,5").toList());
        assertEquals(List.of(3), Interference.parseRanges("3").toList());
    }
}
