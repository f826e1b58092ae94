package dev.parkinglot.locks;

import dev.parkinglot.core.Patience;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;

/**
 * One mode of a {@link ReadersWriterLock}, with everything that can be done in it. What the modes are, who may hold the
 * lock together, and what a hold makes visible to others, is said there.
 *
 * <p>A mode has no state but the lock's. Two that stand for the same mode of the same lock are equal, and it does not
 * matter through which of them a hold is taken and released.
 *
 * <p><b>Cost.</b> 24 bytes for a mode, and as much for a guard.
 */
public final class RwLockMode implements Lock {
    private final ReadersWriterLock lock;
    private final Access access;

    RwLockMode(ReadersWriterLock lock, Access access) {
        this.lock = lock;
        this.access = access;
    }

    Access access() {
        return access;
    }

    // ---- locking

    /** Locks, waiting as long as it takes. An interrupt has no effect and stays pending. */
    @Override
    public void lock() {
        switch (access) {
            case READ -> lock.lockRead();
            case READ_RECURSIVE -> lock.lockReadRecursive();
            case UPGRADABLE -> lock.lockUpgradable();
            case WRITE -> lock.lockWrite();
        }
    }

    /**
     * Locks, unless interrupted before or while waiting.
     *
     * @throws InterruptedException if interrupted; the lock is not held and the interrupt flag is clear
     */
    @Override
    public void lockInterruptibly() throws InterruptedException {
        lock.lockInterruptibly(access);
    }

    /**
     * Locks if that is possible at once. Does not wait.
     *
     * @return whether the lock is now held by the caller
     */
    @Override
    public boolean tryLock() {
        return lock.tryLock(access);
    }

    /**
     * Locks, unless a timeout comes first, or an interrupt before or while waiting.
     *
     * @param time how long to wait at most; zero or less means not at all, neither spinning nor parking
     * @param unit the unit of {@code time}
     * @return whether the lock is now held by the caller
     * @throws InterruptedException if interrupted; the lock is not held and the interrupt flag is clear
     */
    @Override
    public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
        long nanos = unit.toNanos(time);
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        return tryLock()
                || (nanos > 0L
                        && lock.lockSlow(access, Patience.interruptiblyUntil(Deadlines.after(nanos)))
                                .orThrow());
    }

    /**
     * Locks, unless a timeout comes first. An interrupt has no effect and stays pending.
     *
     * @param timeout how long to wait at most; zero or less means not at all, neither spinning nor parking
     * @return whether the lock is now held by the caller
     */
    public boolean tryLockFor(Duration timeout) {
        return lock.tryLockFor(access, timeout);
    }

    /**
     * Locks, unless a deadline comes first. An interrupt has no effect and stays pending.
     *
     * @param deadlineNanos when to give up, in terms of {@link System#nanoTime()}, less than 292 years from now
     * @return whether the lock is now held by the caller
     */
    public boolean tryLockUntil(long deadlineNanos) {
        return lock.tryLockUntil(access, deadlineNanos);
    }

    // ---- unlocking

    /**
     * Releases a hold of this mode.
     *
     * @throws IllegalMonitorStateException if there is none; nothing is changed
     */
    @Override
    public void unlock() {
        switch (access) {
            case READ, READ_RECURSIVE -> lock.unlockRead();
            case UPGRADABLE -> lock.unlockUpgradable();
            case WRITE -> lock.unlockWrite();
        }
    }

    /**
     * As {@link #unlock}, but hands the lock to those who waited for it. The end of a read hold lets in at most the
     * writer that waits for it, so there the two are the same.
     *
     * @throws IllegalMonitorStateException if there is no hold of this mode; nothing is changed
     */
    public void unlockFair() {
        lock.unlock(access, true);
    }

    /**
     * Lets those have the lock for a while that wait for this hold to end: {@link #unlockFair} and {@link #lock} if
     * there are any, otherwise nothing.
     *
     * @throws IllegalMonitorStateException if there is no hold of this mode; nothing is changed
     */
    public void bump() {
        switch (access) {
            case READ, READ_RECURSIVE -> lock.bumpRead();
            case UPGRADABLE -> lock.bumpUpgradable();
            case WRITE -> lock.bumpWrite();
        }
    }

    // ---- running under the lock

    /**
     * Computes a value while holding the lock.
     *
     * @param <T> the type of the value
     * @param <X> what the computation may throw
     * @param call what to compute; what it throws leaves this method after the lock was released
     * @return what {@code call} returned
     * @throws X what {@code call} threw
     */
    public <T, X extends Throwable> T withLock(LockCall<T, X> call) throws X {
        return lock.with(access, call);
    }

    /**
     * Runs an action while holding the lock.
     *
     * @param <X> what the action may throw
     * @param action what to run; what it throws leaves this method after the lock was released
     * @throws X what {@code action} threw
     */
    public <X extends Throwable> void runLocked(LockAction<X> action) throws X {
        lock.run(access, action);
    }

    // ---- guards. What they need is made before the lock is held, since there may be no memory for it.

    /**
     * Locks, and returns a guard that unlocks when it is closed.
     *
     * @return a guard for a try-with-resources statement
     */
    @CheckReturnValue
    public RwLockGuard guard() {
        RwLockGuard guard = new RwLockGuard(lock);
        lock();
        return guard.open(access);
    }

    /**
     * As {@link #guard}, unless interrupted before or while waiting.
     *
     * @return a guard for a try-with-resources statement
     * @throws InterruptedException if interrupted; the lock is not held and the interrupt flag is clear
     */
    @CheckReturnValue
    public RwLockGuard guardInterruptibly() throws InterruptedException {
        RwLockGuard guard = new RwLockGuard(lock);
        lockInterruptibly();
        return guard.open(access);
    }

    /**
     * Locks if that is possible at once. Does not wait.
     *
     * @return a guard, or nothing if the lock was not to be had
     */
    @CheckReturnValue
    public Optional<RwLockGuard> tryGuard() {
        return tryGuardUntil(System.nanoTime());
    }

    /**
     * Locks, unless a timeout comes first. An interrupt has no effect and stays pending.
     *
     * @param timeout how long to wait at most; zero or less means not at all, neither spinning nor parking
     * @return a guard, or nothing if the lock was not to be had
     */
    @CheckReturnValue
    public Optional<RwLockGuard> tryGuardFor(Duration timeout) {
        return tryGuardUntil(Deadlines.after(Deadlines.nanosOf(timeout)));
    }

    /**
     * Locks, unless a deadline comes first. An interrupt has no effect and stays pending.
     *
     * @param deadlineNanos when to give up, in terms of {@link System#nanoTime()}, less than 292 years from now
     * @return a guard, or nothing if the lock was not to be had
     */
    @CheckReturnValue
    public Optional<RwLockGuard> tryGuardUntil(long deadlineNanos) {
        RwLockGuard guard = new RwLockGuard(lock);
        Optional<RwLockGuard> found = Optional.of(guard);
        if (!tryLockUntil(deadlineNanos)) {
            return Optional.empty();
        }
        guard.open(access);
        return found;
    }

    // ---- as an object

    /**
     * A new condition of the lock, whose waiting threads give up their write hold meanwhile.
     *
     * @return the condition
     * @throws UnsupportedOperationException unless this is the write mode: others can be held by several threads, none
     *     of which could give up the hold of the others
     */
    @Override
    public Condition newCondition() {
        if (access != Access.WRITE) {
            throw new UnsupportedOperationException(
                    "only the write mode has conditions: use write().newCondition() and wait with a write hold");
        }
        return new LockCondition(lock);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RwLockMode mode && mode.access == access && mode.lock.isSameAs(lock);
    }

    @Override
    public int hashCode() {
        return Objects.hash(System.identityHashCode(lock.base()), lock.offset(), access);
    }

    /**
     * Tells the mode and the state of the lock, for people.
     *
     * @return for example, "read mode of ...[Write locks = 0, Read locks = 2]"
     */
    @Override
    public String toString() {
        return access.title + " mode of " + lock;
    }
}
