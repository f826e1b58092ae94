package dev.parkinglot.locks;

import dev.parkinglot.core.ParkCallbacks;
import dev.parkinglot.core.ParkResult;
import dev.parkinglot.core.ParkingLot;
import dev.parkinglot.core.Patience;
import dev.parkinglot.core.UnparkCallback;
import dev.parkinglot.core.UnparkResult;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** The state and the protocol of a mutual exclusion lock, on which {@link Mutex} and {@link ReentrantMutex} are built. */
abstract non-sealed class MutexCore extends CondvarLock {
    /* Overview.
     *
     * State. Two bytes, so that unlocking need not rewrite what waiters write.
     *
     *   locked        FREE (0), HELD (1), or the stamp of the guard that holds it (2 to 127)
     *   flags PARKED  threads are parked, or about to be. Set by anyone, cleared only under the bucket lock, when the queue
     *                 is empty. Legal to be set while nobody is parked (costs a visit to the lot), illegal to be clear while
     *                 the lock is free or held and somebody is queued, except in the window described below.
     *         WOKEN   an unlock has woken a thread that has not yet acquired the lock or parked again; until then no unlock need
     *                 wake another. Set by the waker, cleared by the woken.
     *         SHARED  a Condvar has been used with this mutex. Set by a holder, never cleared.
     *         FAIR    this is a FairMutex. Never changes.
     *
     *   PARKED | locked |
     *   -------+--------+-----------------------------------------------------------------------------------------
     *     0    |  FREE  | idle
     *     0    |  held  | held, nobody waits
     *     1    |  FREE  | a thread has been woken, or is about to be, or is about to find in validate that it need not park
     *     1    |  held  | held, somebody waits: the holder leaves through releaseSlow
     *
     * Locking is a compare-and-set of `locked`. Slow: spin; set PARKED; park, with a validate that demands both bytes.
     *
     * One wake at a time. If every unlock woke a thread, an owner that locks and unlocks fast would wake the whole queue, only for
     * all to find the lock held again. So an unlock that sees WOKEN leaves it at that. The woken thread, when it parks again, sets
     * PARKED, clears WOKEN, and only then validates: an unlock that still saw WOKEN has released the lock before, with a full
     * fence, so validate sees the lock free, or held by a later holder, whose exit sees WOKEN cleared. It returns to the front of
     * the queue, which it left for nothing. (Go's sync.Mutex has the same bit, HotSpot's monitors a field for it.)
     *
     * Unlocking, the 1-0 exit. A full fence between "locked = FREE" and "is anybody parked?" is what makes an unlock cost as
     * much as a lock. It is left out here:
     *
     *   unlocker                               waiter
     *   (A) locked = FREE    release           (C) flags |= PARKED       full fence
     *   (B) flags?           plain             (D) validate: locked?     under the bucket lock
     *
     * Without a fence the hardware may delay (A) past (B). Three cases:
     *
     *   1. (B) sees PARKED: the unlocker goes to the lot and wakes the waiter, or finds nobody and the waiter's validate,
     *      which then comes later in the order of the bucket lock, finds PARKED cleared and tries again.
     *   2. (D) sees FREE: validate says no, the waiter tries again.
     *   3. neither: (B) was executed before (C) became visible, and (A) had not become visible at (D). The waiter sleeps, the
     *      lock is free. The store (A) becomes visible within nanoseconds, but nobody would look.
     *
     * Case 3 is why a parked locker runs validate again, first after about a millisecond, a million times longer than any store
     * is delayed, and then ever more rarely, since no specification gives a bound. It concerns liveness only: `locked`
     * itself changes by compare-and-set, so there are never two holders.
     *
     * One thread a lock on that duty is enough. Case 3 needs an unlocker that has not seen PARKED, and a queue. Let the waiter
     * W be in the queue.
     *   - If some waiter is on duty, it finds the lock free, takes it, and its unlock sees PARKED (which is set and stays set
     *     while W is queued), so it wakes the first in the queue, and so on.
     *   - If the one on duty was woken, it goes for the lock. Either it gets it, and its unlock sees PARKED as before; or it
     *     parks again, and takes up the duty, since it is free. If it gives up (timeout, interrupt), it does so in the lot,
     *     which passes the duty on to the first in the queue.
     *
     * Condvar moves its waiters to this mutex's queue while they sleep; those do not revalidate (the lot cannot know what they
     * wait for), so they must not meet case 3. Before the first await a holder sets SHARED, and every later holder, who
     * acquires after that holder's release, sees it and leaves with a full fence between (A) and (B): then (A), (B), (C), (D)
     * have one order, and case 3 is impossible. An exit that had not seen SHARED was over before the holder that set it
     * acquired, and that holder's own release comes later and is fenced; so every moved waiter has a fenced exit after it.
     *
     *   exit without SHARED seen               awaiter                             signaller
     *   locked = FREE (perhaps delayed)
     *                                          locks: reads that FREE, so it is visible to it
     *                                          flags |= SHARED
     *                                          awaits, unlocks: fenced
     *                                                                              moves awaiter: PARKED, then locked?
     *
     * The signaller (under both bucket locks) sets PARKED, with a full fence, and then reads `locked`. If it reads a held
     * lock, that holder's exit is fenced and sees PARKED. If it reads FREE it wakes the waiter instead of moving it.
     *
     * Handing over. releaseSlow decides under the bucket lock. To hand over it leaves `locked` as it is; the woken thread owns
     * the lock when it wakes. If that thread's timeout or interrupt comes at the same moment, the lot has already taken it out
     * of the queue, so it returns as woken: the lock is never left without an owner.
     */

    private static final VarHandle LOCKED;
    private static final VarHandle FLAGS;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            LOCKED = lookup.findVarHandle(MutexCore.class, "locked", byte.class);
            FLAGS = lookup.findVarHandle(MutexCore.class, "flags", byte.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    static final byte FREE = 0;
    static final byte HELD = 1;

    static final byte PARKED = 1;
    static final byte SHARED = 2;
    static final byte FAIR = 4;
    static final byte WOKEN = 8;

    private static final long FIRST_LOOK_NANOS = 1_000_000L;

    private byte locked;

    @SuppressWarnings("unused") // through FLAGS
    private byte flags;

    MutexCore(byte flags) {
        this.flags = flags;
    }

    final boolean tryAcquire() {
        return lockedOpaque() == FREE && casLocked(FREE, HELD);
    }

    final Acquisition acquireSlow(Patience patience) {
        return acquire(patience, NEWCOMER);
    }

    // Until acquired: free -> take it; spin for a while; announce that a thread parks; park.
    private Acquisition acquire(Patience patience, Locker comingAs) {
        Locker locker = comingAs;
        int spins = Spinning.budget();
        while (true) {
            if (tryAcquire()) {
                locker.arrive(this);
                return Acquisition.ACQUIRED;
            }
            if (spins-- > 0 && locker.maySpin(this)) {
                Thread.onSpinWait();
                continue;
            }
            setFlag(PARKED);
            locker.arrive(this);
            ParkResult result = ParkingLot.park(this, QUEUE, locker, ParkingLot.DEFAULT_PARK_TOKEN, patience);
            switch (result.kind()) {
                case UNPARKED -> {
                    if (result.unparkToken() == HANDOFF) {
                        return Acquisition.ACQUIRED;
                    }
                    locker = WOKEN_LOCKER;
                }
                // Released, or PARKED cleared, before this thread was queued; or a 1-0 exit had overlooked it.
                case INVALID -> locker = locker.unsettled();
                case TIMED_OUT -> {
                    return Acquisition.TIMED_OUT;
                }
                case INTERRUPTED -> {
                    return Acquisition.INTERRUPTED;
                }
            }
            spins = Spinning.budget();
        }
    }

    /** A thread that parks in order to lock. Stateless: the mutex is the base of the key. */
    private static class Locker implements ParkCallbacks {
        /** The thread has got the lock, or is about to park: nobody is on the way because of it any more. */
        void arrive(MutexCore mutex) {}

        /** What the thread is after it had arrived in order to park, but then did not. */
        Locker unsettled() {
            return this;
        }

        /** Whether to try for a while before parking. Not past those who are parked. */
        boolean maySpin(MutexCore mutex) {
            return (mutex.flagsOpaque() & PARKED) == 0;
        }

        @Override
        public boolean validate(Object base, long offset) {
            MutexCore mutex = (MutexCore) base;
            return mutex.lockedVolatile() != FREE && (mutex.flagsVolatile() & PARKED) != 0;
        }

        @Override
        public void timedOut(Object base, long offset, boolean wasLastThread) {
            if (wasLastThread) {
                ((MutexCore) base).clearFlag(PARKED);
            }
        }

        @Override
        public long revalidateAfterNanos(int round) {
            return FIRST_LOOK_NANOS << Math.min(6 * round, 18); // 1 ms, 64 ms, 4 s, 4 min
        }
    }

    private static final Locker NEWCOMER = new Locker();

    /** One that has been parked and woken: it may try past those who are parked, and returns to its place before them. */
    private static class Returner extends Locker {
        @Override
        boolean maySpin(MutexCore mutex) {
            return true;
        }

        @Override
        public boolean goesFirst() {
            return true;
        }
    }

    private static final Locker RETURNER = new Returner();

    /** One that an unlock has just woken: WOKEN is set on its behalf. */
    private static final Locker WOKEN_LOCKER = new Returner() {
        @Override
        void arrive(MutexCore mutex) {
            mutex.clearFlag(WOKEN);
        }

        @Override
        Locker unsettled() {
            return RETURNER;
        }
    };

    /** The 1-0 exit. The caller holds the lock. */
    final void release() {
        if (flagsOpaque() != 0) {
            releaseSlow(false);
            return;
        }
        setLockedRelease(FREE);
        if (flagsOpaque() != 0) {
            wakeOverlooked();
        }
    }

    final void releaseSlow(boolean fair) {
        byte seen = flagsOpaque();
        boolean handOver = fair || (seen & FAIR) != 0;
        if (handOver ? (seen & PARKED) != 0 : mustWake(seen)) {
            ParkingLot.unparkOne(this, QUEUE, handOver ? HAND_OVER : RELEASE);
            return;
        }
        setLockedVolatile(FREE); // with the full fence that the 1-0 exit leaves out
        wakeOverlooked();
    }

    private static boolean mustWake(byte flags) {
        return (flags & (PARKED | WOKEN)) == PARKED;
    }

    /** After the lock was released: did somebody park meanwhile? The lock may be held again, so it is not handed over. */
    private void wakeOverlooked() {
        if (mustWake(flagsVolatile())) {
            ParkingLot.unparkOne(this, QUEUE, WAKE);
        }
    }

    private static final UnparkCallback RELEASE = (base, offset, result) -> ((MutexCore) base).decide(result, false);

    private static final UnparkCallback HAND_OVER = (base, offset, result) -> ((MutexCore) base).decide(result, true);

    private static final UnparkCallback WAKE = (base, offset, result) -> {
        MutexCore mutex = (MutexCore) base;
        mutex.clearParkedUnless(result.haveMoreThreads());
        return mutex.wake(result);
    };

    /** Decides about the lock, under the bucket lock and still holding it. */
    private long decide(UnparkResult result, boolean fair) {
        clearParkedUnless(result.haveMoreThreads());
        if (result.unparkedThreads() != 0 && (fair || result.beFair())) {
            setLockedOpaque(HELD); // no longer the hold of a guard
            return HANDOFF;
        }
        long token = wake(result);
        setLockedRelease(FREE);
        return token;
    }

    private long wake(UnparkResult result) {
        if (result.unparkedThreads() != 0) {
            setFlag(WOKEN);
        }
        return RETRY;
    }

    private void clearParkedUnless(boolean haveMoreThreads) {
        if (!haveMoreThreads) {
            clearFlag(PARKED);
        }
    }

    static IllegalMonitorStateException notLocked() {
        return new IllegalMonitorStateException(
                "the mutex is not locked: lock it before you unlock, bump, await or signal");
    }

    // ---- for Condvar

    /** From now on no exit overlooks a waiter. By the holder. */
    final void share() {
        if ((flagsOpaque() & SHARED) == 0) {
            setFlag(SHARED);
        }
    }

    /** Acquires the lock for a thread that has waited. */
    final void acquireAfterAwait(long token) {
        if (token == RETRY) {
            acquire(Patience.ENDLESS, WOKEN_LOCKER);
        } else if (token != HANDOFF && !tryAcquire()) {
            acquireSlow(Patience.ENDLESS);
        }
    }

    @Override
    final long parkToken() {
        return ParkingLot.DEFAULT_PARK_TOKEN;
    }

    @Override
    final boolean markParkedIfLocked() {
        if (lockedVolatile() == FREE) {
            return false;
        }
        setFlag(PARKED);
        return lockedVolatile() != FREE;
    }

    @Override
    final void markParked() {
        setFlag(PARKED);
    }

    @Override
    final void clearParked() {
        clearFlag(PARKED);
    }

    // ---- access

    final byte lockedOpaque() {
        return (byte) LOCKED.getOpaque(this);
    }

    /** By the holder, who reads its own write. */
    final byte lockedPlain() {
        return locked;
    }

    private byte lockedVolatile() {
        return (byte) LOCKED.getVolatile(this);
    }

    final void setLockedOpaque(byte value) {
        LOCKED.setOpaque(this, value);
    }

    private void setLockedRelease(byte value) {
        LOCKED.setRelease(this, value);
    }

    private void setLockedVolatile(byte value) {
        LOCKED.setVolatile(this, value);
    }

    final boolean casLocked(byte expected, byte value) {
        return LOCKED.compareAndSet(this, expected, value);
    }

    final byte flagsOpaque() {
        return (byte) FLAGS.getOpaque(this);
    }

    private byte flagsVolatile() {
        return (byte) FLAGS.getVolatile(this);
    }

    private void setFlag(byte flag) {
        FLAGS.getAndBitwiseOr(this, flag);
    }

    private void clearFlag(byte flag) {
        FLAGS.getAndBitwiseAnd(this, (byte) ~flag);
    }
}
