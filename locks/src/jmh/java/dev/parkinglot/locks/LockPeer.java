package dev.parkinglot.locks;

import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.StampedLock;

/** Ours and others, as {@link Lock}s; for benchmarks of what all of them do in the same way. */
public enum LockPeer {
    MUTEX,
    FAIR_MUTEX,
    REENTRANT_MUTEX,
    RW_LOCK,
    REENTRANT_LOCK,
    STAMPED_LOCK;

    Lock create() {
        return switch (this) {
            case MUTEX -> new Mutex();
            case FAIR_MUTEX -> new FairMutex();
            case REENTRANT_MUTEX -> new ReentrantMutex();
            case RW_LOCK -> new RwLock().writeLock();
            case REENTRANT_LOCK -> new ReentrantLock();
            case STAMPED_LOCK -> new StampedLock().asWriteLock();
        };
    }
}
