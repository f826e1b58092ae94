package dev.parkinglot.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FormatTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0.0",
        "0.000012, 0.0",
        "0.0723, 0.072",
        "0.99949, 0.999",
        "0.9996, 1.00",
        "2.345, 2.35",
        "9.994, 9.99",
        "9.996, 10.0",
        "99.94, 99.9",
        "99.96, 100",
        "12345.6, 12 346",
        "NaN, -"
    })
    void figuresHaveThreeDigitsThatCount(double value, String expected) {
        assertEquals(expected, Format.number(value));
    }

    @ParameterizedTest
    @CsvSource({"1234567, 1235000", "0.1, 0.1", "100, 100", "0.000123456, 0.0001235", "0, 0"})
    void figuresInFilesHaveNoMoreDigitsThanCount(double value, String expected) {
        assertEquals(expected, Format.significant(value, 4));
    }
}
