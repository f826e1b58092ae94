package dev.parkinglot.locks;

/**
 * What all locks of the family can do in their exclusive mode, whatever its name there: for tests that run with each.
 */
final class Exclusive {
    private Exclusive() {}

    static void lock(CondvarLock lock) {
        if (lock instanceof ReadersWriterLock rwLock) {
            rwLock.lockWrite();
        } else if (lock instanceof ReentrantMutex mutex) {
            mutex.lock();
        } else {
            ((MutualExclusionLock) lock).lock();
        }
    }

    static void unlock(CondvarLock lock) {
        if (lock instanceof ReadersWriterLock rwLock) {
            rwLock.unlockWrite();
        } else if (lock instanceof ReentrantMutex mutex) {
            mutex.unlock();
        } else {
            ((MutualExclusionLock) lock).unlock();
        }
    }

    static void unlockFair(CondvarLock lock) {
        if (lock instanceof ReadersWriterLock rwLock) {
            rwLock.unlockWriteFair();
        } else if (lock instanceof ReentrantMutex mutex) {
            mutex.unlockFair();
        } else {
            ((MutualExclusionLock) lock).unlockFair();
        }
    }

    static void bump(CondvarLock lock) {
        if (lock instanceof ReadersWriterLock rwLock) {
            rwLock.bumpWrite();
        } else if (lock instanceof ReentrantMutex mutex) {
            mutex.bump();
        } else {
            ((MutualExclusionLock) lock).bump();
        }
    }

    /** Locks, and returns what unlocks when it is closed. */
    static AutoCloseable guard(CondvarLock lock) {
        if (lock instanceof ReadersWriterLock rwLock) {
            return rwLock.write().guard();
        }
        return lock instanceof ReentrantMutex mutex ? mutex.guard() : ((MutualExclusionLock) lock).guard();
    }

    /** Whether anybody holds the lock, in any mode. */
    static boolean isLocked(CondvarLock lock) {
        if (lock instanceof ReadersWriterLock rwLock) {
            return rwLock.isLocked();
        }
        return lock instanceof ReentrantMutex mutex ? mutex.isLocked() : ((MutualExclusionLock) lock).isLocked();
    }

    /**
     * Whether the calling thread holds the lock, as far as can be told: locks without an owner must at least be taken.
     */
    static boolean isOurs(CondvarLock lock) {
        if (lock instanceof ReadersWriterLock rwLock) {
            return rwLock.isWriteLocked() && !rwLock.tryLockWrite();
        }
        return lock instanceof ReentrantMutex mutex
                ? mutex.isHeldByCurrentThread()
                : !((MutualExclusionLock) lock).tryLock();
    }
}
