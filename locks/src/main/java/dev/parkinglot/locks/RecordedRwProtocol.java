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

    // ---- read

    @Override
    final void lockRead() {
        if (RECORDED) {
            Holders.prepareToWait(this);
        }
        super.lockRead();
        noteRead(true);
    }

    @Override
    final void lockReadInterruptibly() throws InterruptedException {
        if (RECORDED) {
            Holders.prepareToWait(this);
        }
        super.lockReadInterruptibly();
        noteRead(true);
    }

    @Override
    final boolean tryLockRead() {
        if (RECORDED) {
            Holders.prepare();
        }
        return noteRead(super.tryLockRead());
    }

    @Override
    final boolean tryLockRead(long nanos) throws InterruptedException {
        if (RECORDED) {
            Holders.prepare();
        }
        return noteRead(super.tryLockRead(nanos));
    }

    private boolean noteRead(boolean acquired) {
        if (RECORDED && acquired && readHoldsHere() == 1) {
            Holders.began(this, Holding.READ);
        }
        return acquired;
    }

    @Override
    final void unlockRead() {
        if (!RECORDED || readHoldsHere() != 1) {
            super.unlockRead();
            return;
        }
        boolean own = Holders.ending(this, Holding.READ);
        try {
            super.unlockRead();
        } catch (StackOverflowError e) {
            Holders.notEnded(this, Holding.READ, own);
            throw e;
        }
    }

    // ---- write

    @Override
    final void lockWrite() {
        if (RECORDED) {
            Holders.prepareToWait(this);
        }
        super.lockWrite();
        noteWrite(true);
    }

    @Override
    final void lockWriteInterruptibly() throws InterruptedException {
        if (RECORDED) {
            Holders.prepareToWait(this);
        }
        super.lockWriteInterruptibly();
        noteWrite(true);
    }

    final boolean tryLockWrite() {
        if (RECORDED) {
            Holders.prepare();
        }
        return noteWrite(tryWriteAtOnce());
    }

    @Override
    final boolean tryLockWrite(long nanos) throws InterruptedException {
        if (RECORDED) {
            Holders.prepare();
        }
        return noteWrite(super.tryLockWrite(nanos));
    }

    private boolean noteWrite(boolean acquired) {
        if (RECORDED && acquired && writeHolds() == 1) {
            Holders.began(this, Holding.WRITE);
        }
        return acquired;
    }

    @Override
    final void unlockWrite() {
        if (!RECORDED || writeHolds() != 1) {
            super.unlockWrite();
            return;
        }
        boolean own = Holders.ending(this, Holding.WRITE);
        try {
            super.unlockWrite();
        } catch (StackOverflowError e) {
            Holders.notEnded(this, Holding.WRITE, own);
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
