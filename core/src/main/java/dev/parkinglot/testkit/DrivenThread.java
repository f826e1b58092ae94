package dev.parkinglot.testkit;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * A thread that the test drives. It is a real one, but it stands still at its stops, and goes on only when the test
 * lets it. All methods are for the test's own thread.
 */
public final class DrivenThread {
    /** Where a thread stands. */
    public enum Position {
        /** It has not been started. */
        NEW,
        /** It runs, or waits for something that the kit does not know, such as another lock. */
        RUNNING,
        /** It has called {@code park}, which has not begun. */
        AT_PARK,
        /** It has called an unpark, which has not begun. */
        AT_UNPARK,
        /** It has called {@code unparkRequeue}, which has not begun. */
        AT_REQUEUE,
        /** It has come to a {@linkplain DrivenLot#stop stop} that the test has made. */
        AT_LABEL,
        /** It sleeps in its parker. */
        ASLEEP,
        /** It has ended. */
        ENDED
    }

    /** After so long, a thread that neither stops nor ends is reported. */
    static final long WEDGED_SECONDS = 60L;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ManualClock clock;
    private final Thread thread;
    private final String name;
    private Position position = Position.NEW;
    private String label;
    private BooleanSupplier mayGoOn;
    private DrivenParker asleepIn;
    private boolean abandoned;
    private Throwable failure;
    private boolean failureSeen;

    DrivenThread(String name, ThreadFactory factory, ManualClock clock, Body body) {
        this.name = name;
        this.clock = clock;
        thread = factory.newThread(() -> runAndEnd(body));
        thread.setName(name);
    }

    // ---- on the driven thread

    private void runAndEnd(Body body) {
        Throwable thrown = null;
        try {
            body.run();
        } catch (Throwable e) {
            thrown = e;
        }
        lock.lock();
        try {
            failure = abandoned ? null : thrown;
            position = Position.ENDED;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void sleepIn(DrivenParker parker) {
        halt(Position.ASLEEP, null, null, parker);
    }

    void halt(Position where) {
        halt(where, null, null, null);
    }

    void haltAt(String where, BooleanSupplier conditionOrNull) {
        halt(Position.AT_LABEL, where, conditionOrNull, null);
    }

    private void halt(Position where, String labelOrNull, BooleanSupplier conditionOrNull, DrivenParker parkerOrNull) {
        lock.lock();
        try {
            position = where;
            label = labelOrNull;
            mayGoOn = conditionOrNull;
            asleepIn = parkerOrNull;
            changed.signalAll();
            while (position != Position.RUNNING) {
                changed.awaitUninterruptibly();
            }
            if (abandoned) {
                throw new AbandonedError();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Ends a thread whose test is over. */
    private static final class AbandonedError extends Error {
        private static final long serialVersionUID = 1L;

        AbandonedError() {
            super("the test is over");
        }
    }

    // ---- letting it go on

    /**
     * Lets it go on to its next stop, and waits until it is there.
     *
     * @return this
     * @throws AssertionError if it {@linkplain #canRun cannot run}, or if it neither stops nor ends within a minute
     */
    public DrivenThread step() {
        requireRunnable();
        letGo();
        awaitStill();
        return this;
    }

    /**
     * Lets it go on, past all stops, until it sleeps, cannot leave a {@link DrivenLot#stopUntil}, or has ended.
     *
     * @return this
     * @throws AssertionError if it {@linkplain #canRun cannot run}, or if it neither stops nor ends within a minute
     */
    public DrivenThread run() {
        requireRunnable();
        letGoUntilItWaits();
        return this;
    }

    /**
     * Lets it go on, past all other stops, until it comes to a stop of some kind.
     *
     * @param where the kind of stop
     * @return this
     * @throws AssertionError if it ends first, or comes to a point first where it {@linkplain #canRun cannot run}
     */
    public DrivenThread runUntil(Position where) {
        do {
            step();
        } while (position() != where);
        return this;
    }

    /**
     * Lets its parker return without any reason, as systems sometimes do, and then lets it go on as {@link #run}.
     *
     * @throws AssertionError if it is not asleep
     */
    public void returnFromPark() {
        parker();
        letGoUntilItWaits();
    }

    private void letGoUntilItWaits() {
        do {
            letGo();
            awaitStill();
        } while (!isAsleep() && canRun());
    }

    /** Interrupts the thread. If it sleeps in a wait that is interruptible, it goes on as with {@link #run}. */
    public void interrupt() {
        thread.interrupt();
        if (isAsleep() && parker().interruptible) {
            returnFromPark();
        }
    }

    /** Starts the thread without waiting for it; for tests that want it to wait elsewhere than in the lot. */
    public void begin() {
        letGo();
    }

    private void letGo() {
        lock.lock();
        try {
            boolean starts = position == Position.NEW;
            if (position == Position.RUNNING || position == Position.ENDED) {
                throw new AssertionError(this + " cannot be let go");
            }
            position = Position.RUNNING;
            asleepIn = null;
            if (starts) {
                thread.start();
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until the thread stands at a stop or has ended.
     *
     * @throws AssertionError if it does neither within a minute
     */
    public void awaitStill() {
        lock.lock();
        try {
            long nanos = TimeUnit.SECONDS.toNanos(WEDGED_SECONDS);
            while (position == Position.RUNNING) {
                if (nanos <= 0L) {
                    throw wedged();
                }
                nanos = changed.awaitNanos(nanos);
            }
        } catch (InterruptedException e) {
            throw new AssertionError("the test was interrupted", e);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for the end of a thread that has been let go.
     *
     * @throws AssertionError if it does not end within a minute
     */
    public void join() {
        try {
            thread.join(TimeUnit.SECONDS.toMillis(WEDGED_SECONDS));
            if (thread.isAlive()) {
                throw wedged();
            }
        } catch (InterruptedException e) {
            throw new AssertionError("the test was interrupted", e);
        }
    }

    /** Makes it throw out of the stop where it stands, and whatever it tries then, until it has ended. */
    void abandon(int attempts) {
        if (position() == Position.NEW) {
            return;
        }
        lock.lock();
        try {
            abandoned = true;
        } finally {
            lock.unlock();
        }
        for (int i = 0; !hasEnded(); i++) {
            if (i == attempts) {
                throw new AssertionError(this + " goes on although its test is over");
            }
            awaitStill();
            if (!hasEnded()) {
                letGo();
                awaitStill();
            }
        }
        join();
    }

    private AssertionError wedged() {
        AssertionError error = new AssertionError(this + " neither stops nor ends; this is its stack");
        error.setStackTrace(thread.getStackTrace());
        return error;
    }

    private void requireRunnable() {
        if (!canRun()) {
            throw new AssertionError(this + " cannot run: " + (hasEnded() ? "it has ended" : "nothing has woken it"));
        }
    }

    // ---- looking at it

    /**
     * Where it stands.
     *
     * @return the kind of stop
     */
    public Position position() {
        lock.lock();
        try {
            return position;
        } finally {
            lock.unlock();
        }
    }

    /**
     * At which label it stands.
     *
     * @return null if it stands elsewhere
     */
    public String label() {
        lock.lock();
        try {
            return position == Position.AT_LABEL ? label : null;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Whether it would go on by itself if the test did not hold it. It has not ended. If it is at a {@link
     * DrivenLot#stopUntil}, its condition holds. If it sleeps, it has been woken, or nudged (told to look round without
     * having been chosen), its deadline has passed on the driven clock, or it was interrupted and may be.
     *
     * @return true if so
     */
    public boolean canRun() {
        lock.lock();
        try {
            if (position == Position.AT_LABEL) {
                return mayGoOn == null || mayGoOn.getAsBoolean();
            }
            if (position != Position.ASLEEP) {
                return position != Position.ENDED && position != Position.RUNNING;
            }
            Long deadline = asleepIn.deadline;
            return asleepIn.roused
                    || (deadline != null && deadline - clock.getAsLong() <= 0L)
                    || (asleepIn.interruptible && thread.isInterrupted());
        } finally {
            lock.unlock();
        }
    }

    /**
     * Whether it sleeps in its parker.
     *
     * @return true if so, whether or not it has been woken meanwhile
     */
    public boolean isAsleep() {
        return position() == Position.ASLEEP;
    }

    /**
     * Whether it has ended.
     *
     * @return true if so
     */
    public boolean hasEnded() {
        return position() == Position.ENDED;
    }

    /**
     * Whether an unpark has chosen the sleeping thread.
     *
     * @return true if so
     * @throws AssertionError if it is not asleep
     */
    public boolean isMarkedUnparked() {
        return !parker().armed;
    }

    /**
     * Whether an unpark or a nudge has really roused the sleeping thread: other parkers would have returned.
     *
     * @return true if so
     * @throws AssertionError if it is not asleep
     */
    public boolean isRoused() {
        return parker().roused;
    }

    /**
     * Until when its parker was asked to sleep.
     *
     * @return nanoseconds on the driven clock; null if there is no deadline
     * @throws AssertionError if it is not asleep
     */
    public Long sleepsUntil() {
        return parker().deadline;
    }

    private DrivenParker parker() {
        lock.lock();
        try {
            if (asleepIn == null) {
                throw new AssertionError(this + " is not asleep");
            }
            return asleepIn;
        } finally {
            lock.unlock();
        }
    }

    /**
     * The thread itself.
     *
     * @return for comparison
     */
    public Thread thread() {
        return thread;
    }

    /**
     * What its body threw. A failure that nobody asks for makes the test fail when the lot is closed.
     *
     * @return null if it ended normally
     * @throws AssertionError if it has not ended
     */
    public Throwable failure() {
        lock.lock();
        try {
            if (position != Position.ENDED) {
                throw new AssertionError(this + " has not ended");
            }
            failureSeen = true;
            return failure;
        } finally {
            lock.unlock();
        }
    }

    Throwable unseenFailure() {
        lock.lock();
        try {
            return failureSeen ? null : failure;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String toString() {
        lock.lock();
        try {
            return name + " (" + position + (position == Position.AT_LABEL ? " " + label : "") + ")";
        } finally {
            lock.unlock();
        }
    }
}
