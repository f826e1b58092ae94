package dev.parkinglot.locks;

import dev.parkinglot.core.FilterOp;
import dev.parkinglot.core.ParkCallbacks;
import dev.parkinglot.core.ParkOptions;
import dev.parkinglot.core.ParkResult;
import dev.parkinglot.core.ParkTokenFilter;
import dev.parkinglot.core.ParkingLot;
import dev.parkinglot.core.Patience;
import dev.parkinglot.core.UnparkCallback;
import dev.parkinglot.core.UnparkResult;

/** How a hold of a readers-writer lock begins: readers are admitted, writers claim the lock and drain it. */
abstract class RwAcquiring extends RwReleasing {
    /* Overview.
     *
     * A writer sets WRITER, which keeps newcomers out, and then waits for the readers to leave. A try for writing looks
     * into the row first, and claims only if nobody seems to be there; if a reader comes at that moment, the try gives
     * up as a drain does, and may for that moment have kept out others.
     *
     * Recursive readers. A recursive reader parks only while somebody writes, so at a time when nobody reads. When that
     * writer leaves, readers may get in. Then the next writer claims the lock, and the recursive reader is still parked
     * behind it. Now it must be admitted, since a reader may be waiting for it:
     *
     *   write held; parked: R1, W, R2 (recursive)
     *   unlockWrite wakes R1 and W
     *   R1 reads                    W sets WRITER, drains: sees RECURSIVE, wakes R2
     *   R1 waits for R2             R2: WRITER, but READERS > 0: admitted
     *
     * From then on no recursive reader can park before the drain is over: its validate says that readers hold the lock.
     *
     * Giving up a drain (timeout, interrupt): the thread leaves the drain queue, clears WRITER (an upgrader takes back
     * its upgradable hold in the same step) and wakes the main queue: others waited only because of this WRITER. A
     * woken thread whose time is over in the meantime still goes for the lock once; if it gets WRITER, it drains with
     * no patience left, and so gives up in the way just described. Thus no wake ends in a thread that leaves.
     */

    /** Between a claim and giving it back, which makes sure once more. */
    private static final int CALLS_FROM_CLAIM = 4 * CALLS_TO_UNPARK;

    // ---- at once

    final boolean tryAcquire(Access access) {
        return tryAcquire(access, 0);
    }

    private boolean tryAcquire(Access access, int bitsToClear) {
        while (true) {
            int now = stateOpaque();
            if (access.hold == ONE_READER && (now & BIASED) != 0 && tryEnterRow()) {
                return true;
            }
            if (!access.isAdmitted(now) && !(access == Access.READ_RECURSIVE && isReadBesideClaim(now))) {
                return false;
            }
            if ((access.hold & READERS) != 0 && (now & FULL) != 0) {
                throw new Error("Maximum lock count exceeded: " + MAX_READERS + " readers hold the lock");
            }
            if (casState(now, plus(now, access.hold) & ~bitsToClear)) {
                return true;
            }
            if (access.hold == ONE_READER) {
                bias();
            }
            Thread.onSpinWait();
        }
    }

    /** The fast path of {@link Access#UPGRADABLE}: one try, which also fails for a reader that comes or goes now. */
    final boolean tryUpgradableOnce() {
        int now = stateOpaque();
        return (now & (WRITER | UPGRADABLE | FULL)) == 0 && casState(now, now + UPGRADABLE_HOLD);
    }

    /** Succeeds only if there is nothing to drain. */
    final boolean tryAcquireWrite() {
        return tryAcquireWrite(true);
    }

    /** Without a look at the stack it is for a thread that must have the lock in any case. */
    private boolean tryAcquireWrite(boolean looksAtStack) {
        while (true) {
            int now = stateOpaque();
            if ((now & (WRITER | READERS)) != 0 || ((now & ROW) != 0 && seemsReadInRow())) {
                return false;
            }
            if (looksAtStack) {
                requireStackToClaim(now);
            }
            if (casState(now, plus(now, WRITER))) {
                return (now & ROW) == 0 || drainAtOnce(0);
            }
        }
    }

    boolean tryUpgradeNow() {
        while (true) {
            int now = stateOpaque();
            requireHeld(isUpgradable(now), "upgradable");
            if (countOf(now) != 1 || ((now & ROW) != 0 && seemsReadInRow())) {
                return false;
            }
            requireStackToClaim(now);
            if (casState(now, plus(now - UPGRADABLE_HOLD, WRITER))) {
                return (now & ROW) == 0 || drainAtOnce(UPGRADABLE_HOLD);
            }
        }
    }

    /** With a row, a claim is not yet a hold: it must be possible to look at the row, and to give the claim back. */
    private static void requireStackToClaim(int now) {
        if ((now & ROW) != 0) {
            ParkingLot.requireStack(CALLS_FROM_CLAIM);
        }
    }

    /** With WRITER set, and nobody found in the row before: a reader may have come at the same moment. */
    private boolean drainAtOnce(int holdBefore) {
        revoke();
        int now;
        do {
            now = stateVolatile();
            if ((now & READERS) != 0) {
                exchange(WRITER, holdBefore);
                return false;
            }
        } while (!casState(now, now & ~ROW));
        return true;
    }

    // ---- waiting

    final WaitOutcome acquireSlow(Access access, Patience patience) {
        return acquireSlow(access, patience, false);
    }

    private WaitOutcome acquireSlow(Access access, Patience patience, boolean wasWoken) {
        return ParkingLot.isObserved()
                ? ObservedWait.acquire(this, access, patience, wasWoken)
                : acquire(access, patience, wasWoken);
    }

    final WaitOutcome acquire(Access access, Patience patience, boolean wasWoken) {
        if (access != Access.WRITE) {
            return waitToBeAdmitted(access, patience, wasWoken);
        }
        // A claim keeps everybody out, so it must be possible to give it back if the drain is given up.
        ParkingLot.requireStack(CALLS_FROM_CLAIM);
        WaitOutcome claimed = waitToBeAdmitted(access, patience, wasWoken);
        return claimed == WaitOutcome.SUCCESS ? drain(patience, 0) : claimed;
    }

    // Until it is acquired. If this thread is admitted, it takes the hold. If nobody is parked, or if it was woken, it
    // looks again after a while, and does so for some time. Then it announces that it parks, and parks.
    private WaitOutcome waitToBeAdmitted(Access access, Patience patience, boolean wokenBefore) {
        boolean woken = wokenBefore; // and has not announced since that it parks again
        boolean returns = wokenBefore;
        long since = 0L;
        int looks = Spinning.looks();
        while (!tryAcquireOrForward(access, woken)) {
            int now = stateOpaque();
            if ((returns || (now & (PARKED | DRAINING)) == 0) && looks-- > 0) {
                Spinning.pause();
                continue;
            }
            int mark = woken ? markOfWoken(access.hold) : 0;
            if (access.isAdmitted(now) || !tryChange(now, access.announcement, mark)) {
                continue;
            }
            if (mark != 0 && (now & UPGRADABLE) != 0) {
                wakeAdmitted(UPGRADABLE_HOLD); // the wake that ends here had stopped at this writer
            }
            woken = false; // in any other state, whoever ends or has ended it wakes the main queue
            if (since == 0L) {
                since = System.nanoTime();
            }
            ParkOptions options = returns ? ParkOptions.NONE.returning(since) : ParkOptions.NONE;
            ParkResult result = park(this, MAIN, access, options, access.parkToken(), patience);
            if (result.kind() == ParkResult.Kind.UNPARKED) {
                if (result.unparkToken() == HANDOFF) {
                    return WaitOutcome.SUCCESS;
                }
                woken = true;
                returns = true;
            } else if (result.kind() != ParkResult.Kind.INVALID) {
                return WaitOutcome.of(result.kind());
            }
            looks = Spinning.looks();
        }
        return WaitOutcome.SUCCESS;
    }

    /** A woken thread that is refused with an error leaves its wake to those behind it. */
    private boolean tryAcquireOrForward(Access access, boolean woken) {
        try {
            return tryAcquire(access, woken ? markOfWoken(access.hold) : 0);
        } catch (Error refusal) {
            if (woken) {
                forwardWake(access.hold, RETRY);
            }
            throw refusal;
        }
    }

    WaitOutcome upgrade(Patience patience) {
        return ParkingLot.isObserved() ? ObservedWait.upgrade(this, patience) : upgradeAndDrain(patience);
    }

    final WaitOutcome upgradeAndDrain(Patience patience) {
        ParkingLot.requireStack(CALLS_FROM_CLAIM); // as above
        int now;
        do {
            now = stateOpaque();
            requireHeld(isUpgradable(now), "upgradable");
        } while (!casState(now, plus(now - UPGRADABLE_HOLD, WRITER)));
        return drain(patience, UPGRADABLE_HOLD);
    }

    // ---- draining

    /**
     * Waits, with WRITER set, for the readers to leave; if patience ends, exchanges WRITER for the hold it had before.
     */
    private WaitOutcome drain(Patience patience, int holdBefore) {
        if ((stateOpaque() & ROW) != 0) {
            revoke();
        }
        int spins = Spinning.budget();
        while (true) {
            int now = stateVolatile();
            if ((now & READERS) == 0) {
                if (tryChange(now, 0, ROW)) {
                    return WaitOutcome.SUCCESS;
                }
            } else if ((now & RECURSIVE) != 0) {
                admitRecursive(holdBefore);
            } else if (spins-- > 0) {
                Thread.onSpinWait();
            } else if (tryChange(now, DRAINING, 0)) {
                ParkResult.Kind kind = parkAsDrainer(patience, holdBefore);
                if (kind == ParkResult.Kind.TIMED_OUT || kind == ParkResult.Kind.INTERRUPTED) {
                    exchange(WRITER, holdBefore);
                    return WaitOutcome.of(kind);
                }
                spins = Spinning.budget();
            }
        }
    }

    /** Whatever is thrown here, a wake that is refused or a lack of memory, the claim must not outlast it. */
    private void admitRecursive(int holdBefore) {
        try {
            ParkingLot.unparkFilter(base(), offset() + MAIN, this, RECURSIVE_ONLY, ADMIT_RECURSIVE);
        } catch (Throwable failure) {
            exchange(WRITER, holdBefore);
            throw failure;
        }
    }

    private ParkResult.Kind parkAsDrainer(Patience patience, int holdBefore) {
        try {
            return Holders.RECORDED ? parkAsRecordedClaimer(patience) : parkToDrain(patience);
        } catch (Throwable failure) {
            exchange(WRITER, holdBefore);
            throw failure;
        }
    }

    private ParkResult.Kind parkToDrain(Patience patience) {
        return park(this, DRAIN, DRAINER, LOOKING, ParkingLot.DEFAULT_PARK_TOKEN, patience)
                .kind();
    }

    private ParkResult.Kind parkAsRecordedClaimer(Patience patience) {
        Holders.began(this, Holding.CLAIM);
        try {
            return parkToDrain(patience);
        } finally {
            Holders.ending(this, Holding.CLAIM);
        }
    }

    /** Looks by itself, should a reader have had no stack to wake it. */
    private static final ParkCallbacks<RwAcquiring> DRAINER = new ParkCallbacks<>() {
        @Override
        public boolean validate(RwAcquiring lock, long parkToken) {
            int now = lock.stateVolatile();
            return (now & DRAINING) != 0 && (now & READERS) != 0;
        }

        @Override
        public void timedOut(RwAcquiring lock, Object base, long offset, boolean wasLastThread) {
            lock.clear(DRAINING);
        }
    };

    private static final ParkTokenFilter<RwAcquiring> RECURSIVE_ONLY = new ParkTokenFilter<>() {
        @Override
        public FilterOp filter(RwAcquiring lock, long token) {
            return isRecursive(token) ? FilterOp.UNPARK : FilterOp.SKIP;
        }
    };

    private static final UnparkCallback<RwAcquiring> ADMIT_RECURSIVE = new UnparkCallback<>() {
        @Override
        public long unparking(RwAcquiring lock, long parkToken, UnparkResult result) {
            lock.clear(result.haveMoreThreads() ? RECURSIVE : PARKED | RECURSIVE);
            return RETRY;
        }
    };

    // ---- for Condvar: the write hold

    @Override
    void resume(long hold, long token) {
        try {
            // A claim that was handed over may still have readers to drain.
            if (token == HANDOFF) {
                drain(Patience.ENDLESS, 0);
            } else {
                acquireSlow(Access.WRITE, Patience.ENDLESS, token == RETRY);
            }
        } catch (OutOfMemoryError | StackOverflowError | RuntimeException e) {
            // Nothing is left to queue with, or a reader could not be woken; but the thread must have the lock again.
            while (!tryAcquireWrite(false)) {
                Thread.yield();
            }
            if (token == RETRY) {
                clear(WOKEN);
            }
        }
    }

    // ---- first use

    @Override
    void rehearseOrFail() {
        for (Access access : Access.values()) {
            acquireSlow(Access.WRITE, Patience.until(Deadlines.after(-1L)));
            acquireSlow(access, Patience.until(System.nanoTime()));
            set(PARKED | RECURSIVE);
            release(WRITER, true);
        }
        if (readersMayShareNothing()) {
            VisibleReaders.rowOfOrNew(this);
            startBias();
        }
        tryReadOnce();
        tryReleaseReadOnce();
        tryAcquire(Access.READ);
        acquireSlow(Access.WRITE, Patience.until(System.nanoTime()));
        releaseRead();
        tryAcquire(Access.UPGRADABLE);
        upgrade(Patience.ENDLESS);
        markParked();
        exchange(WRITER, ONE_READER);
        set(DRAINING);
        releaseRead();
        tryReadOnce();
    }
}
