package dev.parkinglot.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** How figures are written. */
final class Format {
    private static final String UNKNOWN = "-";

    private Format() {}

    /** Three digits that count; none after the point from a hundred on. */
    static String number(double value) {
        if (Double.isNaN(value)) {
            return UNKNOWN;
        }
        double size = Math.abs(value);
        if (size >= 99.95) {
            return grouped(Math.round(value));
        }
        int digits = size >= 9.995 || size < 0.0005 ? 1 : size >= 0.9995 ? 2 : 3;
        return String.format(Locale.ROOT, "%." + digits + "f", value);
    }

    private static String grouped(long value) {
        return String.format(Locale.ROOT, "%,d", value).replace(',', ' ');
    }

    /** For files: so many digits that count, and no zeroes after them. */
    static String significant(double value, int digits) {
        return new BigDecimal(value)
                .round(new MathContext(digits))
                .stripTrailingZeros()
                .toPlainString();
    }

    /** How many times as much. */
    static String ratio(double value) {
        return Double.isNaN(value) ? UNKNOWN : String.format(Locale.ROOT, "%.2f", value);
    }

    /** A limit, as it was set. */
    static String limit(double value) {
        return significant(value, 4);
    }

    /** A spread, as a part of the median. */
    static String spread(double value) {
        return Double.isNaN(value) ? UNKNOWN : String.format(Locale.ROOT, "±%.0f %%", 100.0 * value);
    }
}
