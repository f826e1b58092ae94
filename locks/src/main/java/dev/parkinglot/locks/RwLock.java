package dev.parkinglot.locks;

import static dev.parkinglot.locks.Holders.RECORDED;

import dev.parkinglot.core.Patience;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A readers-writer lock of 16 bytes, with an upgradable mode. Who may hold it together, and everything else that does
 * not depend on where the lock is, says {@link ReadersWriterLock}.
 *
 * <p><b>Cost.</b> 16 bytes with compressed class pointers. Uncontended, one compare-and-set to lock and one to unlock,
 * in every mode; no allocation.
 *
 * <p><b>Readers that share nothing.</b> When readers meet, the lock becomes biased towards readers: from then on each
 * counts in a cache line that it shares with few other threads, and reading scales with the processors. The next writer
 * ends that, and has to look at all those lines; for a while that is in proportion to what this took, the lock is not
 * biased again. The lines are those of arrays that all locks share, made once; a biased lock itself allocates a weak
 * reference. Where there is no memory for that, or too many locks are biased already, a lock does without.
 *
 * <p>Idea: {@code RwLock} of Rust's {@code parking_lot}; the bias is that of BRAVO (Dice and Kogan, USENIX ATC 2019).
 */
public non-sealed class RwLock extends ReadersWriterLock {
    private static final VarHandle STATE = Fields.handle(MethodHandles.lookup(), "state", int.class);

    static {
        new RwLock().rehearse();
    }

    @SuppressWarnings("unused") // through STATE
    private int state;

    /** Makes a free lock. */
    public RwLock() {}

    @Override
    final boolean readersMayShareNothing() {
        return true;
    }

    // ---- fast paths: here, so that they have the access below inlined, whatever other locks are loaded. None of them
    // is taken if holders are recorded.

    @Override
    public final void lockRead() {
        if (RECORDED) {
            lock(Access.READ);
        } else if (!tryReadOnce()) {
            bias();
            acquireSlow(Access.READ, Patience.ENDLESS);
        }
    }

    @Override
    public final void unlockRead() {
        if (RECORDED || !tryReleaseReadOnce()) {
            unlock(Access.READ, false);
        }
    }

    @Override
    public final void lockUpgradable() {
        if (RECORDED) {
            lock(Access.UPGRADABLE);
        } else if (!tryUpgradableOnce()) {
            acquireSlow(Access.UPGRADABLE, Patience.ENDLESS);
        }
    }

    @Override
    public final void unlockUpgradable() {
        if (RECORDED || !tryReleaseUpgradableOnce()) {
            unlock(Access.UPGRADABLE, false);
        }
    }

    @Override
    public final void lockWrite() {
        if (RECORDED) {
            lock(Access.WRITE);
        } else if (!casState(0, WRITER)) {
            acquireSlow(Access.WRITE, Patience.ENDLESS);
        }
    }

    @Override
    public final void unlockWrite() {
        if (RECORDED || !casState(WRITER, 0)) {
            unlock(Access.WRITE, false);
        }
    }

    @Override
    public final boolean tryLockRead() {
        return super.tryLockRead();
    }

    @Override
    public final boolean tryLockWrite() {
        return super.tryLockWrite();
    }

    // ---- access

    @Override
    final int stateOpaque() {
        return (int) STATE.getOpaque(this);
    }

    @Override
    final int stateVolatile() {
        return (int) STATE.getVolatile(this);
    }

    @Override
    final boolean casState(int expected, int value) {
        return STATE.compareAndSet(this, expected, value);
    }

    @Override
    final void set(int bits) {
        STATE.getAndBitwiseOr(this, bits);
    }

    @Override
    final void clear(int bits) {
        STATE.getAndBitwiseAnd(this, ~bits);
    }
}
