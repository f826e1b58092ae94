package dev.parkinglot.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class StatisticsTest {
    private static final double NO_ERROR = 1e-12;

    @Test
    void theMedianOfAnOddNumberIsTheMiddleOne() {
        assertEquals(2.0, Statistics.median(List.of(100.0, 1.0, 2.0)));
    }

    @Test
    void theMedianOfAnEvenNumberLiesBetweenTheMiddleTwo() {
        assertEquals(3.0, Statistics.median(List.of(100.0, 1.0, 2.0, 4.0)));
    }

    @Test
    void theMedianOfNothingAndOfTheUnknownIsUnknown() {
        assertEquals(Double.NaN, Statistics.median(List.of()));
        assertEquals(Double.NaN, Statistics.median(List.of(1.0, Double.NaN, 2.0)));
    }

    @Test
    void theSpreadIsHalfTheRangeInProportionToTheMedian() {
        assertEquals(0.25, Statistics.spread(List.of(10.0, 9.0, 14.0)), NO_ERROR);
        assertEquals(0.0, Statistics.spread(List.of(10.0)));
        assertEquals(0.0, Statistics.spread(List.of(0.0, 0.0, 1.0)), "nothing can be said in proportion to nothing");
    }

    @Test
    void inAGeometricMeanTwiceAndHalfCancelOut() {
        assertEquals(1.0, Statistics.geometricMean(List.of(2.0, 0.5)), NO_ERROR);
        assertEquals(2.0, Statistics.geometricMean(List.of(1.0, 4.0)), NO_ERROR);
        assertEquals(Double.NaN, Statistics.geometricMean(List.of()));
        assertEquals(Double.NaN, Statistics.geometricMean(List.of(1.0, Double.NaN)));
    }

    @Test
    void extremesOfTheUnknownAreUnknown() {
        assertEquals(1.0, Statistics.least(List.of(3.0, 1.0, 2.0)));
        assertEquals(3.0, Statistics.greatest(List.of(1.0, 3.0, 2.0)));
        assertEquals(Double.NaN, Statistics.least(List.of(1.0, Double.NaN)));
        assertEquals(Double.NaN, Statistics.greatest(List.of(1.0, Double.NaN)));
    }

    @Test
    void theSlowestThreadsShareIsInProportionToTheMean() {
        assertEquals(0.5, SharesProfiler.slowestShare(List.of(1.0, 3.0)), NO_ERROR);
        assertEquals(1.0, SharesProfiler.slowestShare(List.of(7.0)), NO_ERROR);
    }
}
