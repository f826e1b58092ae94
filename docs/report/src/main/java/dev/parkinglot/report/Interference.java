package dev.parkinglot.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * How much of the processors that this process may use others have used, by Linux's {@code /proc}; elsewhere unknown.
 */
final class Interference {
    /** More than this, and a measurement is repeated. Clock ticks of 10 ms make half of it noise. */
    private static final double LIMIT = 0.06;

    private static final Path PROC = Path.of("/proc");

    /** The unit of {@code /proc/stat}: hundredths of a second, whatever the kernel counts in. */
    private static final long NANOS_PER_TICK = TimeUnit.MILLISECONDS.toNanos(10);

    /** Where a processor was busy: user, nice, system, irq, softirq, steal; not idle, iowait, and the guests. */
    private static final List<Integer> BUSY_COLUMNS = List.of(1, 2, 3, 6, 7, 8);

    private Interference() {}

    static boolean disturbs(double others) {
        return others > LIMIT;
    }

    /**
     * Processor time used so far by everybody, NaN if unknown, and by this process, at a time of the clock; in
     * nanoseconds.
     */
    record Reading(long wall, double all, double own, int processors) {
        /** The part of the machine that others used since an earlier reading, 0 to 1; NaN if unknown. */
        double othersSince(Reading earlier) {
            double others = (all - earlier.all) - (own - earlier.own);
            return Math.min(1.0, Math.max(0.0, others / (wall - earlier.wall) / processors));
        }
    }

    static Reading read(double ownCpuNanos) {
        List<Integer> processors = allowedProcessors();
        List<String> lines = linesOf(PROC.resolve("stat"));
        double all = processors.isEmpty() || lines.isEmpty() ? Double.NaN : busyNanos(lines, processors);
        return new Reading(System.nanoTime(), all, ownCpuNanos, Math.max(1, processors.size()));
    }

    static double busyNanos(List<String> stat, List<Integer> processors) {
        return stat.stream()
                .map(line -> line.split(" +", -1))
                .filter(columns -> columns[0].matches("cpu\\d+")
                        && processors.contains(Integer.valueOf(columns[0].substring("cpu".length()))))
                .flatMap(columns -> BUSY_COLUMNS.stream().map(column -> columns[column]))
                .mapToDouble(ticks -> Double.parseDouble(ticks) * NANOS_PER_TICK)
                .sum();
    }

    /** What the processors call themselves, or at least their architecture. */
    static String processorModel() {
        return values(PROC.resolve("cpuinfo"), "model name").stream()
                .findFirst()
                .orElse(System.getProperty("os.arch"));
    }

    /** The processors that this process may run on; empty if unknown. */
    static List<Integer> allowedProcessors() {
        return values(PROC.resolve("self/status"), "Cpus_allowed_list").stream()
                .flatMap(Interference::parseRanges)
                .toList();
    }

    /** What stands behind the colon in the lines that begin with a name; nothing if the file cannot be read. */
    static List<String> values(Path file, String name) {
        return linesOf(file).stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .toList();
    }

    /** Reads lists like {@code 0-2,5}. */
    static Stream<Integer> parseRanges(String list) {
        return Stream.of(list.split(",", -1)).flatMap(range -> {
            String[] ends = range.split("-", -1);
            int first = Integer.parseInt(ends[0]);
            return IntStream.rangeClosed(first, ends.length == 1 ? first : Integer.parseInt(ends[1]))
                    .boxed();
        });
    }

    private static List<String> linesOf(Path file) {
        if (!Files.isReadable(file)) {
            return List.of();
        }
        try (Stream<String> lines = Files.lines(file)) {
            return lines.toList();
        } catch (IOException | UncheckedIOException e) {
            return List.of();
        }
    }
}
