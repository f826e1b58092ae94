package dev.parkinglot.locks;

import dev.parkinglot.core.Patience;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;

/**
 * One mode of a {@link ReadersWriterLock}, with everything that can be done in it. What the modes are, who may hold the
 * lock together, and what a hold makes visible to others, is said there.
 *
 * <p>A mode has no state but the lock's. Two that stand for the same mode of the same lock are equal, and it does not
 * matter through which of them a hold is taken and released.
 *
 * <p><b>Cost.</b> 24 bytes for a mode, and as much for a guard.
 */
public final class RwLockMode implements ScopedLock<RwLockGuard> {
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

    @Override
    public void lock() {
        switch (access) {
            case READ -> lock.lockRead();
            case READ_RECURSIVE -> lock.lockReadRecursive();
            case UPGRADABLE -> lock.lockUpgradable();
            case WRITE -> lock.lockWrite();
        }
    }

    @Override
    public void lockInterruptibly() throws InterruptedException {
        lock.lockInterruptibly(access);
    }

    @Override
    public boolean tryLock() {
        return lock.tryLock(access);
    }

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

    @Override
    public boolean tryLockFor(Duration timeout) {
        return lock.tryLockFor(access, timeout);
    }

    @Override
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
    @Override
    public void unlockFair() {
        lock.unlock(access, true);
    }

    @Override
    public void bump() {
        switch (access) {
            case READ, READ_RECURSIVE -> lock.bumpRead();
            case UPGRADABLE -> lock.bumpUpgradable();
            case WRITE -> lock.bumpWrite();
        }
    }

    // ---- running under the lock

    @Override
    public <T, X extends Throwable> T withLock(LockCall<T, X> call) throws X {
        return Scopes.call(this, call);
    }

    @Override
    public <X extends Throwable> void runLocked(LockAction<X> action) throws X {
        Scopes.run(this, action);
    }

    // ---- guards

    @Override
    @CheckReturnValue
    public RwLockGuard guard() {
        return Scopes.lock(this, newGuard());
    }

    @Override
    @CheckReturnValue
    public RwLockGuard guardInterruptibly() throws InterruptedException {
        return Scopes.lockInterruptibly(this, newGuard());
    }

    @Override
    @CheckReturnValue
    public Optional<RwLockGuard> tryGuard() {
        return tryGuardUntil(System.nanoTime());
    }

    @Override
    @CheckReturnValue
    public Optional<RwLockGuard> tryGuardFor(Duration timeout) {
        return tryGuardUntil(Deadlines.after(Deadlines.nanosOf(timeout)));
    }

    @Override
    @CheckReturnValue
    public Optional<RwLockGuard> tryGuardUntil(long deadlineNanos) {
        return Scopes.tryLockUntil(this, newGuard(), deadlineNanos);
    }

    private RwLockGuard newGuard() {
        return new RwLockGuard(lock, access);
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
