package dev.parkinglot.examples;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Races of all entrants, in rounds, each round in another order: what changes on the machine, and what a race leaves
 * behind in the virtual machine, meets everybody. A first round, in which the code is compiled, does not count.
 *
 * <p>An entrant with whom something goes wrong is disqualified and races no more.
 */
final class Tournament {
    private final List<Entrant> entrants;
    private final Corpus corpus;
    private final Plan plan;
    private final InvertedIndex expected = new InvertedIndex();
    private final List<Entry> entries = new ArrayList<>();
    private final Map<Entrant, String> defects = new LinkedHashMap<>();

    /**
     * How much is raced.
     *
     * @param threads how many readers, and as many indexers
     * @param rounds how many rounds count
     * @param passes how often a race indexes each line
     * @param stallLimit how long a race may stand still
     */
    record Plan(int threads, int rounds, int passes, Duration stallLimit) {
        int races(int entrants) {
            return (rounds + 1) * entrants;
        }
    }

    /**
     * A race in the course of the tournament.
     *
     * @param round 0 for the warm-up
     * @param place its place in the round, from 0
     * @param outcome how it went
     */
    record Entry(int round, int place, Outcome outcome) {
        boolean counts() {
            return round > 0 && outcome.defect() == null;
        }
    }

    /**
     * Prepares a tournament, and builds the index that is expected, with one thread and no lock.
     *
     * @param entrants who takes part
     * @param corpus what to index
     * @param plan how much is raced
     */
    Tournament(List<Entrant> entrants, Corpus corpus, Plan plan) {
        this.entrants = entrants;
        this.corpus = corpus;
        this.plan = plan;
        for (int pass = 0; pass < plan.passes(); pass++) {
            for (Corpus.Line line : corpus.lines()) {
                expected.add(InvertedIndex.Words.of(line));
            }
        }
    }

    /**
     * Runs all races.
     *
     * @param progress is told what is being raced and how far it is
     * @throws InterruptedException if interrupted; the race in course has been told to stop
     */
    void run(Progress progress) throws InterruptedException {
        for (int round = 0; round <= plan.rounds(); round++) {
            for (int place = 0; place < entrants.size(); place++) {
                Entrant entrant = entrants.get((round + place) % entrants.size());
                progress.begin(entrant.name(), round, plan.rounds());
                if (!defects.containsKey(entrant)) {
                    race(entrant, round, place, progress);
                }
                progress.end(totalLines());
            }
        }
    }

    private void race(Entrant entrant, int round, int place, Progress progress) throws InterruptedException {
        Race race = new Race(entrant, corpus, plan.threads(), plan.passes(), plan.stallLimit());
        Outcome outcome = race.run(expected, progress::advance);
        entries.add(new Entry(round, place, outcome));
        if (outcome.defect() != null) {
            defects.put(entrant, outcome.defect());
        }
    }

    long totalLines() {
        return (long) corpus.lines().size() * plan.passes();
    }

    List<Entrant> entrants() {
        return entrants;
    }

    Corpus corpus() {
        return corpus;
    }

    Plan plan() {
        return plan;
    }

    /**
     * Tells how many different words the corpus has.
     *
     * @return the number of words
     */
    int words() {
        return expected.size();
    }

    /**
     * Everything that was raced.
     *
     * @return the races in their order
     */
    List<Entry> entries() {
        return entries;
    }

    /**
     * Sums up.
     *
     * @return one standing for each entrant
     */
    List<Standing> standings() {
        return entrants.stream().map(this::standing).toList();
    }

    private Standing standing(Entrant entrant) {
        List<Outcome> outcomes = entries.stream()
                .filter(Entry::counts)
                .map(Entry::outcome)
                .filter(outcome -> outcome.entrant().equals(entrant))
                .toList();
        return new Standing(entrant, outcomes, Optional.ofNullable(defects.get(entrant)));
    }

    /**
     * Whom the others are compared with.
     *
     * @return {@link Entrant#BASELINE}, or the first if that does not take part
     */
    Standing baseline() {
        List<Standing> standings = standings();
        return standings.stream()
                .filter(standing -> standing.entrant().name().equals(Entrant.BASELINE))
                .findFirst()
                .orElse(standings.get(0));
    }

    /**
     * Counts the races that other programs may have disturbed.
     *
     * @return how many of those that count
     */
    long disturbed() {
        return entries.stream()
                .filter(entry -> entry.counts() && entry.outcome().disturbed())
                .count();
    }
}
