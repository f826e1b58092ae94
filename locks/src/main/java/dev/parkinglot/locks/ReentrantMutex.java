package dev.parkinglot.locks;

import dev.parkinglot.core.Patience;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;

/**
 * A {@link Mutex} with an owner, which may lock it again and must unlock it as often.
 *
 * <p>Fairness, memory effects, visibility of waiters and waiting are those of {@link Mutex}. {@link Condvar} gives up
 * all holds for the wait and restores them.
 *
 * <p><b>Cost.</b> 24 bytes with compressed class pointers. Uncontended: one compare-and-set to lock, one release store
 * to unlock; locking again and its unlock, no atomic instruction at all. At most 2 147 483 647 holds; one more is
 * refused with an {@code Error}.
 *
 * <p>Idea: {@code ReentrantMutex} of Rust's {@code parking_lot}.
 */
public non-sealed class ReentrantMutex extends ReentrantProtocol implements Lock {
    static {
        new ReentrantMutex().rehearse();
    }

    /** Makes a free mutex. */
    public ReentrantMutex() {
        super(false);
    }

    // ---- lock

    /**
     * Locks, waiting as long as it takes. An interrupt has no effect and stays pending.
     *
     * @throws Error if this thread holds the lock too often; nothing is changed
     */
    @Override
    public final void lock() {
        acquireHold();
    }

    /**
     * Locks, unless interrupted before or while waiting.
     *
     * @throws InterruptedException if interrupted; this call has not locked and the interrupt flag is clear
     * @throws Error if this thread holds the lock too often; nothing is changed
     */
    @Override
    public final void lockInterruptibly() throws InterruptedException {
        acquireHoldInterruptibly();
    }

    /**
     * Locks if the lock is free or held by this thread. Does not wait.
     *
     * @return whether this call has locked
     * @throws Error if this thread holds the lock too often; nothing is changed
     */
    @Override
    public final boolean tryLock() {
        return tryAcquireHold();
    }

    /**
     * Locks, unless a timeout or an interrupt comes first.
     *
     * @param time how long to wait at most; zero or less means not at all, neither spinning nor parking
     * @param unit the unit of {@code time}
     * @return whether this call has locked
     * @throws InterruptedException if interrupted; this call has not locked and the interrupt flag is clear
     * @throws Error if this thread holds the lock too often; nothing is changed
     */
    @Override
    public final boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
        return acquireHoldFor(unit.toNanos(time));
    }

    /**
     * Locks, unless a timeout comes first. An interrupt has no effect and stays pending.
     *
     * @param timeout how long to wait at most; zero or less means not at all, neither spinning nor parking
     * @return whether this call has locked
     * @throws Error if this thread holds the lock too often; nothing is changed
     */
    public final boolean tryLockFor(Duration timeout) {
        long nanos = Deadlines.nanosOf(timeout);
        return tryLock()
                || (nanos > 0L && tryAcquireHoldSlow(Patience.until(Deadlines.after(nanos))) == WaitOutcome.SUCCESS);
    }

    /**
     * Locks, unless a deadline comes first. An interrupt has no effect and stays pending.
     *
     * @param deadlineNanos when to give up, in terms of {@link System#nanoTime()}, less than 292 years from now; one in
     *     the past means not to wait at all, neither spinning nor parking
     * @return whether this call has locked
     * @throws Error if this thread holds the lock too often; nothing is changed
     */
    public final boolean tryLockUntil(long deadlineNanos) {
        return tryLock()
                || (!Deadlines.hasPassed(deadlineNanos)
                        && tryAcquireHoldSlow(Patience.until(deadlineNanos)) == WaitOutcome.SUCCESS);
    }

    // ---- unlock

    /**
     * Ends one hold, and with the last one unlocks as {@link Mutex#unlock()}.
     *
     * @throws IllegalMonitorStateException if this thread does not hold the lock; nothing is changed
     */
    @Override
    public final void unlock() {
        releaseHold();
    }

    /**
     * Ends one hold, and with the last one unlocks as {@link Mutex#unlockFair()}.
     *
     * @throws IllegalMonitorStateException if this thread does not hold the lock; nothing is changed
     */
    public final void unlockFair() {
        releaseHoldFair();
    }

    /**
     * Lets a waiting thread have the lock for a while, if there is one: gives up all holds fairly and takes them again.
     * Otherwise does nothing, at the cost of two reads.
     *
     * @throws IllegalMonitorStateException if this thread does not hold the lock; nothing is changed
     */
    public final void bump() {
        requireHeld();
        if ((flagsOpaque() & PARKED) != 0) {
            yieldHold();
        }
    }

    // ---- guards

    /**
     * Locks, and returns a guard that unlocks when it is closed.
     *
     * @return a guard for a try-with-resources statement
     */
    @CheckReturnValue
    public final Guard guard() {
        Guard guard = newGuard();
        lock();
        return guard.begin();
    }

    /**
     * As {@link #guard}, unless interrupted before or while waiting.
     *
     * @return a guard for a try-with-resources statement
     * @throws InterruptedException if interrupted; this call has not locked and the interrupt flag is clear
     */
    @CheckReturnValue
    public final Guard guardInterruptibly() throws InterruptedException {
        Guard guard = newGuard();
        lockInterruptibly();
        return guard.begin();
    }

    /**
     * Locks if that is possible at once. Does not wait.
     *
     * @return a guard, or nothing if the lock was not to be had
     */
    @CheckReturnValue
    public final Optional<Guard> tryGuard() {
        return tryGuardUntil(System.nanoTime());
    }

    /**
     * Locks, unless a timeout comes first. An interrupt has no effect and stays pending.
     *
     * @param timeout how long to wait at most; zero or less means not at all, neither spinning nor parking
     * @return a guard, or nothing if the lock was not to be had
     */
    @CheckReturnValue
    public final Optional<Guard> tryGuardFor(Duration timeout) {
        return tryGuardUntil(Deadlines.after(Deadlines.nanosOf(timeout)));
    }

    /**
     * Locks, unless a deadline comes first. An interrupt has no effect and stays pending.
     *
     * @param deadlineNanos when to give up, in terms of {@link System#nanoTime()}, less than 292 years from now
     * @return a guard, or nothing if the lock was not to be had
     */
    @CheckReturnValue
    public final Optional<Guard> tryGuardUntil(long deadlineNanos) {
        Guard guard = newGuard();
        Optional<Guard> found = Optional.of(guard);
        if (!tryLockUntil(deadlineNanos)) {
            return Optional.empty();
        }
        guard.begin();
        return found;
    }

    private Guard newGuard() {
        return new Guard(this);
    }

    /**
     * One hold of a reentrant mutex. Closing it twice, or after its hold was ended in another way, does nothing. (It
     * knows its hold by the number of holds: if the thread has ended it and has then locked as often again, closing
     * ends one of those.) Close it on the thread that made it.
     */
    public static final class Guard extends LockGuard {
        private final ReentrantMutex mutex;
        private final Thread holder = Thread.currentThread();
        private int depth;
        private boolean open;

        private Guard(ReentrantMutex mutex) {
            this.mutex = mutex;
        }

        /** From now on it stands for a hold that the caller has just got. */
        private Guard begin() {
            depth = mutex.again() + 1; // no more stack than locking has taken
            open = true;
            return this;
        }

        /**
         * Unlocks as {@link ReentrantMutex#unlock()}, if the hold has not ended yet.
         *
         * @throws IllegalMonitorStateException if called by another thread; nothing is changed
         */
        @Override
        public void close() {
            if (isHeld()) {
                mutex.unlock();
            }
            open = false;
        }

        /**
         * Unlocks as {@link ReentrantMutex#unlockFair()}, if the hold has not ended yet.
         *
         * @throws IllegalMonitorStateException if called by another thread; nothing is changed
         */
        @Override
        public void closeFair() {
            if (isHeld()) {
                mutex.unlockFair();
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

    /**
     * Computes a value while holding the lock. Waits for the lock as {@link #lock()} does.
     *
     * @param <T> the type of the value
     * @param <X> what the action may throw
     * @param action what to compute
     * @return what the action returned
     * @throws X whatever the action throws; the hold has been ended
     */
    public final <T, X extends Throwable> T withLock(LockCall<T, X> action) throws X {
        Objects.requireNonNull(action, "action");
        lock();
        try {
            return action.call();
        } finally {
            unlock();
        }
    }

    /**
     * Runs an action while holding the lock. Waits for the lock as {@link #lock()} does. It has another name than
     * {@link #withLock}, so that a lambda expression is never taken for the wrong one of the two.
     *
     * @param <X> what the action may throw
     * @param action what to run
     * @throws X whatever the action throws; the hold has been ended
     */
    public final <X extends Throwable> void runLocked(LockAction<X> action) throws X {
        Objects.requireNonNull(action, "action");
        lock();
        try {
            action.run();
        } finally {
            unlock();
        }
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
     * How many threads are parked for the lock; see {@link #hasQueuedThreads()}. Copies the queue, so it takes time and
     * memory for each thread in it.
     *
     * @return a value that may be stale when it is looked at
     */
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
