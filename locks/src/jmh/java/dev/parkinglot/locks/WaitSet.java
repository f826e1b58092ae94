package dev.parkinglot.locks;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A lock and one condition of it: the three ways of Java to wait until something is so. A benchmark uses one in a fork,
 * so that every call of it has one target and is inlined.
 */
public abstract class WaitSet {
    /** The competitors. */
    public enum Kind {
        CONDVAR,
        CONDITION,
        MONITOR;

        WaitSet create() {
            return switch (this) {
                case CONDVAR -> new OfCondvar();
                case CONDITION -> new OfCondition();
                case MONITOR -> new OfMonitor();
            };
        }
    }

    /** Runs something with the lock held. */
    abstract void locked(Runnable action);

    /** Waits, once; with the lock held. */
    abstract void await();

    /** Wakes a waiter; with the lock held. */
    abstract void signal();

    /** Wakes all waiters; with the lock held. */
    abstract void signalAll();

    /** Wakes all waiters; without the lock, or with it taken again where Java demands that. */
    abstract void signalAllAfterUnlock();

    private static final class OfCondvar extends WaitSet {
        private final Mutex mutex = new Mutex();
        private final Condvar condvar = new Condvar();

        @Override
        void locked(Runnable action) {
            mutex.lock();
            action.run();
            mutex.unlock();
        }

        @Override
        void await() {
            condvar.awaitUninterruptibly(mutex);
        }

        @Override
        void signal() {
            condvar.signal();
        }

        @Override
        void signalAll() {
            condvar.signalAll();
        }

        @Override
        void signalAllAfterUnlock() {
            condvar.signalAll();
        }
    }

    private static final class OfCondition extends WaitSet {
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition condition = lock.newCondition();

        @Override
        void locked(Runnable action) {
            lock.lock();
            action.run();
            lock.unlock();
        }

        @Override
        void await() {
            condition.awaitUninterruptibly();
        }

        @Override
        void signal() {
            condition.signal();
        }

        @Override
        void signalAll() {
            condition.signalAll();
        }

        @Override
        void signalAllAfterUnlock() {
            lock.lock();
            condition.signalAll();
            lock.unlock();
        }
    }

    private static final class OfMonitor extends WaitSet {
        private final Object monitor = new Object();

        @Override
        void locked(Runnable action) {
            synchronized (monitor) {
                action.run();
            }
        }

        @Override
        void await() {
            try {
                monitor.wait();
            } catch (InterruptedException e) {
                throw new AssertionError("nobody interrupts", e);
            }
        }

        @Override
        void signal() {
            monitor.notify();
        }

        @Override
        void signalAll() {
            monitor.notifyAll();
        }

        @Override
        void signalAllAfterUnlock() {
            synchronized (monitor) {
                monitor.notifyAll();
            }
        }
    }
}
