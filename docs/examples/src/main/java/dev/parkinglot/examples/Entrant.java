package dev.parkinglot.examples;

import dev.parkinglot.locks.FairMutex;
import dev.parkinglot.locks.Mutex;
import dev.parkinglot.locks.ReentrantMutex;
import dev.parkinglot.locks.RwLock;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.concurrent.locks.StampedLock;
import java.util.function.Supplier;

/**
 * A kind of lock that takes part in the contest.
 *
 * @param <L> how the contest uses such a lock
 * @param name what it is called in options and reports
 * @param newLock makes a lock of this kind
 */
record Entrant<L>(String name, Supplier<L> newLock) {
    /** The exclusive locks that take part, in the order of the reports. To join, add a line. */
    static final List<Entrant<ContestLock>> EXCLUSIVE = List.of(
            mutex("Mutex", Mutex::new),
            mutex("FairMutex", FairMutex::new),
            lock("ReentrantMutex", ReentrantMutex::new),
            lock("ReentrantLock", ReentrantLock::new),
            lock("ReentrantLock(true)", () -> new ReentrantLock(true)),
            new Entrant<>("synchronized", MonitorLock::new),
            lock("drop-in ReentrantLock", dev.parkinglot.locks.ReentrantLock::new),
            lock("drop-in ReentrantLock(true)", () -> new dev.parkinglot.locks.ReentrantLock(true)));

    /** The readers-writer locks, likewise. */
    static final List<Entrant<RwContestLock>> READERS_WRITER = List.of(
            readersWriter("RwLock", RwLock::new),
            readersWriter("ReentrantReadWriteLock", ReentrantReadWriteLock::new),
            readersWriter("StampedLock", () -> new StampedLock().asReadWriteLock()),
            readersWriter("drop-in ReentrantReadWriteLock", dev.parkinglot.locks.ReentrantReadWriteLock::new));

    static Entrant<ContestLock> mutex(String name, Supplier<? extends Mutex> newMutex) {
        return new Entrant<>(name, () -> new MutexLock(newMutex.get()));
    }

    static Entrant<ContestLock> lock(String name, Supplier<? extends Lock> newLock) {
        return new Entrant<>(name, () -> new JucLock(newLock.get()));
    }

    static Entrant<RwContestLock> readersWriter(String name, Supplier<? extends ReadWriteLock> newLock) {
        return new Entrant<>(name, () -> RwContestLock.of(newLock.get()));
    }

    /**
     * Finds entrants by their names.
     *
     * @param names in any case, and with or without what is not a letter or digit: parentheses are a nuisance in a
     *     shell
     * @param candidates where to look
     * @param <L> how the contest uses them
     * @return the entrants, each once, in the order of the names; names that nobody has are passed over
     */
    static <L> List<Entrant<L>> named(List<String> names, List<Entrant<L>> candidates) {
        return names.stream()
                .flatMap(name -> candidates.stream().filter(candidate -> candidate.isCalled(name)))
                .distinct()
                .toList();
    }

    boolean isCalled(String other) {
        return plain(name).equals(plain(other));
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

    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    }
}
