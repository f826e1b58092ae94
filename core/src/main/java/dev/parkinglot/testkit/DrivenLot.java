package dev.parkinglot.testkit;

import dev.parkinglot.core.IsolatedLot;
import dev.parkinglot.core.LotOperation;
import dev.parkinglot.testkit.DrivenThread.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadFactory;
import java.util.function.BooleanSupplier;

/**
 * A lot of one's own, in which the test puts threads into any order: it drives them, and the clock, step by step.
 *
 * <pre>{@code
 * try (DrivenLot lot = new DrivenLot()) {
 *     Gate gate = new Gate();
 *     DrivenThread waiter = lot.thread("waiter", gate::await).step(); // has seen the gate shut, and calls park
 *     gate.open(); // in between
 *     waiter.run();
 *     assertTrue(waiter.hasEnded());
 * }
 * }</pre>
 *
 * <p><b>How.</b> The synchronizer is tested as it is: while its threads run, their calls of {@code ParkingLot} go to
 * this lot and not to the shared one ({@link IsolatedLot}), and so do those of the thread that made this, which may
 * call everything but {@code park}. Each driven thread stops before every operation of the lot, when it sleeps, and
 * where the test has put a {@link #stop}. It goes on when the test says so, and the test waits until it stops again. So
 * at most one thread runs at a time.
 *
 * <p><b>Time.</b> The {@link #clock} stands still unless the test moves it. It shows {@link System#nanoTime()} of the
 * moment at which this was made, so that a synchronizer may compute its deadlines from {@code System.nanoTime()} or
 * with {@code Patience.within}: such a deadline is at most as much later as the test has taken so far. Move the clock
 * by much more than the timeout. For {@link Schedules}, let a thread of its own move it: then the time is over at each
 * point in turn.
 *
 * <p><b>Limits.</b> What a thread does between two stops is one step here. An error that lies between two accesses to
 * your own fields, or in their memory order, is for stress tests such as jcstress, or for a model. Do not stop in a
 * callback that runs under a bucket lock: others would wait for that lock, and the test would take that for a thread
 * that neither stops nor ends.
 *
 * <p>To be used by one thread, and closed by it.
 */
public final class DrivenLot implements AutoCloseable {
    private static final int MAX_STEPS = 100_000;

    private final ManualClock clock = new ManualClock(System.nanoTime());
    private final DrivenThreads threads = new DrivenThreads(clock);
    private final IsolatedLot lot = new IsolatedLot(thread -> threads, clock, this::arrive);

    /**
     * Makes one with platform threads. The calling thread is in it until it closes it.
     *
     * @throws IllegalStateException if the thread is in such a lot already
     */
    public DrivenLot() {
        lot.enter();
    }

    /**
     * Makes one with threads of some kind. The calling thread is in it until it closes it.
     *
     * @param factory makes the threads, such as {@code Thread.ofVirtual().factory()}
     * @throws IllegalStateException if the thread is in such a lot already
     */
    public DrivenLot(ThreadFactory factory) {
        threads.use(factory);
        lot.enter();
    }

    private void arrive(LotOperation operation) {
        DrivenThread current = threads.current();
        if (current != null) {
            current.halt(positionBefore(operation));
        }
    }

    private static Position positionBefore(LotOperation operation) {
        return switch (operation) {
            case PARK -> Position.AT_PARK;
            case UNPARK -> Position.AT_UNPARK;
            case REQUEUE -> Position.AT_REQUEUE;
        };
    }

    /**
     * The clock of this lot.
     *
     * @return it decides about deadlines and ages
     */
    public ManualClock clock() {
        return clock;
    }

    /**
     * Makes a thread without starting it: {@link DrivenThread#step} or {@link DrivenThread#run} does.
     *
     * @param name its name in reports
     * @param body what it runs
     * @return the thread
     */
    public DrivenThread thread(String name, Body body) {
        Objects.requireNonNull(body, "body");
        return threads.prepare(name, () -> {
            lot.enter();
            try {
                body.run();
            } finally {
                lot.leave();
            }
        });
    }

    /**
     * Makes a thread and lets it run until it sleeps, cannot leave a {@link #stopUntil}, or has ended.
     *
     * @param name its name in reports
     * @param body what it runs
     * @return the thread
     */
    public DrivenThread start(String name, Body body) {
        return thread(name, body).run();
    }

    /**
     * A stop of the test's own, in the body of a thread or in a method of a synchronizer that the test overrides.
     * Called by a thread that is not driven, it does nothing.
     *
     * @param label what {@link DrivenThread#label} says meanwhile
     */
    public void stop(String label) {
        DrivenThread current = threads.current();
        if (current != null) {
            current.haltAt(label, null);
        }
    }

    /**
     * As {@link #stop}, but the thread cannot go on until something is the case: for a loop that looks again and again,
     * which would have orders without end.
     *
     * @param label what {@link DrivenThread#label} says meanwhile
     * @param condition evaluated by the test's thread, while the driven threads stand still. It need not hold any more
     *     when the thread goes on, so let the loop look again
     */
    public void stopUntil(String label, BooleanSupplier condition) {
        Objects.requireNonNull(condition, "condition");
        DrivenThread current = threads.current();
        if (current != null) {
            current.haltAt(label, condition);
        }
    }

    /**
     * Makes the next call at some point of a parker, on which a thread sleeps, throw: to see what becomes of the
     * synchronizer. For {@code ParkCallbacks.wakeLost}, let the thread {@link #stop} in {@code beforeSleep}, unpark it,
     * and let it throw at {@link Fault#PARK}.
     *
     * @param point where
     * @param throwable a {@code RuntimeException} or {@code Error}
     */
    public void throwNextAt(Fault point, Throwable throwable) {
        threads.throwNextAt(point, throwable);
    }

    /**
     * All threads of this lot.
     *
     * @return in the order in which they were made
     */
    public List<DrivenThread> threads() {
        return List.copyOf(threads.threads());
    }

    /**
     * Lets the threads run, each as far as it comes and in the order in which they were made, until none can run.
     *
     * @return those that sleep then; not those that cannot leave a {@link #stopUntil}
     * @throws AssertionError if they go on without end
     */
    public List<DrivenThread> runAll() {
        List<DrivenThread> sleeping = new ArrayList<>();
        int steps = 0;
        for (boolean moved = true; moved; ) {
            moved = false;
            sleeping.clear();
            for (DrivenThread thread : threads.threads()) {
                while (thread.canRun()) {
                    thread.step();
                    moved = true;
                    if (++steps == MAX_STEPS) {
                        throw new AssertionError("the threads go on without end: " + threads.threads());
                    }
                }
                if (thread.isAsleep()) {
                    sleeping.add(thread);
                }
            }
        }
        return sleeping;
    }

    /**
     * Ends the threads that have not ended, by an error that leaves the call in which they stand, and leaves the lot.
     *
     * @throws AssertionError if a thread has failed and the test has not asked for its {@linkplain DrivenThread#failure
     *     failure}
     */
    @Override
    public void close() {
        try {
            List<DrivenThread> all = threads();
            threads.abandonAndForget();
            for (DrivenThread thread : all) {
                if (thread.unseenFailure() != null) {
                    throw new AssertionError(thread + " has failed", thread.unseenFailure());
                }
            }
        } finally {
            lot.leave();
        }
    }
}
