package dev.parkinglot.locks;

import dev.parkinglot.core.ParkCallbacks;
import dev.parkinglot.core.ParkOptions;
import dev.parkinglot.core.ParkResult;
import dev.parkinglot.core.ParkingLot;
import dev.parkinglot.core.Patience;
import dev.parkinglot.core.UnparkCallback;
import dev.parkinglot.core.UnparkResult;

/**
 * The protocol of a mutual exclusion lock, on which {@link MutualExclusionLock} and {@link ReentrantProtocol} are
 * built. The state is in {@link MutexWord}. Nothing that is said here about safety depends on what {@link MutexPolicy}
 * decides.
 */
abstract sealed class MutexProtocol extends MutexWord permits MutualExclusionLock, ReentrantProtocol {
    /* Overview.
     *
     * Locking is a compare-and-set of `locked`. Slow: take a place among those who are awake; spin; park, with a
     * validate that demands that the lock is held and PARKED set.
     *
     * Few are awake. If every unlock woke a thread, an owner that locks and unlocks fast would wake the whole queue,
     * only for all to find the lock held again. So at most one thread is on its way (WOKEN), and once threads are
     * parked, one spins (SPINNING), while whoever else comes parks at once. As long as one of the two is there, an
     * unlock need not do anything for those who are parked. A thread that cannot keep its promise takes its flag back,
     * at the latest in the step in which it sets PARKED, and only then validates. One that cannot go on at all wakes
     * another. A woken thread returns to the front of the queue, which it left for nothing. (Go's sync.Mutex has the
     * bit WOKEN, HotSpot's monitors a field for it; few threads that circulate and many that sleep are Dice's
     * "Malthusian locks".)
     *
     * An unlock that finds WAKE releases the lock and then looks for a moment whether somebody takes it: then that
     * holder will see WAKE in its turn. Otherwise it wakes the first in the queue.
     *
     * Unlocking, the 1-0 exit. A full fence between "locked = FREE" and "must I see to the queue?" is what makes an
     * unlock cost as much as a lock. It is left out here:
     *
     *   unlocker                               waiter
     *   (A) locked = FREE    release           (C) flags: WAKE           full fence
     *   (B) flags?           opaque            (D) validate: locked?     under the bucket lock
     *
     * Without a fence the hardware may delay (A) past (B). Three cases:
     *
     *   1. (B) sees WAKE: the unlocker goes to the lot and wakes the waiter, or finds nobody and the waiter's validate,
     *      which then comes later in the order of the bucket lock, finds PARKED cleared and tries again.
     *   2. (D) sees FREE: validate says no, the waiter tries again.
     *   3. neither: (B) was executed before (C) became visible, and (A) had not become visible at (D). The waiter
     *      sleeps, the lock is free. The store (A) becomes visible within nanoseconds, but nobody would look.
     *
     * Case 3 is why a parked locker runs validate again, first after about a millisecond, a million times longer than
     * any store is delayed, and then ever more rarely, since no specification gives a bound. It concerns liveness only:
     * `locked` itself changes by compare-and-set, so there are never two holders. Where the system has an asymmetric
     * fence, the lot executes it before the first look, which is then final (Duty, overview): WAKE is the mark, (A) and
     * (B) are the unparker's two accesses, kept in this order by the compilers (AsymmetricFence).
     *
     * One thread a lock on that duty is enough: the one that looks next. Case 3 needs a thread that sets WAKE, which
     * only a thread that parks right afterwards does. When it is queued, somebody in the queue looks again within a
     * millisecond: it, unless another will anyway (the lot's rule). Let W be in the queue, and the lock be free and
     * overlooked.
     *   - Whoever is on duty finds the lock free and takes it, and its unlock sees WAKE, so it wakes the first in the
     *     queue, and so on.
     *   - If the one on duty was woken, it goes for the lock. Either it gets it, and its unlock sees WAKE; or it parks
     *     again, and then the duty is taken. If it gives up (timeout, interrupt), it does so in the lot, which makes
     *     the first in the queue look at once, and a millisecond later.
     *
     * An unlock that leaves the queue to the next holder (see "Few are awake") is safe for the same reason: it had seen
     * WAKE before it saw that holder. If WAKE came before its own release, the next holder, who acquired that release,
     * sees it, too. If it came later, the next holder's exit may overlook it, which is case 3.
     *
     * Condvar moves its waiters to this mutex's queue while they sleep; those do not revalidate (the lot cannot know
     * what they wait for), so they must not meet case 3. Before the first await a holder sets SHARED, and every later
     * holder, who acquires after that holder's release, sees it and leaves with a full fence between (A) and (B): then
     * (A), (B), (C), (D) have one order, and case 3 is impossible. An exit that had not seen SHARED had made its store
     * before the holder that set it acquired, and that holder's own release comes later and is fenced; so every moved
     * waiter has a fenced exit after it.
     *
     *   exit without SHARED seen               awaiter                             signaller
     *   locked = FREE (perhaps delayed)
     *                                          locks: reads that FREE, so it is visible to it
     *                                          flags |= SHARED
     *                                          awaits, unlocks: fenced
     *                                                                              moves awaiter: PARKED, then locked?
     *
     * The signaller (under both bucket locks) sets PARKED, with a full fence, and then reads `locked`. If it reads a
     * held lock, that holder's exit is fenced and sees PARKED. If it reads FREE it wakes the waiter instead of moving
     * it.
     *
     * Handing over. The holder leaves `locked` as it is (or, after it has released the lock, takes it once more), under
     * the bucket lock; the woken thread owns the lock when it wakes. If that thread's timeout or interrupt comes at the
     * same moment, the lot has already taken it out of the queue, so it returns as woken: the lock is never left
     * without an owner.
     *
     * Waking, if SHARED. The holder that moves threads here from a condition variable leaves them asleep, and users ask
     * for them in the queue. An exit of an earlier holder may be under way then (that of the moved thread itself, too:
     * it is in a queue before it has unlocked in order to wait). So such an exit takes the lock again before it wakes
     * somebody, and if it cannot, leaves it to the holder, whose exit is fenced: nobody is woken while another thread
     * holds the lock. Without SHARED nobody had been moved when the flags were read, and the lock is better not taken
     * again. (An exit that read them just before the first await may still wake a moved thread early. That one finds
     * the lock held and parks again.)
     */

    /** At most so many calls lie between what makes sure of the stack here and the lot. */
    private static final int CALLS_TO_UNPARK = 6;

    private static final int CALLS_TO_PARK = 10;

    MutexProtocol() {}

    final WaitOutcome acquireSlow(Patience patience) {
        return acquireSlow(patience, false);
    }

    private WaitOutcome acquireSlow(Patience patience, boolean wasWoken) {
        return ParkingLot.isObserved() ? ObservedWait.acquire(this, patience, wasWoken) : acquire(patience, wasWoken);
    }

    /**
     * Until acquired: spin, park.
     *
     * @param wasWoken whether WOKEN is set on behalf of this thread, which must take it back
     */
    final WaitOutcome acquire(Patience patience, boolean wasWoken) {
        if (handsOver() && !wasWoken) {
            return FairMutexQueue.acquire(this, PARKING, patience);
        }
        boolean returns = wasWoken;
        int promised = wasWoken ? WOKEN : 0;
        long since = 0L;
        while (!tryAcquireOrMarkParked(returns, promised)) {
            if (since == 0L) {
                since = System.nanoTime();
            }
            ParkResult result = parkOrWakeAnother(returns, since, patience);
            promised = 0;
            switch (result.kind()) {
                case UNPARKED -> {
                    if (result.unparkToken() == HANDOFF) {
                        return WaitOutcome.SUCCESS;
                    }
                    returns = true;
                    promised = WOKEN;
                }
                // Released, or PARKED cleared, before this thread was queued; or a 1-0 exit had overlooked it.
                case INVALID -> {}
                case TIMED_OUT, INTERRUPTED -> {
                    return WaitOutcome.of(result.kind());
                }
            }
        }
        return WaitOutcome.SUCCESS;
    }

    /** Parks. If not even that is possible, an exit may have relied on the promise that has just been taken back. */
    private ParkResult parkOrWakeAnother(boolean wasWoken, long since, Patience patience) {
        ParkOptions options = mayOverlookWaiters() ? LOOKING : ParkOptions.NONE;
        try {
            return park(
                    this,
                    QUEUE,
                    PARKING,
                    MutexPolicy.placeInQueue(options, wasWoken, since),
                    ParkingLot.DEFAULT_PARK_TOKEN,
                    patience);
        } catch (Throwable failure) {
            try {
                wakeOne();
            } catch (Throwable second) {
                suppress(second, failure);
            }
            throw failure;
        }
    }

    /**
     * Tries to acquire without parking. If that fails, PARKED is set. In either case the promise has been taken back.
     */
    private boolean tryAcquireOrMarkParked(boolean wasWoken, int promise) {
        if (tryAcquire()) {
            if (promise != 0) {
                changeFlags(0, promise);
            }
            return true;
        }
        int promised = promise;
        int seen = flagsOpaque();
        boolean spin = true;
        if ((seen & PARKED) != 0) {
            if (MutexPolicy.maySpinForParked(this, seen, wasWoken)) {
                if (promise == 0) { // one that has a promise has parked from here, and must not stop before it is kept
                    ParkingLot.requireStack(CALLS_TO_PARK);
                }
                changeFlags(SPINNING, promise);
                promised = SPINNING;
            } else {
                spin = MutexPolicy.maySpinForItself(seen, wasWoken);
            }
        }
        if ((promised & WOKEN) != 0) {
            changeFlags(0, WOKEN);
            promised = 0;
        }
        if (spin && MutexPolicy.spin(this, promised != 0)) {
            try {
                MutexPolicy.beginHold(this, promised);
            } catch (StackOverflowError e) {
                // Then there was no promise, and nothing but the measurement of this hold has failed.
            }
            return true;
        }
        changeFlags(PARKED, promised);
        return false;
    }

    /** What the lot asks of a thread that parks in order to lock. Stateless: the mutex is the context. */
    static final ParkCallbacks<MutexProtocol> PARKING = new ParkCallbacks<>() {
        @Override
        public boolean validate(MutexProtocol mutex, long parkToken) {
            return mutex.lockedVolatile() != FREE && (mutex.flagsVolatile() & PARKED) != 0;
        }

        @Override
        public void timedOut(MutexProtocol mutex, Object base, long offset, boolean wasLastThread) {
            mutex.clearParkedUnless(!wasLastThread);
        }

        /**
         * The thread was woken, or even given the lock, and cannot go on: as if it had held the lock and released it.
         */
        @Override
        public void wakeLost(MutexProtocol mutex, long unparkToken, Throwable failure) {
            if (unparkToken == HANDOFF) {
                mutex.releaseSlow(false);
                return;
            }
            mutex.changeFlags(0, WOKEN);
            mutex.wakeOne(); // even if the lock appears to be held: case 3
        }
    };

    // ---- releasing

    /**
     * The 1-0 exit, and if it does not do, {@link #releaseSlow} or {@link #wakeOne}. The caller holds the lock; if this
     * throws for want of stack, it still does. Each class has its own, for the reason that {@link MutexWord} gives for
     * the access: called from many classes, it may become too large to be inlined.
     *
     * <p>A release that has no stack to wake somebody takes the lock back. If another thread has taken it by then, that
     * thread's exit will see to the queue. If there is not even stack to take it back, the release has overlooked the
     * queue, as in case 3. Each step of that is caught where it is called, since any call may be too much.
     */
    abstract void release();

    /** As {@link #release}, with a fence or a hand-over. */
    final void releaseSlow(boolean fair) {
        if ((flagsOpaque() & TIMED) != 0) {
            MutexPolicy.endMeasuring(this);
        }
        byte hold = lockedPlain();
        int seen = flagsVolatile();
        if (fair ? mayHaveParked(seen) : mustHandOver(seen)) {
            unparkOne(this, QUEUE, HAND_OVER);
            return;
        }
        if ((seen & WAKE) != 0) {
            ParkingLot.requireStack(CALLS_TO_UNPARK);
        }
        setLockedVolatile(FREE); // with the full fence that the 1-0 exit leaves out
        try {
            if ((flagsVolatile() & WAKE) != 0 && !MutexPolicy.isTakenOver(this)) {
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

    /** Whether threads may be parked; overridden where the flags do not tell while one with a promise is awake. */
    boolean mayHaveParked(int flags) {
        return (flags & PARKED) != 0;
    }

    private boolean mustHandOver(int flags) {
        return (flags & (FAIR | PARKED)) == (FAIR | PARKED) || ((flags & WAKE) != 0 && isTurnDue());
    }

    /**
     * After the lock was released: wakes a thread if there must be one. If this throws for want of stack, it has done
     * nothing, and the lock is as it was.
     */
    final void wakeOne() {
        int seen = flagsVolatile();
        if ((seen & WAKE) == 0) {
            return;
        }
        boolean holding = (seen & (SHARED | FAIR)) != 0;
        if (holding) {
            ParkingLot.requireStack(CALLS_TO_UNPARK); // so that what is taken here can be given back
            if (!casLocked(FREE, HELD)) {
                return;
            }
        }
        UnparkCallback<MutexProtocol> decision = !holding ? WAKE_ONE : handsOver() ? HAND_OVER : RELEASE_TO_ONE;
        UnparkResult result;
        try {
            result = unparkOne(this, QUEUE, decision);
        } catch (StackOverflowError e) {
            if (holding) {
                setLockedVolatile(FREE);
            }
            throw e;
        }
        if (result.unparkedThreads() != 0) {
            MutexPolicy.afterWake(seen, result);
        }
    }

    // These may run when there is no memory left, and the first use of an access mode of a VarHandle takes some. So
    // they free the lock in the mode in which every release that comes here has done it before.

    private static final UnparkCallback<MutexProtocol> HAND_OVER = new UnparkCallback<>() {
        @Override
        public long unparking(MutexProtocol mutex, long parkToken, UnparkResult result) {
            mutex.clearParkedUnless(result.haveMoreThreads());
            if (result.unparkedThreads() == 0) {
                mutex.setLockedVolatile(FREE);
                return RETRY;
            }
            mutex.setLockedOpaque(HELD); // no longer the hold of a guard
            return HANDOFF;
        }
    };

    private static final UnparkCallback<MutexProtocol> WAKE_ONE = new UnparkCallback<>() {
        @Override
        public long unparking(MutexProtocol mutex, long parkToken, UnparkResult result) {
            mutex.clearParkedUnless(result.haveMoreThreads());
            if (result.unparkedThreads() == 0) {
                return RETRY;
            }
            if (result.beFair() && mutex.tryAcquire()) {
                return HANDOFF;
            }
            mutex.changeFlags(WOKEN, 0);
            return RETRY;
        }
    };

    /**
     * As WAKE_ONE, by an exit that has taken the lock once more ("Waking, if SHARED"). A future cannot try again, so it
     * is handed the lock.
     */
    private static final UnparkCallback<MutexProtocol> RELEASE_TO_ONE = new UnparkCallback<>() {
        @Override
        public long unparking(MutexProtocol mutex, long parkToken, UnparkResult result) {
            mutex.clearParkedUnless(result.haveMoreThreads());
            if (result.unparkedThreads() != 0) {
                if (result.beFair() || parkToken == LockFuture.PARK_TOKEN) {
                    return HANDOFF;
                }
                mutex.changeFlags(WOKEN, 0);
            }
            mutex.setLockedVolatile(FREE);
            return RETRY;
        }
    };

    /** Only before anybody else knows the lock. */
    final void setFair() {
        changeFlags(FAIR, 0);
    }

    static IllegalMonitorStateException notLocked() {
        return new IllegalMonitorStateException(
                "the mutex is not locked: lock it before you unlock, bump, await or signal");
    }

    @Override
    boolean mayOverlookWaiters() {
        return true;
    }

    // ---- for Condvar

    @Override
    final boolean signalledThreadsPrecede() {
        return MutexPolicy.signalledThreadsPrecede(this);
    }

    /** From now on no exit overlooks a waiter. By the holder. */
    final void share() {
        if ((flagsOpaque() & SHARED) == 0) {
            changeFlags(SHARED, 0);
        }
    }

    /** Acquires the lock for a thread that has waited, even if there is no memory or stack left to queue with. */
    final void acquireAfterAwait(long token) {
        try {
            if (token == RETRY) {
                acquireSlow(Patience.ENDLESS, true);
            } else if (token == GAVE_UP || (token == SIGNALLED && !tryAcquire())) {
                acquireSlow(Patience.ENDLESS);
            }
        } catch (OutOfMemoryError | StackOverflowError e) {
            while (!tryAcquire()) {
                Thread.yield();
            }
            if (token == RETRY) {
                changeFlags(0, WOKEN);
            }
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
        changeFlags(PARKED, 0);
        return lockedVolatile() != FREE;
    }

    @Override
    final void markParked() {
        changeFlags(PARKED, 0);
    }

    // ---- first use

    @Override
    final void rehearseOrFail() {
        tryAcquire();
        release(); // while nobody waits: the 1-0 exit
        tryAcquire();
        setLockedOpaque(lockedPlain());
        acquireSlow(Patience.until(Deadlines.after(-1L)));
        markParkedIfLocked();
        releaseSlow(true);
        FairMutexQueue.tryAcquire(this);
        markParked();
        acquireSlow(Patience.until(System.nanoTime()));
        markParked();
        release();
        acquireAfterAwait(RETRY);
        MutexPolicy.endMeasuring(this);
        share();
        release();
        markParked();
        wakeOne();
    }
}
