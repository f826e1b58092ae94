package dev.parkinglot.locks;

import java.time.Duration;
import java.util.concurrent.locks.Lock;

/** The ways to come to a hold of a {@link RwLock}, each with all its forms, for tests that run over all of them. */
enum RwKind {
    READ(RwProbe.ONE_READER) {
        @Override
        void lock(ReadersWriterLock lock) {
            lock.lockRead();
        }

        @Override
        void lockInterruptibly(ReadersWriterLock lock) throws InterruptedException {
            lock.read().lockInterruptibly();
        }

        @Override
        boolean tryLock(ReadersWriterLock lock) {
            return lock.tryLockRead();
        }

        @Override
        boolean tryLockFor(ReadersWriterLock lock, Duration timeout) {
            return lock.read().tryLockFor(timeout);
        }

        @Override
        boolean tryLockUntil(ReadersWriterLock lock, long deadlineNanos) {
            return lock.read().tryLockUntil(deadlineNanos);
        }

        @Override
        Lock view(ReadersWriterLock lock) {
            return lock.readLock();
        }

        @Override
        void unlock(ReadersWriterLock lock) {
            lock.unlockRead();
        }
    },
    READ_RECURSIVE(RwProbe.ONE_READER) {
        @Override
        void lock(ReadersWriterLock lock) {
            lock.lockReadRecursive();
        }

        @Override
        void lockInterruptibly(ReadersWriterLock lock) throws InterruptedException {
            lock.readRecursive().lockInterruptibly();
        }

        @Override
        boolean tryLock(ReadersWriterLock lock) {
            return lock.tryLockReadRecursive();
        }

        @Override
        boolean tryLockFor(ReadersWriterLock lock, Duration timeout) {
            return lock.readRecursive().tryLockFor(timeout);
        }

        @Override
        boolean tryLockUntil(ReadersWriterLock lock, long deadlineNanos) {
            return lock.readRecursive().tryLockUntil(deadlineNanos);
        }

        @Override
        void unlock(ReadersWriterLock lock) {
            lock.unlockRead();
        }
    },
    UPGRADABLE(RwProbe.ONE_READER | RwProbe.UPGRADABLE) {
        @Override
        void lock(ReadersWriterLock lock) {
            lock.lockUpgradable();
        }

        @Override
        void lockInterruptibly(ReadersWriterLock lock) throws InterruptedException {
            lock.upgradable().lockInterruptibly();
        }

        @Override
        boolean tryLock(ReadersWriterLock lock) {
            return lock.tryLockUpgradable();
        }

        @Override
        boolean tryLockFor(ReadersWriterLock lock, Duration timeout) {
            return lock.upgradable().tryLockFor(timeout);
        }

        @Override
        boolean tryLockUntil(ReadersWriterLock lock, long deadlineNanos) {
            return lock.upgradable().tryLockUntil(deadlineNanos);
        }

        @Override
        Lock view(ReadersWriterLock lock) {
            return lock.upgradable();
        }

        @Override
        void unlock(ReadersWriterLock lock) {
            lock.unlockUpgradable();
        }
    },
    WRITE(RwProbe.WRITER) {
        @Override
        void lock(ReadersWriterLock lock) {
            lock.lockWrite();
        }

        @Override
        void lockInterruptibly(ReadersWriterLock lock) throws InterruptedException {
            lock.write().lockInterruptibly();
        }

        @Override
        boolean tryLock(ReadersWriterLock lock) {
            return lock.tryLockWrite();
        }

        @Override
        boolean tryLockFor(ReadersWriterLock lock, Duration timeout) {
            return lock.write().tryLockFor(timeout);
        }

        @Override
        boolean tryLockUntil(ReadersWriterLock lock, long deadlineNanos) {
            return lock.write().tryLockUntil(deadlineNanos);
        }

        @Override
        Lock view(ReadersWriterLock lock) {
            return lock.writeLock();
        }

        @Override
        void unlock(ReadersWriterLock lock) {
            lock.unlockWrite();
        }
    },
    /** From an upgradable hold, which {@link #prepare} takes and {@link #giveUp} releases, to a write hold. */
    UPGRADE(RwProbe.WRITER) {
        @Override
        void prepare(ReadersWriterLock lock) {
            lock.lockUpgradable();
        }

        @Override
        void giveUp(ReadersWriterLock lock) {
            lock.unlockUpgradable();
        }

        @Override
        void lock(ReadersWriterLock lock) {
            lock.upgrade();
        }

        @Override
        void lockInterruptibly(ReadersWriterLock lock) throws InterruptedException {
            lock.upgradeInterruptibly();
        }

        @Override
        boolean tryLock(ReadersWriterLock lock) {
            return lock.tryUpgrade();
        }

        @Override
        boolean tryLockFor(ReadersWriterLock lock, Duration timeout) {
            return lock.tryUpgradeFor(timeout);
        }

        @Override
        boolean tryLockUntil(ReadersWriterLock lock, long deadlineNanos) {
            return lock.tryUpgradeUntil(deadlineNanos);
        }

        @Override
        void unlock(ReadersWriterLock lock) {
            lock.unlockWrite();
        }
    };

    /** What the hold is in the state of the lock. */
    final int hold;

    RwKind(int hold) {
        this.hold = hold;
    }

    /** What a thread must do before it can ask for this. */
    void prepare(ReadersWriterLock lock) {}

    /** Undoes {@link #prepare} when the hold was not acquired. */
    void giveUp(ReadersWriterLock lock) {}

    abstract void lock(ReadersWriterLock lock);

    abstract void lockInterruptibly(ReadersWriterLock lock) throws InterruptedException;

    abstract boolean tryLock(ReadersWriterLock lock);

    abstract boolean tryLockFor(ReadersWriterLock lock, Duration timeout);

    abstract boolean tryLockUntil(ReadersWriterLock lock, long deadlineNanos);

    /** The same as a {@link Lock}; null if there is none. */
    Lock view(ReadersWriterLock lock) {
        return null;
    }

    abstract void unlock(ReadersWriterLock lock);
}
