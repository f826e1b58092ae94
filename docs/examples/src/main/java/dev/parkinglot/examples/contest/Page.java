package dev.parkinglot.examples.contest;

import dev.parkinglot.examples.contest.Tournament.Curve;
import dev.parkinglot.examples.contest.Tournament.Entry;
import dev.parkinglot.examples.contest.Tournament.Standing;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The report: one file, with its charts inside, that needs no other file and no network. */
final class Page {
    private static final String STYLE = """
            :root { color-scheme: light dark; }
            :root { --back: #fff; --text: #1c1c1c; --muted: #5d5d5d; --line: #d8d8d8; --track: #f0f0f0; --bad: #b00020;
              --ours: #1f7fbf; --theirs: #d98a3d; }
            @media (prefers-color-scheme: dark) { :root { --back: #16181b; --text: #e6e6e6; --muted: #a0a0a0;
              --line: #3a3d41; --track: #24272b; --bad: #ff7a8a; --ours: #4f9fdc; --theirs: #c98444; } }
            * { box-sizing: border-box; }
            body { font: 15px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back);
              max-width: 1200px; margin: 1.5rem auto; padding: 0 1rem; }
            h1 { font-size: 1.6rem; margin: 0; }
            h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }
            p, .verdict { max-width: 80ch; margin: .4rem 0; }
            .verdict { border-left: 4px solid var(--ours); padding: .2rem 0 .2rem .8rem; }
            .verdict ul { margin: 0; padding-left: 1.2rem; }
            .muted, small { color: var(--muted); }
            .bad { color: var(--bad); }
            .warning { border: 2px solid var(--bad); border-radius: 4px; padding: .4rem .8rem; }
            .charts { display: grid; gap: 1.5rem 2.5rem; margin: 1rem 0;
              grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr)); }
            figure { margin: 0; min-width: 0; }
            figcaption { font-weight: 600; margin-bottom: .3rem; }
            figcaption small { font-weight: 400; }
            .bar { display: grid; grid-template-columns: 14.5rem 1fr 7.5rem; gap: 0 .6rem; align-items: center;
              font-size: .85rem; line-height: 1.5; }
            .track { position: relative; height: 1rem; background: var(--track); }
            .track b { position: absolute; inset: 0 auto 0 0; background: var(--theirs); }
            .ours .track b { background: var(--ours); }
            .ours .name { font-weight: 600; }
            .track i { position: absolute; top: .3rem; width: .4rem; height: .4rem; margin-left: -.2rem;
              border-radius: 50%; background: var(--text); }
            .bar .value { display: flex; justify-content: space-between; font-variant-numeric: tabular-nums; }
            .axis .track { background: none; color: var(--muted); font-size: .75rem; }
            .axis .track span { position: absolute; transform: translateX(-50%); white-space: nowrap; }
            .axis { color: var(--muted); }
            .axis .unit { padding-left: 1.4rem; }
            @media (max-width: 640px) {
              .bar { grid-template-columns: 1fr 7.5rem; margin-bottom: .2rem; }
              .bar .name { grid-column: 1 / -1; }
              .axis .name { display: none; }
            }
            svg { width: 100%; height: auto; max-width: 640px; display: block; }
            .legend { display: flex; flex-wrap: wrap; gap: 0 1rem; font-size: .85rem; }
            .legend i { display: inline-block; width: 1.6rem; border-top: 3px solid; margin: 0 .35rem .2rem 0; }
            .legend .theirs i { border-top-style: dashed; }
            .wide { overflow-x: auto; }
            table { border-collapse: collapse; font-size: .85rem; font-variant-numeric: tabular-nums; }
            th, td { padding: .2rem .5rem; text-align: right; white-space: nowrap;
              border-bottom: 1px solid var(--line); }
            th:first-child, td:first-child, td.text { text-align: left; }
            td.text { white-space: normal; }
            th { vertical-align: bottom; }
            th small { font-weight: 400; }
            summary { cursor: pointer; margin: .5rem 0; }
            dl { display: grid; grid-template-columns: minmax(6rem, max-content) 1fr; gap: .2rem 1rem; margin: 0; }
            dt { color: var(--muted); } dd { margin: 0; overflow-wrap: anywhere; }
            """;

    private static final String EXPLANATION = """
            <dl>
            <dt>time</dt><dd>From the start of all threads to the end of the last.</dd>
            <dt>p99.99, longest</dt><dd>Time from asking for the lock to having it: what one acquisition in 10,000
              exceeds, and the unluckiest of all; exact to one percent. Waits below a hundredth of a millisecond, which
              is about the cost of a single wake, count as that. Not counted is how long a thread took to get its lock
              again after it had waited for a condition.</dd>
            <dt>slowest thread</dt><dd>Lines or look-ups that the slowest thread dealt with, compared with the mean of
              the threads that do the same work; 100&nbsp;% if all did equally much. Nothing is dealt out: whoever is
              ready takes what comes next.</dd>
            <dt>switches</dt><dd>How often a thread left its processor, because it had to wait or because others were to
              run.</dd>
            <dt>used by others</dt><dd>The part of the machine that other programs used during a race; above 10&nbsp;%
              the race is marked as disturbed.</dd>
            <dt>level, behind</dt><dd>A lock is clearly behind another if its best round was worse than the worst of the
              other, and its median by more than 5&nbsp;%. Otherwise they are level.</dd>
            </dl>
            """;

    private final Race.Plan plan;
    private final List<Tournament> tournaments;
    private final String command;

    /**
     * Prepares a report.
     *
     * @param plan what every race did
     * @param tournaments what to report, over; at least one
     * @param command how the program was called
     */
    Page(Race.Plan plan, List<Tournament> tournaments, String command) {
        this.plan = plan;
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
                + "<h1>Contest of locks</h1>\n"
                + heading()
                + each(this::verdict)
                + each(this::results)
                + "<h2>What the figures mean</h2>\n" + EXPLANATION
                + "<h2>How it was run</h2>\n" + circumstances()
                + each(this::races)
                + "</body>\n</html>\n";
    }

    private String each(Function<Tournament, String> part) {
        return tournaments.stream().map(part).collect(Collectors.joining());
    }

    // ---- the verdict

    private String heading() {
        String disturbance = Summary.disturbance(tournaments)
                .map(sentence -> "<p class=\"warning\">" + escaped(sentence) + "</p>\n")
                .orElse("");
        String defects = tournaments.stream()
                .flatMap(tournament -> tournament.standings().stream())
                .filter(standing -> standing.defect().isPresent())
                .map(standing -> "<p class=\"bad\">"
                        + escaped(standing.entrant() + ": " + standing.defect().orElseThrow()) + "</p>\n")
                .collect(Collectors.joining());
        return disturbance + (defects.isEmpty() ? "<p>All locks built the identical index.</p>\n" : defects);
    }

    private String verdict(Tournament tournament) {
        StringBuilder html = new StringBuilder();
        html.append("<h2>").append(tournament.discipline().title()).append("</h2>\n<div class=\"verdict\">\n");
        Summary.best(tournament)
                .forEach(
                        sentence -> html.append("<p>").append(escaped(sentence)).append("</p>\n"));
        Summary.behind(tournament).ifPresent(lines -> {
            html.append("<p>").append(Summary.behindSentence(lines)).append("</p>\n");
            if (!lines.isEmpty()) {
                html.append("<ul>\n");
                lines.forEach(line -> html.append("<li>").append(escaped(line)).append("</li>\n"));
                html.append("</ul>\n");
            }
        });
        return html.append("</div>\n").toString();
    }

    // ---- charts

    private String results(Tournament tournament) {
        StringBuilder html = new StringBuilder();
        html.append("<h2>")
                .append(tournament.discipline().title())
                .append(": figures</h2>\n<p>")
                .append(escaped(tournament.description()))
                .append("</p>\n<p class=\"muted\">Bars are medians of ")
                .append(tournament.rounds())
                .append(tournament.rounds() == 1 ? " round" : " rounds")
                .append(", dots single races; beside them the median, and its ratio to ")
                .append(escaped(tournament.baseline().entrant().name()))
                .append(". Blue are our locks.</p>\n<div class=\"charts\">\n");
        tournament.discipline().metrics().forEach(metric -> bars(html, tournament, metric));
        tournament.discipline().curves().forEach(curve -> curve(html, tournament, curve));
        return html.append("</div>\n").toString();
    }

    private static void bars(StringBuilder html, Tournament tournament, Metric metric) {
        Axis axis = Axis.of(tournament.standings().stream()
                .flatMap(standing -> standing.outcomes().stream())
                .map(metric::of)
                .filter(value -> !Double.isNaN(value))
                .toList());
        html.append(String.format(
                "<figure><figcaption>%s <small>%s%s</small></figcaption>%n",
                metric.label(), metric.direction(), axis.logarithmic() ? ", log scale" : ""));
        for (Standing standing : tournament.standings()) {
            double median = standing.spread(metric).median();
            html.append(String.format(
                    Locale.ROOT,
                    "<div class=\"bar %s\"><span class=\"name\">%s</span><span class=\"track\">",
                    standing.entrant().ours() ? "ours" : "theirs",
                    escaped(standing.entrant().name())));
            if (!Double.isNaN(median)) {
                html.append(String.format(Locale.ROOT, "<b style=\"width:%.1f%%\"></b>", axis.percent(median)));
                standing.outcomes()
                        .forEach(outcome -> html.append(String.format(
                                Locale.ROOT, "<i style=\"left:%.1f%%\"></i>", axis.percent(metric.of(outcome)))));
            }
            html.append(String.format(
                    "</span><span class=\"value\"><span>%s</span><small>%s</small></span></div>%n",
                    standing.defect().isPresent() ? "disqualified" : escaped(metric.format(median)),
                    escaped(Metric.ratio(standing.ratio(metric, tournament.baseline())))));
        }
        html.append("<div class=\"bar axis\"><span class=\"name\"></span><span class=\"track\">");
        axis.ticks()
                .forEach(tick -> html.append(String.format(
                        Locale.ROOT, "<span style=\"left:%.1f%%\">%s</span>", axis.percent(tick), Axis.label(tick))));
        html.append(String.format("</span><span class=\"unit\">%s</span></div>%n</figure>%n", metric.unit()));
    }

    /**
     * The axis of a bar chart.
     *
     * @param ticks where it is labelled, in ascending order; the first is its left end, the last its right end
     * @param logarithmic whether equal distances are equal ratios
     */
    record Axis(List<Double> ticks, boolean logarithmic) {
        /** The greatest ratio of two bars that a linear axis shows: a pixel or two is left of the shorter. */
        private static final double GREATEST_LINEAR_RATIO = 30.0;

        private static final int LINEAR_TICKS = 4;

        static Axis of(List<Double> values) {
            double least = values.stream().mapToDouble(value -> value).min().orElse(0.0);
            double greatest = values.stream().mapToDouble(value -> value).max().orElse(0.0);
            List<Double> ticks = new ArrayList<>();
            if (least > 0.0 && greatest / least > GREATEST_LINEAR_RATIO) {
                int last = (int) Math.ceil(Math.log10(greatest) - 1e-9);
                for (int exponent = (int) Math.floor(Math.log10(least) + 1e-9); exponent <= last; exponent++) {
                    ticks.add(Math.pow(10.0, exponent));
                }
                return new Axis(ticks, true);
            }
            double step = roundStep(greatest > 0.0 ? greatest / LINEAR_TICKS : 1.0);
            for (int i = 0; i == 0 || ticks.get(i - 1) < greatest; i++) {
                ticks.add(i * step);
            }
            if (ticks.size() == 1) {
                ticks.add(step);
            }
            return new Axis(ticks, false);
        }

        /** The least of 1, 2 and 5 times a power of ten that is not less. */
        private static double roundStep(double least) {
            double power = Math.pow(10.0, Math.floor(Math.log10(least)));
            for (double factor : new double[] {1.0, 2.0, 5.0}) {
                if (factor * power >= least) {
                    return factor * power;
                }
            }
            return 10.0 * power;
        }

        double percent(double value) {
            double left = scaled(ticks.get(0));
            return 100.0 * (scaled(value) - left) / (scaled(ticks.get(ticks.size() - 1)) - left);
        }

        private double scaled(double value) {
            return logarithmic ? Math.log10(value) : value;
        }

        static String label(double tick) {
            return tick >= 1_000.0 || tick == Math.rint(tick)
                    ? String.format(Locale.ROOT, "%,.0f", tick)
                    : String.format(Locale.ROOT, "%.6f", tick).replaceAll("0+$", "");
        }
    }

    private static void curve(StringBuilder html, Tournament tournament, Curve curve) {
        List<Standing> standings = tournament.standings();
        html.append(String.format(
                "<figure><figcaption>the longest of many: %s <small>less is better, log scales</small></figcaption>%n",
                curve.title()));
        try {
            html.append(WaitChart.svg(standings, curve.waits()));
        } catch (LinkageError | InternalError | RuntimeException e) {
            // A Java or a system without fonts cannot draw text. The tables say everything too.
            html.append("<p class=\"bad\">No chart: ")
                    .append(escaped(e.toString()))
                    .append("</p>\n");
        }
        html.append("<div class=\"legend\">\n");
        standings.forEach(standing -> html.append(String.format(
                "<span class=\"%s\"><i style=\"border-color:%s\"></i>%s</span>%n",
                standing.entrant().ours() ? "ours" : "theirs",
                WaitChart.colour(standings, standing),
                escaped(standing.entrant().name()))));
        html.append("</div>\n</figure>\n");
    }

    // ---- tables

    private String races(Tournament tournament) {
        List<Metric> metrics = tournament.discipline().metrics();
        StringBuilder html = new StringBuilder("<details><summary>Every race: "
                + tournament.discipline().title().toLowerCase(Locale.ROOT)
                + "</summary>\n<div class=\"wide\"><table>\n<tr><th>lock</th><th>round</th>");
        metrics.forEach(metric ->
                html.append(String.format("<th>%s<br><small>%s</small></th>", metric.label(), metric.unit())));
        html.append("<th>used by others<br><small>% of machine</small></th><th></th></tr>\n");
        tournament.entries().forEach(entry -> html.append(race(entry, metrics)));
        return html.append("</table></div></details>\n").toString();
    }

    private static String race(Entry entry, List<Metric> metrics) {
        Outcome outcome = entry.outcome();
        StringBuilder html =
                new StringBuilder("<tr><td>" + escaped(outcome.entrant().name()) + "</td><td>"
                        + (entry.round() == 0 ? "warm-up" : entry.round()) + "</td>");
        if (outcome.defect() != null) {
            return html.append("<td class=\"text bad\" colspan=\"" + (metrics.size() + 2) + "\">disqualified: ")
                    .append(escaped(outcome.defect()))
                    .append("</td></tr>\n")
                    .toString();
        }
        metrics.forEach(metric -> html.append("<td>")
                .append(escaped(metric.format(metric.of(outcome))))
                .append("</td>"));
        return html.append("<td>")
                .append(Metric.digits(outcome.others() * 100.0))
                .append(outcome.disturbed() ? "</td><td class=\"bad\">disturbed</td></tr>\n" : "</td><td></td></tr>\n")
                .toString();
    }

    private String circumstances() {
        Corpus corpus = plan.corpus();
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
                        plan.vocabulary().size()));
        fact(html, "machine", Machine.description());
        fact(html, "Java", Machine.java());
        fact(
                html,
                "rounds",
                String.format(
                        Locale.ROOT,
                        "a warm-up that does not count and %d that do, in rotating order",
                        tournaments.get(0).rounds()));
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
