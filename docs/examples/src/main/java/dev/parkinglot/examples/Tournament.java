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
 *
 * @param <L> the kind of locks that compete
 */
final class Tournament<L> {
    private final Discipline<L> discipline;
    private final List<Entrant<L>> entrants;
    private final Job job;
    private final Plan plan;
    private final List<Entry> entries = new ArrayList<>();
    private final Map<Entrant<L>, String> defects = new LinkedHashMap<>();

    /**
     * How much is raced.
     *
     * @param threads half of the threads of a race; their roles are up to the discipline
     * @param rounds how many rounds count
     * @param stallLimit how long a race may stand still
     */
    record Plan(int threads, int rounds, Duration stallLimit) {}

    /**
     * A race in the course of the tournament.
     *
     * @param discipline the name of what was raced
     * @param round 0 for the warm-up
     * @param place its place in the round, from 0
     * @param outcome how it went
     */
    record Entry(String discipline, int round, int place, Outcome outcome) {
        boolean counts() {
            return round > 0 && outcome.defect() == null;
        }
    }

    /**
     * Prepares a tournament.
     *
     * @param discipline what is raced
     * @param entrants who takes part, at least one
     * @param job what every race does
     * @param plan how much is raced
     */
    Tournament(Discipline<L> discipline, List<Entrant<L>> entrants, Job job, Plan plan) {
        this.discipline = discipline;
        this.entrants = entrants;
        this.job = job;
        this.plan = plan;
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
                Entrant<L> entrant = entrants.get((round + place) % entrants.size());
                progress.begin(entrant.name(), round, plan.rounds());
                if (!defects.containsKey(entrant)) {
                    race(entrant, round, place, progress);
                }
                progress.end(job.totalLines());
            }
        }
    }

    private void race(Entrant<L> entrant, int round, int place, Progress progress) throws InterruptedException {
        Race race = discipline.preparation().prepare(entrant, job, plan);
        Outcome outcome = race.run(job.expected(), progress::advance);
        entries.add(new Entry(discipline.name(), round, place, outcome));
        if (outcome.defect() != null) {
            defects.put(entrant, outcome.defect());
        }
    }

    Discipline<L> discipline() {
        return discipline;
    }

    Plan plan() {
        return plan;
    }

    /**
     * Explains to people what is raced.
     *
     * @return some sentences
     */
    String description() {
        return discipline.description().apply(job, plan);
    }

    /**
     * How much there is to do.
     *
     * @return the lines to index, all races together
     */
    long lines() {
        return job.totalLines() * (plan.rounds() + 1) * entrants.size();
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

    private Standing standing(Entrant<L> entrant) {
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
     * @return the baseline of the discipline, or the first if that does not take part
     */
    Standing baseline() {
        List<Standing> standings = standings();
        return standings.stream()
                .filter(standing -> standing.entrant().name().equals(discipline.baseline()))
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
