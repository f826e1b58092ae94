package dev.parkinglot.locks;

import static dev.parkinglot.locks.Holders.RECORDED;

import dev.parkinglot.core.Patience;
import java.time.Duration;

/**
 * Locking and unlocking in a mode that is given by an {@link Access}, and noting who holds the lock, if holders are
 * recorded: then everything goes through here.
 */
abstract class RwByAccess extends RwAcquiring {
    final void lock(Access access) {
        Holders.prepareToWait(this);
        if (!tryLock(access)) {
            lockSlow(access, Patience.ENDLESS);
        }
    }

    final boolean tryLock(Access access) {
        Holders.prepare();
        boolean acquired = access == Access.WRITE ? tryAcquireWrite() : tryAcquire(access);
        if (RECORDED && acquired) {
            Holders.began(this, access.holding);
        }
        return acquired;
    }

    final WaitOutcome lockSlow(Access access, Patience patience) {
        if (RECORDED && access == Access.READ && patience.equals(Patience.ENDLESS)) {
            Holders.requireNotReadBehindWriter(this);
        }
        WaitOutcome acquisition = acquireSlow(access, patience);
        if (RECORDED && acquisition == WaitOutcome.SUCCESS) {
            Holders.began(this, access.holding);
        }
        return acquisition;
    }

    final void lockInterruptibly(Access access) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        Holders.prepareToWait(this);
        if (!tryLock(access)) {
            lockSlow(access, Patience.INTERRUPTIBLE).orThrow();
        }
    }

    final boolean tryLockFor(Access access, Duration timeout) {
        long nanos = Deadlines.nanosOf(timeout);
        return tryLock(access) || (nanos > 0L && tryLockSlow(access, Deadlines.after(nanos)));
    }

    final boolean tryLockUntil(Access access, long deadlineNanos) {
        return tryLock(access) || (!Deadlines.hasPassed(deadlineNanos) && tryLockSlow(access, deadlineNanos));
    }

    /** Locks once more what was held until now, in any case: the caller goes on as a holder. */
    final void lockAgain(Access access) {
        if (access == Access.WRITE) {
            resume(WRITER, GAVE_UP);
            return;
        }
        try {
            lock(access);
        } catch (OutOfMemoryError | StackOverflowError e) {
            while (!tryAcquire(access)) { // nothing left to queue with
                Thread.yield();
            }
            if (RECORDED) {
                Holders.began(this, access.holding);
            }
        }
    }

    private boolean tryLockSlow(Access access, long deadlineNanos) {
        return lockSlow(access, Patience.until(deadlineNanos)) == WaitOutcome.SUCCESS;
    }

    final void unlock(Access access, boolean fair) {
        requireHeld(unlockIfHeld(access, fair), access.title);
    }

    /** Releases a hold of some mode; false if there is none, and nothing is changed. */
    final boolean unlockIfHeld(Access access, boolean fair) {
        return RECORDED ? unlockRecordedIfHeld(access, fair) : releaseIfHeld(access, fair);
    }

    private boolean unlockRecordedIfHeld(Access access, boolean fair) {
        boolean own = Holders.ending(this, access.holding);
        boolean released;
        try {
            released = releaseIfHeld(access, fair);
        } catch (StackOverflowError e) {
            Holders.notEnded(this, access.holding, own); // any other failure comes when the lock has been released
            throw e;
        }
        if (!released) {
            Holders.notEnded(this, access.holding, own);
        }
        return released;
    }

    private boolean releaseIfHeld(Access access, boolean fair) {
        if (access.hold == ONE_READER) {
            return tryReleaseReadOnce() || releaseReadIfHeld();
        }
        boolean held = isHeldExclusively(access);
        if (held) {
            release(access.hold, fair);
        }
        return held;
    }

    private boolean isHeldExclusively(Access access) {
        int now = stateOpaque();
        return access == Access.WRITE ? isWrite(now) : isUpgradable(now);
    }

    final boolean hasParkedBehind(Access access) {
        requireHeld(isHeldExclusively(access), access.title);
        return (stateOpaque() & PARKED) != 0;
    }

    /** Whether a writer has claimed the lock and waits for readers. */
    final boolean isWriterDraining() {
        int now = stateOpaque();
        return (now & WRITER) != 0 && !isWrite(now);
    }

    // ---- converting a hold

    @Override
    final WaitOutcome upgrade(Patience patience) {
        if (!RECORDED) {
            return super.upgrade(patience);
        }
        boolean own = endUpgradable();
        WaitOutcome acquisition = null;
        try {
            acquisition = super.upgrade(patience);
            return acquisition;
        } finally {
            Holders.notEnded(this, acquisition == WaitOutcome.SUCCESS ? Holding.WRITE : Holding.UPGRADABLE, own);
        }
    }

    @Override
    final boolean tryUpgradeNow() {
        if (!RECORDED) {
            return super.tryUpgradeNow();
        }
        Holders.prepare();
        boolean own = endUpgradable();
        boolean upgraded = false;
        try {
            upgraded = super.tryUpgradeNow();
            return upgraded;
        } finally {
            Holders.notEnded(this, upgraded ? Holding.WRITE : Holding.UPGRADABLE, own);
        }
    }

    /** Before the hold is converted, since it may be found out here that it is the hold of another thread. */
    private boolean endUpgradable() {
        requireHeld(isUpgradable(stateOpaque()), "upgradable");
        return Holders.ending(this, Holding.UPGRADABLE);
    }

    /** Exchanges a hold of one mode for one of a weaker mode, in one step. */
    final void exchange(Access held, Access weaker) {
        if (!RECORDED) {
            exchange(held.hold, weaker.hold);
            return;
        }
        boolean own = Holders.ending(this, held.holding);
        Access then = weaker;
        try {
            exchange(held.hold, weaker.hold);
        } catch (StackOverflowError e) {
            then = held; // any other failure comes when the hold has been exchanged
            throw e;
        } finally {
            Holders.notEnded(this, then.holding, own);
        }
    }

    // ---- for Condvar: the write hold

    @Override
    void releaseForAwait() {
        unlock(Access.WRITE, false);
    }

    @Override
    final void resume(long hold, long token) {
        super.resume(hold, token);
        if (RECORDED) {
            Holders.began(this, Holding.WRITE);
        }
    }
}
