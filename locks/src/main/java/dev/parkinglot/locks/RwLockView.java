package dev.parkinglot.locks;

import dev.parkinglot.core.Patience;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;

/** One mode of an {@link RwLock} as a {@link Lock}. */
abstract class RwLockView implements Lock {
    final RwLock lock;

    RwLockView(RwLock lock) {
        this.lock = lock;
    }

    static RwLockView read(RwLock lock) {
        return new Read(lock);
    }

    static RwLockView upgradable(RwLock lock) {
        return new Upgradable(lock);
    }

    static RwLockView write(RwLock lock) {
        return new Write(lock);
    }

    abstract Acquisition acquireSlow(Patience patience);

    /** Whether somebody holds the lock in this mode. */
    abstract boolean isHeld();

    @Override
    public void lockInterruptibly() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (!tryLock()) {
            acquireSlow(Patience.INTERRUPTIBLE).orThrow();
        }
    }

    @Override
    public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
        long nanos = unit.toNanos(time);
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        return tryLock()
                || (nanos > 0L
                        && acquireSlow(Patience.interruptiblyUntil(Deadlines.after(nanos)))
                                .orThrow());
    }

    @Override
    public Condition newCondition() {
        throw new UnsupportedOperationException("only the write lock has conditions");
    }

    private static final class Read extends RwLockView {
        Read(RwLock lock) {
            super(lock);
        }

        @Override
        Acquisition acquireSlow(Patience patience) {
            return lock.acquireSlow(RwCore.Mode.READ, patience);
        }

        @Override
        boolean isHeld() {
            return lock.isReadHeld();
        }

        @Override
        public void lock() {
            lock.lockRead();
        }

        @Override
        public boolean tryLock() {
            return lock.tryLockRead();
        }

        @Override
        public void unlock() {
            lock.unlockRead();
        }
    }

    private static final class Upgradable extends RwLockView {
        Upgradable(RwLock lock) {
            super(lock);
        }

        @Override
        Acquisition acquireSlow(Patience patience) {
            return lock.acquireSlow(RwCore.Mode.UPGRADABLE_READ, patience);
        }

        @Override
        boolean isHeld() {
            return RwCore.isUpgradable(lock.stateOpaque());
        }

        @Override
        public void lock() {
            lock.lockUpgradable();
        }

        @Override
        public boolean tryLock() {
            return lock.tryLockUpgradable();
        }

        @Override
        public void unlock() {
            lock.unlockUpgradable();
        }
    }

    private static final class Write extends RwLockView {
        Write(RwLock lock) {
            super(lock);
        }

        @Override
        Acquisition acquireSlow(Patience patience) {
            return lock.acquireWriteSlow(patience);
        }

        @Override
        boolean isHeld() {
            return RwCore.isWrite(lock.stateOpaque());
        }

        @Override
        public void lock() {
            lock.lockWrite();
        }

        @Override
        public boolean tryLock() {
            return lock.tryLockWrite();
        }

        @Override
        public void unlock() {
            lock.unlockWrite();
        }

        @Override
        public Condition newCondition() {
            return new LockCondition(lock);
        }
    }
}
