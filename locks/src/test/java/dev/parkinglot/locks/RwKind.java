package dev.parkinglot.locks;

import java.time.Duration;
import java.util.concurrent.locks.Lock;

/** The ways to come to a hold of a {@link RwLock}, each with all its forms, for tests that run over all of them. */
enum RwKind {
    READ(RwProbe.ONE_READER) {
        @Override
        void lock(RwLock lock) {
            lock.lockRead();
        }

        @Override
        void lockInterruptibly(RwLock lock) throws InterruptedException {
            lock.lockReadInterruptibly();
        }

        @Override
        boolean tryLock(RwLock lock) {
            return lock.tryLockRead();
        }

        @Override
        boolean tryLockFor(RwLock lock, Duration timeout) {
            return lock.tryLockReadFor(timeout);
        }

        @Override
        boolean tryLockUntil(RwLock lock, long deadlineNanos) {
            return lock.tryLockReadUntil(deadlineNanos);
        }

        @Override
        Lock view(RwLock lock) {
            return lock.readLock();
        }

        @Override
        void unlock(RwLock lock) {
            lock.unlockRead();
        }
    },
    READ_RECURSIVE(RwProbe.ONE_READER) {
        @Override
        void lock(RwLock lock) {
            lock.lockReadRecursive();
        }

        @Override
        void lockInterruptibly(RwLock lock) throws InterruptedException {
            lock.lockReadRecursiveInterruptibly();
        }

        @Override
        boolean tryLock(RwLock lock) {
            return lock.tryLockReadRecursive();
        }

        @Override
        boolean tryLockFor(RwLock lock, Duration timeout) {
            return lock.tryLockReadRecursiveFor(timeout);
        }

        @Override
        boolean tryLockUntil(RwLock lock, long deadlineNanos) {
            return lock.tryLockReadRecursiveUntil(deadlineNanos);
        }

        @Override
        void unlock(RwLock lock) {
            lock.unlockRead();
        }
    },
    UPGRADABLE(RwProbe.ONE_READER | RwProbe.UPGRADABLE) {
        @Override
        void lock(RwLock lock) {
            lock.lockUpgradable();
        }

        @Override
        void lockInterruptibly(RwLock lock) throws InterruptedException {
            lock.lockUpgradableInterruptibly();
        }

        @Override
        boolean tryLock(RwLock lock) {
            return lock.tryLockUpgradable();
        }

        @Override
        boolean tryLockFor(RwLock lock, Duration timeout) {
            return lock.tryLockUpgradableFor(timeout);
        }

        @Override
        boolean tryLockUntil(RwLock lock, long deadlineNanos) {
            return lock.tryLockUpgradableUntil(deadlineNanos);
        }

        @Override
        Lock view(RwLock lock) {
            return lock.upgradableLock();
        }

        @Override
        void unlock(RwLock lock) {
            lock.unlockUpgradable();
        }
    },
    WRITE(RwProbe.WRITER) {
        @Override
        void lock(RwLock lock) {
            lock.lockWrite();
        }

        @Override
        void lockInterruptibly(RwLock lock) throws InterruptedException {
            lock.lockWriteInterruptibly();
        }

        @Override
        boolean tryLock(RwLock lock) {
            return lock.tryLockWrite();
        }

        @Override
        boolean tryLockFor(RwLock lock, Duration timeout) {
            return lock.tryLockWriteFor(timeout);
        }

        @Override
        boolean tryLockUntil(RwLock lock, long deadlineNanos) {
            return lock.tryLockWriteUntil(deadlineNanos);
        }

        @Override
        Lock view(RwLock lock) {
            return lock.writeLock();
        }

        @Override
        void unlock(RwLock lock) {
            lock.unlockWrite();
        }
    },
    /** From an upgradable hold, which {@link #prepare} takes and {@link #giveUp} releases, to a write hold. */
    UPGRADE(RwProbe.WRITER) {
        @Override
        void prepare(RwLock lock) {
            lock.lockUpgradable();
        }

        @Override
        void giveUp(RwLock lock) {
            lock.unlockUpgradable();
        }

        @Override
        void lock(RwLock lock) {
            lock.upgrade();
        }

        @Override
        void lockInterruptibly(RwLock lock) throws InterruptedException {
            lock.upgradeInterruptibly();
        }

        @Override
        boolean tryLock(RwLock lock) {
            return lock.tryUpgrade();
        }

        @Override
        boolean tryLockFor(RwLock lock, Duration timeout) {
            return lock.tryUpgradeFor(timeout);
        }

        @Override
        boolean tryLockUntil(RwLock lock, long deadlineNanos) {
            return lock.tryUpgradeUntil(deadlineNanos);
        }

        @Override
        void unlock(RwLock lock) {
            lock.unlockWrite();
        }
    };

    /** What the hold is in the state of the lock. */
    final int hold;

    RwKind(int hold) {
        this.hold = hold;
    }

    /** What a thread must do before it can ask for this. */
    void prepare(RwLock lock) {}

    /** Undoes {@link #prepare} when the hold was not acquired. */
    void giveUp(RwLock lock) {}

    abstract void lock(RwLock lock);

    abstract void lockInterruptibly(RwLock lock) throws InterruptedException;

    abstract boolean tryLock(RwLock lock);

    abstract boolean tryLockFor(RwLock lock, Duration timeout);

    abstract boolean tryLockUntil(RwLock lock, long deadlineNanos);

    /** The same as a {@link Lock}; null if there is none. */
    Lock view(RwLock lock) {
        return null;
    }

    abstract void unlock(RwLock lock);
}
