package dev.parkinglot.locks;

import dev.parkinglot.core.Patience;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.function.Supplier;

/**
 * A readers-writer lock of 16 bytes, with an upgradable mode.
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
 * a release wakes all readers up to and including the first writer, so writers cannot starve them. About twice a
 * millisecond a release hands the lock to those it wakes ({@link #unlockWriteFair} and {@link #unlockUpgradableFair}
 * always do); otherwise they compete with whoever comes.
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
 * <p><b>Misuse.</b> Releasing or converting a mode that is not held throws {@code IllegalMonitorStateException} as far
 * as the state can tell: it knows how many readers there are, not who they are.
 *
 * <p><b>Cost.</b> 16 bytes with compressed class pointers. Uncontended, one compare-and-set to lock and one to unlock,
 * in every mode; no allocation. At most 8 388 608 readers at a time; one more is refused with an {@code Error}.
 *
 * <p><b>Readers that share nothing.</b> When readers meet, the lock becomes biased towards readers: from then on each
 * counts in a cache line that it shares with few other threads, and reading scales with the processors. The next writer
 * ends that, and has to look at all those lines (four for each processor); for nine times as long as this took, the
 * lock is not biased again. The lines are those of arrays that all locks share, made once; a biased lock itself
 * allocates 32 bytes. At most 1024 locks can be biased at a time, others do without.
 *
 * <p>Idea: {@code RwLock} of Rust's {@code parking_lot}; the bias is that of BRAVO (Dice and Kogan, USENIX ATC 2019).
 */
public class RwLock extends RwCore implements ReadWriteLock {
    /** Makes a free lock. */
    public RwLock() {}

    @Override
    boolean readersMayShareNothing() {
        return true;
    }

    // ---- read

    /**
     * Locks for reading, waiting as long as it takes: while a writer holds or drains the lock. An interrupt has no
     * effect and stays pending.
     */
    public final void lockRead() {
        if (!tryReadOnce()) {
            bias();
            acquireSlow(Mode.READ, Patience.ENDLESS);
        }
    }

    /**
     * As {@link #lockRead}, unless interrupted before or while waiting.
     *
     * @throws InterruptedException if interrupted; the lock is not held and the interrupt flag is clear
     */
    public final void lockReadInterruptibly() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (!tryAcquire(Mode.READ)) {
            acquireSlow(Mode.READ, Patience.INTERRUPTIBLE).orThrow();
        }
    }

    /**
     * Locks for reading if that is possible at once. Does not wait.
     *
     * @return whether the lock is now held by the caller
     */
    public final boolean tryLockRead() {
        return tryAcquire(Mode.READ);
    }

    /**
     * Locks for reading, unless a timeout comes first. An interrupt has no effect and stays pending.
     *
     * @param timeout how long to wait at most; zero or less means not at all, neither spinning nor parking
     * @return whether the lock is now held by the caller
     */
    public final boolean tryLockReadFor(Duration timeout) {
        long nanos = Deadlines.nanosOf(timeout);
        return tryLockRead()
                || (nanos > 0L
                        && acquireSlow(Mode.READ, Patience.until(Deadlines.after(nanos))) == Acquisition.ACQUIRED);
    }

    /**
     * Locks for reading, unless a deadline comes first. An interrupt has no effect and stays pending.
     *
     * @param deadlineNanos when to give up, in terms of {@link System#nanoTime()}, less than 292 years from now
     * @return whether the lock is now held by the caller
     */
    public final boolean tryLockReadUntil(long deadlineNanos) {
        return tryLockRead()
                || (!Deadlines.hasPassed(deadlineNanos)
                        && acquireSlow(Mode.READ, Patience.until(deadlineNanos)) == Acquisition.ACQUIRED);
    }

    /**
     * Releases one read hold.
     *
     * @throws IllegalMonitorStateException if there is no reader; nothing is changed
     */
    public final void unlockRead() {
        if (!tryReleaseReadOnce()) {
            releaseRead();
        }
    }

    /**
     * Lets a draining writer in for a while: releases and locks again if there is one, otherwise nothing, at the cost
     * of a read.
     *
     * @throws IllegalMonitorStateException if there is no reader; nothing is changed
     */
    public final void bumpRead() {
        requireReadHeld();
        if ((stateOpaque() & WRITER) != 0) {
            unlockRead();
            lockRead();
        }
    }

    /**
     * Runs an action while holding the lock for reading.
     *
     * @param action what to run; what it throws leaves this method after the lock was released
     */
    public final void withRead(Runnable action) {
        withRead(asSupplier(action));
    }

    /**
     * Computes a value while holding the lock for reading.
     *
     * @param <T> the type of the value
     * @param action what to compute; what it throws leaves this method after the lock was released
     * @return what {@code action} returned
     */
    public final <T> T withRead(Supplier<T> action) {
        Objects.requireNonNull(action, "action");
        lockRead();
        try {
            return action.get();
        } finally {
            unlockRead();
        }
    }

    // ---- read, recursively

    /**
     * Locks for reading as {@link #lockRead}, but is also admitted beside a draining writer while readers hold the
     * lock. Safe for a thread that already reads; can starve writers.
     */
    public final void lockReadRecursive() {
        if (!tryAcquire(Mode.READ_RECURSIVE)) {
            acquireSlow(Mode.READ_RECURSIVE, Patience.ENDLESS);
        }
    }

    /**
     * As {@link #lockReadRecursive}, unless interrupted before or while waiting.
     *
     * @throws InterruptedException if interrupted; the lock is not held and the interrupt flag is clear
     */
    public final void lockReadRecursiveInterruptibly() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (!tryAcquire(Mode.READ_RECURSIVE)) {
            acquireSlow(Mode.READ_RECURSIVE, Patience.INTERRUPTIBLE).orThrow();
        }
    }

    /**
     * Locks for reading, recursively if that is possible at once. Does not wait.
     *
     * @return whether the lock is now held by the caller
     */
    public final boolean tryLockReadRecursive() {
        return tryAcquire(Mode.READ_RECURSIVE);
    }

    /**
     * Locks for reading, recursively, unless a timeout comes first. An interrupt has no effect and stays pending.
     *
     * @param timeout how long to wait at most; zero or less means not at all, neither spinning nor parking
     * @return whether the lock is now held by the caller
     */
    public final boolean tryLockReadRecursiveFor(Duration timeout) {
        long nanos = Deadlines.nanosOf(timeout);
        return tryLockReadRecursive()
                || (nanos > 0L
                        && acquireSlow(Mode.READ_RECURSIVE, Patience.until(Deadlines.after(nanos)))
                                == Acquisition.ACQUIRED);
    }

    /**
     * Locks for reading, recursively, unless a deadline comes first. An interrupt has no effect and stays pending.
     *
     * @param deadlineNanos when to give up, in terms of {@link System#nanoTime()}, less than 292 years from now
     * @return whether the lock is now held by the caller
     */
    public final boolean tryLockReadRecursiveUntil(long deadlineNanos) {
        return tryLockReadRecursive()
                || (!Deadlines.hasPassed(deadlineNanos)
                        && acquireSlow(Mode.READ_RECURSIVE, Patience.until(deadlineNanos)) == Acquisition.ACQUIRED);
    }

    // ---- upgradable

    /**
     * Locks for reading with the right to {@link #upgrade}, waiting as long as it takes: while another thread has that
     * right, or a writer holds or drains the lock. An interrupt has no effect and stays pending.
     */
    public final void lockUpgradable() {
        if (!tryUpgradableOnce()) {
            acquireSlow(Mode.UPGRADABLE_READ, Patience.ENDLESS);
        }
    }

    /**
     * As {@link #lockUpgradable}, unless interrupted before or while waiting.
     *
     * @throws InterruptedException if interrupted; the lock is not held and the interrupt flag is clear
     */
    public final void lockUpgradableInterruptibly() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (!tryAcquire(Mode.UPGRADABLE_READ)) {
            acquireSlow(Mode.UPGRADABLE_READ, Patience.INTERRUPTIBLE).orThrow();
        }
    }

    /**
     * Locks upgradably if that is possible at once. Does not wait.
     *
     * @return whether the lock is now held by the caller
     */
    public final boolean tryLockUpgradable() {
        return tryAcquire(Mode.UPGRADABLE_READ);
    }

    /**
     * Locks upgradably, unless a timeout comes first. An interrupt has no effect and stays pending.
     *
     * @param timeout how long to wait at most; zero or less means not at all, neither spinning nor parking
     * @return whether the lock is now held by the caller
     */
    public final boolean tryLockUpgradableFor(Duration timeout) {
        long nanos = Deadlines.nanosOf(timeout);
        return tryLockUpgradable()
                || (nanos > 0L
                        && acquireSlow(Mode.UPGRADABLE_READ, Patience.until(Deadlines.after(nanos)))
                                == Acquisition.ACQUIRED);
    }

    /**
     * Locks upgradably, unless a deadline comes first. An interrupt has no effect and stays pending.
     *
     * @param deadlineNanos when to give up, in terms of {@link System#nanoTime()}, less than 292 years from now
     * @return whether the lock is now held by the caller
     */
    public final boolean tryLockUpgradableUntil(long deadlineNanos) {
        return tryLockUpgradable()
                || (!Deadlines.hasPassed(deadlineNanos)
                        && acquireSlow(Mode.UPGRADABLE_READ, Patience.until(deadlineNanos)) == Acquisition.ACQUIRED);
    }

    /**
     * Releases the upgradable hold.
     *
     * @throws IllegalMonitorStateException if nobody holds it; nothing is changed
     */
    public final void unlockUpgradable() {
        if (!tryReleaseUpgradableOnce()) {
            requireHeld(isUpgradable(stateOpaque()), "upgradable");
            release(UPGRADABLE_HOLD, false);
        }
    }

    /**
     * As {@link #unlockUpgradable()}, but hands the lock to those who waited for it.
     *
     * @throws IllegalMonitorStateException if nobody holds it; nothing is changed
     */
    public final void unlockUpgradableFair() {
        requireHeld(isUpgradable(stateOpaque()), "upgradable");
        release(UPGRADABLE_HOLD, true);
    }

    /**
     * Lets those in that wait for the upgradable hold: {@link #unlockUpgradableFair} and {@link #lockUpgradable} if
     * threads wait, otherwise nothing, at the cost of a read.
     *
     * @throws IllegalMonitorStateException if nobody holds it; nothing is changed
     */
    public final void bumpUpgradable() {
        int now = stateOpaque();
        requireHeld(isUpgradable(now), "upgradable");
        if ((now & PARKED) != 0) {
            release(UPGRADABLE_HOLD, true);
            lockUpgradable();
        }
    }

    /**
     * Runs an action while holding the lock upgradably.
     *
     * @param action what to run; what it throws leaves this method after the lock was released
     */
    public final void withUpgradable(Runnable action) {
        withUpgradable(asSupplier(action));
    }

    /**
     * Computes a value while holding the lock upgradably.
     *
     * @param <T> the type of the value
     * @param action what to compute; what it throws leaves this method after the lock was released
     * @return what {@code action} returned
     */
    public final <T> T withUpgradable(Supplier<T> action) {
        Objects.requireNonNull(action, "action");
        lockUpgradable();
        try {
            return action.get();
        } finally {
            unlockUpgradable();
        }
    }

    /**
     * Turns the upgradable hold into a write hold, waiting for the other readers to leave. No other writer gets in
     * between, and from the call on, no new reader. An interrupt has no effect and stays pending.
     *
     * @throws IllegalMonitorStateException if nobody holds the lock upgradably; nothing is changed
     */
    public final void upgrade() {
        upgrade(Patience.ENDLESS);
    }

    /**
     * As {@link #upgrade}, unless interrupted before or while waiting.
     *
     * @throws InterruptedException if interrupted; the upgradable hold is as before and the interrupt flag is clear
     * @throws IllegalMonitorStateException if nobody holds the lock upgradably; nothing is changed
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
     * @throws IllegalMonitorStateException if nobody holds the lock upgradably; nothing is changed
     */
    public final boolean tryUpgrade() {
        return tryUpgradeNow();
    }

    /**
     * As {@link #upgrade}, unless a timeout comes first. New readers are kept out meanwhile.
     *
     * @param timeout how long to wait at most; zero or less means not at all, neither spinning nor parking
     * @return whether the caller now holds the lock for writing; otherwise the upgradable hold is as before
     * @throws IllegalMonitorStateException if nobody holds the lock upgradably; nothing is changed
     */
    public final boolean tryUpgradeFor(Duration timeout) {
        long nanos = Deadlines.nanosOf(timeout);
        return tryUpgrade() || (nanos > 0L && upgrade(Patience.until(Deadlines.after(nanos))) == Acquisition.ACQUIRED);
    }

    /**
     * As {@link #upgrade}, unless a deadline comes first. New readers are kept out meanwhile.
     *
     * @param deadlineNanos when to give up, in terms of {@link System#nanoTime()}, less than 292 years from now
     * @return whether the caller now holds the lock for writing; otherwise the upgradable hold is as before
     * @throws IllegalMonitorStateException if nobody holds the lock upgradably; nothing is changed
     */
    public final boolean tryUpgradeUntil(long deadlineNanos) {
        return tryUpgrade()
                || (!Deadlines.hasPassed(deadlineNanos)
                        && upgrade(Patience.until(deadlineNanos)) == Acquisition.ACQUIRED);
    }

    /**
     * Runs an action with the upgradable hold turned into a write hold for as long as it runs.
     *
     * @param action what to run; what it throws leaves this method after the hold is upgradable again
     * @throws IllegalMonitorStateException if nobody holds the lock upgradably; nothing is changed
     */
    public final void withUpgraded(Runnable action) {
        withUpgraded(asSupplier(action));
    }

    /**
     * Computes a value with the upgradable hold turned into a write hold for as long as it takes.
     *
     * @param <T> the type of the value
     * @param action what to compute; what it throws leaves this method after the hold is upgradable again
     * @return what {@code action} returned
     * @throws IllegalMonitorStateException if nobody holds the lock upgradably; nothing is changed
     */
    public final <T> T withUpgraded(Supplier<T> action) {
        Objects.requireNonNull(action, "action");
        upgrade();
        try {
            return action.get();
        } finally {
            downgradeToUpgradable();
        }
    }

    // ---- write

    /**
     * Locks for writing, waiting as long as it takes. An interrupt has no effect and stays pending.
     */
    public final void lockWrite() {
        if (!casState(0, WRITER)) {
            acquireWriteSlow(Patience.ENDLESS);
        }
    }

    /**
     * As {@link #lockWrite}, unless interrupted before or while waiting.
     *
     * @throws InterruptedException if interrupted; the lock is not held and the interrupt flag is clear
     */
    public final void lockWriteInterruptibly() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (!tryAcquireWrite()) {
            acquireWriteSlow(Patience.INTERRUPTIBLE).orThrow();
        }
    }

    /**
     * Locks for writing if that is possible at once. Does not wait.
     *
     * @return whether the lock is now held by the caller
     */
    public final boolean tryLockWrite() {
        return tryAcquireWrite();
    }

    /**
     * Locks for writing, unless a timeout comes first. An interrupt has no effect and stays pending.
     *
     * @param timeout how long to wait at most; zero or less means not at all, neither spinning nor parking
     * @return whether the lock is now held by the caller
     */
    public final boolean tryLockWriteFor(Duration timeout) {
        long nanos = Deadlines.nanosOf(timeout);
        return tryLockWrite()
                || (nanos > 0L && acquireWriteSlow(Patience.until(Deadlines.after(nanos))) == Acquisition.ACQUIRED);
    }

    /**
     * Locks for writing, unless a deadline comes first. An interrupt has no effect and stays pending.
     *
     * @param deadlineNanos when to give up, in terms of {@link System#nanoTime()}, less than 292 years from now
     * @return whether the lock is now held by the caller
     */
    public final boolean tryLockWriteUntil(long deadlineNanos) {
        return tryLockWrite()
                || (!Deadlines.hasPassed(deadlineNanos)
                        && acquireWriteSlow(Patience.until(deadlineNanos)) == Acquisition.ACQUIRED);
    }

    /**
     * Releases the write hold.
     *
     * @throws IllegalMonitorStateException if nobody holds the lock for writing; nothing is changed
     */
    public final void unlockWrite() {
        if (!casState(WRITER, 0)) {
            requireHeld(isWrite(stateOpaque()), "write");
            release(WRITER, false);
        }
    }

    /**
     * As {@link #unlockWrite()}, but hands the lock to those who waited for it: all readers up to the first writer, and
     * that writer.
     *
     * @throws IllegalMonitorStateException if nobody holds the lock for writing; nothing is changed
     */
    public final void unlockWriteFair() {
        requireHeld(isWrite(stateOpaque()), "write");
        release(WRITER, true);
    }

    /**
     * Lets waiting threads have the lock for a while: {@link #unlockWriteFair} and {@link #lockWrite} if threads wait,
     * otherwise nothing, at the cost of a read.
     *
     * @throws IllegalMonitorStateException if nobody holds the lock for writing; nothing is changed
     */
    public final void bumpWrite() {
        int now = stateOpaque();
        requireHeld(isWrite(now), "write");
        if ((now & PARKED) != 0) {
            release(WRITER, true);
            lockWrite();
        }
    }

    /**
     * Runs an action while holding the lock for writing.
     *
     * @param action what to run; what it throws leaves this method after the lock was released
     */
    public final void withWrite(Runnable action) {
        withWrite(asSupplier(action));
    }

    /**
     * Computes a value while holding the lock for writing.
     *
     * @param <T> the type of the value
     * @param action what to compute; what it throws leaves this method after the lock was released
     * @return what {@code action} returned
     */
    public final <T> T withWrite(Supplier<T> action) {
        Objects.requireNonNull(action, "action");
        lockWrite();
        try {
            return action.get();
        } finally {
            unlockWrite();
        }
    }

    // ---- downgrading

    /**
     * Turns the write hold into a read hold; no writer gets in between. Readers that wait come in.
     *
     * @throws IllegalMonitorStateException if nobody holds the lock for writing; nothing is changed
     */
    public final void downgrade() {
        requireHeld(isWrite(stateOpaque()), "write");
        exchange(WRITER, ONE_READER);
    }

    /**
     * Turns the write hold into an upgradable hold; no writer gets in between. Readers that wait come in.
     *
     * @throws IllegalMonitorStateException if nobody holds the lock for writing; nothing is changed
     */
    public final void downgradeToUpgradable() {
        requireHeld(isWrite(stateOpaque()), "write");
        exchange(WRITER, UPGRADABLE_HOLD);
    }

    /**
     * Turns the upgradable hold into a read hold.
     *
     * @throws IllegalMonitorStateException if nobody holds the lock upgradably; nothing is changed
     */
    public final void downgradeUpgradable() {
        requireHeld(isUpgradable(stateOpaque()), "upgradable");
        exchange(UPGRADABLE_HOLD, ONE_READER);
    }

    // ---- state

    /**
     * Whether any thread holds the lock in any mode, or drains it.
     *
     * @return a value that may be stale when it is looked at
     */
    public final boolean isLocked() {
        return isWriteLocked() || readHolds() != 0;
    }

    /**
     * Whether a thread holds the lock for writing, or drains it in order to.
     *
     * @return a value that may be stale when it is looked at
     */
    public final boolean isWriteLocked() {
        return (stateOpaque() & WRITER) != 0;
    }

    /**
     * Tells the state, for people.
     *
     * @return the class, the identity and, for example, "[Write locks = 0, Read locks = 2]"
     */
    @Override
    public String toString() {
        int now = stateOpaque();
        return super.toString() + "[Write locks = " + (isWrite(now) ? 1 : 0) + ", Read locks = " + readHolds() + "]";
    }

    private static Supplier<Void> asSupplier(Runnable action) {
        Objects.requireNonNull(action, "action");
        return () -> {
            action.run();
            return null;
        };
    }

    // ---- guards and views

    /**
     * Locks for reading, and returns a guard that unlocks when it is closed.
     *
     * @return a guard for a try-with-resources statement
     */
    public final Guard readGuard() {
        lockRead();
        return new Guard(RwLockView.read((RwLock) settled()));
    }

    /**
     * Locks upgradably, and returns a guard that unlocks when it is closed.
     *
     * @return a guard for a try-with-resources statement
     */
    public final Guard upgradableGuard() {
        lockUpgradable();
        return new Guard(RwLockView.upgradable((RwLock) settled()));
    }

    /**
     * Locks for writing, and returns a guard that unlocks when it is closed.
     *
     * @return a guard for a try-with-resources statement
     */
    public final Guard writeGuard() {
        lockWrite();
        return new Guard(RwLockView.write((RwLock) settled()));
    }

    /**
     * One hold of a readers-writer lock. Closing it twice does nothing, nor does closing it when the lock is not held
     * in that mode any more. The lock does not know who holds it: end a hold through its guard, or convert it back
     * before the guard is closed.
     */
    public static final class Guard implements AutoCloseable {
        private final RwLockView view;
        private boolean open = true;

        Guard(RwLockView view) {
            this.view = view;
        }

        /** Unlocks, if the hold has not ended yet. */
        @Override
        public void close() {
            if (open && view.isHeld()) {
                view.unlock();
            }
            open = false;
        }
    }

    /**
     * The read mode as a {@link Lock}, without conditions.
     *
     * @return a small new object; all views of one mode are interchangeable
     */
    @Override
    public final Lock readLock() {
        return RwLockView.read((RwLock) settled());
    }

    /**
     * The upgradable mode as a {@link Lock}, without conditions.
     *
     * @return a small new object; all views of one mode are interchangeable
     */
    public final Lock upgradableLock() {
        return RwLockView.upgradable((RwLock) settled());
    }

    /**
     * The write mode as a {@link Lock}, with conditions.
     *
     * @return a small new object; all views of one mode are interchangeable
     */
    @Override
    public final Lock writeLock() {
        return RwLockView.write((RwLock) settled());
    }
}
