package dev.parkinglot.examples;

import java.util.concurrent.locks.ReadWriteLock;

/**
 * A readers-writer lock in the contest. Both halves measure as every {@link ContestLock} does.
 *
 * @param reading shared with others that read
 * @param writing shared with nobody
 */
record RwContestLock(ContestLock reading, ContestLock writing) {
    static RwContestLock of(ReadWriteLock lock) {
        return new RwContestLock(new JucLock(lock.readLock()), new JucLock(lock.writeLock()));
    }
}
