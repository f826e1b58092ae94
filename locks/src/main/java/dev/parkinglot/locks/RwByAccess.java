package dev.parkinglot.locks;

import dev.parkinglot.core.Patience;
import java.time.Duration;
import java.util.Objects;

/** Locking and unlocking in a mode that is given by an {@link Access}. */
abstract class RwByAccess extends RwAcquiring {
    final void lock(Access access) {
        if (!tryLock(access)) {
            lockSlow(access, Patience.ENDLESS);
        }
    }

    final boolean tryLock(Access access) {
        return access == Access.WRITE ? tryAcquireWrite() : tryAcquire(access);
    }

    final WaitOutcome lockSlow(Access access, Patience patience) {
        return access == Access.WRITE ? acquireWriteSlow(patience) : acquireSlow(access, patience);
    }

    final void lockInterruptibly(Access access) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
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

    private boolean tryLockSlow(Access access, long deadlineNanos) {
        return lockSlow(access, Patience.until(deadlineNanos)) == WaitOutcome.SUCCESS;
    }

    final void unlock(Access access, boolean fair) {
        requireHeld(unlockIfHeld(access, fair), access.title);
    }

    /** Releases a hold of some mode; false if there is none, and nothing is changed. */
    final boolean unlockIfHeld(Access access, boolean fair) {
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

    final <T, X extends Throwable> T with(Access access, LockCall<T, X> call) throws X {
        Objects.requireNonNull(call, "call");
        lock(access);
        try {
            return call.call();
        } finally {
            unlock(access, false);
        }
    }

    final <X extends Throwable> void run(Access access, LockAction<X> action) throws X {
        Objects.requireNonNull(action, "action");
        lock(access);
        try {
            action.run();
        } finally {
            unlock(access, false);
        }
    }
}
