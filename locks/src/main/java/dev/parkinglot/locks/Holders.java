package dev.parkinglot.locks;

import dev.parkinglot.core.DeadlockDetector;
import dev.parkinglot.core.LockCheck;
import dev.parkinglot.core.LockChecks;
import dev.parkinglot.core.ParkingLot;

/**
 * Notes who holds the locks of this package, and in which mode, for the deadlock detector and the checks of the lot.
 *
 * <p>A hold is noted after it was acquired, and its end before it is released. Nothing is done unless {@link
 * #RECORDED}, which is constant, so that nothing is left of the calls in compiled code otherwise. What comes after a
 * lock was acquired, or when it is released, is not even called then: there may be no stack for a call.
 */
final class Holders {
    /** Whether holders are recorded. */
    static final boolean RECORDED = DeadlockDetector.isRecording();

    private static final boolean CHECKS_READ_AGAIN = LockChecks.isEnabled(LockCheck.SELF_WAIT);

    /** At most so many calls lie between a lock's own and what makes sure of the stack in the lot. */
    private static final int CALLS = 16;

    private Holders() {}

    /**
     * Before a lock is acquired: noting it afterwards must not fail for want of stack.
     *
     * @throws StackOverflowError if there is not enough
     */
    static void prepare() {
        if (RECORDED) {
            ParkingLot.requireStack(CALLS);
        }
    }

    /**
     * Before a lock is acquired, however long that takes.
     *
     * @throws StackOverflowError if there is not enough stack to note it afterwards
     */
    static void prepareToWait(CondvarLock lock) {
        if (RECORDED) {
            prepare();
            LockChecks.acquiring(lock.base(), lock.offset());
        }
    }

    /** The current thread has acquired a lock. */
    static void began(CondvarLock lock, Holding holding) {
        try {
            DeadlockDetector.register(lock.base(), lock.offset() + holding.queue(), holding);
        } catch (StackOverflowError e) {
            // then it is not noted
        }
    }

    /**
     * The current thread is about to release a lock; returns whether the hold was its own.
     *
     * @throws StackOverflowError if there is no stack; nothing has happened
     * @throws IllegalMonitorStateException if it is checked that only the holder does this, and it is not
     */
    static boolean ending(CondvarLock lock, Holding holding) {
        return DeadlockDetector.unregister(lock.base(), lock.offset() + holding.queue(), holding);
    }

    /** As {@link #ending}, but the lock was not released after all. */
    static void notEnded(CondvarLock lock, Holding holding, boolean own) {
        if (own) {
            began(lock, holding);
        }
    }

    /**
     * A reader has to wait without an end in sight: not behind a writer that waits for its own first hold, if that is
     * checked.
     *
     * @throws IllegalStateException if it would
     */
    static void requireNotReadBehindWriter(RwByAccess lock) {
        if (CHECKS_READ_AGAIN && lock.isWriterDraining() && isHeldHere(lock, Holding.READ)) {
            throw new IllegalStateException("this thread would wait for ever: a writer waits for its first read hold"
                    + " of this lock to end. Use lockReadRecursive: " + lock);
        }
    }

    private static boolean isHeldHere(CondvarLock lock, Holding holding) {
        return DeadlockDetector.isRegisteredHere(lock.base(), lock.offset() + holding.queue(), holding);
    }
}
