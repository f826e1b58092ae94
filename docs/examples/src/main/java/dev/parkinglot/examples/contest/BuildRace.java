package dev.parkinglot.examples.contest;

import dev.parkinglot.examples.contest.Corpus.Line;
import dev.parkinglot.examples.contest.InvertedIndex.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * A race of exclusive locks.
 *
 * <pre>
 *   corpus, chunk by chunk -> readers --+-> queue 0 -> indexers --+-> index
 *                             readers --+-> queue 1 -> indexers --+
 * </pre>
 *
 * <p>Every queue and the index has a lock of its own, all of the kind under contest. Readers claim chunks of lines
 * without a lock, and indexers take what comes: so a thread that a lock treats badly gets less done, which is what
 * "share" measures.
 */
final class BuildRace extends Race {
    private static final int QUEUE_CAPACITY = 64;
    private static final int READERS_PER_QUEUE = 2;
    private static final int CHUNK_LINES = 16;

    private final Plan plan;
    private final Chunks unreadLines;
    private final ContestLock indexLock;
    private final ContestLock.Section<Words, Void> addToIndex = this::addToIndex;

    BuildRace(Entrant entrant, Plan plan) {
        super(entrant, plan);
        this.plan = plan;
        unreadLines = new Chunks(plan.totalLines(), CHUNK_LINES);
        indexLock = entrant.newLock().get();
        List<Lane> lanes = new ArrayList<>();
        for (int i = 0; i < Math.max(1, plan.threads() / READERS_PER_QUEUE); i++) {
            lanes.add(new Lane(
                    new BoundedQueue<>(QUEUE_CAPACITY, entrant.newLock().get()), new AtomicInteger()));
        }
        for (int i = 0; i < plan.threads(); i++) {
            Lane lane = lanes.get(i % lanes.size());
            lane.openReaders.incrementAndGet();
            readers.add(new Reader(lane, "reader-" + i));
            indexers.add(new Indexer(lane, "indexer-" + i));
        }
    }

    /** Says what is raced, in a sentence or two for people. */
    static String description(Plan plan) {
        return String.format(
                Locale.ROOT,
                "%d threads read %s and hand them through bounded queues to %d threads that build one inverted word"
                        + " index. Queues and index are guarded by the lock under contest.",
                plan.threads(),
                plan.text(),
                plan.threads());
    }

    /** A queue and how many readers may still put something into it. */
    private record Lane(BoundedQueue<Line> queue, AtomicInteger openReaders) {}

    private final class Reader extends Racer {
        private final Lane lane;

        Reader(Lane lane, String name) {
            super(name);
            this.lane = lane;
        }

        @Override
        void work() throws InterruptedException {
            long from;
            while ((from = unreadLines.claim()) != Chunks.NONE) {
                for (long i = from; i < unreadLines.end(from); i++) {
                    lane.queue.put(plan.line(i), waits);
                    countSteps(1L);
                }
            }
            if (lane.openReaders.decrementAndGet() == 0) {
                lane.queue.close(waits);
            }
        }
    }

    private final class Indexer extends Racer {
        private final Lane lane;

        Indexer(Lane lane, String name) {
            super(name);
            this.lane = lane;
        }

        @Override
        void work() throws InterruptedException {
            Line line;
            while ((line = lane.queue.take(waits)) != null) {
                indexLock.hold(waits, addToIndex, Words.of(line));
                countSteps(1L);
            }
        }
    }

    private Void addToIndex(Words words) {
        index.add(words);
        return null;
    }

    @Override
    Histogram waits() {
        return waitsOf(Stream.concat(readers.stream(), indexers.stream()).toList());
    }

    @Override
    Histogram writeWaits() {
        return ContestLock.newWaits();
    }
}
