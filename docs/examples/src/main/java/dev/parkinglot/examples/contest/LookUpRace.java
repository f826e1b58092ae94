package dev.parkinglot.examples.contest;

import dev.parkinglot.examples.contest.InvertedIndex.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.HdrHistogram.Histogram;

/**
 * A race of readers-writer locks: look-ups in the index while it is built.
 *
 * <pre>
 *   corpus, batch by batch -> writers --(write lock)--> index --(read lock)--> searchers
 * </pre>
 *
 * <p>Writers add a batch of lines at a time, so that there is one acquisition for writing to about a hundred for
 * reading. How many look-ups there are is fixed, and so are the words that each searcher asks for; which searcher makes
 * how many of them is not: all claim them chunk by chunk, as the writers claim their batches. Nobody waits for anything
 * but the lock. So a lock that keeps the writers out has all look-ups made before the index is complete, and one that
 * keeps the readers out has few.
 */
final class LookUpRace extends Race {
    private static final int BATCH_LINES = 8;
    private static final int LOOK_UPS_PER_LINE = 12;
    private static final int CHUNK_LOOK_UPS = 64;

    private final Plan plan;
    private final Chunks unreadLines;
    private final Chunks lookUps;
    private final ContestLock lock;
    private final ContestLock.Section<List<Words>, Void> addBatch = this::addBatch;
    private final ContestLock.Section<Searcher, Void> lookUp = this::lookUp;

    LookUpRace(Entrant entrant, Plan plan) {
        super(entrant, plan);
        this.plan = plan;
        unreadLines = new Chunks(plan.totalLines(), BATCH_LINES);
        lookUps = new Chunks(totalLookUps(plan), CHUNK_LOOK_UPS);
        lock = entrant.newLock().get();
        for (int i = 0; i < searchers(plan); i++) {
            readers.add(new Searcher(i));
        }
        for (int i = 0; i < writers(plan); i++) {
            indexers.add(new Writer("writer-" + i));
        }
    }

    /** A quarter of the threads that the exclusive locks have to serve, so that both contests have equally many. */
    private static int writers(Plan plan) {
        return Math.max(1, plan.threads() / 2);
    }

    private static int searchers(Plan plan) {
        return 2 * plan.threads() - writers(plan);
    }

    private static long totalLookUps(Plan plan) {
        return plan.totalLines() * LOOK_UPS_PER_LINE;
    }

    /** Says what is raced, in a sentence or two for people. */
    static String description(Plan plan) {
        return String.format(
                Locale.ROOT,
                "%d threads look up %,d words in an index that %d threads build meanwhile from %s, %d lines at a time."
                        + " The index is guarded by the readers-writer lock under contest.",
                searchers(plan),
                totalLookUps(plan),
                writers(plan),
                plan.text(),
                BATCH_LINES);
    }

    private final class Writer extends Racer {
        Writer(String name) {
            super(name);
        }

        @Override
        void work() throws InterruptedException {
            long from;
            while ((from = unreadLines.claim()) != Chunks.NONE) {
                List<Words> batch = new ArrayList<>(BATCH_LINES);
                for (long i = from; i < unreadLines.end(from); i++) {
                    batch.add(Words.of(plan.line(i)));
                }
                lock.hold(waits, addBatch, batch);
                countSteps(batch.size());
            }
        }
    }

    private final class Searcher extends Racer {
        private final SplittableRandom random;
        private String word = "";

        /** The sum of all answers: if nothing were done with them, the compiler could leave out the look-ups. */
        @SuppressWarnings("UnusedVariable")
        private long occurrences;

        Searcher(int number) {
            super("searcher-" + number);
            random = new SplittableRandom(number); // looks random, and is the same in every race
        }

        @Override
        void work() throws InterruptedException {
            long from;
            while ((from = lookUps.claim()) != Chunks.NONE) {
                for (long i = from; i < lookUps.end(from); i++) {
                    if (!plan.vocabulary().isEmpty()) {
                        word = plan.vocabulary()
                                .get(random.nextInt(plan.vocabulary().size()));
                    }
                    lock.share(waits, lookUp, this);
                    countSteps(1L);
                }
            }
        }
    }

    private Void addBatch(List<Words> batch) {
        index.addAll(batch);
        return null;
    }

    private Void lookUp(Searcher searcher) {
        searcher.occurrences += index.occurrences(searcher.word);
        return null;
    }

    @Override
    Histogram waits() {
        return waitsOf(readers);
    }

    @Override
    Histogram writeWaits() {
        return waitsOf(indexers);
    }
}
