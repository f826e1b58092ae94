package dev.parkinglot.examples;

import dev.parkinglot.examples.Corpus.Line;
import dev.parkinglot.examples.InvertedIndex.Words;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/**
 * One building of the index with one kind of lock.
 *
 * <pre>
 *   corpus, chunk by chunk -> readers --+-> queue 0 -> indexers --+-> index
 *                             readers --+-> queue 1 -> indexers --+
 * </pre>
 *
 * <p>Every queue and the index has a lock of its own, all of the kind under contest. Readers claim chunks of lines
 * without a lock, and indexers take what comes: so a thread that a lock treats badly gets less done, which is what
 * "share" measures.
 *
 * <p>A race always ends. A thread that fails stops all others; a race in which nothing moves any more is given up, and
 * threads that do not react are left behind.
 */
final class Race {
    private static final int QUEUE_CAPACITY = 64;
    private static final int READERS_PER_QUEUE = 2;
    private static final int CHUNK_LINES = 16;
    private static final long LOOK_MILLIS = 50L;
    private static final Duration GRACE = Duration.ofSeconds(2);

    private final Entrant entrant;
    private final Corpus corpus;
    private final long totalLines;
    private final Duration stallLimit;

    private final AtomicLong nextLine = new AtomicLong();
    private final InvertedIndex index = new InvertedIndex();
    private final ContestLock indexLock;
    private final ContestLock.Section<Words, Void> addToIndex = this::addToIndex;
    private final List<Racer> readers = new ArrayList<>();
    private final List<Racer> indexers = new ArrayList<>();

    private final CountDownLatch start = new CountDownLatch(1);
    private final CountDownLatch finish;
    private final AtomicReference<String> failure = new AtomicReference<>();

    /**
     * Prepares a race.
     *
     * @param entrant the kind of lock
     * @param corpus what to index
     * @param threads how many readers, and as many indexers
     * @param passes how often each line is indexed
     * @param stallLimit how long nothing may move
     */
    Race(Entrant entrant, Corpus corpus, int threads, int passes, Duration stallLimit) {
        this.entrant = entrant;
        this.corpus = corpus;
        this.stallLimit = stallLimit;
        totalLines = (long) corpus.lines().size() * passes;
        indexLock = entrant.newLock().get();
        finish = new CountDownLatch(2 * threads);
        List<Lane> lanes = new ArrayList<>();
        for (int i = 0; i < Math.max(1, threads / READERS_PER_QUEUE); i++) {
            lanes.add(new Lane(
                    new BoundedQueue<>(QUEUE_CAPACITY, entrant.newLock().get())));
        }
        for (int i = 0; i < threads; i++) {
            Lane lane = lanes.get(i % lanes.size());
            lane.openReaders.incrementAndGet();
            readers.add(new Reader(lane, "reader-" + i));
            indexers.add(new Indexer(lane, "indexer-" + i));
        }
    }

    /** A queue and how many readers may still put something into it. */
    private record Lane(BoundedQueue<Line> queue, AtomicInteger openReaders) {
        Lane(BoundedQueue<Line> queue) {
            this(queue, new AtomicInteger());
        }
    }

    private final class Reader extends Racer {
        private final Lane lane;

        Reader(Lane lane, String name) {
            super(Race.this, name);
            this.lane = lane;
        }

        @Override
        void work() throws InterruptedException {
            List<Line> lines = corpus.lines();
            long from;
            while ((from = nextLine.getAndAdd(CHUNK_LINES)) < totalLines) {
                long to = Math.min(from + CHUNK_LINES, totalLines);
                for (long i = from; i < to; i++) {
                    checkStopped();
                    lane.queue.put(lines.get((int) (i % lines.size())), waits);
                    countLine();
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
            super(Race.this, name);
            this.lane = lane;
        }

        @Override
        void work() throws InterruptedException {
            Line line;
            while ((line = lane.queue.take(waits)) != null) {
                checkStopped();
                indexLock.hold(waits, addToIndex, Words.of(line));
                countLine();
            }
        }
    }

    private Void addToIndex(Words words) {
        index.add(words);
        return null;
    }

    private void checkStopped() throws InterruptedException {
        if (failure.getOpaque()
                != null) { // stale for a moment at worst, and without a fence that could hide a lock's cost
            throw new InterruptedException();
        }
    }

    // ---- for the racers

    void awaitStart() throws InterruptedException {
        start.await();
    }

    void finished() {
        finish.countDown();
    }

    /** The first failure counts; those that follow are mostly its consequences. Stops everybody. */
    void fail(String reason) {
        if (failure.compareAndSet(null, reason)) {
            readers.forEach(reader -> reader.thread().interrupt());
            indexers.forEach(indexer -> indexer.thread().interrupt());
        }
    }

    // ---- for the tournament

    /**
     * Runs the race and judges it.
     *
     * @param expected what the index should be
     * @param progress is told now and then how many lines have been indexed so far
     * @return how it went, including what went wrong
     * @throws InterruptedException if interrupted; all threads have been told to stop
     */
    Outcome run(InvertedIndex expected, LongConsumer progress) throws InterruptedException {
        System.gc(); // everybody begins with a clean heap
        Machine.CpuTime cpuBefore;
        long started;
        try {
            readers.forEach(reader -> reader.thread().start());
            indexers.forEach(indexer -> indexer.thread().start());
            cpuBefore = Machine.cpuTime();
            started = System.nanoTime();
            start.countDown();
            supervise(progress);
        } catch (InterruptedException | OutOfMemoryError e) {
            fail(e.toString());
            throw e;
        }
        if (failure.get() == null) {
            index.differenceFrom(expected).ifPresent(this::fail);
        }
        return outcome(started, cpuBefore);
    }

    private void supervise(LongConsumer progress) throws InterruptedException {
        long seen = 0L;
        long seenAt = System.nanoTime();
        while (!finish.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
            if (failure.get() != null) {
                awaitAfterFailure();
                return;
            }
            long done = linesMoved();
            long now = System.nanoTime();
            if (done != seen) {
                seen = done;
                seenAt = now;
                progress.accept(linesIndexed());
            } else if (now - seenAt > stallLimit.toNanos()) {
                fail("no line moved for " + stallLimit.toSeconds() + " s: " + whereThreadsAre());
            }
        }
    }

    private void awaitAfterFailure() throws InterruptedException {
        boolean unused = finish.await(GRACE.toMillis(), TimeUnit.MILLISECONDS);
    }

    private long linesMoved() {
        return readers.stream().mapToLong(Racer::lines).sum() + linesIndexed();
    }

    private long linesIndexed() {
        return indexers.stream().mapToLong(Racer::lines).sum();
    }

    private String whereThreadsAre() {
        List<Racer> all = new ArrayList<>(readers);
        all.addAll(indexers);
        return all.stream()
                .map(Racer::thread)
                .filter(Thread::isAlive)
                .map(thread -> thread.getName() + " " + thread.getState()
                        + Arrays.stream(thread.getStackTrace())
                                .filter(frame -> frame.getClassName().startsWith("dev.parkinglot."))
                                .findFirst()
                                .map(frame -> " at " + frame)
                                .orElse(""))
                .collect(Collectors.joining(", "));
    }

    private Outcome outcome(long started, Machine.CpuTime cpuBefore) {
        List<Racer> all = new ArrayList<>(readers);
        all.addAll(indexers);
        long nanos = all.stream().mapToLong(Racer::finishedNanos).max().orElseThrow() - started;
        Histogram waits = Waits.newHistogram();
        String defect = failure.get();
        if (defect == null) { // otherwise there may be threads that still record
            all.forEach(racer -> racer.waits.addTo(waits));
        }
        Machine.Switches switches =
                all.stream().map(Racer::switches).reduce(Machine.Switches::plus).orElse(Machine.Switches.UNKNOWN);
        return new Outcome(
                entrant,
                nanos,
                waits,
                Math.min(slowestShare(readers), slowestShare(indexers)),
                switches,
                Machine.cpuTime().othersSince(cpuBefore, nanos),
                defect);
    }

    private static double slowestShare(List<Racer> role) {
        double mean = role.stream().mapToLong(Racer::lines).average().orElseThrow();
        return role.stream().mapToLong(Racer::lines).min().orElseThrow() / mean;
    }
}
