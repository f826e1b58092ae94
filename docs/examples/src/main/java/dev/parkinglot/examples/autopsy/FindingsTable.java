package dev.parkinglot.examples.autopsy;

import java.util.Locale;

/** What was found, for a terminal. */
final class FindingsTable {
    private FindingsTable() {}

    /**
     * Writes the tables.
     *
     * @param findings what was found
     * @param limit how many rows a table has at most
     * @return several lines
     */
    static String of(Findings findings, int limit) {
        StringBuilder text = new StringBuilder();
        int width = width(findings, limit);
        line(text, "%s", findings.source());
        if (!findings.locks().isEmpty()) {
            line(text, "");
            line(
                    text,
                    "%-" + width + "s %8s %12s %12s %8s %8s",
                    "hottest locks",
                    "waits",
                    "total ms",
                    "longest ms",
                    "handed",
                    "timeouts");
            findings.locks().stream()
                    .limit(limit)
                    .forEach(lock -> line(
                            text,
                            "%-" + width + "s %8d %12.1f %12.1f %8d %8d",
                            lock.lock(),
                            lock.waits(),
                            lock.totalMillis(),
                            lock.longestMillis(),
                            lock.handedOver(),
                            lock.timedOut()));
        }
        if (!findings.waits().isEmpty()) {
            line(text, "");
            line(text, "%-" + width + "s %12s  %s", "longest waits", "ms", "thread");
            findings.waits().stream()
                    .limit(limit)
                    .forEach(wait -> line(
                            text,
                            "%-" + width + "s %12.1f  %s%s",
                            (wait.lock() + " " + wait.mode()).strip(),
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

    private static int width(Findings findings, int limit) {
        int locks = findings.locks().stream()
                .limit(limit)
                .mapToInt(lock -> lock.lock().length())
                .max()
                .orElse(0);
        int waits = findings.waits().stream()
                .limit(limit)
                .mapToInt(wait -> wait.lock().length() + 1 + wait.mode().length())
                .max()
                .orElse(0);
        return Math.max("longest waits".length(), Math.max(locks, waits));
    }

    private static void line(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append(System.lineSeparator());
    }
}
