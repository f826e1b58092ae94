package dev.parkinglot.locks;

import static dev.parkinglot.locks.Holders.RECORDED;

import dev.parkinglot.core.Patience;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.locks.ReadWriteLock;

/**
 * A readers-writer lock with an upgradable mode, wherever its four bytes are: in an object of its own, {@link RwLock},
 * or in a buffer, {@link BufferRwLock}.
 *
 * <table>
 *   <caption>Who may hold the lock together</caption>
 *   <tr><th></th><th>read</th><th>upgradable</th><th>write</th></tr>
 *   <tr><th>read</th><td>yes</td><td>yes</td><td>no</td></tr>
 *   <tr><th>upgradable</th><td>yes</td><td>no</td><td>no</td></tr>
 *   <tr><th>write</th><td>no</td><td>no</td><td>no</td></tr>
 * </table>
 *
 * <p>An upgradable holder reads along with others and can {@link #upgrade} to writing without letting another writer in
 * between. Plain readers are kept out only by a writer, or by an upgradable holder that has begun to upgrade: never by
 * one that merely holds or waits.
 *
 * <p><b>Fairness.</b> Task-fair: a writer that has announced itself keeps new readers out, so readers cannot starve it;
 * a release wakes all readers up to and including the first writer, so writers cannot starve them. Now and then a
 * release hands the lock to those it wakes ({@link #unlockWriteFair} and {@link #unlockUpgradableFair} always do);
 * otherwise they compete with whoever comes.
 *
 * <p><b>Recursion.</b> The lock has no owners. A thread that reads and calls {@link #lockRead} again deadlocks if a
 * writer has come in between: the writer waits for the first hold, the second for the writer. {@link
 * #lockReadRecursive} exists for this: it is admitted whenever readers hold the lock, whoever waits, even if it is
 * already parked when they acquire it. The price is that recursive readers can starve writers. No mode can be locked
 * again under a write hold, and no upgradable or write mode under any hold of the same thread but through {@code
 * upgrade}.
 *
 * <p><b>Memory effects.</b> As {@link ReadWriteLock} requires: what was done under a write hold happens-before
 * everything under later holds, and what was done under a read hold happens-before everything under later write holds.
 * Upgrading counts as locking and downgrading as unlocking the write mode.
 *
 * <p><b>Misuse.</b> Releasing, converting or bumping a hold of a mode that is not held throws {@code
 * IllegalMonitorStateException} and changes nothing, as far as the state can tell: it knows how many readers there are,
 * not who they are.
 *
 * <p><b>Forms.</b> The short calls are here. Each mode is also an object, {@link #read}, {@link #readRecursive}, {@link
 * #upgradable} and {@link #write}, which can be held and passed on as a {@code Lock}, runs actions and makes guards.
 *
 * <p>At most 8 388 608 readers at a time; one more is refused with an {@code Error}.
 *
 * <p>Idea: {@code RwLock} of Rust's {@code parking_lot}.
 */
public abstract sealed class ReadersWriterLock extends RwTimedCalls implements ReadWriteLock
        permits RwLock, BufferRwLock {
    ReadersWriterLock() {}

    private RwLockMode mode(Access access) {
        return new RwLockMode((ReadersWriterLock) atFixedPlace(), access);
    }

    /** {@return the read mode: a small object, equal to every other that stands for the same mode of this lock} */
    public final RwLockMode read() {
        return mode(Access.READ);
    }

    /** {@return the mode of {@link #lockReadRecursive}, for threads that read already; an object like {@link #read}} */
    public final RwLockMode readRecursive() {
        return mode(Access.READ_RECURSIVE);
    }

    @Override
    public final RwLockMode upgradable() {
        return mode(Access.UPGRADABLE);
    }

    /** {@return the write mode, which has conditions; an object like {@link #read}} */
    public final RwLockMode write() {
        return mode(Access.WRITE);
    }

    @Override
    public final RwLockMode readLock() {
        return read();
    }

    @Override
    public final RwLockMode writeLock() {
        return write();
    }

    // ---- read

    /**
     * Locks for reading, waiting as long as it takes: while a writer holds or drains the lock. An interrupt has no
     * effect and stays pending.
     */
    public void lockRead() {
        lock(Access.READ);
    }

    /** {@return whether this call has locked for reading: it does if that is possible at once, and does not wait} */
    public boolean tryLockRead() {
        return tryLock(Access.READ);
    }

    /** Releases one read hold. */
    public void unlockRead() {
        unlock(Access.READ, false);
    }

    /**
     * Lets a draining writer in for a while: releases and locks again if there is one, otherwise nothing, at the cost
     * of a look at who reads.
     */
    public final void bumpRead() {
        requireHeld(isReadHeld(), "read");
        if ((stateOpaque() & WRITER) != 0) {
            unlockRead();
            lockAgain(Access.READ);
        }
    }

    /**
     * Computes a value while holding the lock for reading.
     *
     * @param <T> the type of the value
     * @param <X> what the computation may throw
     * @param call what to compute; what it throws leaves this method after the lock was released
     * @return what {@code call} returned
     * @throws X what {@code call} threw
     */
    public final <T, X extends Throwable> T withRead(LockCall<T, X> call) throws X {
        return read().withLock(call);
    }

    /**
     * Runs an action while holding the lock for reading.
     *
     * @param <X> what the action may throw
     * @param action what to run; what it throws leaves this method after the lock was released
     * @throws X what {@code action} threw
     */
    public final <X extends Throwable> void runRead(LockAction<X> action) throws X {
        read().runLocked(action);
    }

    /**
     * Locks for reading as {@link #lockRead}, but is also admitted beside a draining writer while readers hold the
     * lock. Safe for a thread that already reads; can starve writers.
     */
    public final void lockReadRecursive() {
        lock(Access.READ_RECURSIVE);
    }

    /**
     * {@return whether this call has locked for reading: it does, recursively, if that is possible at once, and does
     * not wait} Never refused while the caller reads already.
     */
    public final boolean tryLockReadRecursive() {
        return tryLock(Access.READ_RECURSIVE);
    }

    // ---- upgradable

    /**
     * Locks for reading with the right to {@link #upgrade}, waiting as long as it takes: while another thread has that
     * right, or a writer holds or drains the lock. An interrupt has no effect and stays pending.
     */
    public void lockUpgradable() {
        lock(Access.UPGRADABLE);
    }

    /** {@return whether this call has locked upgradably: it does if that is possible at once, and does not wait} */
    public final boolean tryLockUpgradable() {
        return tryLock(Access.UPGRADABLE);
    }

    /** Releases the upgradable hold. */
    public void unlockUpgradable() {
        if (RECORDED || !tryReleaseUpgradableOnce()) {
            unlock(Access.UPGRADABLE, false);
        }
    }

    /** As {@link #unlockUpgradable()}, but hands the lock to those who waited for it. */
    public final void unlockUpgradableFair() {
        unlock(Access.UPGRADABLE, true);
    }

    /**
     * Lets those in that wait for the upgradable hold: {@link #unlockUpgradableFair} and {@link #lockUpgradable} if
     * threads wait, otherwise nothing, at the cost of a read.
     */
    public final void bumpUpgradable() {
        if (hasParkedBehind(Access.UPGRADABLE)) {
            unlockUpgradableFair();
            lockAgain(Access.UPGRADABLE);
        }
    }

    /**
     * Computes a value while holding the lock upgradably.
     *
     * @param <T> the type of the value
     * @param <X> what the computation may throw
     * @param call what to compute; what it throws leaves this method after the lock was released
     * @return what {@code call} returned
     * @throws X what {@code call} threw
     */
    public final <T, X extends Throwable> T withUpgradable(LockCall<T, X> call) throws X {
        return upgradable().withLock(call);
    }

    /**
     * Runs an action while holding the lock upgradably.
     *
     * @param <X> what the action may throw
     * @param action what to run; what it throws leaves this method after the lock was released
     * @throws X what {@code action} threw
     */
    public final <X extends Throwable> void runUpgradable(LockAction<X> action) throws X {
        upgradable().runLocked(action);
    }

    /**
     * Turns the upgradable hold into a write hold, waiting for the other readers to leave. No other writer gets in
     * between, and from the call on, no new reader. An interrupt has no effect and stays pending.
     */
    public final void upgrade() {
        upgrade(Patience.ENDLESS);
    }

    /**
     * As {@link #upgrade}, unless interrupted before or while waiting.
     *
     * @throws InterruptedException if interrupted; the upgradable hold is as before and the interrupt flag is clear
     */
    public final void upgradeInterruptibly() throws InterruptedException {
        requireHeld(isUpgradable(stateOpaque()), "upgradable");
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        upgrade(Patience.INTERRUPTIBLE).orThrow();
    }

    /**
     * Turns the upgradable hold into a write hold if there are no other readers. Does not wait.
     *
     * @return whether the caller now holds the lock for writing; otherwise the upgradable hold is as before
     */
    public final boolean tryUpgrade() {
        return tryUpgradeNow();
    }

    /**
     * As {@link #upgrade}, unless a timeout comes first. New readers are kept out meanwhile.
     *
     * @param timeout how long to wait at most; zero or less means not at all, neither spinning nor parking
     * @return whether the caller now holds the lock for writing; otherwise the upgradable hold is as before
     */
    public final boolean tryUpgradeFor(Duration timeout) {
        long nanos = Deadlines.nanosOf(timeout);
        return tryUpgrade() || (nanos > 0L && upgrade(Patience.until(Deadlines.after(nanos))) == WaitOutcome.SUCCESS);
    }

    /**
     * As {@link #upgrade}, unless a deadline comes first. New readers are kept out meanwhile.
     *
     * @param deadlineNanos when to give up, in terms of {@link System#nanoTime()}, less than 292 years from now
     * @return whether the caller now holds the lock for writing; otherwise the upgradable hold is as before
     */
    public final boolean tryUpgradeUntil(long deadlineNanos) {
        return tryUpgrade()
                || (!Deadlines.hasPassed(deadlineNanos)
                        && upgrade(Patience.until(deadlineNanos)) == WaitOutcome.SUCCESS);
    }

    /**
     * Computes a value with the upgradable hold turned into a write hold for as long as it takes.
     *
     * @param <T> the type of the value
     * @param <X> what the computation may throw
     * @param call what to compute; what it throws leaves this method after the hold is upgradable again
     * @return what {@code call} returned
     * @throws X what {@code call} threw
     */
    public final <T, X extends Throwable> T withUpgraded(LockCall<T, X> call) throws X {
        Objects.requireNonNull(call, "call");
        upgrade();
        try {
            return call.call();
        } finally {
            downgradeToUpgradable();
        }
    }

    /**
     * Runs an action with the upgradable hold turned into a write hold for as long as it runs.
     *
     * @param <X> what the action may throw
     * @param action what to run; what it throws leaves this method after the hold is upgradable again
     * @throws X what {@code action} threw
     */
    public final <X extends Throwable> void runUpgraded(LockAction<X> action) throws X {
        Objects.requireNonNull(action, "action");
        upgrade();
        try {
            action.run();
        } finally {
            downgradeToUpgradable();
        }
    }

    // ---- write

    /** Locks for writing, waiting as long as it takes. An interrupt has no effect and stays pending. */
    public void lockWrite() {
        if (RECORDED || !casState(0, WRITER)) {
            lock(Access.WRITE);
        }
    }

    /** {@return whether this call has locked for writing: it does if that is possible at once, and does not wait} */
    public boolean tryLockWrite() {
        return tryLock(Access.WRITE);
    }

    /** Releases the write hold. */
    public void unlockWrite() {
        if (RECORDED || !casState(WRITER, 0)) {
            unlock(Access.WRITE, false);
        }
    }

    /**
     * As {@link #unlockWrite()}, but hands the lock to those who waited for it: all readers up to the first writer, and
     * that writer.
     */
    public final void unlockWriteFair() {
        unlock(Access.WRITE, true);
    }

    /**
     * Lets waiting threads have the lock for a while: {@link #unlockWriteFair} and {@link #lockWrite} if threads wait,
     * otherwise nothing, at the cost of a read.
     */
    public final void bumpWrite() {
        if (hasParkedBehind(Access.WRITE)) {
            unlockWriteFair();
            lockAgain(Access.WRITE);
        }
    }

    /**
     * Computes a value while holding the lock for writing.
     *
     * @param <T> the type of the value
     * @param <X> what the computation may throw
     * @param call what to compute; what it throws leaves this method after the lock was released
     * @return what {@code call} returned
     * @throws X what {@code call} threw
     */
    public final <T, X extends Throwable> T withWrite(LockCall<T, X> call) throws X {
        return write().withLock(call);
    }

    /**
     * Runs an action while holding the lock for writing.
     *
     * @param <X> what the action may throw
     * @param action what to run; what it throws leaves this method after the lock was released
     * @throws X what {@code action} threw
     */
    public final <X extends Throwable> void runWrite(LockAction<X> action) throws X {
        write().runLocked(action);
    }

    // ---- downgrading

    /** Turns the write hold into a read hold; no writer gets in between. Readers that wait come in. */
    public final void downgrade() {
        requireHeld(isWrite(stateOpaque()), "write");
        exchange(Access.WRITE, Access.READ);
    }

    /** Turns the write hold into an upgradable hold; no writer gets in between. Readers that wait come in. */
    public final void downgradeToUpgradable() {
        requireHeld(isWrite(stateOpaque()), "write");
        exchange(Access.WRITE, Access.UPGRADABLE);
    }

    /** Turns the upgradable hold into a read hold. */
    public final void downgradeUpgradable() {
        requireHeld(isUpgradable(stateOpaque()), "upgradable");
        exchange(Access.UPGRADABLE, Access.READ);
    }

    // ---- state

    /**
     * {@return whether any thread holds the lock in any mode, or drains it; the answer may be stale when it is looked
     * at} True as long as the caller holds the lock. If it is false and the lock is biased towards readers, the bias
     * ends with this call.
     */
    public final boolean isLocked() {
        return (stateVolatile() & (WRITER | READERS)) != 0 || isReadHeld();
    }

    /**
     * {@return whether a thread holds the lock for writing, or drains it in order to; the answer may be stale when it
     * is looked at}
     */
    public final boolean isWriteLocked() {
        return (stateOpaque() & WRITER) != 0;
    }

    /** {@return whether threads wait for the lock, in any mode; the answer may be stale when it is looked at} */
    public final boolean hasQueuedThreads() {
        return getQueueLength() != 0;
    }

    /**
     * {@return how many threads wait for the lock, in any mode; the answer may be stale when it is looked at} For
     * monitoring: it takes time in proportion to their number.
     */
    public final int getQueueLength() {
        return (int) parkedThreads().count();
    }

    @Override
    public String toString() {
        int now = stateOpaque();
        return title() + "[Write locks = " + (isWrite(now) ? 1 : 0) + ", Read locks = " + readHolds() + "]";
    }
}
