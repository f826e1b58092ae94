package dev.parkinglot.examples.contest;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * Races of all entrants, in rounds, each round in another order: what changes on the machine, and what a race leaves
 * behind in the virtual machine, meets everybody. A first round, in which the code is compiled, does not count.
 *
 * <p>An entrant with whom something goes wrong is disqualified and races no more.
 */
final class Tournament {
    private final Discipline discipline;
    private final List<Entrant> entrants;
    private final Race.Plan plan;
    private final int rounds;
    private final List<Entry> entries = new ArrayList<>();
    private final Map<Entrant, String> defects = new LinkedHashMap<>();

    /**
     * What a kind of locks competes in.
     *
     * @param title what people call it
     * @param baseline the name of the entrant that the others are compared with, if it takes part
     * @param metrics what is compared, in the order of the reports
     * @param curves of which waits the report draws the distribution
     * @param description explains to people what is raced
     * @param newRace makes a race
     */
    record Discipline(
            String title,
            String baseline,
            List<Metric> metrics,
            List<Curve> curves,
            Function<Race.Plan, String> description,
            BiFunction<Entrant, Race.Plan, Race> newRace) {
        static final Discipline EXCLUSIVE = new Discipline(
                "Exclusive locks",
                "ReentrantLock",
                List.of(Metric.TIME, Metric.TAIL, Metric.LONGEST, Metric.SHARE, Metric.SWITCHES),
                List.of(new Curve("wait", Outcome::waits)),
                BuildRace::description,
                BuildRace::new);

        static final Discipline READ_MOSTLY = new Discipline(
                "Readers-writer locks",
                "ReentrantReadWriteLock",
                List.of(
                        Metric.TIME,
                        Metric.TAIL_READ,
                        Metric.LONGEST_READ,
                        Metric.TAIL_WRITE,
                        Metric.LONGEST_WRITE,
                        Metric.SHARE),
                List.of(new Curve("wait to read", Outcome::waits), new Curve("wait to write", Outcome::writeWaits)),
                LookUpRace::description,
                LookUpRace::new);
    }

    /** A distribution of waits, and how it is read off a race. */
    record Curve(String title, Function<Outcome, Histogram> waits) {}

    /** A race in the course of the tournament. Round 0 is the warm-up; places in a round count from 0. */
    record Entry(int round, int place, Outcome outcome) {
        boolean counts() {
            return round > 0 && outcome.defect() == null;
        }
    }

    /** All races of one entrant that count, at least one unless it was disqualified, and why it was. */
    record Standing(Entrant entrant, List<Outcome> outcomes, Optional<String> defect) {
        /** Less than this between two medians is no difference. */
        private static final double DRAW = 1.05;

        /** Sums the races up by one figure; NaN if unknown. */
        Spread spread(Metric metric) {
            double[] sorted = outcomes.stream().mapToDouble(metric::of).sorted().toArray();
            if (sorted.length == 0 || DoubleStream.of(sorted).anyMatch(Double::isNaN)) {
                return new Spread(Double.NaN, Double.NaN, Double.NaN);
            }
            int middle = sorted.length / 2;
            double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2.0;
            return new Spread(median, sorted[0], sorted[sorted.length - 1]);
        }

        /** This median divided by another's; NaN if unknown. */
        double ratio(Metric metric, Standing other) {
            return spread(metric).median() / other.spread(metric).median();
        }

        /**
         * Whether the best race of this entrant was worse than the worst of another, and the medians are not nearly the
         * same. False also if that is unknown.
         */
        boolean isClearlyBehind(Standing other, Metric metric) {
            Spread mine = spread(metric);
            Spread theirs = other.spread(metric);
            return metric.moreIsBetter()
                    ? mine.high() < theirs.low() && mine.median() * DRAW < theirs.median()
                    : mine.low() > theirs.high() && mine.median() > theirs.median() * DRAW;
        }
    }

    /** A median, and the extremes. */
    record Spread(double median, double low, double high) {}

    Tournament(Discipline discipline, List<Entrant> entrants, Race.Plan plan, int rounds) {
        this.discipline = discipline;
        this.entrants = entrants;
        this.plan = plan;
        this.rounds = rounds;
    }

    /** Runs all races, and tells the progress after each round. An interrupt stops the race in course. */
    void run(Consumer<String> progress) throws InterruptedException {
        for (int round = 0; round <= rounds; round++) {
            long begun = System.nanoTime();
            for (int place = 0; place < entrants.size(); place++) {
                Entrant entrant = entrants.get((round + place) % entrants.size());
                if (!defects.containsKey(entrant)) {
                    race(entrant, round, place);
                }
            }
            progress.accept(String.format(
                    Locale.ROOT,
                    "%s, %s: %d races, %d s",
                    discipline.title().toLowerCase(Locale.ROOT),
                    round == 0 ? "warm-up" : "round " + round + " of " + rounds,
                    entrants.size(),
                    TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun)));
        }
    }

    private void race(Entrant entrant, int round, int place) throws InterruptedException {
        Outcome outcome = discipline.newRace().apply(entrant, plan).run();
        entries.add(new Entry(round, place, outcome));
        if (outcome.defect() != null) {
            defects.put(entrant, outcome.defect());
        }
    }

    Discipline discipline() {
        return discipline;
    }

    int rounds() {
        return rounds;
    }

    String roundsInWords() {
        return rounds + (rounds == 1 ? " round" : " rounds");
    }

    /** How many races there are to run, those of the warm-up included, if nobody is disqualified. */
    int races() {
        return (rounds + 1) * entrants.size();
    }

    /** Explains to people what is raced. */
    String description() {
        return discipline.description().apply(plan);
    }

    /** All races in their order. */
    List<Entry> entries() {
        return entries;
    }

    /** One standing for each entrant. */
    List<Standing> standings() {
        return entrants.stream().map(this::standing).toList();
    }

    Stream<Standing> disqualified() {
        return standings().stream().filter(standing -> standing.defect().isPresent());
    }

    private Standing standing(Entrant entrant) {
        List<Outcome> outcomes = entries.stream()
                .filter(Entry::counts)
                .map(Entry::outcome)
                .filter(outcome -> outcome.entrant().equals(entrant))
                .toList();
        return new Standing(entrant, outcomes, Optional.ofNullable(defects.get(entrant)));
    }

    /** Whom the others are compared with: the baseline of the discipline, or the first if that does not take part. */
    Standing baseline() {
        List<Standing> standings = standings();
        return standings.stream()
                .filter(standing -> standing.entrant().name().equals(discipline.baseline()))
                .findFirst()
                .orElse(standings.get(0));
    }
}
