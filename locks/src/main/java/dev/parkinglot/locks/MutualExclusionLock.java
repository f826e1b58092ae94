package dev.parkinglot.locks;

import static dev.parkinglot.locks.Holders.RECORDED;

import dev.parkinglot.core.Patience;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;

/**
 * A mutual exclusion lock without an owner, wherever its state is: in an object of its own, {@link Mutex} and {@link
 * FairMutex}; in four bytes of a buffer, {@link BufferMutex}; or in two bits of a field, {@link LockField#mutex}.
 *
 * <p>Not reentrant: a thread that locks it twice deadlocks with itself, and any thread may unlock it. Fairness, memory
 * effects and the visibility of waiters are described with {@link Mutex}.
 */
public abstract sealed class MutualExclusionLock extends MutexProtocol implements ScopedLock<MutexGuard>
        permits Mutex, BufferMutex, FieldMutex {
    MutualExclusionLock() {}

    // ---- lock. Mutex has its own lock, tryLock and unlock, which say the same of accesses that the JIT compiler
    // knows.

    @Override
    public void lock() {
        if (RECORDED) {
            lockRecorded();
        } else if (!casLocked(FREE, HELD)) {
            acquireSlow(Patience.ENDLESS);
        }
    }

    @Override
    public final void lockInterruptibly() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        Holders.prepareToWait(this);
        if (RECORDED ? !tryLockRecorded() : !casLocked(FREE, HELD)) {
            lockSlow(Patience.INTERRUPTIBLE).orThrow();
        }
    }

    @Override
    public boolean tryLock() {
        return RECORDED ? tryLockRecorded() : tryAcquire();
    }

    @Override
    public final boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
        long nanos = unit.toNanos(time);
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        return tryLock()
                || (nanos > 0L
                        && lockSlow(Patience.interruptiblyUntil(Deadlines.after(nanos)))
                                .orThrow());
    }

    @Override
    public final boolean tryLockFor(Duration timeout) {
        long nanos = Deadlines.nanosOf(timeout);
        return tryLock() || (nanos > 0L && lockSlow(Patience.until(Deadlines.after(nanos))) == WaitOutcome.SUCCESS);
    }

    @Override
    public final boolean tryLockUntil(long deadlineNanos) {
        return tryLock()
                || (!Deadlines.hasPassed(deadlineNanos)
                        && lockSlow(Patience.until(deadlineNanos)) == WaitOutcome.SUCCESS);
    }

    // ---- unlock

    /**
     * Unlocks, on whatever thread. If threads are parked and nobody else is on the way to the lock, the first of them
     * is woken, or handed the lock if it is its turn.
     *
     * @throws IllegalMonitorStateException if the lock is free; nothing is changed
     * @throws StackOverflowError if threads wait and there is no stack to wake one; the lock is still held
     */
    @Override
    public void unlock() {
        if (lockedPlain() == FREE) {
            throw notLocked();
        }
        if (RECORDED) {
            unlockRecorded(false);
        } else {
            release();
        }
    }

    /**
     * As {@link #unlock()}, but if threads are parked, the lock is handed to the first of them: it is not free in
     * between, and no other thread, the caller included, can take it first. A thread that spins, or that an earlier
     * unlock has woken and that has not yet got the lock, is not parked. If there is only such a thread, the lock is
     * freed, and whoever is fastest takes it.
     *
     * @throws IllegalMonitorStateException if the lock is free; nothing is changed
     * @throws StackOverflowError as {@link #unlock()}
     */
    @Override
    public final void unlockFair() {
        requireHeld();
        if (RECORDED) {
            unlockRecorded(true);
        } else {
            releaseSlow(true);
        }
    }

    @Override
    public final void bump() {
        requireHeld();
        if ((flagsOpaque() & PARKED) != 0) {
            byte hold = lockedPlain();
            unlockFair();
            resume(hold, GAVE_UP); // in any case: the caller goes on as the holder
        }
    }

    // ---- guards

    @Override
    @CheckReturnValue
    public final MutexGuard guard() {
        return Scopes.lock(this, newGuard());
    }

    @Override
    @CheckReturnValue
    public final MutexGuard guardInterruptibly() throws InterruptedException {
        return Scopes.lockInterruptibly(this, newGuard());
    }

    @Override
    @CheckReturnValue
    public final Optional<MutexGuard> tryGuard() {
        return tryGuardUntil(System.nanoTime());
    }

    @Override
    @CheckReturnValue
    public final Optional<MutexGuard> tryGuardFor(Duration timeout) {
        return tryGuardUntil(Deadlines.after(Deadlines.nanosOf(timeout)));
    }

    @Override
    @CheckReturnValue
    public final Optional<MutexGuard> tryGuardUntil(long deadlineNanos) {
        return Scopes.tryLockUntil(this, newGuard(), deadlineNanos);
    }

    private MutexGuard newGuard() {
        return new MutexGuard((MutualExclusionLock) atFixedPlace());
    }

    @Override
    public final <T, X extends Throwable> T withLock(LockCall<T, X> call) throws X {
        return Scopes.call(this, call);
    }

    @Override
    public final <X extends Throwable> void runLocked(LockAction<X> action) throws X {
        Scopes.run(this, action);
    }

    /**
     * {@return whether threads are parked for the lock; the answer may be stale when it is looked at} A thread that
     * spins, or that has been woken and has not yet got the lock, is not counted. Copies the queue, as {@link
     * #getQueueLength()} does.
     */
    public final boolean hasQueuedThreads() {
        return getQueueLength() != 0;
    }

    /**
     * {@return how many threads are parked for the lock, as {@link #hasQueuedThreads()} counts them} Copies the queue,
     * so it takes time and memory for each thread in it.
     */
    public final int getQueueLength() {
        return queueLength();
    }

    // ---- state and conditions

    /** {@return whether the lock is held by any thread; the answer may be stale when it is looked at} */
    public final boolean isLocked() {
        return lockedOpaque() != FREE;
    }

    /**
     * Makes a condition for this lock, with the semantics and the cost of a {@link Condvar}.
     *
     * @return a new condition; its methods need this lock to be held
     */
    @Override
    public final Condition newCondition() {
        return new LockCondition(atFixedPlace());
    }

    /** {@return the state, for people: the class, the identity and "[Locked]" or "[Unlocked]"} */
    @Override
    public String toString() {
        return title() + (isLocked() ? "[Locked]" : "[Unlocked]");
    }

    // ---- access

    /** The stamp of the guard that was made last. Guarded by this lock. */
    abstract byte lastStamp();

    abstract void setLastStamp(byte stamp);

    // ---- for Condvar

    @Override
    final void requireHeld() {
        if (lockedOpaque() == FREE) {
            throw notLocked();
        }
    }

    @Override
    final long prepareAwait() {
        requireHeld();
        share();
        return lockedPlain();
    }

    @Override
    final void releaseForAwait() {
        unlock();
    }

    @Override
    final void resume(long hold, long token) {
        acquireAfterAwait(token);
        setLockedOpaque((byte) hold);
        if (RECORDED) {
            Holders.began(this, Holding.EXCLUSIVE);
        }
    }

    // ---- if holders are recorded

    final void lockRecorded() {
        Holders.prepareToWait(this);
        if (!tryLockRecorded()) {
            lockSlow(Patience.ENDLESS);
        }
    }

    final boolean tryLockRecorded() {
        Holders.prepare();
        boolean acquired = tryAcquire();
        if (acquired) {
            Holders.began(this, Holding.EXCLUSIVE);
        }
        return acquired;
    }

    private WaitOutcome lockSlow(Patience patience) {
        WaitOutcome outcome = acquireSlow(patience);
        if (RECORDED && outcome == WaitOutcome.SUCCESS) {
            Holders.began(this, Holding.EXCLUSIVE);
        }
        return outcome;
    }

    /** By the holder. If this throws for want of stack, the lock is still held. */
    final void unlockRecorded(boolean fair) {
        boolean own = Holders.ending(this, Holding.EXCLUSIVE);
        try {
            if (fair) {
                releaseSlow(true);
            } else {
                release();
            }
        } catch (StackOverflowError e) {
            Holders.notEnded(this, Holding.EXCLUSIVE, own); // any other failure comes when the lock has been released
            throw e;
        }
    }
}
