package dev.parkinglot.examples.autopsy;

import java.util.Locale;
import java.util.stream.Stream;

/** What was found, for a terminal. */
final class FindingsTable {
    private FindingsTable() {}

    static String of(Findings findings) {
        StringBuilder text = new StringBuilder();
        int width = Stream.concat(
                        findings.locks().stream().map(Findings.Lock::lock),
                        findings.waits().stream().map(FindingsTable::lockAndMode))
                .mapToInt(String::length)
                .reduce("longest waits".length(), Math::max);
        String first = "%-" + width + "s";
        line(text, "%s", findings.source());
        if (!findings.locks().isEmpty()) {
            line(text, "");
            line(
                    text,
                    first + " %8s %12s %12s %8s %8s",
                    "hottest locks",
                    "waits",
                    "total ms",
                    "longest ms",
                    "handed",
                    "timeouts");
            findings.locks()
                    .forEach(lock -> line(
                            text,
                            first + " %8d %12.1f %12.1f %8d %8d",
                            lock.lock(),
                            lock.waits(),
                            lock.totalMillis(),
                            lock.longestMillis(),
                            lock.handedOver(),
                            lock.timedOut()));
        }
        if (!findings.waits().isEmpty()) {
            line(text, "");
            line(text, first + " %12s  %s", "longest waits", "ms", "thread");
            findings.waits()
                    .forEach(wait -> line(
                            text,
                            first + " %12.1f  %s%s",
                            lockAndMode(wait),
                            wait.millis(),
                            wait.thread(),
                            wait.holder().isEmpty() ? "" : ", held by " + wait.holder()));
        }
        line(text, "");
        if (findings.deadlocks().isEmpty()) {
            line(text, "no deadlock");
        }
        findings.deadlocks().forEach(deadlock -> line(text, "%s", deadlock));
        return text.toString();
    }

    private static String lockAndMode(Findings.Wait wait) {
        return (wait.lock() + " " + wait.mode()).strip();
    }

    private static void line(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append(System.lineSeparator());
    }
}
