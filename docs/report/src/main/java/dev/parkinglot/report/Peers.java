package dev.parkinglot.report;

import java.util.List;
import java.util.Map;

/** Competitors that meet in several tables. */
final class Peers {
    static final String MUTEX = "Mutex";
    static final String FAIR_MUTEX = "FairMutex";
    static final String REENTRANT_MUTEX = "ReentrantMutex";
    static final String REENTRANT_LOCK = "ReentrantLock";
    static final String REENTRANT_LOCK_FAIR = "ReentrantLock(true)";
    static final String STAMPED_LOCK = "StampedLock";
    static final String SYNCHRONIZED = "synchronized";
    static final String RW_LOCK = "RwLock";
    static final String REENTRANT_RW_LOCK = "ReentrantReadWriteLock";

    private static final String LOCK = "lock";

    private Peers() {}

    /** All locks for one thread at a time, by the parameter {@code lock} of a benchmark method. */
    static List<Peer> exclusive(String method) {
        return List.of(
                Peer.ours(MUTEX, method, Map.of(LOCK, "MUTEX")),
                Peer.ours(FAIR_MUTEX, method, Map.of(LOCK, "FAIR_MUTEX")).against(REENTRANT_LOCK_FAIR),
                Peer.ours(REENTRANT_MUTEX, method, Map.of(LOCK, "REENTRANT_MUTEX")),
                Peer.theirs(REENTRANT_LOCK, method, Map.of(LOCK, "REENTRANT_LOCK")),
                Peer.theirs(REENTRANT_LOCK_FAIR, method, Map.of(LOCK, "REENTRANT_LOCK_FAIR")),
                Peer.theirs(STAMPED_LOCK, method, Map.of(LOCK, "STAMPED_LOCK")),
                Peer.theirs(SYNCHRONIZED, method, Map.of(LOCK, "SYNCHRONIZED")));
    }

    /** Those of them that are not fair. */
    static List<Peer> unfair(String method) {
        return exclusive(method).stream()
                .filter(peer -> !peer.name().equals(FAIR_MUTEX) && !peer.name().equals(REENTRANT_LOCK_FAIR))
                .toList();
    }

    /** All locks for readers and writers, likewise. */
    static List<Peer> readWrite(String method) {
        return List.of(
                Peer.ours(RW_LOCK, method, Map.of(LOCK, "RW_LOCK")),
                Peer.theirs(STAMPED_LOCK, method, Map.of(LOCK, "STAMPED_LOCK")),
                Peer.theirs(REENTRANT_RW_LOCK, method, Map.of(LOCK, "REENTRANT_READ_WRITE_LOCK")));
    }
}
