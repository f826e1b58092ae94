package dev.parkinglot.core;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts what waiting costs, for each lock and for each class of locks. Only acquisitions that had to wait count; those
 * that need not are not even seen, which is why nothing is measured of them.
 *
 * <pre>{@code
 * try (ContentionStatistics statistics = ContentionStatistics.start()) {
 *     runTheService();
 *     statistics.perLock().forEach(System.out::println);
 * }
 * }</pre>
 *
 * <p>A lock is held weakly here, and forgotten when nobody else uses it any more; in the figures of its class it still
 * counts. Cost: a few hundred bytes for a lock that is waited for, and what an {@link Observation} costs.
 */
public final class ContentionStatistics implements AutoCloseable {
    private final WeakKeyMap<Counts> byLock = new WeakKeyMap<>();
    private final ConcurrentHashMap<String, Counts> byClass = new ConcurrentHashMap<>();
    private final Observation observation;

    /** What is measured for whoever has no object for it: the command line and JMX. Null if nothing is. */
    private static ContentionStatistics shared;

    /** What is measured so now, or was measured last. */
    private static ContentionStatistics latestShared;

    private ContentionStatistics() {
        observation = Observation.start(new Counter(this));
    }

    /**
     * Begins to count.
     *
     * @return has the counts, and ends it when it is closed
     */
    public static ContentionStatistics start() {
        return new ContentionStatistics();
    }

    /** Ends counting. What has been counted can still be asked for. */
    @Override
    public void close() {
        observation.close();
    }

    /** Begins or ends what is measured for whoever has no object for it; not twice, which would cost twice. */
    static synchronized void setShared(boolean measured) {
        if (measured && shared == null) {
            shared = start();
            latestShared = shared;
        } else if (!measured && shared != null) {
            shared.close();
            shared = null;
        }
    }

    static synchronized boolean isShared() {
        return shared != null;
    }

    /** Null if nothing has been measured so. */
    static synchronized ContentionStatistics latestShared() {
        return latestShared;
    }

    // ---- results

    /**
     * What has been counted, lock by lock.
     *
     * @return for each lock that is still in use; the one that was waited for longest in total comes first
     */
    public List<Contention> perLock() {
        List<Contention> all = new ArrayList<>();
        byLock.forEach((base, offset, counts) -> all.add(counts.of(KeyNames.describe(base, offset))));
        return sorted(all);
    }

    /**
     * What has been counted, class by class.
     *
     * @return for each class of locks; the one that was waited for longest in total comes first
     */
    public List<Contention> perClass() {
        List<Contention> all = new ArrayList<>();
        byClass.forEach((name, counts) -> all.add(counts.of(name)));
        return sorted(all);
    }

    private static List<Contention> sorted(List<Contention> all) {
        all.sort(Comparator.comparingLong(Contention::getTotalWaitNanos).reversed());
        return List.copyOf(all);
    }

    // ---- counting

    private record Counter(ContentionStatistics to) implements WaitObserver {
        @Override
        public void waited(FinishedWait wait) {
            to.byLock.computeIfAbsent(wait.base(), wait.offset(), Counts::new).add(wait);
            to.byClass.computeIfAbsent(wait.lockClass(), any -> new Counts()).add(wait);
        }

        @Override
        public void held(Object base, long offset, Thread holder, long nanos) {
            to.byLock.computeIfAbsent(base, offset, Counts::new).addHold(nanos);
            to.byClass
                    .computeIfAbsent(FinishedWait.classOf(base), any -> new Counts())
                    .addHold(nanos);
        }
    }

    /** The counts of one lock or class. Guarded by itself: whoever comes here has waited for far longer than that. */
    private static final class Counts {
        private long acquired;
        private long timedOut;
        private long interrupted;
        private long handedOver;
        private long totalWaitNanos;
        private long longestWaitNanos;
        private long holds;
        private long totalHoldNanos;
        private long longestHoldNanos;

        synchronized void add(FinishedWait wait) {
            switch (wait.outcome()) {
                case ACQUIRED -> acquired++;
                case TIMED_OUT -> timedOut++;
                case INTERRUPTED -> interrupted++;
                case FAILED -> {
                    // its time counts
                }
            }
            if (wait.handedOver()) {
                handedOver++;
            }
            totalWaitNanos += wait.nanos();
            longestWaitNanos = Math.max(longestWaitNanos, wait.nanos());
        }

        synchronized void addHold(long nanos) {
            holds++;
            totalHoldNanos += nanos;
            longestHoldNanos = Math.max(longestHoldNanos, nanos);
        }

        synchronized Contention of(String lock) {
            return new Contention(
                    lock,
                    acquired,
                    timedOut,
                    interrupted,
                    handedOver,
                    totalWaitNanos,
                    longestWaitNanos,
                    holds,
                    totalHoldNanos,
                    longestHoldNanos);
        }
    }
}
