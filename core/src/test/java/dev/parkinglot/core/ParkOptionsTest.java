package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is refused, what can be combined, and how intervals grow. */
class ParkOptionsTest {
    @ParameterizedTest
    @CsvSource({"0, 1, 1", "-1, 1, 1", "0, 1, 0", "-9223372036854775808, 1, 1", "2, 1, 1", "1, 0, 1", "1, -1, 1"})
    void looksThatMakeNoSenseAreRefused(long first, int factor, long longest) {
        assertThrows(IllegalArgumentException.class, () -> ParkOptions.NONE.lookingAgain(first, factor, longest));
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1", "1, 2147483647, 9223372036854775807", "9223372036854775807, 1, 9223372036854775807"})
    void extremeLooksAreAllowed(long first, int factor, long longest) {
        ParkOptions options = ParkOptions.NONE.lookingAgain(first, factor, longest);
        assertEquals(first, options.firstLookNanos());
        assertEquals(factor, options.lookFactor());
        assertEquals(longest, options.longestLookNanos());
    }

    @Test
    void noneIsNothingUnusual() {
        assertFalse(ParkOptions.NONE.looksAgain());
        assertFalse(ParkOptions.NONE.returns());
        assertFalse(ParkOptions.NONE.staysOnceRequeued());
        assertFalse(ParkOptions.NONE.compensates());
    }

    @Test
    void optionsCanBeCombinedInAnyOrder() {
        ParkOptions all = new ParkOptions(5L, 2, 7L, true, 9L, true, true);
        ParkOptions none = ParkOptions.NONE;
        assertEquals(
                all,
                none.lookingAgain(5L, 2, 7L).returning(9L).stayingOnceRequeued().compensating());
        assertEquals(
                all, none.compensating().stayingOnceRequeued().returning(9L).lookingAgain(5L, 2, 7L));
        assertTrue(all.looksAgain());
        assertEquals(
                new ParkOptions(ParkOptions.NEVER, 1, ParkOptions.NEVER, true, 9L, false, false), none.returning(9L));
    }

    @ParameterizedTest
    @CsvSource({
        // first, factor, longest, looks, expected
        "10, 1, 10, 0, 10",
        "10, 1, 99, 127, 10",
        "10, 2, 35, 0, 10",
        "10, 2, 35, 1, 20",
        "10, 2, 35, 2, 35",
        "10, 2, 35, 127, 35",
        "10, 2, 40, 2, 40",
        "10, 2147483647, 9223372036854775807, 2, 9223372036854775807",
        "5000000000000000000, 2, 9223372036854775807, 1, 9223372036854775807",
        "9223372036854775806, 1, 9223372036854775807, 3, 9223372036854775806",
    })
    void intervalsGrowByTheFactorUpToTheLongest(long first, int factor, long longest, int looks, long expected) {
        assertEquals(
                expected, ParkOptions.NONE.lookingAgain(first, factor, longest).lookAfterNanos(looks));
    }
}
