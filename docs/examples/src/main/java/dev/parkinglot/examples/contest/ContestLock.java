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
     * Runs a section while holding the lock, and records how long the lock took to get.
     *
     * <p>Not recorded is how long the lock takes to get again after a {@link Condition#awaitWhile}: no lock lets us
     * tell that from the wait for the condition.
     *
     * @param <A> the type of the section's argument
     * @param <R> the type of its result
     * @param waits the calling thread's record, in nanoseconds
     * @param section what to run; it is an object that is made once, and gets what changes as its argument, so that no
     *     section costs an allocation
     * @param argument passed to the section
     * @return what the section returned
     * @throws InterruptedException from waiting for a condition; waiting for the lock itself is not interruptible
     */
    <A, R> R hold(Histogram waits, Section<A, R> section, A argument) throws InterruptedException;

    /**
     * Does the same while sharing the lock with others that read, if it is a readers-writer lock.
     *
     * @param <A> the type of the section's argument
     * @param <R> the type of its result
     * @param waits the calling thread's record, in nanoseconds
     * @param section what to run
     * @param argument passed to the section
     * @return what the section returned
     * @throws InterruptedException if the section throws it
     */
    default <A, R> R share(Histogram waits, Section<A, R> section, A argument) throws InterruptedException {
        return hold(waits, section, argument);
    }

    /**
     * Makes a condition of this lock.
     *
     * @return a new condition, to be used only while holding the lock
     */
    Condition newCondition();

    /**
     * What is done while the lock is held.
     *
     * @param <A> the type of its argument
     * @param <R> the type of its result
     */
    @FunctionalInterface
    interface Section<A, R> {
        /**
         * Runs, with the lock held.
         *
         * @param argument what the section is about
         * @return what the section is for
         * @throws InterruptedException if interrupted while waiting for a condition
         */
        R run(A argument) throws InterruptedException;
    }

    /** What threads wait for and signal, with the lock held. */
    interface Condition {
        /**
         * Waits, giving up the lock meanwhile, as long as something holds.
         *
         * @param obstacle evaluated with the lock held, first before waiting at all
         * @throws InterruptedException if interrupted while waiting; the lock is held again
         */
        void awaitWhile(BooleanSupplier obstacle) throws InterruptedException;

        /** Wakes one of the threads that wait for this condition; perhaps also threads that wait for others. */
        void signal();

        /** Wakes all threads that wait for this condition. */
        void signalAll();
    }

    /**
     * Makes a record of waits, exact to one percent.
     *
     * @return an empty histogram of nanoseconds, which does not grow: recording allocates nothing
     */
    static Histogram newWaits() {
        return new Histogram(TimeUnit.HOURS.toNanos(1), 2);
    }

    /**
     * Lets a lock take part, with its own conditions.
     *
     * @param lock used by nobody else
     * @return the lock
     */
    static ContestLock of(Lock lock) {
        return new OfLock(lock);
    }

    /**
     * Lets a readers-writer lock take part.
     *
     * @param lock used by nobody else
     * @return the lock; to hold it is to write
     */
    static ContestLock of(ReadWriteLock lock) {
        return new OfReadWriteLock(new OfLock(lock.writeLock()), new OfLock(lock.readLock()));
    }

    /**
     * Lets {@code synchronized}, {@code wait} and {@code notifyAll} take part.
     *
     * @return the monitor of an object of its own
     */
    static ContestLock monitor() {
        return new OfMonitor(new Object());
    }

    /**
     * A lock of the shape that {@code java.util.concurrent} has made usual.
     *
     * @param lock the lock
     */
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

    /**
     * A condition of such a lock.
     *
     * @param condition the condition
     */
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

    /**
     * A readers-writer lock.
     *
     * @param write held by one
     * @param read shared
     */
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

    /**
     * What {@code synchronized} makes of an object.
     *
     * @param monitor the object
     */
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

    /**
     * One of several conditions that share the monitor's only wait set, so a signal must wake every thread in it.
     *
     * @param monitor the object
     */
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
