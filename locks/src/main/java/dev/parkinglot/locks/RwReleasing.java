package dev.parkinglot.locks;

import dev.parkinglot.core.FilterOp;
import dev.parkinglot.core.ParkTokenFilter;
import dev.parkinglot.core.ParkingLot;
import dev.parkinglot.core.UnparkCallback;
import dev.parkinglot.core.UnparkResult;

/** How a hold of a readers-writer lock ends, or becomes a weaker one, and who is woken then. */
abstract class RwReleasing extends RwReaders {
    /* Overview.
     *
     * Two queues. In (this, MAIN) waits whoever cannot be admitted: readers for WRITER to be cleared, upgradable
     * lockers and writers for WRITER and UPGRADABLE. In (this, DRAIN) waits the one writer that has set WRITER, for
     * READERS to become 0. Legal for PARKED, RECURSIVE and DRAINING to be set while nobody is parked; illegal to be
     * clear while somebody is, who has not been chosen. They are cleared only under the bucket lock of their queue.
     *
     * Who wakes whom:
     *
     *   WRITER cleared (unlockWrite, both downgrades, a drain given up)    the main queue
     *   UPGRADABLE cleared (unlockUpgradable, downgradeUpgradable)         the main queue
     *   by unlockWrite or unlockUpgradable, with WOKEN set, not fairly     nobody: the woken writer will do it
     *   READERS becomes 0 with DRAINING set                                the drain queue
     *   WRITER set while READERS > 0 and RECURSIVE                         the recursive readers of the main queue
     *   a woken writer finds UPGRADABLE set                                the readers of the main queue
     *
     * The last row: a wake stops at the first writer. If an upgradable locker is faster than that writer, the readers
     * behind it wait for nobody but the upgradable holder, who must not keep them out, and may even wait for them:
     *
     *   write held; parked: W, R
     *   unlockWrite wakes W, not R
     *   U locks upgradably           W: UPGRADABLE, so it parks again; but first it wakes R
     *   U waits for R                R reads
     *
     * The row above it is explained in RwAcquiring.
     *
     * One wake at a time. If a release wakes a writer, later releases wake nobody until that writer has arrived. It
     * clears WOKEN in the step in which it acquires the lock, and then its own release sees PARKED; or in the step in
     * which it announces that it parks again, which it does only if somebody else keeps it out, whose release comes
     * later and sees WOKEN cleared. Readers are woken in addition to a writer or when nobody else is left, so no mark
     * is needed for them.
     *
     * No wake-up is lost. Every waiter sets its bit, and validate checks, under the bucket lock, that the bit is still
     * set and that it still cannot be admitted: exactly what it will try again. A releaser changes the state in one
     * atomic step that shows it the bits: if the waiter's bit came first, the releaser goes to the lot; if the release
     * came first, validate sees it. Where the release happens in a callback, it is ordered with validate by the bucket
     * lock, and the callback works on the state as it is then, not as the releaser read it before.
     *
     * Handing over. A park token tells what its thread adds to the state. The filter adds up the tokens of those it
     * chooses, and to hand over, the releaser puts the sum into the state in the same step in which it takes out its
     * own hold.
     */

    /** At most so many calls lie between what makes sure of the stack here and the lot. */
    static final int CALLS_TO_UNPARK = 8;

    // ---- a read hold

    /** If this throws for want of stack, the hold is still there. */
    final void releaseRead() {
        requireHeld(releaseReadIfHeld(), "read");
    }

    /** Releases a read hold; false if there was a moment without any besides the upgradable one. */
    final boolean releaseReadIfHeld() {
        while (true) {
            int now = stateOpaque();
            if (isRead(now)) {
                if (releaseReadInState(now)) {
                    return true;
                }
            } else if ((now & ROW) != 0 && tryLeaveRow()) {
                return true;
            } else if (!isReadHeld()) {
                return false;
            }
        }
    }

    private boolean releaseReadInState(int now) {
        if ((now & DRAINING) != 0) {
            ParkingLot.requireStack(CALLS_TO_UNPARK); // it may be the last, who wakes the writer
        }
        if (!casState(now, now - ONE_READER)) {
            return false;
        }
        if (isLastForDrainer(now)) {
            wakeDrainer();
        }
        return true;
    }

    /**
     * Gives back a hold in the state that could not be noted, for want of memory or stack. The caller has made sure of
     * the stack for this before it acquired the hold; if there is none to wake the writer that drains, that one looks
     * by itself.
     */
    final void giveBackRead() {
        int now;
        do {
            now = stateOpaque();
        } while (!casState(now, now - ONE_READER));
        if (isLastForDrainer(now)) {
            try {
                wakeDrainer();
            } catch (StackOverflowError e) {
                // it looks by itself
            }
        }
    }

    /** Whether that was the last reader, and the writer sleeps that waits for it. */
    private static boolean isLastForDrainer(int before) {
        return (before & (READERS | DRAINING)) == (ONE_READER | DRAINING);
    }

    private void wakeDrainer() {
        unparkOne(this, DRAIN, END_DRAIN);
    }

    private static final UnparkCallback<RwReleasing> END_DRAIN = new UnparkCallback<>() {
        @Override
        public long unparking(RwReleasing lock, long parkToken, UnparkResult result) {
            lock.clear(DRAINING);
            return RETRY;
        }
    };

    // ---- an upgradable or write hold

    /** The fast path of releasing an upgradable hold: nobody is parked, and no reader comes or goes now. */
    final boolean tryReleaseUpgradableOnce() {
        int now = stateOpaque();
        return (now & (UPGRADABLE | PARKED)) == UPGRADABLE && casState(now, now - UPGRADABLE_HOLD);
    }

    /** Gives back a hold, and wakes those who waited for that. Only for holds that exclude others. */
    final void release(int hold, boolean fair) {
        int now = stateOpaque();
        while ((now & PARKED) == 0 || ((now & WOKEN) != 0 && !fair)) {
            if (casState(now, now - hold)) {
                return;
            }
            now = stateOpaque();
        }
        releaseAndWake(hold, fair, 0);
    }

    /** Exchanges a hold for a weaker one, or none, in one step, and then wakes those who waited for that. */
    void exchange(int hold, int weaker) {
        int now;
        do {
            now = stateOpaque();
            if ((now & PARKED) != 0) {
                ParkingLot.requireStack(CALLS_TO_UNPARK); // to wake those whom this lets in
            }
        } while (!casState(now, now - hold + weaker));
        if ((now & PARKED) != 0) {
            wakeAdmitted(weaker);
        }
    }

    /** Wakes those in the main queue who can be admitted beside a hold. */
    final void wakeAdmitted(int hold) {
        releaseAndWake(0, false, hold);
    }

    /**
     * A thread that was woken to get a hold, or was handed it, cannot go on: as if it had held the lock and released
     * it.
     */
    final void forwardWake(int hold, long unparkToken) {
        if (unparkToken != HANDOFF) {
            clear(markOfWoken(hold));
            wakeAdmitted(stateVolatile() & UPGRADABLE);
        } else if (hold == ONE_READER) {
            releaseRead();
        } else {
            exchange(hold, 0);
        }
    }

    /** The bit that is set when a thread is woken to get a hold: no release need wake anybody until it has arrived. */
    static int markOfWoken(int hold) {
        return (hold & WRITER) == 0 ? 0 : WOKEN;
    }

    // ---- waking

    /**
     * A release must not fail half-way, nor leave those asleep whom it lets in: it waits for the little memory that it
     * needs. In a method of its own, since the JIT compiler can do without an object, unless it is made in a loop.
     */
    private void releaseAndWake(int held, boolean fair, int remaining) {
        OutOfMemoryError failure;
        try {
            failure = wakeChosen(held, fair, remaining);
        } catch (OutOfMemoryError e) {
            failure = wakeChosenPatiently(held, fair, remaining);
        }
        if (failure != null) {
            throw failure;
        }
    }

    private OutOfMemoryError wakeChosenPatiently(int held, boolean fair, int remaining) {
        while (true) {
            Thread.yield();
            try {
                return wakeChosen(held, fair, remaining);
            } catch (OutOfMemoryError e) {
                // nothing has happened yet
            }
        }
    }

    /**
     * Throws if there was no memory and nothing has happened; returns what failed if that was to wake one of the
     * chosen.
     */
    private OutOfMemoryError wakeChosen(int held, boolean fair, int remaining) {
        Admission admission = new Admission(held, fair, remaining);
        try {
            ParkingLot.unparkFilter(base(), offset() + MAIN, this, admission, admission);
            return null;
        } catch (OutOfMemoryError e) {
            if (admission.hasChosen) {
                return e;
            }
            throw e;
        }
    }

    static boolean isRecursive(long parkToken) {
        return (parkToken & RECURSIVE) != 0;
    }

    private static int holdOf(long parkToken) {
        return (int) parkToken & ~RECURSIVE;
    }

    /**
     * Wakes those in the main queue who can be admitted together; a hold may be released in the same step, to be handed
     * over.
     */
    private static final class Admission implements ParkTokenFilter<RwReleasing>, UnparkCallback<RwReleasing> {
        /** What is released in here; 0 if that has happened before. */
        private final int held;

        private final boolean fair;

        /** What remains of the hold, and the holds of all chosen so far. */
        private int admitted;

        /** Whether the state has been changed. */
        private boolean hasChosen;

        Admission(int held, boolean fair, int remaining) {
            this.held = held;
            this.fair = fair;
            this.admitted = remaining;
        }

        @Override
        public FilterOp filter(RwReleasing lock, long parkToken) {
            if ((admitted & WRITER) != 0) {
                return FilterOp.STOP;
            }
            if ((admitted & UPGRADABLE) != 0 && (parkToken & (WRITER | UPGRADABLE)) != 0) {
                return FilterOp.SKIP;
            }
            admitted += holdOf(parkToken);
            return FilterOp.UNPARK;
        }

        @Override
        public long unparking(RwReleasing lock, long parkToken, UnparkResult result) {
            hasChosen = true;
            boolean handOver = held != 0 && result.unparkedThreads() != 0 && (fair || result.beFair());
            int bitsToClear = result.haveMoreThreads() ? 0 : PARKED | RECURSIVE;
            int now;
            int next;
            do {
                now = lock.stateOpaque();
                handOver = handOver && countOf(now) + countOf(admitted) <= MAX_READERS;
                next = plus((now & ~bitsToClear) - held, handOver ? admitted : 0)
                        | (handOver ? 0 : markOfWoken(admitted));
            } while (!lock.casState(now, next));
            return handOver ? HANDOFF : RETRY;
        }
    }

    // ---- for Condvar

    @Override
    void releaseForAwait() {
        release(WRITER, false);
    }
}
