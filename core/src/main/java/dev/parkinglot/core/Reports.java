package dev.parkinglot.core;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Tells what the checks have found, on a daemon thread of its own: whoever takes a lock must not run a listener, which
 * may take locks, too. The same thread looks now and then for what nobody notices in passing.
 */
final class Reports {
    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(1L);

    private static final Queue<LockReport> FOUND = new ConcurrentLinkedQueue<>();
    private static final List<Consumer<LockReport>> LISTENERS = new CopyOnWriteArrayList<>();

    private static volatile Thread thread;

    private Reports() {}

    static void addListener(Consumer<LockReport> listener) {
        LISTENERS.add(listener);
    }

    static void removeListener(Consumer<LockReport> listener) {
        LISTENERS.remove(listener);
    }

    /** Starts the thread, unless it has been started. */
    static void start() {
        if (thread == null) {
            startNow();
        }
    }

    private static synchronized void startNow() {
        if (thread == null) {
            Thread reporter = new Thread(null, Reports::run, "parkinglot checks");
            reporter.setDaemon(true);
            reporter.start();
            thread = reporter;
        }
    }

    /** Notes a report whose message is that of its place. */
    static void add(LockCheck check, Throwable place) {
        add(new LockReport(check, place.getMessage(), List.of(place)));
    }

    static void add(LockReport report) {
        FOUND.add(report);
        start();
        LockSupport.unpark(thread);
    }

    private static void run() {
        long lastLook = System.nanoTime();
        while (true) {
            LockSupport.parkNanos(Reports.class, PERIOD_NANOS);
            try {
                if (System.nanoTime() - lastLook >= PERIOD_NANOS) {
                    look();
                    lastLook = System.nanoTime();
                }
                tellAll();
            } catch (RuntimeException | Error e) {
                logOrForget(Level.WARNING, "a look for mistakes has failed; the next one follows", e);
            }
        }
    }

    /** Looks for what is not found in passing. */
    static void look() {
        if (Switches.THREAD_END) {
            endedHolders(Recorder.HOLDS.all()).forEach(Reports::add);
        }
        if (Switches.LOST_WAKE) {
            LostWakes.WATCHED.look().forEach(Reports::add);
        }
    }

    /** Those holds whose threads have ended, each once. */
    static List<LockReport> endedHolders(List<Hold> holds) {
        List<LockReport> reports = new ArrayList<>();
        for (Hold hold : holds) {
            if (!hold.reported && !hold.by.thread.isAlive()) {
                hold.reported = true;
                String name = DeadlockDetector.nameOf(hold);
                reports.add(new LockReport(
                        LockCheck.THREAD_END,
                        "\"" + Deadlock.nameOf(hold.by.thread) + "\" has ended and still holds " + name,
                        hold.place == null ? List.of() : List.of(hold.place)));
            }
        }
        return reports;
    }

    static void tellAll() {
        for (LockReport report = FOUND.poll(); report != null; report = FOUND.poll()) {
            if (LISTENERS.isEmpty()) {
                logOrForget(Level.WARNING, report.toString(), null);
            }
            for (Consumer<LockReport> listener : LISTENERS) {
                tell(listener, report);
            }
        }
    }

    private static void tell(Consumer<LockReport> listener, LockReport report) {
        try {
            listener.accept(report);
        } catch (RuntimeException | Error e) {
            logOrForget(Level.WARNING, "a listener of the checks has failed", e);
        }
    }

    private static void logOrForget(Level level, String message, Throwable failure) {
        try {
            DeadlockDetector.logger().log(level, message, failure);
        } catch (RuntimeException | Error e) {
            // there is nobody left to tell
        }
    }
}
