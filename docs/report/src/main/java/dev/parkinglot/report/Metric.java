package dev.parkinglot.report;

import java.util.Locale;

/** How a metric of JMH is called and written for readers. The primary one has the name "". */
record Metric(String name, String jmhUnit) {
    private static final String UNKNOWN = "-";

    String label() {
        return switch (name) {
            case "" -> moreIsBetter() ? "rate" : jmhUnit.equals("B") ? "size" : "time";
            case "gc.alloc.rate.norm" -> "allocated";
            case SharesProfiler.SLOWEST -> "slowest thread's share";
            case SwitchesProfiler.SWITCHES -> "context switches";
            case "waits.p50" -> "median wait";
            case "waits.p99" -> "p99 wait";
            case "waits.p99.99" -> "p99.99 wait";
            case "waits.longest" -> "longest wait";
            default -> name;
        };
    }

    String unit() {
        return switch (jmhUnit) {
            case "ops/us" -> "M/s";
            case "ns/op" -> "ns";
            case "us/op", "us" -> "µs";
            case "ms/op" -> "ms";
            case "B/op", "B" -> "bytes";
            case "1/op" -> "for each operation";
            case SharesProfiler.UNIT -> "of the mean";
            default -> jmhUnit;
        };
    }

    boolean moreIsBetter() {
        return jmhUnit.startsWith("ops") || jmhUnit.equals(SharesProfiler.UNIT);
    }

    String direction() {
        return moreIsBetter() ? "more is better" : "less is better";
    }

    String title() {
        return label() + ", " + unit() + " (" + direction() + ")";
    }

    /** Writes a figure, without its unit, with three digits that count, and none after the point from a hundred on. */
    String format(double value) {
        if (Double.isNaN(value)) {
            return UNKNOWN;
        }
        // What JMH itself allocates now and then is less than a hundredth of a byte for each operation.
        double shown = jmhUnit.equals("B/op") ? Math.rint(value * 100.0) / 100.0 : value;
        double size = Math.abs(shown);
        if (size >= 99.95) {
            return String.format(Locale.ROOT, "%,d", Math.round(shown)).replace(',', ' ');
        }
        int digits = size >= 9.995 || size < 0.0005 ? 1 : size >= 0.9995 ? 2 : 3;
        return String.format(Locale.ROOT, "%." + digits + "f", shown);
    }

    /**
     * Writes how many times as much one figure is as another. Beyond a hundred, and below a hundredth, it only says so:
     * there one of them is nearly nothing.
     */
    static String ratio(double value) {
        if (Double.isNaN(value)) {
            return UNKNOWN;
        }
        if (value > 100.0) {
            return ">100";
        }
        return value > 0.0 && value < 0.005 ? "<0.01" : String.format(Locale.ROOT, "%.2f", value);
    }

    /** Writes a whole number, a place on a horizontal axis, its thousands apart. */
    static String place(double place) {
        return String.format(Locale.ROOT, "%,.0f", place).replace(',', ' ');
    }
}
