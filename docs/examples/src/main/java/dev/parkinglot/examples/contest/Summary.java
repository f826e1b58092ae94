package dev.parkinglot.examples.contest;

import dev.parkinglot.examples.contest.Tournament.Entry;
import dev.parkinglot.examples.contest.Tournament.Standing;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What came out, in words and in a table for the console. */
final class Summary {
    private static final String LINE = System.lineSeparator();
    private static final String COLUMN = "  %14s";
    private static final int COLUMN_WIDTH = 16;
    private static final int TEXT_WIDTH = 100;

    private Summary() {}

    /** Tells how far to trust the figures; nothing if other programs kept quiet. */
    static Optional<String> disturbance(List<Tournament> tournaments) {
        List<Outcome> outcomes = tournaments.stream()
                .flatMap(tournament -> tournament.entries().stream())
                .filter(Entry::counts)
                .map(Entry::outcome)
                .toList();
        long disturbed = outcomes.stream().filter(Outcome::disturbed).count();
        return disturbed == 0L
                ? Optional.empty()
                : Optional.of(String.format(
                        Locale.ROOT,
                        "Disturbed: in %d of %d races other programs used more than a tenth of the machine. Do not"
                                + " believe small differences; better, race again on a quiet machine.",
                        disturbed,
                        outcomes.size()));
    }

    /** Names the best of each figure that has a superlative. Whoever is not clearly behind the best is named, too. */
    static List<String> best(Tournament tournament) {
        List<String> sentences = new ArrayList<>();
        for (Metric metric : tournament.discipline().metrics()) {
            List<Standing> known = tournament.standings().stream()
                    .filter(standing -> standing.defect().isEmpty()
                            && !Double.isNaN(standing.spread(metric).median()))
                    .toList();
            if (metric.superlative().isEmpty() || known.isEmpty()) {
                continue;
            }
            Standing best = known.get(0);
            for (Standing standing : known) {
                if (standing.ratio(metric, best) < 1.0) { // of everything that has a superlative, less is better
                    best = standing;
                }
            }
            sentences.add(bestIn(metric, best, known));
        }
        return sentences;
    }

    private static String bestIn(Metric metric, Standing best, List<Standing> all) {
        String level = all.stream()
                .filter(standing -> !standing.equals(best) && !standing.isClearlyBehind(best, metric))
                .map(standing -> standing.entrant().name())
                .collect(Collectors.joining(", "));
        String superlative = metric.superlative().substring(0, 1).toUpperCase(Locale.ROOT)
                + metric.superlative().substring(1);
        return superlative + ": " + best.entrant().name() + ", " + metric.label() + " "
                + metric.format(best.spread(metric).median()) + " " + metric.unit()
                + (level.isEmpty() ? "." : "; level with it: " + level + ".");
    }

    /**
     * A line for each lock of ours that is clearly behind the lock of the JDK that does the same; nothing if there was
     * none to compare with.
     */
    static Optional<List<String>> behind(Tournament tournament) {
        List<Standing> standings = tournament.standings();
        List<String> lines = new ArrayList<>();
        boolean compared = false;
        for (Standing ours : standings) {
            for (Standing rival : standings) {
                if (rival.entrant().name().equals(ours.entrant().rival())) {
                    compared = true;
                    String figures = tournament.discipline().metrics().stream()
                            .filter(metric -> ours.isClearlyBehind(rival, metric))
                            .map(metric -> metric.label() + " " + Metric.ratio(ours.ratio(metric, rival)))
                            .collect(Collectors.joining(", "));
                    if (!figures.isEmpty()) {
                        lines.add(ours.entrant() + " behind " + rival.entrant() + ": " + figures);
                    }
                }
            }
        }
        return compared ? Optional.of(lines) : Optional.empty();
    }

    /** The sentence before the lines of {@link #behind}. */
    static String behindSentence(List<String> behind) {
        return behind.isEmpty()
                ? "Here none of ours is clearly behind the lock of the JDK that it replaces."
                : "Here ours are behind:";
    }

    /** Verdict and table, for the console. */
    static String text(Tournament tournament) {
        StringBuilder text = new StringBuilder();
        text.append(tournament.discipline().title()).append(LINE).append(LINE);
        best(tournament).forEach(sentence -> text.append(wrapped(sentence)));
        behind(tournament).ifPresent(lines -> {
            text.append(behindSentence(lines)).append(LINE);
            lines.forEach(line -> text.append(wrapped("  " + line)));
        });
        if (tournament.rounds() == 1) {
            text.append("This was a single round: enough for a look, not for a judgement.")
                    .append(LINE);
        }
        text.append(LINE).append(wrapped(tournament.description())).append(LINE);
        appendTable(text, tournament);
        return text.toString();
    }

    private static void appendTable(StringBuilder text, Tournament tournament) {
        List<Metric> metrics = tournament.discipline().metrics();
        List<Standing> standings = tournament.standings();
        Standing baseline = tournament.baseline();
        int width = standings.stream()
                .mapToInt(standing -> standing.entrant().name().length())
                .max()
                .orElseThrow();
        text.append(padded("lock", width));
        metrics.forEach(metric -> text.append(String.format(COLUMN, metric.label())));
        text.append(LINE).append(padded("", width));
        metrics.forEach(metric -> text.append(String.format(COLUMN, metric.unit())));
        text.append(LINE).append(padded("", width));
        metrics.forEach(metric -> text.append(String.format(COLUMN, metric.direction())));
        text.append(LINE)
                .append("-".repeat(width + COLUMN_WIDTH * metrics.size()))
                .append(LINE);
        for (Standing standing : standings) {
            text.append(padded(standing.entrant().name(), width));
            if (standing.defect().isPresent()) {
                text.append("  disqualified: ").append(standing.defect().get());
            } else {
                metrics.forEach(metric -> text.append(String.format(
                        "  %7s %6s",
                        metric.format(standing.spread(metric).median()),
                        Metric.ratio(standing.ratio(metric, baseline)))));
            }
            text.append(LINE);
        }
        text.append("Medians of ")
                .append(tournament.roundsInWords())
                .append(", and their ratio to ")
                .append(baseline.entrant().name())
                .append("; p99.99 is what one acquisition in 10,000 exceeds.")
                .append(LINE);
    }

    /** Breaks a text into lines for the console. */
    static String wrapped(String text) {
        return text.replaceAll("(.{1," + TEXT_WIDTH + "})( |$)", "$1" + LINE);
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(width - text.length());
    }
}
