package dev.parkinglot.examples.contest;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonNull;
import com.google.gson.JsonPrimitive;
import com.google.gson.JsonSerializer;
import dev.parkinglot.examples.WebPage;
import dev.parkinglot.examples.contest.Tournament.Entry;
import dev.parkinglot.examples.contest.Tournament.Standing;
import java.io.IOException;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * What came out, for the page {@code report.html}, which draws it.
 *
 * @param disturbance how far to trust the figures; null if nothing speaks against them
 * @param defects what locks were disqualified for
 * @param results one for each tournament
 * @param circumstances how it was run
 */
record Report(String disturbance, List<String> defects, List<Results> results, Map<String, String> circumstances) {
    private static final double CURVE_STEP = 1.25;

    /** What is unknown (NaN) becomes null, which the web can read. */
    private static final Gson GSON = new GsonBuilder()
            .registerTypeAdapter(Double.class, (JsonSerializer<Double>)
                    (value, type, context) -> value.isNaN() ? JsonNull.INSTANCE : new JsonPrimitive(value))
            .registerTypeAdapter(Entrant.class, (JsonSerializer<Entrant>)
                    (entrant, type, context) -> new JsonPrimitive(entrant.name()))
            .registerTypeAdapter(Histogram.class, (JsonSerializer<Histogram>)
                    (waits, type, context) -> context.serialize(Percentiles.of(waits)))
            .setPrettyPrinting()
            .create();

    /** A tournament: its verdict, its charts, and a table of all races. */
    record Results(
            String title,
            String description,
            String explanation,
            List<String> verdict,
            List<String> behind,
            List<Figure> figures,
            List<CurveChart> curves,
            List<List<String>> races) {}

    /** A bar chart: a bar for each lock. */
    record Figure(String label, String unit, String direction, List<Bar> bars) {}

    /** A bar is as long as the median of the races. The text beside it says more. */
    record Bar(String lock, boolean ours, double median, String text, List<Double> races) {}

    /** How long the unluckiest acquisitions waited: a curve for each lock. */
    record CurveChart(String title, List<Curve> curves) {}

    /** Points of one acquisition in so many, and how many milliseconds it waited at least. */
    record Curve(String lock, boolean ours, List<List<Double>> points) {}

    /** The waits of one race, in nanoseconds. */
    record Percentiles(long count, long p50, long p99, long p9999, long max) {
        static Percentiles of(Histogram waits) {
            return new Percentiles(
                    waits.getTotalCount(),
                    waits.getValueAtPercentile(50.0),
                    waits.getValueAtPercentile(99.0),
                    waits.getValueAtPercentile(99.99),
                    waits.getMaxValue());
        }
    }

    /** Reports on tournaments that are over; the command is what the user has called. */
    static Report of(Race.Plan plan, List<Tournament> tournaments, String command) {
        List<String> defects = tournaments.stream()
                .flatMap(Tournament::disqualified)
                .map(standing -> standing.entrant() + ": " + standing.defect().orElseThrow())
                .toList();
        return new Report(
                Summary.disturbance(tournaments).orElse(null),
                defects,
                tournaments.stream().map(Report::results).toList(),
                circumstances(plan, tournaments.get(0).rounds(), command));
    }

    /** The page, in one file. */
    String html() throws IOException {
        return WebPage.of("contest/report.html", GSON, this);
    }

    /** Every single race as JSON, those of the warm-up (round 0) included: nanoseconds, counts, and parts of 1. */
    static String rawNumbers(List<Tournament> tournaments) {
        Map<String, List<Entry>> races = new LinkedHashMap<>();
        tournaments.forEach(tournament -> races.put(tournament.discipline().title(), tournament.entries()));
        return GSON.toJson(races);
    }

    private static Results results(Tournament tournament) {
        Tournament.Discipline discipline = tournament.discipline();
        List<Standing> standings = tournament.standings();
        String baseline = tournament.baseline().entrant().name();
        List<String> verdict = new ArrayList<>(Summary.best(tournament));
        Summary.behind(tournament).map(Summary::behindSentence).ifPresent(verdict::add);
        return new Results(
                discipline.title(),
                tournament.description(),
                "Bars are medians of " + tournament.roundsInWords() + ", dots single races; beside them the median, and"
                        + " its ratio to " + baseline + ". Blue are our locks.",
                verdict,
                Summary.behind(tournament).orElse(List.of()),
                discipline.metrics().stream()
                        .map(metric -> figure(tournament, metric))
                        .toList(),
                discipline.curves().stream()
                        .map(curve -> new CurveChart(
                                curve.title(),
                                standings.stream()
                                        .map(standing -> curve(standing, curve.waits()))
                                        .toList()))
                        .toList(),
                races(tournament));
    }

    private static Figure figure(Tournament tournament, Metric metric) {
        List<Bar> bars = tournament.standings().stream()
                .map(standing -> bar(standing, metric, tournament.baseline()))
                .toList();
        return new Figure(metric.label(), metric.unit(), metric.direction(), bars);
    }

    private static Bar bar(Standing standing, Metric metric, Standing baseline) {
        double median = standing.spread(metric).median();
        List<Double> races = standing.outcomes().stream()
                .map(metric::of)
                .filter(value -> !Double.isNaN(value))
                .toList();
        return new Bar(
                standing.entrant().name(),
                standing.entrant().ours(),
                median,
                standing.defect().isPresent()
                        ? "disqualified"
                        : (metric.format(median) + "  " + Metric.ratio(standing.ratio(metric, baseline))).strip(),
                races);
    }

    private static Curve curve(Standing standing, Function<Outcome, Histogram> waits) {
        Histogram sum = ContestLock.newWaits();
        standing.outcomes().forEach(outcome -> sum.add(waits.apply(outcome)));
        List<List<Double>> points = new ArrayList<>();
        for (double n = 2.0; n <= sum.getTotalCount(); n *= CURVE_STEP) {
            long nanos = Math.max(1L, sum.getValueAtPercentile(100.0 - 100.0 / n));
            points.add(List.of(n, (double) nanos / TimeUnit.MILLISECONDS.toNanos(1)));
        }
        return new Curve(standing.entrant().name(), standing.entrant().ours(), points);
    }

    /** A table; its first row is the heading. */
    private static List<List<String>> races(Tournament tournament) {
        List<Metric> metrics = tournament.discipline().metrics();
        List<List<String>> rows = new ArrayList<>();
        rows.add(Stream.of(
                        Stream.of("lock", "round"),
                        metrics.stream().map(metric -> metric.label() + ", " + metric.unit()),
                        Stream.of("used by others, %", "remark"))
                .flatMap(part -> part)
                .toList());
        for (Entry entry : tournament.entries()) {
            Outcome outcome = entry.outcome();
            boolean sound = outcome.defect() == null;
            List<String> row = new ArrayList<>();
            row.add(outcome.entrant().name());
            row.add(entry.round() == 0 ? "warm-up" : String.valueOf(entry.round()));
            metrics.forEach(metric -> row.add(sound ? metric.format(metric.of(outcome)) : ""));
            row.add(Metric.digits(outcome.others() * 100.0));
            row.add(!sound ? "disqualified: " + outcome.defect() : outcome.disturbed() ? "disturbed" : "");
            rows.add(row);
        }
        return rows;
    }

    private static Map<String, String> circumstances(Race.Plan plan, int rounds, String command) {
        Corpus corpus = plan.corpus();
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("date", ZonedDateTime.now(ZoneId.systemDefault()).format(DateTimeFormatter.RFC_1123_DATE_TIME));
        facts.put("command", command);
        facts.put(
                "text",
                String.format(
                        Locale.ROOT,
                        "%s: %,d files, %,d lines, %,d bytes, %,d words",
                        corpus.root(),
                        corpus.files().size(),
                        corpus.lines().size(),
                        corpus.bytes(),
                        plan.vocabulary().size()));
        facts.put("machine", Machine.description());
        facts.put("Java", Machine.java());
        facts.put("rounds", "a warm-up that does not count and " + rounds + " that do, in rotating order");
        return facts;
    }
}
