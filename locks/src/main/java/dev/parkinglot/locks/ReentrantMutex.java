package dev.parkinglot.locks;

import dev.parkinglot.core.Patience;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;

/**
 * A {@link Mutex} with an owner, which may lock it again and must unlock it as often.
 *
 * <p>Fairness, memory effects, visibility of waiters and waiting are those of {@link Mutex}. {@link Condvar} gives up
 * all holds for the wait and restores them.
 *
 * <p><b>Cost.</b> 24 bytes with compressed class pointers. Uncontended: one compare-and-set to lock, one release store
 * to unlock; locking again and its unlock, no atomic instruction at all. At most 2 147 483 647 holds; one more is
 * refused with an {@code Error}, and nothing is changed.
 *
 * <p>Idea: {@code ReentrantMutex} of Rust's {@code parking_lot}.
 */
public non-sealed class ReentrantMutex extends ReentrantProtocol implements ScopedLock<ReentrantMutex.Guard> {
    static {
        new ReentrantMutex().rehearse();
    }

    /** Makes a free mutex. */
    public ReentrantMutex() {
        super(false);
    }

    // ---- lock

    @Override
    public final void lock() {
        acquireHold();
    }

    @Override
    public final void lockInterruptibly() throws InterruptedException {
        acquireHoldInterruptibly();
    }

    @Override
    public final boolean tryLock() {
        return tryAcquireHold(false);
    }

    @Override
    public final boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
        return acquireHoldFor(unit.toNanos(time));
    }

    @Override
    public final boolean tryLockFor(Duration timeout) {
        long nanos = Deadlines.nanosOf(timeout);
        return tryLock()
                || (nanos > 0L && acquireHoldSlow(Patience.until(Deadlines.after(nanos))) == WaitOutcome.SUCCESS);
    }

    @Override
    public final boolean tryLockUntil(long deadlineNanos) {
        return tryLock()
                || (!Deadlines.hasPassed(deadlineNanos)
                        && acquireHoldSlow(Patience.until(deadlineNanos)) == WaitOutcome.SUCCESS);
    }

    // ---- unlock

    /**
     * Ends one hold, and with the last one unlocks as {@link Mutex#unlock()}.
     *
     * @throws IllegalMonitorStateException if this thread does not hold the lock; nothing is changed
     */
    @Override
    public final void unlock() {
        releaseHold(false);
    }

    /**
     * Ends one hold, and with the last one unlocks as {@link Mutex#unlockFair()}.
     *
     * @throws IllegalMonitorStateException if this thread does not hold the lock; nothing is changed
     */
    @Override
    public final void unlockFair() {
        releaseHold(true);
    }

    /**
     * Lets a waiting thread have the lock for a while, if there is one: gives up all holds fairly and takes them again.
     * Otherwise does nothing, at the cost of two reads.
     *
     * @throws IllegalMonitorStateException if this thread does not hold the lock; nothing is changed
     */
    @Override
    public final void bump() {
        requireHeld();
        if ((flagsOpaque() & PARKED) != 0) {
            yieldHold();
        }
    }

    // ---- guards

    @Override
    @CheckReturnValue
    public final Guard guard() {
        return Scopes.lock(this, newGuard());
    }

    @Override
    @CheckReturnValue
    public final Guard guardInterruptibly() throws InterruptedException {
        return Scopes.lockInterruptibly(this, newGuard());
    }

    @Override
    @CheckReturnValue
    public final Optional<Guard> tryGuard() {
        return tryGuardUntil(System.nanoTime());
    }

    @Override
    @CheckReturnValue
    public final Optional<Guard> tryGuardFor(Duration timeout) {
        return tryGuardUntil(Deadlines.after(Deadlines.nanosOf(timeout)));
    }

    @Override
    @CheckReturnValue
    public final Optional<Guard> tryGuardUntil(long deadlineNanos) {
        return Scopes.tryLockUntil(this, newGuard(), deadlineNanos);
    }

    private Guard newGuard() {
        return new Guard(this);
    }

    /**
     * One hold of a reentrant mutex. Closing it twice, or after its hold was ended in another way, does nothing. (It
     * knows its hold by the number of holds: if the thread has ended it and has then locked as often again, closing
     * ends one of those.) As long as it is open, all methods throw {@code IllegalMonitorStateException} and change
     * nothing on any thread but the one that made it.
     */
    public static final class Guard extends LockGuard {
        private final ReentrantMutex mutex;
        private final Thread holder = Thread.currentThread();
        private int depth = 1;
        private boolean open = true;

        private Guard(ReentrantMutex mutex) {
            this.mutex = mutex;
        }

        @Override
        void begin() {
            depth = mutex.again() + 1;
        }

        @Override
        void end(boolean fair) {
            if (isHeld()) {
                mutex.releaseHold(fair);
            }
            open = false;
        }

        @Override
        public void bump() {
            requireHeld();
            mutex.bump();
        }

        /** Other holds of the thread stay, so only if this is the last one is the lock free meanwhile. */
        @Override
        public <X extends Throwable> void unlocked(LockAction<X> action) throws X {
            Objects.requireNonNull(action, "action");
            requireHeld();
            mutex.unlock();
            try {
                action.run();
            } finally {
                if (mutex.isHeldByCurrentThread()) {
                    mutex.lock();
                } else {
                    mutex.resume(0L, CondvarLock.GAVE_UP);
                }
            }
        }

        @Override
        CondvarLock heldToWait() {
            requireHeld();
            return mutex;
        }

        private void requireHeld() {
            if (!isHeld()) {
                throw new IllegalMonitorStateException("the hold of this guard has ended: lock the mutex again");
            }
        }

        private boolean isHeld() {
            if (open && holder != Thread.currentThread()) {
                throw new IllegalMonitorStateException("use the guard on the thread that made it");
            }
            return open && mutex.getHoldCount() >= depth;
        }
    }

    @Override
    public final <T, X extends Throwable> T withLock(LockCall<T, X> call) throws X {
        return Scopes.call(this, call);
    }

    @Override
    public final <X extends Throwable> void runLocked(LockAction<X> action) throws X {
        Scopes.run(this, action);
    }

    /** {@return whether threads are parked for the lock, as {@link Mutex#hasQueuedThreads()} tells} */
    public final boolean hasQueuedThreads() {
        return getQueueLength() != 0;
    }

    /** {@return how many threads are parked for the lock, as {@link Mutex#getQueueLength()} tells} */
    public final int getQueueLength() {
        return queueLength();
    }

    // ---- state and conditions

    /** {@return whether the lock is held by any thread; the answer may be stale when it is looked at} */
    public final boolean isLocked() {
        return lockedOpaque() != FREE;
    }

    /** {@return whether the calling thread holds the lock; the answer is exact} */
    public final boolean isHeldByCurrentThread() {
        return isHeldHere();
    }

    /** {@return how often the calling thread holds the lock, 0 if it does not} */
    public final int getHoldCount() {
        return holds();
    }

    /**
     * Makes a condition for this lock, with the semantics and the cost of a {@link Condvar}.
     *
     * @return a new condition; its methods need this lock to be held by the caller
     */
    @Override
    public final Condition newCondition() {
        return new LockCondition(this);
    }

    /** {@return the state, for people: the class, the identity and "[Unlocked]" or "[Locked by thread NAME]"} */
    @Override
    public String toString() {
        Thread holder = ownerOpaque();
        return title() + (holder == null ? "[Unlocked]" : "[Locked by thread " + holder.getName() + "]");
    }
}
