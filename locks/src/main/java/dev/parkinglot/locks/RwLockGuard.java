package dev.parkinglot.locks;

import dev.parkinglot.core.Patience;
import java.time.Duration;
import java.util.Objects;

/**
 * One hold of a {@link ReadersWriterLock}, which ends when the guard is closed. If it is converted through the guard,
 * the guard closes what the hold has become.
 *
 * <p>Closing a guard twice does nothing, nor does closing it when nobody has a hold of its mode any more, because the
 * hold was ended in another way. The lock does not know who holds it: if somebody else has such a hold by then, that
 * one is ended. All other methods throw {@code IllegalMonitorStateException} and change nothing if the guard is closed,
 * or does not hold the lock in the mode that they convert.
 *
 * <p>A guard may be passed on to another thread, but is not to be used by two at a time.
 */
public sealed class RwLockGuard extends LockGuard permits RwGuarded.Guard {
    private final ReadersWriterLock lock;

    /** The mode of the hold; null after it ended. */
    private Access access;

    RwLockGuard(ReadersWriterLock lock, Access access) {
        this.lock = lock;
        this.access = access;
    }

    @Override
    final void begin() {
        // It knows the mode of the hold already, and before now nobody else has seen it.
    }

    // ---- ending the hold

    @Override
    final void end(boolean fair) {
        Access held = access;
        if (held == null) {
            return;
        }
        access = null;
        try {
            lock.unlockIfHeld(held, fair);
        } catch (StackOverflowError | IllegalMonitorStateException e) {
            access = held; // the hold is still there
            throw e;
        }
    }

    @Override
    public final void bump() {
        new RwLockMode(lock, held()).bump();
    }

    @Override
    public final <X extends Throwable> void unlocked(LockAction<X> action) throws X {
        Objects.requireNonNull(action, "action");
        Access held = held();
        end(false);
        try {
            action.run();
        } finally {
            lock.lockAgain(held);
            access = held;
        }
    }

    // ---- converting it

    /** Turns the write or upgradable hold into a read hold; no writer gets in between. Readers that wait come in. */
    public final void downgrade() {
        if (access == Access.UPGRADABLE) {
            become(Access.READ, lock::downgradeUpgradable);
        } else {
            require(Access.WRITE);
            become(Access.READ, lock::downgrade);
        }
    }

    /** Turns the write hold into an upgradable hold; no writer gets in between. Readers that wait come in. */
    public final void downgradeToUpgradable() {
        require(Access.WRITE);
        become(Access.UPGRADABLE, lock::downgradeToUpgradable);
    }

    /** If memory is short, a conversion throws after it has happened; otherwise, if it throws, it has not happened. */
    private void become(Access weaker, Runnable conversion) {
        Access held = access;
        access = weaker;
        try {
            conversion.run();
        } catch (StackOverflowError | IllegalMonitorStateException e) {
            access = held;
            throw e;
        }
    }

    /**
     * Turns the upgradable hold into a write hold, waiting for the other readers to leave. No other writer gets in
     * between, and from the call on, no new reader. An interrupt has no effect and stays pending.
     */
    public final void upgrade() {
        require(Access.UPGRADABLE);
        lock.upgrade(Patience.ENDLESS);
        access = Access.WRITE;
    }

    /** {@return whether the upgradable hold has become a write hold: it does if there are no other readers} */
    public final boolean tryUpgrade() {
        require(Access.UPGRADABLE);
        return upgradedIf(lock.tryUpgrade());
    }

    /**
     * {@return whether the upgradable hold has become a write hold: as {@link #upgrade}, unless a timeout comes first}
     * New readers are kept out meanwhile.
     *
     * @param timeout how long to wait at most; zero or less means not at all, neither spinning nor parking
     */
    public final boolean tryUpgradeFor(Duration timeout) {
        require(Access.UPGRADABLE);
        return upgradedIf(lock.tryUpgradeFor(timeout));
    }

    /**
     * {@return whether the upgradable hold has become a write hold: as {@link #upgrade}, unless a deadline comes first}
     * New readers are kept out meanwhile.
     *
     * @param deadlineNanos when to give up, in terms of {@link System#nanoTime()}, less than 292 years from now
     */
    public final boolean tryUpgradeUntil(long deadlineNanos) {
        require(Access.UPGRADABLE);
        return upgradedIf(lock.tryUpgradeUntil(deadlineNanos));
    }

    private boolean upgradedIf(boolean upgraded) {
        if (upgraded) {
            access = Access.WRITE;
        }
        return upgraded;
    }

    // ---- what it has

    @Override
    final CondvarLock heldToWait() {
        require(Access.WRITE);
        return lock;
    }

    final Access held() {
        if (access == null) {
            throw new IllegalMonitorStateException("the guard is closed: lock again, which makes another one");
        }
        return access;
    }

    final void require(Access mode) {
        if (held() != mode) {
            throw new IllegalMonitorStateException(
                    "the guard holds the lock in " + access.title + " mode, but this needs another");
        }
    }
}
