package dev.parkinglot.examples;

import static dev.parkinglot.examples.Metric.LONGEST;
import static dev.parkinglot.examples.Metric.LONGEST_READ;
import static dev.parkinglot.examples.Metric.LONGEST_WRITE;
import static dev.parkinglot.examples.Metric.LOOK_UPS;
import static dev.parkinglot.examples.Metric.RATE;
import static dev.parkinglot.examples.Metric.SHARE;
import static dev.parkinglot.examples.Metric.SWITCHES;
import static dev.parkinglot.examples.Metric.TAIL;
import static dev.parkinglot.examples.Metric.TAIL_READ;
import static dev.parkinglot.examples.Metric.TAIL_WRITE;
import static dev.parkinglot.examples.Metric.TIME;
import static dev.parkinglot.examples.Metric.WHILE_BUILT;

import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.HdrHistogram.Histogram;

/**
 * What a kind of locks competes in.
 *
 * @param <L> the kind
 * @param name what it is called in raw numbers
 * @param title what people call it
 * @param baseline the name of the entrant that the others are compared with, if it takes part
 * @param metrics what is compared, in the order of the reports
 * @param curves of which waits the report draws the distribution
 * @param description explains to people what is raced
 * @param preparation makes a race
 */
record Discipline<L>(
        String name,
        String title,
        String baseline,
        List<Metric> metrics,
        List<Curve> curves,
        BiFunction<Job, Tournament.Plan, String> description,
        Preparation<L> preparation) {

    static final Discipline<ContestLock> EXCLUSIVE = new Discipline<>(
            "exclusive",
            "Exclusive locks",
            "ReentrantLock",
            List.of(TIME, RATE, LONGEST, TAIL, SHARE, SWITCHES),
            List.of(new Curve("wait of the unluckiest", Outcome::waits)),
            BuildRace::description,
            BuildRace::new);

    static final Discipline<RwContestLock> READ_MOSTLY = new Discipline<>(
            "read-mostly",
            "Readers-writer locks",
            "ReentrantReadWriteLock",
            List.of(TIME, LOOK_UPS, LONGEST_READ, TAIL_READ, LONGEST_WRITE, TAIL_WRITE, SHARE, WHILE_BUILT, SWITCHES),
            List.of(
                    new Curve("wait of the unluckiest reads", Outcome::waits),
                    new Curve("wait of the unluckiest writes", Outcome::writeWaits)),
            LookUpRace::description,
            LookUpRace::new);

    /**
     * A distribution of waits.
     *
     * @param title what people call it
     * @param waits reads it off a race
     */
    record Curve(String title, Function<Outcome, Histogram> waits) {}

    /**
     * Makes races.
     *
     * @param <L> the kind of locks
     */
    @FunctionalInterface
    interface Preparation<L> {
        /**
         * Makes a race.
         *
         * @param entrant whose lock is used
         * @param job what is done
         * @param plan how much is raced
         * @return the race, not yet run
         */
        Race prepare(Entrant<L> entrant, Job job, Tournament.Plan plan);
    }
}
