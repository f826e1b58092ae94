package dev.parkinglot.core;

import dev.parkinglot.parkers.ParkerBackend;
import dev.parkinglot.parkers.ThreadParker;
import dev.parkinglot.parkers.UnparkHandle;
import dev.parkinglot.testing.Delays;
import dev.parkinglot.testing.ThreadKind;
import dev.parkinglot.testing.ThrowingRunnable;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Parkers that a test drives by hand, and the threads that sleep on them.
 *
 * <p>The threads are real, but run in lockstep with the test: {@link #start}, {@link Sleeper#returnFromPark} and their
 * like return only when the thread sleeps in its parker (again) or has ended. So at most one of all these threads runs,
 * and every interleaving that a test spells out is the one that happens. That a thread has been unparked, or
 * interrupted, or that its deadline has passed, does not wake it: only the test does, when it wants to.
 */
public final class HandDrivenBackend implements ParkerBackend {
    /** Where a throwable can be injected. */
    public enum Point {
        /** In {@link ParkerBackend#newParker}. */
        NEW_PARKER,
        /** In {@link ThreadParker#preparePark}, before the parker is armed. */
        PREPARE_PARK,
        /** In {@link ThreadParker#park} and {@link ThreadParker#parkUntil}, before the thread sleeps. */
        PARK,
        /** In {@link ThreadParker#unparkLock}, which should never throw, before the parker is marked. */
        UNPARK_LOCK,
        /** In {@link ThreadParker#nudgeLock}, which should never throw, before the parker is marked. */
        NUDGE,
        /** In {@link UnparkHandle#unpark}, of an unpark or of a nudge, before the thread is roused. */
        UNPARK
    }

    private static final int MAX_PARKS = 100;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<Thread, Sleeper> sleepers = new ConcurrentHashMap<>();
    private final List<Sleeper> inOrder = new CopyOnWriteArrayList<>();
    private final Map<Point, Injection> injected = new EnumMap<>(Point.class);
    private ThreadKind kind = ThreadKind.PLATFORM;

    /** Makes one without threads. */
    public HandDrivenBackend() {}

    /**
     * Chooses the kind of the threads that will be started; platform threads until then.
     *
     * @param threads the kind
     */
    public void use(ThreadKind threads) {
        kind = threads;
    }

    @Override
    public String name() {
        return "hand-driven";
    }

    @Override
    public ThreadParker newParker(Object blocker) {
        throwInjected(Point.NEW_PARKER);
        Sleeper owner = sleepers.get(Thread.currentThread());
        if (owner == null) {
            throw new IllegalStateException("only threads that the backend has started may park");
        }
        return new Parker(owner);
    }

    /**
     * Starts a thread and waits until it sleeps or has ended.
     *
     * @param name its name in reports
     * @param body what it runs
     * @return a handle
     */
    public Sleeper start(String name, ThrowingRunnable body) {
        Sleeper sleeper = prepare(name, body);
        sleeper.begin();
        sleeper.awaitStill();
        return sleeper;
    }

    /**
     * Makes a thread without starting it, for tests that need it to stop elsewhere than in its parker.
     *
     * @param name its name in reports
     * @param body what it runs
     * @return a handle; {@link Sleeper#begin} starts it
     */
    public Sleeper prepare(String name, ThrowingRunnable body) {
        Sleeper sleeper = new Sleeper(name, body);
        sleepers.put(sleeper.thread, sleeper);
        inOrder.add(sleeper);
        return sleeper;
    }

    /**
     * All threads that were started.
     *
     * @return in the order of their start
     */
    public List<Sleeper> threads() {
        return inOrder;
    }

    /** Lets all threads return from their parkers until they have ended, and forgets them and what they held. */
    public void finishAndForget() {
        for (Sleeper sleeper : inOrder) {
            // A body may park several times, but not without end when nobody is left in a queue.
            for (int i = 0; sleeper.isAsleep(); i++) {
                if (i == MAX_PARKS) {
                    throw new AssertionError(sleeper + " goes on sleeping");
                }
                sleeper.returnFromPark();
            }
            sleeper.join();
        }
        inOrder.clear();
        sleepers.clear();
    }

    /**
     * Makes the next call at some point throw.
     *
     * @param point where
     * @param throwable a {@code RuntimeException} or {@code Error}
     */
    public void throwNextAt(Point point, Throwable throwable) {
        throwAtCall(point, 0, throwable);
    }

    /**
     * Makes one of the next calls at some point throw.
     *
     * @param point where
     * @param callsBefore how many calls there go well before
     * @param throwable a {@code RuntimeException} or {@code Error}
     */
    public void throwAtCall(Point point, int callsBefore, Throwable throwable) {
        synchronized (injected) {
            injected.put(point, new Injection(callsBefore, throwable));
        }
    }

    /**
     * Takes back what was to be thrown and has not been.
     *
     * @return whether there was anything left
     */
    public boolean throwNothing() {
        synchronized (injected) {
            boolean left = !injected.isEmpty();
            injected.clear();
            return left;
        }
    }

    private record Injection(int callsBefore, Throwable throwable) {}

    private void throwInjected(Point point) {
        Injection injection;
        synchronized (injected) {
            injection = injected.remove(point);
            if (injection != null && injection.callsBefore > 0) {
                injected.put(point, new Injection(injection.callsBefore - 1, injection.throwable));
                return;
            }
        }
        if (injection != null) {
            Thrower.sneakily(injection.throwable);
        }
    }

    /** A thread that the test drives. Its methods are for the test's own thread. */
    public final class Sleeper {
        private final Thread thread;
        private Parker asleepIn;
        private boolean mayReturn;
        private boolean ended;
        private Throwable failure;

        private Sleeper(String name, ThrowingRunnable body) {
            thread = kind.unstarted(name, () -> runAndEnd(body));
        }

        private void runAndEnd(ThrowingRunnable body) {
            Throwable thrown = null;
            try {
                body.run();
            } catch (Throwable e) {
                thrown = e;
            }
            lock.lock();
            try {
                failure = thrown;
                ended = true;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        /** Starts the thread without waiting for it. */
        public void begin() {
            thread.start();
        }

        /** Waits until the thread sleeps in its parker or has ended. */
        public void awaitStill() {
            lock.lock();
            try {
                long nanos = Delays.LONG_DELAY.toNanos();
                while (!ended && (asleepIn == null || mayReturn)) {
                    if (nanos <= 0L) {
                        throw wedged();
                    }
                    nanos = changed.awaitNanos(nanos);
                }
            } catch (InterruptedException e) {
                throw new AssertionError("nobody interrupts the test", e);
            } finally {
                lock.unlock();
            }
        }

        private AssertionError wedged() {
            AssertionError error = new AssertionError(thread + " neither sleeps nor ends");
            error.setStackTrace(thread.getStackTrace());
            return error;
        }

        /**
         * Lets the parker return, for whatever reason there is or for none, and waits until the thread is still again.
         */
        public void returnFromPark() {
            lock.lock();
            try {
                if (asleepIn == null) {
                    throw new AssertionError(thread + " is not asleep");
                }
                mayReturn = true;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
            awaitStill();
        }

        /** Interrupts the thread in its sleep and, if that counts, lets the parker return. */
        public void interrupt() {
            thread.interrupt();
            if (isAsleep() && parker().interruptible) {
                returnFromPark();
            }
        }

        /**
         * Whether the thread sleeps in its parker.
         *
         * @return true if so
         */
        public boolean isAsleep() {
            lock.lock();
            try {
                return asleepIn != null;
            } finally {
                lock.unlock();
            }
        }

        /**
         * Whether the thread has ended.
         *
         * @return true if so
         */
        public boolean hasEnded() {
            lock.lock();
            try {
                return ended;
            } finally {
                lock.unlock();
            }
        }

        /**
         * Whether a waker has marked the sleeping thread unparked.
         *
         * @return true if so
         */
        public boolean isMarkedUnparked() {
            return !parker().armed;
        }

        /**
         * Whether a waker has really roused the sleeping thread: a parker of another backend would have returned.
         *
         * @return true if so
         */
        public boolean isRoused() {
            return parker().roused;
        }

        /**
         * Until when the parker was asked to sleep.
         *
         * @return null if there is no deadline
         */
        public Long sleepsUntil() {
            return parker().deadline;
        }

        private Parker parker() {
            lock.lock();
            try {
                if (asleepIn == null) {
                    throw new AssertionError(thread + " is not asleep");
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
         * What the thread's body threw.
         *
         * @return null if it ended normally
         */
        public Throwable failure() {
            lock.lock();
            try {
                if (!ended) {
                    throw new AssertionError(thread + " has not ended");
                }
                return failure;
            } finally {
                lock.unlock();
            }
        }

        /** Waits for the end of a thread that has been let go. */
        public void join() {
            try {
                thread.join(Delays.LONG_DELAY.toMillis());
                if (thread.isAlive()) {
                    throw wedged();
                }
            } catch (InterruptedException e) {
                throw new AssertionError("nobody interrupts the test", e);
            }
        }

        @Override
        public String toString() {
            return thread.getName();
        }
    }

    private final class Parker implements ThreadParker, UnparkHandle {
        private final Sleeper owner;
        private volatile boolean armed;
        private volatile boolean nudged;
        private volatile boolean roused;
        private volatile boolean interruptible;
        private volatile Long deadline;

        Parker(Sleeper owner) {
            this.owner = owner;
        }

        @Override
        public void preparePark() {
            throwInjected(Point.PREPARE_PARK);
            armed = true;
            nudged = false;
            roused = false;
        }

        @Override
        public boolean timedOut() {
            return armed;
        }

        @Override
        public boolean park(boolean interruptible) {
            deadline = null;
            return sleep(interruptible);
        }

        @Override
        public boolean parkUntil(long deadlineNanos, boolean interruptible) {
            deadline = deadlineNanos;
            return sleep(interruptible);
        }

        private boolean sleep(boolean interruptibly) {
            throwInjected(Point.PARK);
            interruptible = interruptibly;
            lock.lock();
            try {
                owner.asleepIn = this;
                changed.signalAll();
                while (!owner.mayReturn) {
                    changed.awaitUninterruptibly();
                }
                owner.mayReturn = false;
                owner.asleepIn = null;
            } finally {
                lock.unlock();
            }
            return !armed;
        }

        @Override
        public UnparkHandle unparkLock() {
            throwInjected(Point.UNPARK_LOCK);
            if (!armed) {
                return NONE;
            }
            armed = false;
            return this;
        }

        @Override
        public UnparkHandle nudgeLock() {
            throwInjected(Point.NUDGE);
            if (!armed || nudged) {
                return NONE;
            }
            nudged = true;
            return this;
        }

        @Override
        public void unpark() {
            throwInjected(Point.UNPARK);
            roused = true;
        }
    }
}
