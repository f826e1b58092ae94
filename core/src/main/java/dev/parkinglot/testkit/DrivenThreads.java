package dev.parkinglot.testkit;

import dev.parkinglot.parkers.ParkerBackend;
import dev.parkinglot.parkers.ThreadParker;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadFactory;

/**
 * Threads that a test drives, and the parkers on which they sleep: what {@link DrivenLot} is made of, for those who
 * make a lot of another kind.
 *
 * <p>The threads are real, but run in lockstep with the test: {@link #start}, {@link DrivenThread#step} and their like
 * return only when the thread stands still again or has ended. So at most one of all these threads runs, and every
 * interleaving that a test spells out is the one that happens. That a thread has been unparked, or interrupted, or that
 * its deadline has passed, does not wake it: only the test does, when it wants to.
 */
public final class DrivenThreads implements ParkerBackend {
    private static final int MAX_PARKS = 100;

    private final Map<Thread, DrivenThread> byThread = new ConcurrentHashMap<>();
    private final List<DrivenThread> inOrder = new CopyOnWriteArrayList<>();
    private final Faults faults = new Faults();
    private final ManualClock clock;
    private ThreadFactory factory;

    /**
     * Makes one without threads.
     *
     * @param clock with which the deadlines of sleeping threads are compared
     */
    public DrivenThreads(ManualClock clock) {
        this.clock = Objects.requireNonNull(clock, "clock");
        use(DrivenThreads::daemon);
    }

    private static Thread daemon(Runnable body) {
        Thread thread = new Thread(body);
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Chooses the kind of the threads that will be made; daemons of the platform until then.
     *
     * @param threads makes them, such as {@code Thread.ofVirtual().factory()}
     */
    public void use(ThreadFactory threads) {
        factory = Objects.requireNonNull(threads, "threads");
    }

    @Override
    public String name() {
        return "driven";
    }

    @Override
    public ThreadParker newParker(Object blocker) {
        faults.throwIfDue(Fault.NEW_PARKER);
        DrivenThread owner = current();
        if (owner == null) {
            throw new IllegalStateException("this thread may not park: only those that the test drives may");
        }
        return new DrivenParker(owner, faults);
    }

    /** The driven thread that calls, null if it is none. */
    DrivenThread current() {
        return byThread.get(Thread.currentThread());
    }

    /**
     * Makes a thread and lets it run until it sleeps or has ended.
     *
     * @param name its name in reports
     * @param body what it runs
     * @return the thread
     */
    public DrivenThread start(String name, Body body) {
        return prepare(name, body).run();
    }

    /**
     * Makes a thread without starting it.
     *
     * @param name its name in reports
     * @param body what it runs
     * @return the thread
     */
    public DrivenThread prepare(String name, Body body) {
        DrivenThread driven = new DrivenThread(name, factory, clock, body);
        byThread.put(driven.thread(), driven);
        inOrder.add(driven);
        return driven;
    }

    /**
     * All threads that were made.
     *
     * @return in this order
     */
    public List<DrivenThread> threads() {
        return inOrder;
    }

    /**
     * Lets all threads return from their parkers, for no reason, until they have ended, and forgets them.
     *
     * @throws AssertionError if one does not end
     */
    public void finishAndForget() {
        for (DrivenThread thread : inOrder) {
            // A body may park several times, but not without end when nobody is left in a queue.
            for (int i = 0; thread.isAsleep(); i++) {
                if (i == MAX_PARKS) {
                    throw new AssertionError(thread + " goes on sleeping");
                }
                thread.returnFromPark();
            }
            thread.join();
        }
        forget();
    }

    /** Makes all threads end by an error that leaves the stop where they stand, and forgets them. */
    void abandonAndForget() {
        for (DrivenThread thread : inOrder) {
            thread.abandon(MAX_PARKS);
        }
        forget();
    }

    private void forget() {
        inOrder.clear();
        byThread.clear();
    }

    /**
     * Makes the next call at some point throw.
     *
     * @param point where
     * @param throwable a {@code RuntimeException} or {@code Error}
     */
    public void throwNextAt(Fault point, Throwable throwable) {
        throwAtCall(point, 0, throwable);
    }

    /**
     * Makes one of the next calls at some point throw.
     *
     * @param point where
     * @param callsBefore how many calls there go well before
     * @param throwable a {@code RuntimeException} or {@code Error}
     * @throws IllegalArgumentException if it is a checked one
     */
    public void throwAtCall(Fault point, int callsBefore, Throwable throwable) {
        faults.inject(point, callsBefore, throwable);
    }

    /**
     * Takes back what was to be thrown and has not been.
     *
     * @return whether there was anything left
     */
    public boolean throwNothing() {
        return faults.clear();
    }
}
