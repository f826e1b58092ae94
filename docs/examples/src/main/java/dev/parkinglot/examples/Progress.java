package dev.parkinglot.examples;

import java.io.PrintStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** The progress bar: one line that moves on a terminal, a new line now and then in a log. */
final class Progress implements AutoCloseable {
    private static final int TERMINAL_INTERVAL_MILLIS = 200;
    private static final int LOG_INTERVAL_MILLIS = 10_000;
    private static final int WIDTH = 79;

    private final ProgressBar bar;
    private long finishedLines;

    /**
     * Begins.
     *
     * @param lines how many lines there are to index, all races together
     * @param out where to show it
     * @param terminal whether a line can be overwritten there
     */
    Progress(long lines, PrintStream out, boolean terminal) {
        bar = new ProgressBarBuilder()
                .setTaskName("contest")
                .setInitialMax(lines)
                .setStyle(terminal ? ProgressBarStyle.COLORFUL_UNICODE_BLOCK : ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(terminal ? TERMINAL_INTERVAL_MILLIS : LOG_INTERVAL_MILLIS)
                .setConsumer(
                        terminal
                                ? new ConsoleProgressBarConsumer(out, WIDTH)
                                : new DelegatingProgressBarConsumer(new Log(out)::print, WIDTH))
                .setUnit("k lines", 1_000L)
                .build();
    }

    /** Writes what has changed since the last line. */
    private static final class Log {
        private final PrintStream out;
        private String last = "";

        Log(PrintStream out) {
            this.out = out;
        }

        void print(String line) {
            if (!line.strip().equals(last)) {
                last = line.strip();
                out.println(last);
            }
        }
    }

    /**
     * A race begins.
     *
     * @param name who races
     * @param round its round; 0 for the warm-up
     * @param rounds the last round
     */
    void begin(String name, int round, int rounds) {
        bar.setExtraMessage(" " + name + (round == 0 ? " warm-up" : " " + round + "/" + rounds));
    }

    /**
     * The race moves on.
     *
     * @param lines how many of its lines have been indexed
     */
    void advance(long lines) {
        bar.stepTo(finishedLines + lines);
    }

    /**
     * The race is over.
     *
     * @param lines how many lines it had
     */
    void end(long lines) {
        finishedLines += lines;
        bar.stepTo(finishedLines);
    }

    @Override
    public void close() {
        bar.setExtraMessage("");
        bar.close();
    }
}
