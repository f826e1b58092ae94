package dev.parkinglot.examples.contest;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What the operating system tells about threads and processors. Everything here is unknown, not wrong, where it does
 * not.
 */
final class Machine {
    private static final Path PROC = Path.of("/proc");

    /** The unit of {@code /proc/stat}: Linux reports in hundredths of a second, whatever it counts in. */
    private static final long NANOS_PER_TICK = TimeUnit.MILLISECONDS.toNanos(10);

    /**
     * Columns of the first line of {@code /proc/stat} in which a processor was busy: all but idle, iowait and the
     * guests.
     */
    private static final List<Integer> BUSY_COLUMNS = List.of(1, 2, 3, 6, 7, 8);

    private Machine() {}

    /**
     * How often a thread left its processor because it had to wait, and because others wanted to run. NaN is unknown.
     */
    record Switches(double voluntary, double involuntary) {
        static final Switches UNKNOWN = new Switches(Double.NaN, Double.NaN);

        Switches plus(Switches other) {
            return new Switches(voluntary + other.voluntary, involuntary + other.involuntary);
        }

        Switches minus(Switches other) {
            return new Switches(voluntary - other.voluntary, involuntary - other.involuntary);
        }
    }

    /** The switches of the calling thread since it started. */
    static Switches threadSwitches() {
        double voluntary = Double.NaN;
        double involuntary = Double.NaN;
        for (String line : linesOf(PROC.resolve("thread-self/status"))) {
            if (line.startsWith("voluntary_ctxt_switches:")) {
                voluntary = lastNumber(line);
            } else if (line.startsWith("nonvoluntary_ctxt_switches:")) {
                involuntary = lastNumber(line);
            }
        }
        return new Switches(voluntary, involuntary);
    }

    /**
     * Processor time used so far by everything on this machine, NaN if unknown, and by this process; in nanoseconds.
     */
    record CpuTime(double all, double own) {
        /** The part of the machine that others have used since an earlier reading, from 0 to 1; NaN if unknown. */
        double othersSince(CpuTime earlier, long nanos) {
            double others = (all - earlier.all) - (own - earlier.own);
            return Math.min(1.0, Math.max(0.0, others / nanos / processors()));
        }
    }

    static CpuTime cpuTime() {
        double all = Double.NaN;
        List<String> lines = linesOf(PROC.resolve("stat"));
        if (!lines.isEmpty()) {
            String[] columns = lines.get(0).split(" +", -1);
            all = BUSY_COLUMNS.stream()
                    .mapToDouble(column -> Double.parseDouble(columns[column]) * NANOS_PER_TICK)
                    .sum();
        }
        double own = ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                ? system.getProcessCpuTime()
                : Double.NaN;
        return new CpuTime(all, own);
    }

    static int processors() {
        return Runtime.getRuntime().availableProcessors();
    }

    /** Processor and operating system, for people. */
    static String description() {
        String model = linesOf(PROC.resolve("cpuinfo")).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse(System.getProperty("os.arch"));
        return processors() + " x " + model + ", " + System.getProperty("os.name") + " "
                + System.getProperty("os.version");
    }

    static String java() {
        return "Java " + System.getProperty("java.version") + ", " + System.getProperty("java.vm.name") + " "
                + System.getProperty("java.vm.version");
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

    private static double lastNumber(String line) {
        return Double.parseDouble(line.substring(line.lastIndexOf('\t') + 1).strip());
    }
}
