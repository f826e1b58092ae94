package dev.parkinglot.locks;

import java.time.Duration;

/** The calls of {@link ReadersWriterLock} that a timeout or an interrupt may end: short forms of those of its modes. */
abstract class RwTimedCalls extends RwByAccess {
    // ---- read

    /**
     * As {@link RwLockMode#lockInterruptibly()} of the read mode.
     *
     * @throws InterruptedException if interrupted; the lock is not held and the interrupt flag is clear
     */
    public final void lockReadInterruptibly() throws InterruptedException {
        lockInterruptibly(Access.READ);
    }

    /**
     * {@return whether this call has locked; as {@link RwLockMode#tryLockFor(Duration)} of the read mode}
     *
     * @param timeout how long to wait at most; zero or less means not at all
     */
    public final boolean tryLockReadFor(Duration timeout) {
        return tryLockFor(Access.READ, timeout);
    }

    /**
     * {@return whether this call has locked; as {@link RwLockMode#tryLockUntil(long)} of the read mode}
     *
     * @param deadlineNanos when to give up, in terms of {@link System#nanoTime()}, less than 292 years from now
     */
    public final boolean tryLockReadUntil(long deadlineNanos) {
        return tryLockUntil(Access.READ, deadlineNanos);
    }

    // ---- recursive read

    /**
     * As {@link RwLockMode#lockInterruptibly()} of the recursive read mode.
     *
     * @throws InterruptedException if interrupted; the lock is not held and the interrupt flag is clear
     */
    public final void lockReadRecursiveInterruptibly() throws InterruptedException {
        lockInterruptibly(Access.READ_RECURSIVE);
    }

    /**
     * {@return whether this call has locked; as {@link RwLockMode#tryLockFor(Duration)} of the recursive read mode}
     *
     * @param timeout how long to wait at most; zero or less means not at all
     */
    public final boolean tryLockReadRecursiveFor(Duration timeout) {
        return tryLockFor(Access.READ_RECURSIVE, timeout);
    }

    /**
     * {@return whether this call has locked; as {@link RwLockMode#tryLockUntil(long)} of the recursive read mode}
     *
     * @param deadlineNanos when to give up, in terms of {@link System#nanoTime()}, less than 292 years from now
     */
    public final boolean tryLockReadRecursiveUntil(long deadlineNanos) {
        return tryLockUntil(Access.READ_RECURSIVE, deadlineNanos);
    }

    // ---- upgradable

    /** {@return the upgradable mode: a small object, equal to every other for the same mode of this lock} */
    public abstract RwLockMode upgradable();

    /** {@return the same as {@link #upgradable}, beside {@code readLock} and {@code writeLock}} */
    public final RwLockMode upgradableLock() {
        return upgradable();
    }

    /**
     * As {@link RwLockMode#lockInterruptibly()} of the upgradable mode.
     *
     * @throws InterruptedException if interrupted; the lock is not held and the interrupt flag is clear
     */
    public final void lockUpgradableInterruptibly() throws InterruptedException {
        lockInterruptibly(Access.UPGRADABLE);
    }

    /**
     * {@return whether this call has locked; as {@link RwLockMode#tryLockFor(Duration)} of the upgradable mode}
     *
     * @param timeout how long to wait at most; zero or less means not at all
     */
    public final boolean tryLockUpgradableFor(Duration timeout) {
        return tryLockFor(Access.UPGRADABLE, timeout);
    }

    /**
     * {@return whether this call has locked; as {@link RwLockMode#tryLockUntil(long)} of the upgradable mode}
     *
     * @param deadlineNanos when to give up, in terms of {@link System#nanoTime()}, less than 292 years from now
     */
    public final boolean tryLockUpgradableUntil(long deadlineNanos) {
        return tryLockUntil(Access.UPGRADABLE, deadlineNanos);
    }

    // ---- write

    /**
     * As {@link RwLockMode#lockInterruptibly()} of the write mode.
     *
     * @throws InterruptedException if interrupted; the lock is not held and the interrupt flag is clear
     */
    public final void lockWriteInterruptibly() throws InterruptedException {
        lockInterruptibly(Access.WRITE);
    }

    /**
     * {@return whether this call has locked; as {@link RwLockMode#tryLockFor(Duration)} of the write mode}
     *
     * @param timeout how long to wait at most; zero or less means not at all
     */
    public final boolean tryLockWriteFor(Duration timeout) {
        return tryLockFor(Access.WRITE, timeout);
    }

    /**
     * {@return whether this call has locked; as {@link RwLockMode#tryLockUntil(long)} of the write mode}
     *
     * @param deadlineNanos when to give up, in terms of {@link System#nanoTime()}, less than 292 years from now
     */
    public final boolean tryLockWriteUntil(long deadlineNanos) {
        return tryLockUntil(Access.WRITE, deadlineNanos);
    }
}
