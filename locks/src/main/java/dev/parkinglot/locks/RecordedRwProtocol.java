package dev.parkinglot.locks;

import static dev.parkinglot.locks.Holders.RECORDED;

/**
 * Notes who holds a drop-in {@link ReentrantReadWriteLock}, if holders are recorded: the first hold of a thread in a
 * mode, and the last.
 */
abstract sealed class RecordedRwProtocol extends ReentrantRwProtocol permits ReentrantReadWriteLock {
    /** Makes a free lock that is not fair. Also for deserialization, which needs such a constructor. */
    RecordedRwProtocol() {}

    RecordedRwProtocol(boolean fair) {
        super(fair);
    }

    // ---- locking

    @Override
    final void lockRead() {
        Holders.prepareToWait(this);
        super.lockRead();
        note(Access.READ, true);
    }

    @Override
    final void lockWrite() {
        Holders.prepareToWait(this);
        super.lockWrite();
        note(Access.WRITE, true);
    }

    @Override
    final void lockInterruptibly(Access access) throws InterruptedException {
        Holders.prepareToWait(this);
        super.lockInterruptibly(access);
        note(access, true);
    }

    @Override
    final boolean tryLockRead() {
        Holders.prepare();
        return note(Access.READ, super.tryLockRead());
    }

    final boolean tryLockWrite() {
        Holders.prepare();
        return note(Access.WRITE, tryWriteAtOnce());
    }

    @Override
    final boolean tryLock(Access access, long nanos) throws InterruptedException {
        Holders.prepare();
        return note(access, super.tryLock(access, nanos));
    }

    private boolean note(Access access, boolean acquired) {
        if (RECORDED && acquired && holdsHere(access) == 1) {
            Holders.began(this, access.holding);
        }
        return acquired;
    }

    private int holdsHere(Access access) {
        return access == Access.WRITE ? writeHolds() : readHoldsHere();
    }

    // ---- unlocking

    @Override
    final void unlockRead() {
        if (RECORDED) {
            unlockRecorded(Access.READ);
        } else {
            super.unlockRead();
        }
    }

    @Override
    final void unlockWrite() {
        if (RECORDED) {
            unlockRecorded(Access.WRITE);
        } else {
            super.unlockWrite();
        }
    }

    private void unlockRecorded(Access access) {
        boolean own = holdsHere(access) == 1 && Holders.ending(this, access.holding);
        try {
            if (access == Access.WRITE) {
                super.unlockWrite();
            } else {
                super.unlockRead();
            }
        } catch (StackOverflowError e) {
            Holders.notEnded(this, access.holding, own);
            throw e;
        }
    }

    // ---- for Condvar

    @Override
    final void releaseForAwait() {
        if (!RECORDED) {
            super.releaseForAwait();
            return;
        }
        boolean reads = readHoldsHere() != 0 && Holders.ending(this, Holding.READ);
        boolean writes = Holders.ending(this, Holding.WRITE);
        try {
            super.releaseForAwait();
        } catch (StackOverflowError e) {
            Holders.notEnded(this, Holding.WRITE, writes);
            Holders.notEnded(this, Holding.READ, reads);
            throw e;
        }
    }

    @Override
    final void resume(long hold, long token) {
        super.resume(hold, token);
        if (RECORDED) {
            Holders.began(this, Holding.WRITE);
            Holders.notEnded(this, Holding.READ, readHoldsHere() != 0);
        }
    }
}
