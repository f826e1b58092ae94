package dev.parkinglot.report;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** Tells on the console how far the measurements are, and how long they will take. */
final class Progress {
    private final PrintStream console;
    private final long started = System.nanoTime();
    private int total;
    private int done;
    private int failures;

    /**
     * Begins.
     *
     * @param console where to tell
     * @param total how many measurements there will be
     */
    Progress(PrintStream console, int total) {
        this.console = console;
        this.total = total;
    }

    void measured(Trial trial, Measurement measurement) {
        done++;
        Metric first = trial.table().metrics().get(0);
        tell(String.format(
                Locale.ROOT,
                "%s: %s %s%s",
                trial,
                Format.number(measurement.values().get(first)),
                first.unit(),
                Interference.disturbs(measurement.others())
                        ? String.format(Locale.ROOT, ", others took %.0f %%", 100.0 * measurement.others())
                        : ""));
    }

    void failed(MeasurementFailedException failure) {
        done++;
        failures++;
        tell("FAILED " + failure.getMessage());
    }

    void skipped(int measurements, Cell cell) {
        total -= measurements;
        tell("skipped, no taskset here: " + cell.label());
    }

    int failures() {
        return failures;
    }

    private void tell(String line) {
        Duration left = Duration.ofNanos(done == 0 ? 0L : (System.nanoTime() - started) / done * (total - done));
        console.printf(
                Locale.ROOT, "[%d/%d, %d:%02d left] %s%n", done, total, left.toMinutes(), left.toSecondsPart(), line);
    }
}
