package dev.parkinglot.locks;

import dev.parkinglot.core.Patience;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.function.Supplier;

/**
 * A {@link Mutex} with an owner, which may lock it again and must unlock it as often.
 *
 * <p>Fairness, memory effects, visibility of waiters and waiting are those of {@link Mutex}. {@link Condvar} gives up all holds
 * for the wait and restores them.
 *
 * <p><b>Cost.</b> 24 bytes with compressed class pointers. Uncontended: one compare-and-set to lock, one release store to
 * unlock; locking again and its unlock, no atomic instruction at all. At most 2 147 483 648 holds; one more is refused with an
 * {@code Error}.
 *
 * <p>Idea: {@code ReentrantMutex} of Rust's {@code parking_lot}.
 */
public class ReentrantMutex extends MutexCore implements Lock {
    /* Overview.
     *
     *   owner  the thread that holds the lock, null if none does, or not yet, or no longer. Written by the holder only.
     *   again  how often the owner has locked the lock beyond the first time. Touched by the owner only.
     *
     * A thread asks "is it me?". It reads its own last write, or null, or some other thread: each right as an answer to that
     * question, without any ordering. The owner field is cleared, and `again` is 0, before the releasing store, so the next
     * holder finds both as it needs them.
     */

    private static final VarHandle OWNER;

    static {
        try {
            OWNER = MethodHandles.lookup().findVarHandle(ReentrantMutex.class, "owner", Thread.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @SuppressWarnings("unused") // through OWNER
    private Thread owner;

    private int again;

    /** Makes a free mutex. */
    public ReentrantMutex() {
        super(0);
    }

    // ---- lock

    /**
     * Locks, waiting as long as it takes. An interrupt has no effect and stays pending.
     *
     * @throws Error if this thread holds the lock too often; nothing is changed
     */
    @Override
    public final void lock() {
        Thread current = Thread.currentThread();
        if (ownerOpaque() == current) {
            lockAgain();
            return;
        }
        if (!casLocked(FREE, HELD)) {
            acquireSlow(Patience.ENDLESS);
        }
        setOwnerOpaque(current);
    }

    /**
     * Locks, unless interrupted before or while waiting.
     *
     * @throws InterruptedException if interrupted; this call has not locked and the interrupt flag is clear
     * @throws Error if this thread holds the lock too often; nothing is changed
     */
    @Override
    public final void lockInterruptibly() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (!tryLock()) {
            acquireSlow(Patience.INTERRUPTIBLE).orThrow();
            setOwnerOpaque(Thread.currentThread());
        }
    }

    /**
     * Locks if the lock is free or held by this thread. Does not wait.
     *
     * @return whether this call has locked
     * @throws Error if this thread holds the lock too often; nothing is changed
     */
    @Override
    public final boolean tryLock() {
        Thread current = Thread.currentThread();
        if (ownerOpaque() == current) {
            lockAgain();
            return true;
        }
        if (!tryAcquire()) {
            return false;
        }
        setOwnerOpaque(current);
        return true;
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
        long nanos = unit.toNanos(time);
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        return tryLock()
                || (nanos > 0L
                        && owned(acquireSlow(Patience.interruptiblyUntil(Deadlines.after(nanos)))
                                .orThrow()));
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
                || (nanos > 0L && owned(acquireSlow(Patience.until(Deadlines.after(nanos))) == Acquisition.ACQUIRED));
    }

    /**
     * Locks, unless a deadline comes first. An interrupt has no effect and stays pending.
     *
     * @param deadlineNanos when to give up, in terms of {@link System#nanoTime()}, less than 292 years from now; one in the
     *     past means not to wait at all, neither spinning nor parking
     * @return whether this call has locked
     * @throws Error if this thread holds the lock too often; nothing is changed
     */
    public final boolean tryLockUntil(long deadlineNanos) {
        return tryLock()
                || (!Deadlines.hasPassed(deadlineNanos)
                        && owned(acquireSlow(Patience.until(deadlineNanos)) == Acquisition.ACQUIRED));
    }

    private boolean owned(boolean acquired) {
        if (acquired) {
            setOwnerOpaque(Thread.currentThread());
        }
        return acquired;
    }

    private void lockAgain() {
        if (again == Integer.MAX_VALUE) {
            throw new Error("Maximum lock count exceeded: this thread holds the lock 2147483648 times");
        }
        again++;
    }

    // ---- unlock

    /**
     * Ends one hold, and with the last one unlocks as {@link Mutex#unlock()}.
     *
     * @throws IllegalMonitorStateException if this thread does not hold the lock; nothing is changed
     */
    @Override
    public final void unlock() {
        requireHeld();
        if (again != 0) {
            again--;
            return;
        }
        setOwnerOpaque(null);
        release();
    }

    /**
     * Ends one hold, and with the last one unlocks as {@link Mutex#unlockFair()}.
     *
     * @throws IllegalMonitorStateException if this thread does not hold the lock; nothing is changed
     */
    public final void unlockFair() {
        requireHeld();
        if (again != 0) {
            again--;
            return;
        }
        setOwnerOpaque(null);
        releaseSlow(true);
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
            int holds = again;
            again = 0;
            setOwnerOpaque(null);
            releaseSlow(true);
            resume(holds, SIGNALLED);
        }
    }

    // ---- guards

    /**
     * Locks, and returns a guard that unlocks when it is closed.
     *
     * @return a guard for a try-with-resources statement
     */
    public final Guard guard() {
        lock();
        return new Guard(this, getHoldCount());
    }

    /**
     * One hold of a reentrant mutex. Closing it twice, or after its hold was ended in another way, does nothing. (It knows its hold
     * by the number of holds: if the thread has ended it and has then locked as often again, closing ends one of those.) Close it
     * on the thread that made it.
     */
    public static final class Guard implements AutoCloseable {
        private final ReentrantMutex mutex;
        private final Thread holder = Thread.currentThread();
        private final int depth;
        private boolean open = true;

        Guard(ReentrantMutex mutex, int depth) {
            this.mutex = mutex;
            this.depth = depth;
        }

        /**
         * Unlocks as {@link ReentrantMutex#unlock()}, if the hold has not ended yet.
         *
         * @throws IllegalMonitorStateException if called by another thread; nothing is changed
         */
        @Override
        public void close() {
            if (end()) {
                mutex.unlock();
            }
        }

        /**
         * Unlocks as {@link ReentrantMutex#unlockFair()}, if the hold has not ended yet.
         *
         * @throws IllegalMonitorStateException if called by another thread; nothing is changed
         */
        public void closeFair() {
            if (end()) {
                mutex.unlockFair();
            }
        }

        private boolean end() {
            if (open && holder != Thread.currentThread()) {
                throw new IllegalMonitorStateException("close the guard on the thread that made it");
            }
            boolean held = open && mutex.getHoldCount() >= depth;
            open = false;
            return held;
        }
    }

    /**
     * Runs an action while holding the lock.
     *
     * @param action what to run; what it throws leaves this method after the hold was ended
     */
    public final void withLock(Runnable action) {
        Objects.requireNonNull(action, "action");
        lock();
        try {
            action.run();
        } finally {
            unlock();
        }
    }

    /**
     * Computes a value while holding the lock.
     *
     * @param <T> the type of the value
     * @param action what to compute; what it throws leaves this method after the hold was ended
     * @return what {@code action} returned
     */
    public final <T> T withLock(Supplier<T> action) {
        Objects.requireNonNull(action, "action");
        lock();
        try {
            return action.get();
        } finally {
            unlock();
        }
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
     * Whether the calling thread holds the lock.
     *
     * @return exact
     */
    public final boolean isHeldByCurrentThread() {
        return ownerOpaque() == Thread.currentThread();
    }

    /**
     * How often the calling thread holds the lock.
     *
     * @return 0 if it does not; 2 147 483 647 also for one hold more
     */
    public final int getHoldCount() {
        if (!isHeldByCurrentThread()) {
            return 0;
        }
        return again == Integer.MAX_VALUE ? Integer.MAX_VALUE : again + 1;
    }

    /**
     * Makes a condition for this lock, backed by a {@link Condvar}.
     *
     * @return a new condition; its methods need this lock to be held by the caller
     */
    @Override
    public final Condition newCondition() {
        return new LockCondition(this);
    }

    /**
     * Tells the state, for people.
     *
     * @return the class, the identity and "[Unlocked]" or "[Locked by thread NAME]"
     */
    @Override
    public String toString() {
        Thread holder = ownerOpaque();
        return super.toString() + (holder == null ? "[Unlocked]" : "[Locked by thread " + holder.getName() + "]");
    }

    // ---- for Condvar

    @Override
    final void requireHeld() {
        if (!isHeldByCurrentThread()) {
            throw new IllegalMonitorStateException(
                    "this thread does not hold the mutex: lock it before you unlock, bump, await or signal");
        }
    }

    @Override
    final long prepareAwait() {
        requireHeld();
        share();
        return again;
    }

    @Override
    final void releaseForAwait() {
        again = 0;
        setOwnerOpaque(null);
        release();
    }

    @Override
    final void resume(long hold, long token) {
        acquireAfterAwait(token);
        setOwnerOpaque(Thread.currentThread());
        again = (int) hold;
    }

    private Thread ownerOpaque() {
        return (Thread) OWNER.getOpaque(this);
    }

    private void setOwnerOpaque(Thread value) {
        OWNER.setOpaque(this, value);
    }
}
