package dev.parkinglot.locks;

import static dev.parkinglot.locks.Holders.RECORDED;

import dev.parkinglot.core.Patience;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
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
 * thread). An unlock that wakes a thread yields the processor, so that the woken thread can run, if others wait behind
 * that; not if a {@link Condvar} was ever used with the mutex, and if it is held that briefly, only for a turn.
 *
 * <p><b>Visibility of waiters.</b> An unlock may overlook a thread that is just parking; the thread then finds out by
 * itself after about a millisecond. One thread a lock looks again in this way, and ever more rarely: after 1 ms, 64 ms,
 * 4 s, and then every 4 minutes. Once a {@link Condvar} has been used with a mutex, its unlock takes a full fence,
 * which costs about as much as a second atomic instruction, and overlooks nobody.
 *
 * <p>Idea: Rust's {@code parking_lot::Mutex}; unlocking without an atomic instruction is HotSpot's "1-0 exit" (Dave
 * Dice).
 */
public non-sealed class Mutex extends MutualExclusionLock {
    private static final VarHandle LOCKED = Fields.handle(MethodHandles.lookup(), "locked", byte.class);
    private static final VarHandle FLAGS = Fields.handle(MethodHandles.lookup(), "flags", byte.class);

    static {
        new Mutex().rehearse();
        new Mutex(FAIR).rehearse();
    }

    private byte locked;

    @SuppressWarnings("unused") // through FLAGS
    private byte flags;

    private byte heldSince;

    /** The stamp of the guard that was made last. Guarded by this lock. */
    private byte lastStamp;

    /** Makes a free mutex. */
    public Mutex() {}

    Mutex(int flags) {
        this.flags = (byte) flags;
    }

    // ---- fast paths: here, so that they have the access below inlined, whatever other locks are loaded

    @Override
    public final void lock() {
        if (RECORDED) {
            lockRecorded();
        } else if (!casLocked(FREE, HELD)) {
            acquireSlow(Patience.ENDLESS);
        }
    }

    @Override
    public final boolean tryLock() {
        return RECORDED ? tryLockRecorded() : tryAcquire();
    }

    @Override
    public final void unlock() {
        if (lockedPlain() == FREE) {
            throw notLocked();
        }
        if (RECORDED) {
            unlockRecorded(false);
        } else {
            release();
        }
    }

    @Override
    final void release() {
        if ((flagsOpaque() & SLOW_EXIT) != 0) {
            releaseSlow(false);
            return;
        }
        byte hold = lockedPlain();
        setLockedRelease(FREE);
        try {
            if ((flagsOpaque() & SLOW_EXIT) != 0) {
                wakeOne();
            }
        } catch (StackOverflowError e) {
            boolean isHeld = false;
            try {
                isHeld = casLocked(FREE, hold);
            } catch (StackOverflowError second) {
                // released, and the queue overlooked
            }
            if (isHeld) {
                throw e;
            }
        }
    }

    // ---- access

    @Override
    final byte lockedOpaque() {
        return (byte) LOCKED.getOpaque(this);
    }

    @Override
    final byte lockedPlain() {
        return locked;
    }

    @Override
    final byte lockedVolatile() {
        return (byte) LOCKED.getVolatile(this);
    }

    @Override
    final void setLockedOpaque(byte value) {
        LOCKED.setOpaque(this, value);
    }

    /** Not final, for the sake of a test that must come in between. No class overrides it. */
    @Override
    void setLockedRelease(byte value) {
        LOCKED.setRelease(this, value);
    }

    @Override
    final void setLockedVolatile(byte value) {
        LOCKED.setVolatile(this, value);
    }

    @Override
    final boolean casLocked(byte expected, byte value) {
        return LOCKED.compareAndSet(this, expected, value);
    }

    @Override
    final int flagsOpaque() {
        return (byte) FLAGS.getOpaque(this);
    }

    @Override
    final int flagsVolatile() {
        return (byte) FLAGS.getVolatile(this);
    }

    @Override
    final boolean casFlags(int expected, int value) {
        return FLAGS.compareAndSet(this, (byte) expected, (byte) value);
    }

    @Override
    final byte heldSince() {
        return heldSince;
    }

    @Override
    final void setHeldSince(byte stamp) {
        heldSince = stamp;
    }

    @Override
    final byte lastStamp() {
        return lastStamp;
    }

    @Override
    final void setLastStamp(byte stamp) {
        lastStamp = stamp;
    }
}
