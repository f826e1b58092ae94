package dev.parkinglot.locks;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;

/**
 * What all locks of the family can do in their exclusive mode, whatever its name there: for tests that run with each.
 */
final class Exclusive {
    private Exclusive() {}

    /** What excludes all others. */
    private static ScopedLock<?> of(CondvarLock lock) {
        return lock instanceof ReadersWriterLock rwLock ? rwLock.write() : (ScopedLock<?>) lock;
    }

    static void lock(CondvarLock lock) {
        of(lock).lock();
    }

    static void unlock(CondvarLock lock) {
        of(lock).unlock();
    }

    static void unlockFair(CondvarLock lock) {
        of(lock).unlockFair();
    }

    static void bump(CondvarLock lock) {
        of(lock).bump();
    }

    static Condition newCondition(CondvarLock lock) {
        return of(lock).newCondition();
    }

    /** Locks, and returns what unlocks when it is closed. */
    static AutoCloseable guard(CondvarLock lock) {
        return of(lock).guard();
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
