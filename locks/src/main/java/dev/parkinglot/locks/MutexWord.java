package dev.parkinglot.locks;

import dev.parkinglot.core.ParkingLot;

/**
 * The state of a mutual exclusion lock and the access to it. What is done with it: {@link MutexProtocol}, {@link
 * FairMutexQueue} and {@link MutexPolicy}. Where it is: the classes that implement the access.
 */
abstract sealed class MutexWord extends CondvarLock permits MutexProtocol {
    /* Overview.
     *
     * State. Three bytes. Two of them so that unlocking need not rewrite what waiters write:
     *
     *   locked         FREE (0), HELD (1), or the stamp of the guard that holds it (2 to 127)
     *   flags PARKED   threads are parked, or about to be. Set by anyone, cleared only under the bucket lock, when the
     *                  queue is empty.
     *         WOKEN    a thread has been woken and has not yet gone for the lock. Set by the waker, cleared by the
     *                  woken.
     *         SPINNING a thread spins on behalf of all who are parked. Set and cleared by it.
     *         WAKE     derived: PARKED and neither of the two. The next unlock must see to the queue.
     *         SHARED   a Condvar has been used with this mutex, or futures may wait for it. Set by a holder, or
     *                  from the start; never cleared.
     *         FAIR     every release hands over; acquiring in turn does not get past those who are parked. Never
     *                  changes.
     *         TIMED    the holder measures how long it holds. Set and cleared by it.
     *         BRIEF    when last measured, the lock was held so briefly that moving it between processors costs more.
     *   heldSince      for TIMED; the holder's
     *
     *   WAKE | locked |
     *   -----+--------+------------------------------------------------------------------------------------------
     *     0  |  FREE  | idle, or somebody who is awake goes for it
     *     0  |  held  | its unlock is one store
     *     1  |  FREE  | somebody is about to wake a thread, or about to find in validate that it need not park
     *     1  |  held  | its unlock must see to the queue
     */

    static final byte FREE = 0;
    static final byte HELD = 1;

    static final int PARKED = 1;
    static final int WOKEN = 1 << 1;
    static final int SPINNING = 1 << 2;
    static final int WAKE = 1 << 3;
    static final int SHARED = 1 << 4;
    static final int FAIR = 1 << 5;
    static final int TIMED = 1 << 6;
    static final int BRIEF = 1 << 7;

    /** With any of these set, an unlock is more than one store. */
    static final int SLOW_EXIT = WAKE | SHARED | FAIR | TIMED;

    MutexWord() {}

    final boolean tryAcquire() {
        return lockedOpaque() == FREE && casLocked(FREE, HELD);
    }

    /** How many threads are parked; copies the queue. */
    final int queueLength() {
        return ParkingLot.waiters(base(), offset() + QUEUE).size();
    }

    /** Whether every release hands over. */
    final boolean handsOver() {
        return (flagsOpaque() & FAIR) != 0;
    }

    /** Under the bucket lock: there is nobody in the queue any more, or there is. */
    final void clearParkedUnless(boolean haveMoreThreads) {
        if (!haveMoreThreads) {
            changeFlags(0, PARKED);
        }
    }

    // ---- access. Final in every class that implements it, so that the JIT compiler, where it knows the class of the
    // lock, inlines it whatever other locks are loaded.

    abstract byte lockedOpaque();

    /** By the holder, who reads its own write. */
    byte lockedPlain() {
        return lockedOpaque();
    }

    abstract byte lockedVolatile();

    abstract void setLockedOpaque(byte value);

    abstract void setLockedRelease(byte value);

    abstract void setLockedVolatile(byte value);

    abstract boolean casLocked(byte expected, byte value);

    abstract int flagsOpaque();

    abstract int flagsVolatile();

    abstract boolean casFlags(int expected, int value);

    /** When the holder acquired, in {@link Spinning}'s units; with TIMED. Guarded by this lock. */
    abstract byte heldSince();

    abstract void setHeldSince(byte stamp);

    /** Sets and clears flags, and derives WAKE, in one step; with a full fence if anything changes. */
    void changeFlags(int set, int clear) {
        while (true) {
            int now = flagsOpaque();
            int next = (now | set) & ~(clear | WAKE);
            if ((next & (PARKED | WOKEN | SPINNING)) == PARKED) {
                next |= WAKE;
            }
            if (next == now || casFlags(now, next)) {
                return;
            }
        }
    }
}
