package dev.parkinglot.core;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Looks for deadlocks at intervals, on a daemon thread, and tells each of them once. Made by {@link
 * DeadlockDetector#watch(Duration, Consumer)}.
 */
public final class DeadlockWatch implements AutoCloseable {
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Duration period;
    private final Supplier<List<Deadlock>> finder;
    private final Consumer<Deadlock> listener;

    /** What has been told and still was there at the last look: who waits there, and since when. */
    private Set<Set<ParkedThread>> known = Set.of();

    DeadlockWatch(Duration period, Supplier<List<Deadlock>> finder, Consumer<Deadlock> listener) {
        this.period = period;
        this.finder = finder;
        this.listener = listener;
    }

    void start() {
        Thread thread = new Thread(this::run, "parkinglot-deadlock-watch");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            do {
                look();
            } while (!closed.await(TimeUnit.NANOSECONDS.convert(period), TimeUnit.NANOSECONDS));
        } catch (InterruptedException e) {
            // somebody wants it to end
        }
    }

    /** Looks once. */
    void look() {
        try {
            Set<Set<ParkedThread>> found = new HashSet<>();
            for (Deadlock deadlock : finder.get()) {
                Set<ParkedThread> waits = new HashSet<>();
                deadlock.threads().forEach(member -> waits.add(member.waiting()));
                found.add(waits);
                if (!known.contains(waits)) {
                    listener.accept(deadlock);
                }
            }
            known = found;
        } catch (RuntimeException | Error e) {
            DeadlockDetector.logger().log(Level.WARNING, "a look for deadlocks has failed; the watch goes on", e);
        }
    }

    /** Ends the watch; a look that is under way is completed. */
    @Override
    public void close() {
        closed.countDown();
    }
}
