package dev.parkinglot.examples.contest;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.function.BooleanSupplier;
import org.HdrHistogram.Histogram;

/**
 * A lock in the contest.
 *
 * <p>It is used through {@link #hold} and {@link #share} alone, because that is the one form that {@code synchronized}
 * has too. All kinds measure the wait in the same place and with the same two readings of the clock, so the price of
 * measuring is the same for all: about 50 ns a section, half of it while the lock is held.
 */
interface ContestLock {
    /**
     * Runs a section while holding the lock, and records how many nanoseconds the lock took to get. A section is an
     * object that is made once, and gets what changes as its argument, so that no section costs an allocation.
     *
     * <p>Not recorded is how long the lock takes to get again after a {@link Condition#awaitWhile}: no lock lets us
     * tell that from the wait for the condition. Only that wait can be interrupted.
     */
    <A, R> R hold(Histogram waits, Section<A, R> section, A argument) throws InterruptedException;

    /** Does the same while sharing the lock with others that read, if it is a readers-writer lock. */
    default <A, R> R share(Histogram waits, Section<A, R> section, A argument) throws InterruptedException {
        return hold(waits, section, argument);
    }

    /** A new condition, to be used only while holding the lock. */
    Condition newCondition();

    /** What is done while the lock is held. */
    @FunctionalInterface
    interface Section<A, R> {
        R run(A argument) throws InterruptedException;
    }

    /** What threads wait for and signal, with the lock held. */
    interface Condition {
        /**
         * Waits, giving up the lock meanwhile, as long as the obstacle is there. It is evaluated with the lock held,
         * first before waiting at all.
         */
        void awaitWhile(BooleanSupplier obstacle) throws InterruptedException;

        /** Wakes one of the threads that wait for this condition; perhaps also threads that wait for others. */
        void signal();

        /** Wakes all threads that wait for this condition. */
        void signalAll();
    }

    /** An empty record of nanoseconds, exact to one percent. It does not grow: recording allocates nothing. */
    static Histogram newWaits() {
        return new Histogram(TimeUnit.HOURS.toNanos(1), 2);
    }

    /** Lets a lock take part that nobody else uses, with its own conditions. */
    static ContestLock of(Lock lock) {
        return new OfLock(lock);
    }

    /** Lets a readers-writer lock take part that nobody else uses. To hold it is to write. */
    static ContestLock of(ReadWriteLock lock) {
        return new OfReadWriteLock(new OfLock(lock.writeLock()), new OfLock(lock.readLock()));
    }

    /** Lets {@code synchronized}, {@code wait} and {@code notifyAll} take part. */
    static ContestLock monitor() {
        return new OfMonitor(new Object());
    }

    /** A lock of the shape that {@code java.util.concurrent} has made usual. */
    record OfLock(Lock lock) implements ContestLock {
        @Override
        public <A, R> R hold(Histogram waits, Section<A, R> section, A argument) throws InterruptedException {
            long called = System.nanoTime();
            long acquired;
            R result;
            lock.lock();
            try {
                acquired = System.nanoTime();
                result = section.run(argument);
            } finally {
                lock.unlock();
            }
            waits.recordValue(acquired - called);
            return result;
        }

        @Override
        public Condition newCondition() {
            return new ConditionOfLock(lock.newCondition());
        }
    }

    record ConditionOfLock(java.util.concurrent.locks.Condition condition) implements Condition {
        @Override
        public void awaitWhile(BooleanSupplier obstacle) throws InterruptedException {
            while (obstacle.getAsBoolean()) {
                condition.await();
            }
        }

        @Override
        public void signal() {
            condition.signal();
        }

        @Override
        public void signalAll() {
            condition.signalAll();
        }
    }

    record OfReadWriteLock(ContestLock write, ContestLock read) implements ContestLock {
        @Override
        public <A, R> R hold(Histogram waits, Section<A, R> section, A argument) throws InterruptedException {
            return write.hold(waits, section, argument);
        }

        @Override
        public <A, R> R share(Histogram waits, Section<A, R> section, A argument) throws InterruptedException {
            return read.hold(waits, section, argument);
        }

        @Override
        public Condition newCondition() {
            return write.newCondition();
        }
    }

    /** What {@code synchronized} makes of an object. */
    record OfMonitor(Object monitor) implements ContestLock {
        @Override
        public <A, R> R hold(Histogram waits, Section<A, R> section, A argument) throws InterruptedException {
            long called = System.nanoTime();
            long acquired;
            R result;
            synchronized (monitor) {
                acquired = System.nanoTime();
                result = section.run(argument);
            }
            waits.recordValue(acquired - called);
            return result;
        }

        @Override
        public Condition newCondition() {
            return new ConditionOfMonitor(monitor);
        }
    }

    /** One of several conditions that share the monitor's only wait set, so a signal must wake every thread in it. */
    record ConditionOfMonitor(Object monitor) implements Condition {
        @Override
        public void awaitWhile(BooleanSupplier obstacle) throws InterruptedException {
            synchronized (monitor) { // held already; says so to the reader and the compiler
                while (obstacle.getAsBoolean()) {
                    monitor.wait();
                }
            }
        }

        @Override
        public void signal() {
            signalAll();
        }

        @Override
        public void signalAll() {
            synchronized (monitor) {
                monitor.notifyAll();
            }
        }
    }
}
