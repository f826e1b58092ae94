package dev.parkinglot.locks;

import dev.parkinglot.core.Patience;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;

/**
 * A mutual exclusion lock of 16 bytes that costs one atomic instruction for an uncontended lock and unlock together.
 *
 * <p>Not reentrant, and without an owner: a thread that locks it twice deadlocks with itself, and any thread may unlock
 * it. Subclasses may add fields, so that a lock costs no object of its own: {@code class Account extends Mutex}.
 *
 * <pre>{@code
 * mutex.runLocked(() -> balance += amount);
 *
 * try (var guard = mutex.guard()) {
 *     balance += amount;
 * }
 * }</pre>
 *
 * <p><b>Fairness.</b> A thread that comes while the lock is free takes it, even if others wait. If the eldest waiting
 * thread has waited for half a millisecond, and half a millisecond has passed since it was last somebody's turn, the
 * next unlock hands the eldest the lock. So throughput is that of an unfair lock, and nobody starves: a thread with
 * <em>n</em> others that wait when it comes gets the lock by the (<em>n</em> + 1)th turn at the latest. A turn comes
 * half a millisecond after the one before; to this add the holds that are under way, up to 80 microseconds for which a
 * thread spins that had begun before the turn was due, and the time until the system lets a woken thread run. Between
 * two turns, threads are woken in the order in which they began to wait, except that those go first that a {@link
 * Condvar} has signalled.
 *
 * <p><b>Memory effects.</b> As {@link Lock} requires: what a thread did before it unlocked happens-before what a thread
 * does that locks later.
 *
 * <p><b>Cost.</b> 16 bytes with compressed class pointers. Uncontended: one compare-and-set to lock, one release store
 * to unlock, no allocation. Contended: a waiter spins, for microseconds, or up to 80 of them if the lock is held for
 * less than a quarter of a microsecond at a time; then it allocates and parks (a hundred bytes of ours, on a platform
 * thread). An unlock that wakes a thread yields the processor, so that the woken thread can run; not if a {@link
 * Condvar} was ever used with the mutex, and if it is held that briefly, only for a turn.
 *
 * <p><b>Visibility of waiters.</b> An unlock may overlook a thread that is just parking; the thread then finds out by
 * itself after about a millisecond. One thread a lock looks again in this way, and ever more rarely: after 1 ms, 64 ms,
 * 4 s, and then every 4 minutes. Once a {@link Condvar} has been used with a mutex, its unlock takes a second atomic
 * instruction and overlooks nobody.
 *
 * <p>Idea: Rust's {@code parking_lot::Mutex}; unlocking without an atomic instruction is HotSpot's "1-0 exit" (Dave
 * Dice).
 */
public class Mutex extends MutexCore implements Lock {
    /** Guards stamp their hold with 2 to 127, in turn; see {@link Guard}. */
    private static final byte FIRST_STAMP = 2;

    /** The stamp of the guard that was made last. Guarded by this lock. */
    private byte lastStamp;

    /** Makes a free mutex. */
    public Mutex() {
        this(0);
    }

    Mutex(int flags) {
        super(flags);
    }

    // ---- lock

    /** Locks, waiting as long as it takes. An interrupt has no effect and stays pending. */
    @Override
    public final void lock() {
        if (!casLocked(FREE, HELD)) {
            acquireSlow(Patience.ENDLESS);
        }
    }

    /**
     * Locks, unless interrupted before or while waiting.
     *
     * @throws InterruptedException if interrupted; the lock is not held and the interrupt flag is clear
     */
    @Override
    public final void lockInterruptibly() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (!casLocked(FREE, HELD)) {
            acquireSlow(Patience.INTERRUPTIBLE).orThrow();
        }
    }

    /**
     * Locks if the lock is free. Does not wait.
     *
     * @return whether the lock is now held by the caller
     */
    @Override
    public final boolean tryLock() {
        return tryAcquire();
    }

    /**
     * Locks, unless a timeout or an interrupt comes first.
     *
     * @param time how long to wait at most; zero or less means not at all, neither spinning nor parking
     * @param unit the unit of {@code time}
     * @return whether the lock is now held by the caller
     * @throws InterruptedException if interrupted; the lock is not held and the interrupt flag is clear
     */
    @Override
    public final boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
        long nanos = unit.toNanos(time);
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        return tryLock()
                || (nanos > 0L
                        && acquireSlow(Patience.interruptiblyUntil(Deadlines.after(nanos)))
                                .orThrow());
    }

    /**
     * Locks, unless a timeout comes first. An interrupt has no effect and stays pending.
     *
     * @param timeout how long to wait at most; zero or less means not at all, neither spinning nor parking
     * @return whether the lock is now held by the caller
     */
    public final boolean tryLockFor(Duration timeout) {
        long nanos = Deadlines.nanosOf(timeout);
        return tryLock() || (nanos > 0L && acquireSlow(Patience.until(Deadlines.after(nanos))) == Acquisition.ACQUIRED);
    }

    /**
     * Locks, unless a deadline comes first. An interrupt has no effect and stays pending.
     *
     * @param deadlineNanos when to give up, in terms of {@link System#nanoTime()}, less than 292 years from now; one in
     *     the past means not to wait at all, neither spinning nor parking
     * @return whether the lock is now held by the caller
     */
    public final boolean tryLockUntil(long deadlineNanos) {
        return tryLock()
                || (!Deadlines.hasPassed(deadlineNanos)
                        && acquireSlow(Patience.until(deadlineNanos)) == Acquisition.ACQUIRED);
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
    public final void unlock() {
        if (lockedPlain() == FREE) {
            throw notLocked();
        }
        release();
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
    public final void unlockFair() {
        requireHeld();
        releaseSlow(true);
    }

    /**
     * Lets a waiting thread have the lock for a while: {@link #unlockFair()} and {@link #lock()} if threads are parked,
     * otherwise nothing, at the cost of a read. For holders that hold long.
     *
     * @throws IllegalMonitorStateException if the lock is free; nothing is changed
     */
    public final void bump() {
        requireHeld();
        if ((flagsOpaque() & PARKED) != 0) {
            byte hold = lockedPlain();
            releaseSlow(true);
            acquireAfterAwait(GAVE_UP); // in any case: the caller goes on as the holder
            setLockedOpaque(hold);
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
        return new Guard((Mutex) settled());
    }

    /**
     * One hold of a mutex. Closing it twice, or after the mutex was unlocked in another way, does nothing: a guard only
     * ever ends its own hold. (It knows its hold by a stamp that comes round after 126 guards of the same mutex.)
     */
    public static sealed class Guard extends LockGuard permits Guarded.Guard {
        private final Mutex mutex;
        private byte stamp;
        private boolean open;

        Guard(Mutex mutex) {
            this.mutex = mutex;
        }

        /** From now on it stands for a hold that the caller has just got. Needs no more stack than locking did. */
        final Guard begin() {
            byte last = mutex.lastStamp();
            stamp = last < FIRST_STAMP || last == Byte.MAX_VALUE ? FIRST_STAMP : (byte) (last + 1);
            mutex.setLastStamp(stamp);
            mutex.setLockedOpaque(stamp);
            open = true;
            return this;
        }

        /** Unlocks as {@link Mutex#unlock()}, if the hold has not ended yet. */
        @Override
        public final void close() {
            if (isHeld()) {
                mutex.unlock();
            }
            open = false;
        }

        /** Unlocks as {@link Mutex#unlockFair()}, if the hold has not ended yet. */
        @Override
        public final void closeFair() {
            if (isHeld()) {
                mutex.unlockFair();
            }
            open = false;
        }

        @Override
        public final void bump() {
            requireHeld();
            mutex.bump();
        }

        @Override
        public final <X extends Throwable> void unlocked(LockAction<X> action) throws X {
            Objects.requireNonNull(action, "action");
            requireHeld();
            mutex.unlock();
            try {
                action.run();
            } finally {
                mutex.resume(stamp, GAVE_UP);
            }
        }

        @Override
        final CondvarLock heldToWait() {
            requireHeld();
            return mutex;
        }

        final void requireHeld() {
            if (!isHeld()) {
                throw new IllegalMonitorStateException("the hold of this guard has ended: lock the mutex again");
            }
        }

        private boolean isHeld() {
            return open && mutex.lockedOpaque() == stamp;
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
     * Whether threads are parked for the lock. A thread that spins, or that has been woken and has not yet got the
     * lock, is not counted. Copies the queue, as {@link #getQueueLength()} does.
     *
     * @return a value that may be stale when it is looked at
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

    /**
     * Whether the lock is held by any thread.
     *
     * @return a value that may be stale when it is looked at
     */
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
        return new LockCondition(settled());
    }

    /**
     * Tells the state, for people.
     *
     * @return the class, the identity and "[Locked]" or "[Unlocked]"
     */
    @Override
    public String toString() {
        return super.toString() + (isLocked() ? "[Locked]" : "[Unlocked]");
    }

    // ---- access; overridden where the state lies outside of the object

    byte lastStamp() {
        return lastStamp;
    }

    void setLastStamp(byte stamp) {
        lastStamp = stamp;
    }

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
    }
}
