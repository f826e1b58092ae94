package dev.parkinglot.examples;

import java.util.function.BooleanSupplier;

/**
 * A lock in the contest.
 *
 * <p>It is used through {@link #hold} alone, because that is the one form that {@code synchronized} has too. All kinds
 * measure the wait in the same place and with the same two readings of the clock, so the price of measuring is the same
 * for all: about 50 ns a section, half of it while the lock is held.
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
     * @param waits the calling thread's record
     * @param section what to run; it is an object that is made once, and gets what changes as its argument, so that no
     *     section costs an allocation
     * @param argument passed to the section
     * @return what the section returned
     * @throws InterruptedException from waiting for a condition; waiting for the lock itself is not interruptible
     */
    <A, R> R hold(Waits waits, Section<A, R> section, A argument) throws InterruptedException;

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
}
