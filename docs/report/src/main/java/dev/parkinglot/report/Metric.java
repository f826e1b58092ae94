package dev.parkinglot.report;

import java.util.Optional;

/**
 * Something that a benchmark measures.
 *
 * @param id its name among the kept results
 * @param label its name for readers
 * @param unit its unit for readers
 * @param moreIsBetter whether a greater figure is the better one
 * @param source the label of a secondary result of JMH; empty for the score itself
 * @param jmhUnit the unit in which JMH must report it, since figures are taken over as they are
 * @param profiler what measures it, if JMH does not by itself
 */
record Metric(
        String id,
        String label,
        String unit,
        boolean moreIsBetter,
        Optional<String> source,
        String jmhUnit,
        Optional<String> profiler) {
    private static final String WAITS_PROFILER = "dev.parkinglot.locks.WaitsProfiler";

    static final Metric THROUGHPUT = score("throughput", "rate", "M/s", true, "ops/us");
    static final Metric NANOS = score("time", "time", "ns", false, "ns/op");
    static final Metric MICROS = score("time", "time", "µs", false, "us/op");
    static final Metric MILLIS = score("time", "time", "ms", false, "ms/op");
    static final Metric ALLOCATED = profiled("allocated", "allocated", "B", false, "gc.alloc.rate.norm", "B/op", "gc");
    static final Metric SLOWEST_SHARE = profiled(
            "share",
            "slowest thread's share",
            "of the mean",
            true,
            SharesProfiler.SLOWEST,
            SharesProfiler.UNIT,
            SharesProfiler.class.getName());
    static final Metric WAIT_MEDIAN = waits("p50", "median wait");
    static final Metric WAIT_P99 = waits("p99", "p99 wait");
    static final Metric WAIT_P9999 = waits("p99.99", "p99.99 wait");
    static final Metric WAIT_LONGEST = waits("longest", "longest wait");

    /** Not from JMH: {@link Footprint}. */
    static final Metric SIZE = score("size", "size", "bytes", false, "");

    static Metric score(String id, String label, String unit, boolean moreIsBetter, String jmhUnit) {
        return new Metric(id, label, unit, moreIsBetter, Optional.empty(), jmhUnit, Optional.empty());
    }

    private static Metric profiled(
            String id,
            String label,
            String unit,
            boolean moreIsBetter,
            String source,
            String jmhUnit,
            String profiler) {
        return new Metric(id, label, unit, moreIsBetter, Optional.of(source), jmhUnit, Optional.of(profiler));
    }

    private static Metric waits(String id, String label) {
        return profiled(id, label, "µs", false, "waits." + id, "us", WAITS_PROFILER);
    }

    /** The label with its unit, and which way is up. */
    String title() {
        return label + ", " + unit + (moreIsBetter ? " (more is better)" : " (less is better)");
    }
}
