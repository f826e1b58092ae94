package dev.parkinglot.examples;

import dev.parkinglot.locks.FairMutex;
import dev.parkinglot.locks.Mutex;
import dev.parkinglot.locks.ReentrantMutex;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * A kind of lock that takes part in the contest.
 *
 * @param name what it is called in options and reports
 * @param newLock makes a lock of this kind
 */
record Entrant(String name, Supplier<ContestLock> newLock) {
    /** Who takes part, in the order of the reports. To join, add a line. */
    static final List<Entrant> ALL = List.of(
            mutex("Mutex", Mutex::new),
            mutex("FairMutex", FairMutex::new),
            lock("ReentrantMutex", ReentrantMutex::new),
            lock("ReentrantLock", ReentrantLock::new),
            lock("ReentrantLock(true)", () -> new ReentrantLock(true)),
            new Entrant("synchronized", MonitorLock::new));

    /** The entrant that the others are compared with, if it takes part. */
    static final String BASELINE = "ReentrantLock";

    static Entrant mutex(String name, Supplier<? extends Mutex> newMutex) {
        return new Entrant(name, () -> new MutexLock(newMutex.get()));
    }

    static Entrant lock(String name, Supplier<? extends Lock> newLock) {
        return new Entrant(name, () -> new JucLock(newLock.get()));
    }

    /**
     * Finds entrants by their names.
     *
     * @param names in any case, and with or without what is not a letter or digit: parentheses are a nuisance in a
     *     shell
     * @param candidates where to look
     * @return the entrants, each once, in the order of the names
     * @throws IllegalArgumentException if there is no such entrant; the message lists the choices
     */
    static List<Entrant> named(List<String> names, List<Entrant> candidates) {
        Set<Entrant> found = new LinkedHashSet<>();
        for (String name : names) {
            found.add(candidates.stream()
                    .filter(candidate -> plain(candidate.name).equals(plain(name)))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("unknown lock '" + name + "': choose among "
                            + candidates.stream().map(Entrant::name).collect(Collectors.joining(", ")))));
        }
        return new ArrayList<>(found);
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
