package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.core.ParkResult.Kind;
import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThreadKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Results, patience and spinning: the small types of the API. */
class ValuesTest {
    @ParameterizedTest
    @ValueSource(longs = {0L, 1L, 7L})
    void usualResultsAreSharedInstances(long token) {
        assertSame(ParkResult.unparked(token), ParkResult.unparked(token));
        assertEquals(new ParkResult(Kind.UNPARKED, token), ParkResult.unparked(token));
    }

    @ParameterizedTest
    @ValueSource(longs = {-1L, 8L, 1L << 32, (1L << 32) + 1L, Long.MIN_VALUE, Long.MAX_VALUE})
    void unusualTokensGetResultsOfTheirOwn(long token) {
        assertNotSame(ParkResult.unparked(token), ParkResult.unparked(token));
        assertEquals(new ParkResult(Kind.UNPARKED, token), ParkResult.unparked(token));
    }

    @Test
    void onlyUnparkedIsUnparked() {
        assertTrue(ParkResult.unparked(0L).isUnparked());
        assertFalse(ParkResult.INVALID.isUnparked());
        assertFalse(ParkResult.TIMED_OUT.isUnparked());
        assertFalse(ParkResult.INTERRUPTED.isUnparked());
    }

    @Test
    void resultsWithoutATokenHaveTokenZero() {
        assertEquals(new ParkResult(Kind.INVALID, 0L), ParkResult.INVALID);
        assertEquals(new ParkResult(Kind.TIMED_OUT, 0L), ParkResult.TIMED_OUT);
        assertEquals(new ParkResult(Kind.INTERRUPTED, 0L), ParkResult.INTERRUPTED);
    }

    @Test
    void resultsOfOneWakeAreSharedInstances() {
        for (boolean more : new boolean[] {false, true}) {
            for (boolean fair : new boolean[] {false, true}) {
                assertEquals(new UnparkResult(1, 0, more, fair), UnparkResult.unparked(1, more, fair));
                assertSame(UnparkResult.unparked(1, more, fair), UnparkResult.unparked(1, more, fair));
            }
        }
    }

    @Test
    void patienceSaysWhatItsNameSays() {
        assertEquals(new Patience(false, 0L, false), Patience.ENDLESS);
        assertEquals(new Patience(false, 0L, true), Patience.INTERRUPTIBLE);
        assertEquals(new Patience(true, 5L, false), Patience.until(5L));
        assertEquals(new Patience(true, -5L, true), Patience.interruptiblyUntil(-5L));
    }

    @Test
    void defaultTokensAreZero() {
        assertEquals(0L, ParkingLot.DEFAULT_PARK_TOKEN);
        assertEquals(0L, ParkingLot.DEFAULT_UNPARK_TOKEN);
    }

    // ---- SpinWait

    private static int rounds(SpinWait spinner) {
        int rounds = 0;
        while (spinner.spin()) {
            rounds++;
        }
        return rounds;
    }

    private static int usualRounds() {
        return Runtime.getRuntime().availableProcessors() == 1 ? 0 : 10;
    }

    @Test
    void spinsTenRoundsThenGivesUpForGood() {
        SpinWait spinner = new SpinWait();
        assertEquals(usualRounds(), rounds(spinner));
        assertFalse(spinner.spin());
    }

    @Test
    void resetStartsOver() {
        SpinWait spinner = new SpinWait();
        rounds(spinner);
        spinner.reset();
        assertEquals(usualRounds(), rounds(spinner));
    }

    @Test
    void virtualThreadsDoNotSpin() {
        if (!ThreadKind.available().contains(ThreadKind.VIRTUAL)) {
            return;
        }
        try (TestThreads threads = new TestThreads(ThreadKind.VIRTUAL)) {
            threads.start("virtual", () -> assertFalse(new SpinWait().spin()));
        }
    }

    @Test
    void spinningWithoutYieldingStopsGrowingAndCanBeReset() {
        // Were the rounds to go on doubling, this would take longer than anybody waits for the thread.
        try (TestThreads threads = new TestThreads()) {
            threads.start("spinner", () -> {
                SpinWait spinner = new SpinWait();
                for (int i = 0; i < 200; i++) {
                    spinner.spinNoYield();
                }
                spinner.reset();
                assertEquals(usualRounds(), rounds(spinner));
            });
        }
    }
}
