package dev.parkinglot.examples;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * One building of the index with one kind of lock: threads that index lines, and threads of another role beside them.
 * What they do is up to the kind of race; here they are started together, watched and judged.
 *
 * <p>A race always ends. A thread that fails stops all others; a race in which nothing moves any more is given up, and
 * threads that do not react are left behind.
 */
abstract class Race {
    private static final long LOOK_MILLIS = 50L;
    private static final Duration GRACE = Duration.ofSeconds(2);

    private final Entrant<?> entrant;
    private final Duration stallLimit;

    /** What is built. Whoever touches it during the race holds the lock under contest. */
    final InvertedIndex index = new InvertedIndex();

    /** The threads that index lines. Filled by the constructor of the kind of race, then left alone. */
    final List<Racer> indexers = new ArrayList<>();

    /** The threads of the other role, likewise. */
    final List<Racer> readers = new ArrayList<>();

    private final CountDownLatch start = new CountDownLatch(1);
    private final CountDownLatch finish;
    private final AtomicReference<String> failure = new AtomicReference<>();

    /**
     * Prepares a race.
     *
     * @param entrant the kind of lock
     * @param threads how many there will be, both roles together
     * @param stallLimit how long nothing may move
     */
    Race(Entrant<?> entrant, int threads, Duration stallLimit) {
        this.entrant = entrant;
        this.stallLimit = stallLimit;
        finish = new CountDownLatch(threads);
    }

    // ---- for the kinds of race, after the race

    /**
     * Waits for the lock; those for reading, if the lock tells reading from writing.
     *
     * @return a histogram in nanoseconds
     */
    abstract Histogram waits();

    /**
     * Waits for the lock to write.
     *
     * @return a histogram in nanoseconds, empty if the lock does not tell reading from writing
     */
    abstract Histogram writeWaits();

    /**
     * Look-ups made before the index was complete.
     *
     * @return their part of all, from 0 to 1; NaN if nobody looks anything up
     */
    abstract double lookUpsWhileBuilt();

    static Histogram waitsOf(List<Racer> role) {
        Histogram waits = Waits.newHistogram();
        role.forEach(racer -> racer.waits.addTo(waits));
        return waits;
    }

    // ---- for the racers

    final void awaitStart() throws InterruptedException {
        start.await();
    }

    final void finished() {
        finish.countDown();
    }

    final void checkStopped() throws InterruptedException {
        if (failure.getOpaque()
                != null) { // stale for a moment at worst, and without a fence that could hide a lock's cost
            throw new InterruptedException();
        }
    }

    /** The first failure counts; those that follow are mostly its consequences. Stops everybody. */
    final void fail(String reason) {
        if (failure.compareAndSet(null, reason)) {
            all().forEach(racer -> racer.thread().interrupt());
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
    final Outcome run(InvertedIndex expected, LongConsumer progress) throws InterruptedException {
        System.gc(); // everybody begins with a clean heap
        Machine.CpuTime cpuBefore;
        long started;
        try {
            all().forEach(racer -> racer.thread().start());
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

    private Stream<Racer> all() {
        return Stream.concat(readers.stream(), indexers.stream());
    }

    private void supervise(LongConsumer progress) throws InterruptedException {
        long seen = 0L;
        long seenAt = System.nanoTime();
        while (!finish.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
            if (failure.get() != null) {
                awaitAfterFailure();
                return;
            }
            long done = stepsOf(readers) + stepsOf(indexers);
            long now = System.nanoTime();
            if (done != seen) {
                seen = done;
                seenAt = now;
                progress.accept(stepsOf(indexers));
            } else if (now - seenAt > stallLimit.toNanos()) {
                fail("nothing moved for " + stallLimit.toSeconds() + " s: " + whereThreadsAre());
            }
        }
    }

    private void awaitAfterFailure() throws InterruptedException {
        boolean unused = finish.await(GRACE.toMillis(), TimeUnit.MILLISECONDS);
    }

    static long stepsOf(List<Racer> role) {
        return role.stream().mapToLong(Racer::steps).sum();
    }

    private String whereThreadsAre() {
        return all().map(Racer::thread)
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
        long nanos = all().mapToLong(Racer::finishedNanos).max().orElseThrow() - started;
        String defect = failure.get();
        boolean sound = defect == null; // otherwise there may be threads that still record
        Machine.Switches switches =
                all().map(Racer::switches).reduce(Machine.Switches::plus).orElse(Machine.Switches.UNKNOWN);
        return new Outcome(
                entrant,
                nanos,
                sound ? waits() : Waits.newHistogram(),
                sound ? writeWaits() : Waits.newHistogram(),
                Math.min(slowestShare(readers), slowestShare(indexers)),
                sound ? lookUpsWhileBuilt() : Double.NaN,
                switches,
                Machine.cpuTime().othersSince(cpuBefore, nanos),
                defect);
    }

    private static double slowestShare(List<Racer> role) {
        double mean = role.stream().mapToLong(Racer::steps).average().orElseThrow();
        return role.stream().mapToLong(Racer::steps).min().orElseThrow() / mean;
    }
}
