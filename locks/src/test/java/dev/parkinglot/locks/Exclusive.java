package dev.parkinglot.locks;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;

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

    /** Locks in one of all ways; false if it was one that may fail, and did. */
    static boolean lockInSomeWay(ScopedLock<?> lock, Random random) throws InterruptedException {
        long nanos = random.nextInt(1_000_000);
        switch (random.nextInt(7)) {
            case 0 -> lock.lockInterruptibly();
            case 1 -> {
                return lock.tryLock();
            }
            case 2 -> {
                return lock.tryLock(nanos, TimeUnit.NANOSECONDS);
            }
            case 3 -> {
                return lock.tryLockFor(Duration.ofNanos(nanos));
            }
            case 4 -> {
                return lock.tryLockUntil(System.nanoTime() + nanos);
            }
            default -> lock.lock();
        }
        return true;
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
