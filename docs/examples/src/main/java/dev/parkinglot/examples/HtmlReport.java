package dev.parkinglot.examples;

import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The report: one file, with its charts inside, that needs no other file and no network. */
final class HtmlReport {
    private static final String STYLE = """
            body { font: 15px/1.5 system-ui, sans-serif; color: #222; }
            body { max-width: 1290px; margin: 2rem auto; padding: 0 1rem; }
            h1 { font-size: 1.6rem; margin-bottom: 0; }
            h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
            p { max-width: 75ch; }
            .muted, td small { color: #666; }
            .charts { display: grid; gap: 1rem; }
            .charts { grid-template-columns: repeat(auto-fit, minmax(min(100%, 560px), 1fr)); }
            .charts img { width: 100%; height: auto; border: 1px solid #ddd; border-radius: 4px; }
            .wide { overflow-x: auto; }
            table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
            th, td { padding: .25rem .6rem; text-align: right; white-space: nowrap; border-bottom: 1px solid #ddd; }
            th:first-child, td:first-child, td.text { text-align: left; }
            td.text { white-space: normal; }
            th { font-weight: 600; vertical-align: bottom; }
            th small { font-weight: 400; color: #666; }
            .bad { color: #b00020; }
            .medians, .raw { font-size: .85rem; }
            .medians td, .medians th, .raw td, .raw th { padding: .25rem .4rem; }
            .medians i { display: inline-block; min-width: 3.2em; margin-left: .2em; font-style: normal; }
            dl { display: grid; grid-template-columns: max-content auto; gap: .1rem 1rem; margin: 0; }
            dt { color: #666; } dd { margin: 0; }
            """;

    private static final String EXPLANATION = """
            <dl>
            <dt>time</dt><dd>from the start of all threads to the end of the last</dd>
            <dt>acquisitions</dt><dd>how often a lock was taken: by every put into a queue, every removal, and every
              line added to the index. Not counted is how often a thread took its lock again after it had waited for a
              condition.</dd>
            <dt>look-ups</dt><dd>how many words were looked up, each under the read lock; the time is that of the race,
              which ends when both the look-ups and the index are done</dd>
            <dt>while built</dt><dd>look-ups made before the index was complete: many if readers keep writers out, few
              if writers keep readers out</dd>
            <dt>longest wait, p99.99 wait</dt><dd>time from asking for the lock to having it: of the unluckiest
              acquisition, and of the unluckiest in 10,000; exact to one percent</dd>
            <dt>longest read, ... p99.99 write</dt><dd>the same of acquisitions for reading and
              for writing</dd>
            <dt>slowest thread</dt><dd>lines or look-ups that the slowest thread dealt with, compared with the mean of
              the threads that do the same work; 100&nbsp;% if all did equally much. Nothing is dealt out: whoever is
              ready takes what comes next.</dd>
            <dt>switches</dt><dd>how often a thread left its processor, because it had to wait or because others were to
              run</dd>
            <dt>used by others</dt><dd>the part of the machine that other programs used during a race; above 10&nbsp;%
              the race is marked as disturbed</dd>
            </dl>
            """;

    private final Job job;
    private final List<? extends Tournament<?>> tournaments;
    private final String command;

    /**
     * Prepares a report.
     *
     * @param job what every race did
     * @param tournaments what to report, over; at least one
     * @param command how the program was called
     */
    HtmlReport(Job job, List<? extends Tournament<?>> tournaments, String command) {
        this.job = job;
        this.tournaments = tournaments;
        this.command = command;
    }

    /**
     * Writes the report.
     *
     * @return a complete page
     */
    String html() {
        return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                + "<title>Contest of locks</title>\n<style>\n" + STYLE + "</style>\n</head>\n<body>\n"
                + heading()
                + each(this::results)
                + "<h2>What the figures mean</h2>\n" + EXPLANATION
                + "<h2>How it was run</h2>\n" + circumstances()
                + each(this::races)
                + "</body>\n</html>\n";
    }

    private String each(Function<Tournament<?>, String> part) {
        return tournaments.stream().map(part).collect(Collectors.joining());
    }

    private String heading() {
        String verdict = tournaments.stream()
                .flatMap(tournament -> tournament.standings().stream())
                .filter(standing -> standing.defect().isPresent())
                .map(standing ->
                        "<p class=\"bad\">" + escaped(standing.entrant().name()) + ": "
                                + escaped(standing.defect().orElseThrow()) + "</p>\n")
                .collect(Collectors.joining());
        return "<h1>Contest of locks</h1>\n"
                + (verdict.isEmpty() ? "<p>All locks built the identical index.</p>\n" : verdict);
    }

    private String results(Tournament<?> tournament) {
        return "<h2>" + tournament.discipline().title() + "</h2>\n<p>" + escaped(tournament.description()) + "</p>\n"
                + charts(tournament) + medians(tournament);
    }

    // ---- charts

    private String charts(Tournament<?> tournament) {
        Charts charts = new Charts(tournament.standings());
        StringBuilder html = new StringBuilder("<div class=\"charts\">\n");
        try {
            for (Metric metric : tournament.discipline().metrics()) {
                if (metric != Metric.TIME) { // drawn as a rate
                    picture(html, metric.label(), charts.bars(metric));
                }
            }
            for (Discipline.Curve curve : tournament.discipline().curves()) {
                picture(html, curve.title(), charts.waits(curve));
            }
        } catch (LinkageError | InternalError | RuntimeException e) {
            // A Java or a system without fonts cannot draw text. The tables say everything too.
            html.append("<p class=\"bad\">No charts: ")
                    .append(escaped(e.toString()))
                    .append("</p>\n");
        }
        return html.append("</div>\n<p class=\"muted\">Bars are medians, dots are single races.</p>\n")
                .toString();
    }

    private static void picture(StringBuilder html, String name, byte[] png) {
        if (png.length != 0) {
            html.append(String.format(
                    Locale.ROOT,
                    "<img alt=\"%s\" width=\"%d\" height=\"%d\" src=\"data:image/png;base64,%s\">%n",
                    escaped(name),
                    Charts.WIDTH,
                    Charts.HEIGHT,
                    Base64.getEncoder().encodeToString(png)));
        }
    }

    // ---- tables

    private String medians(Tournament<?> tournament) {
        List<Metric> metrics = tournament.discipline().metrics();
        StringBuilder html = new StringBuilder("<div class=\"wide\"><table class=\"medians\">\n<tr><th>lock</th>");
        for (Metric metric : metrics) {
            html.append(String.format("<th>%s<br><small>%s</small></th>", metric.label(), metric.unit()));
        }
        html.append("</tr>\n");
        tournament.standings().forEach(standing -> html.append(median(standing, tournament)));
        return html.append("</table></div>\n<p class=\"muted\">Medians of ")
                .append(tournament.plan().rounds())
                .append(" rounds; below them the least and the greatest; beside them the ratio to ")
                .append(escaped(tournament.baseline().entrant().name()))
                .append(".</p>\n")
                .toString();
    }

    private String median(Standing standing, Tournament<?> tournament) {
        List<Metric> metrics = tournament.discipline().metrics();
        String start = "<tr><td>" + escaped(standing.entrant().name()) + "</td>";
        if (standing.defect().isPresent()) {
            return start + "<td class=\"text bad\" colspan=\"" + metrics.size() + "\">disqualified: "
                    + escaped(standing.defect().get()) + "</td></tr>\n";
        }
        StringBuilder html = new StringBuilder(start);
        for (Metric metric : metrics) {
            Standing.Spread spread = standing.spread(metric);
            html.append(String.format(
                    "<td>%s<i>%s</i><br><small>%s to %s</small></td>",
                    Metric.format(spread.median()),
                    escaped(Metric.formatRatio(standing.ratio(metric, tournament.baseline()))),
                    Metric.format(spread.low()),
                    Metric.format(spread.high())));
        }
        return html.append("</tr>\n").toString();
    }

    private String races(Tournament<?> tournament) {
        List<Metric> metrics = tournament.discipline().metrics();
        StringBuilder html = new StringBuilder(
                "<h2>Every race: " + tournament.discipline().title().toLowerCase(Locale.ROOT)
                        + "</h2>\n<div class=\"wide\"><table class=\"raw\">\n<tr><th>lock</th><th>round</th>");
        for (Metric metric : metrics) {
            html.append(String.format("<th>%s<br><small>%s</small></th>", metric.label(), metric.unit()));
        }
        html.append("<th>used by others<br><small>% of machine</small></th><th></th></tr>\n");
        tournament.entries().forEach(entry -> html.append(race(entry, metrics)));
        return html.append("</table></div>\n").toString();
    }

    private static String race(Tournament.Entry entry, List<Metric> metrics) {
        Outcome outcome = entry.outcome();
        StringBuilder html =
                new StringBuilder("<tr><td>" + escaped(outcome.entrant().name()) + "</td><td>"
                        + (entry.round() == 0 ? "warm-up" : entry.round()) + "</td>");
        if (outcome.defect() != null) {
            return html.append("<td class=\"text bad\" colspan=\"" + (metrics.size() + 2) + "\">")
                    .append(escaped(outcome.defect()))
                    .append("</td></tr>\n")
                    .toString();
        }
        for (Metric metric : metrics) {
            html.append("<td>").append(Metric.format(metric.of(outcome))).append("</td>");
        }
        return html.append("<td>")
                .append(Metric.format(outcome.others() * 100.0))
                .append(outcome.disturbed() ? "</td><td>disturbed</td></tr>\n" : "</td><td></td></tr>\n")
                .toString();
    }

    private String circumstances() {
        Corpus corpus = job.corpus();
        StringBuilder html = new StringBuilder("<dl>\n");
        fact(
                html,
                "date",
                ZonedDateTime.now(ZoneId.systemDefault())
                        .truncatedTo(ChronoUnit.SECONDS)
                        .format(DateTimeFormatter.RFC_1123_DATE_TIME));
        fact(html, "command", command);
        fact(
                html,
                "text",
                String.format(
                        Locale.ROOT,
                        "%s: %,d files, %,d lines, %,d bytes, %,d words",
                        corpus.root(),
                        corpus.files().size(),
                        corpus.lines().size(),
                        corpus.bytes(),
                        job.vocabulary().size()));
        fact(html, "machine", Machine.description());
        fact(html, "Java", Machine.java());
        fact(
                html,
                "rounds",
                String.format(
                        Locale.ROOT,
                        "a warm-up that does not count and %d that do, in rotating order",
                        tournaments.get(0).plan().rounds()));
        fact(
                html,
                "disturbed",
                tournaments.stream().mapToLong(Tournament::disturbed).sum() + " of the races that count");
        corpus.complaints().forEach(complaint -> fact(html, "note", complaint));
        return html.append("</dl>\n").toString();
    }

    private static void fact(StringBuilder html, String name, String value) {
        html.append("<dt>")
                .append(name)
                .append("</dt><dd>")
                .append(escaped(value))
                .append("</dd>\n");
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
