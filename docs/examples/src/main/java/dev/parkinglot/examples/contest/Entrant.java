package dev.parkinglot.examples.contest;

import dev.parkinglot.locks.FairMutex;
import dev.parkinglot.locks.Mutex;
import dev.parkinglot.locks.ReentrantMutex;
import dev.parkinglot.locks.RwLock;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.concurrent.locks.StampedLock;
import java.util.function.Supplier;

/**
 * A kind of lock that takes part in the contest.
 *
 * @param name what it is called in options and reports
 * @param rival the name of the lock of the JDK that does the same, if this lock is ours; empty if it is not
 * @param newLock makes a lock of this kind
 */
record Entrant(String name, String rival, Supplier<ContestLock> newLock) {
    private static final String LOCK = "ReentrantLock";
    private static final String FAIR_LOCK = "ReentrantLock(true)";
    private static final String READ_WRITE_LOCK = "ReentrantReadWriteLock";

    /** The exclusive locks that take part, in the order of the reports. To join, add a line. */
    static final List<Entrant> EXCLUSIVE = List.of(
            new Entrant("Mutex", LOCK, () -> ContestLock.of(new Mutex())),
            new Entrant("FairMutex", FAIR_LOCK, () -> ContestLock.of(new FairMutex())),
            new Entrant("ReentrantMutex", LOCK, () -> ContestLock.of(new ReentrantMutex())),
            new Entrant("drop-in " + LOCK, LOCK, () -> ContestLock.of(new dev.parkinglot.locks.ReentrantLock())),
            new Entrant(
                    "drop-in " + FAIR_LOCK,
                    FAIR_LOCK,
                    () -> ContestLock.of(new dev.parkinglot.locks.ReentrantLock(true))),
            new Entrant(LOCK, "", () -> ContestLock.of(new ReentrantLock())),
            new Entrant(FAIR_LOCK, "", () -> ContestLock.of(new ReentrantLock(true))),
            new Entrant("synchronized", "", ContestLock::monitor));

    /** The readers-writer locks, likewise. */
    static final List<Entrant> READERS_WRITER = List.of(
            new Entrant("RwLock", READ_WRITE_LOCK, () -> ContestLock.of(new RwLock())),
            new Entrant(
                    "drop-in " + READ_WRITE_LOCK,
                    READ_WRITE_LOCK,
                    () -> ContestLock.of(new dev.parkinglot.locks.ReentrantReadWriteLock())),
            new Entrant(READ_WRITE_LOCK, "", () -> ContestLock.of(new ReentrantReadWriteLock())),
            new Entrant("StampedLock", "", () -> ContestLock.of(new StampedLock().asReadWriteLock())));

    boolean ours() {
        return !rival.isEmpty();
    }

    /**
     * Whether a user means this one. Neither case matters, nor what is not a letter or digit: parentheses are a
     * nuisance in a shell.
     */
    boolean isCalled(String other) {
        return plain(name).equals(plain(other));
    }

    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    }

    /**
     * Tells the name alone: what else there is says nothing to people.
     *
     * @return the name
     */
    @Override
    public String toString() {
        return name;
    }
}
