package dev.parkinglot.examples.contest;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
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

    private final Entrant entrant;
    private final Plan plan;

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
     * What every race does: to index each line of the corpus so and so many times.
     *
     * @param corpus the text
     * @param passes how often each of its lines is indexed
     * @param expected what every race must build, not to be changed
     * @param vocabulary the different words of the corpus, always in the same order; perhaps none
     * @param threads half of the threads of a race; their roles are up to the kind of race
     * @param stallLimit how long nothing may move
     */
    record Plan(
            Corpus corpus,
            int passes,
            InvertedIndex expected,
            List<String> vocabulary,
            int threads,
            Duration stallLimit) {
        /** Builds the index once, with one thread and no lock, to know what to expect. */
        static Plan of(Corpus corpus, int passes, int threads, Duration stallLimit) {
            InvertedIndex expected = new InvertedIndex();
            for (int pass = 0; pass < passes; pass++) {
                corpus.lines().forEach(line -> expected.add(InvertedIndex.Words.of(line)));
            }
            return new Plan(corpus, passes, expected, expected.words(), threads, stallLimit);
        }

        long totalLines() {
            return (long) corpus.lines().size() * passes;
        }

        /** The line of a number from 0 to {@link #totalLines}. */
        Corpus.Line line(long number) {
            List<Corpus.Line> lines = corpus.lines();
            return lines.get((int) (number % lines.size()));
        }

        /** What is read, as part of a sentence. */
        String text() {
            return String.format(Locale.ROOT, "%,d lines ", corpus.lines().size())
                    + (passes == 1 ? "once" : passes + " times");
        }
    }

    /**
     * Numbers from 0 to a limit, which threads claim chunk by chunk without a lock: who is ready sooner gets more. Only
     * the last chunk may be smaller than the others.
     */
    record Chunks(long total, int size, AtomicLong next) {
        /** What {@link #claim} returns when everything has been claimed. */
        static final long NONE = -1L;

        Chunks(long total, int size) {
            this(total, size, new AtomicLong());
        }

        /** Claims a chunk for the caller, and returns its first number, or {@link #NONE}. */
        long claim() {
            long from = next.getAndAdd(size);
            return from < total ? from : NONE;
        }

        /** The number after the last of a chunk that begins with a given number. */
        long end(long from) {
            return Math.min(from + size, total);
        }
    }

    /** One thread of the race: what it does, and the record of how it fared. */
    abstract class Racer implements Runnable {
        private final Thread thread;
        private final AtomicLong steps = new AtomicLong();

        /** How long this thread waited for locks. Read by others after the race. */
        final Histogram waits = ContestLock.newWaits();

        private long finishedNanos;
        private Machine.Switches switches = Machine.Switches.UNKNOWN;

        Racer(String name) {
            thread = new Thread(this, name);
            thread.setDaemon(true); // a lock that keeps it forever must not keep the program
        }

        /** Does this thread's part. */
        abstract void work() throws InterruptedException;

        @Override
        public final void run() {
            try {
                Machine.Switches before = Machine.threadSwitches();
                start.await();
                work();
                finishedNanos = System.nanoTime();
                switches = Machine.threadSwitches().minus(before);
            } catch (Throwable thrown) {
                fail(thread.getName() + ": " + thrown);
            } finally {
                finish.countDown();
            }
        }

        /**
         * Counts lines or look-ups, whatever this thread deals with, and throws if the race was stopped. Only this
         * thread writes, so no atomic instruction is needed, which could hide a lock's cost.
         */
        final void countSteps(long more) throws InterruptedException {
            steps.setOpaque(steps.getPlain() + more);
            if (failure.getOpaque() != null) { // stale for a moment at worst, and without a fence likewise
                throw new InterruptedException();
            }
        }
    }

    Race(Entrant entrant, Plan plan) {
        this.entrant = entrant;
        this.plan = plan;
        finish = new CountDownLatch(2 * plan.threads());
    }

    /** Waits for the lock in nanoseconds; those for reading, if the lock tells reading from writing. */
    abstract Histogram waits();

    /** Waits for the lock to write; empty if the lock does not tell reading from writing. */
    abstract Histogram writeWaits();

    static Histogram waitsOf(List<Racer> role) {
        Histogram waits = ContestLock.newWaits();
        role.forEach(racer -> waits.add(racer.waits));
        return waits;
    }

    static long stepsOf(List<Racer> role) {
        return role.stream().mapToLong(racer -> racer.steps.getOpaque()).sum();
    }

    /** Runs the race and judges it. An interrupt tells all threads to stop. */
    final Outcome run() throws InterruptedException {
        System.gc(); // everybody begins with a clean heap
        Machine.CpuTime cpuBefore;
        long started;
        try {
            all().forEach(racer -> racer.thread.start());
            cpuBefore = Machine.cpuTime();
            started = System.nanoTime();
            start.countDown();
            supervise();
        } catch (InterruptedException | OutOfMemoryError e) {
            fail(e.toString());
            throw e;
        }
        if (failure.get() == null) {
            index.differenceFrom(plan.expected()).ifPresent(this::fail);
        }
        return outcome(started, cpuBefore);
    }

    private Stream<Racer> all() {
        return Stream.concat(readers.stream(), indexers.stream());
    }

    /** The first failure counts; those that follow are mostly its consequences. Stops everybody. */
    private void fail(String reason) {
        if (failure.compareAndSet(null, reason)) {
            all().forEach(racer -> racer.thread.interrupt());
        }
    }

    private void supervise() throws InterruptedException {
        long seen = 0L;
        long seenAt = System.nanoTime();
        while (!finish.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
            if (failure.get() != null) {
                boolean unused = finish.await(GRACE.toMillis(), TimeUnit.MILLISECONDS);
                return;
            }
            long done = stepsOf(readers) + stepsOf(indexers);
            long now = System.nanoTime();
            if (done != seen) {
                seen = done;
                seenAt = now;
            } else if (now - seenAt > plan.stallLimit().toNanos()) {
                fail("nothing moved for " + plan.stallLimit().toSeconds() + " s: " + whereThreadsAre());
            }
        }
    }

    private String whereThreadsAre() {
        return all().map(racer -> racer.thread)
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
        long nanos = all().mapToLong(racer -> racer.finishedNanos).max().orElseThrow() - started;
        String defect = failure.get();
        boolean sound = defect == null; // otherwise there may be threads that still record
        Machine.Switches switches = all().map(racer -> racer.switches)
                .reduce(Machine.Switches::plus)
                .orElse(Machine.Switches.UNKNOWN);
        return new Outcome(
                entrant,
                nanos,
                sound ? waits() : ContestLock.newWaits(),
                sound ? writeWaits() : ContestLock.newWaits(),
                Math.min(slowestShare(readers), slowestShare(indexers)),
                switches,
                Machine.cpuTime().othersSince(cpuBefore, nanos),
                defect);
    }

    private static double slowestShare(List<Racer> role) {
        long least =
                role.stream().mapToLong(racer -> racer.steps.getOpaque()).min().orElseThrow();
        return (double) least * role.size() / stepsOf(role);
    }
}
