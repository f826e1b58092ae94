package dev.parkinglot.locks;

import static dev.parkinglot.locks.VisibleReaders.NO_ROW;

/** Who reads: the READERS of the state and the lock's row in {@link VisibleReaders}, together. */
abstract class RwReaders extends RwWord {
    /* Overview.
     *
     * Where two readers meet, the lock becomes biased towards readers: they count in its row, each thread in one of
     * several places, and leave the state alone. The number of read holds is READERS plus the row. A hold is not
     * somebody's: each may be released in any place where there is one.
     *
     *   BIASED | ROW |
     *   -------+-----+--------------------------------------------------------------------------------------------
     *     0    |  0  | no hold in the row
     *     1    |  1  | biased
     *     0    |  1  | was biased: holds only leave the row. Until a writer has held the lock
     *
     * Entering, against a claim. Each of the steps is a full fence or a volatile access:
     *
     *   reader R                          claimer W
     *   (A) count in the row + 1          (C) WRITER set, BIASED cleared: one step
     *   (B) BIASED? yes: it reads         (D) moves the counts of the row to READERS, waits for READERS to be 0
     *                                     (E) READERS is 0: ROW cleared in the same step
     *
     * If R sees BIASED at (B), then (A) came before (C), and W finds the count at (D). Otherwise R takes its count
     * back. If that is gone, then W has moved it, or a release has used it up whose own hold is still counted; either
     * way R is counted, so it reads.
     *
     * Moving, against releases. A count is added to READERS before it is taken out of the row. The other way round a
     * hold would be nowhere for a moment, and its release would seem to be a misuse. Only a claimer moves.
     *
     * Looking, against all of this. A look goes through the places one by one. While the lock is biased it can miss:
     *
     *   looker                   readers, of whom there is always one
     *   place 0 is 0             X is counted in place 7
     *                            Y comes into place 0
     *                            X leaves place 7
     *   place 7 is 0
     *
     * A look that must not miss therefore begins when BIASED is cleared, and goes from the row to the state:
     *
     *   1. BIASED is clear       from now on a count that comes into the row is one that is about to be taken back, or
     *                            is used up by a release in the place of another one
     *   2. the row, place by place
     *   3. READERS               where a claimer has put what it took out of the row
     *
     * Say that there is a hold all the time. Then ROW is not cleared, so BIASED is not set again, and the holds are
     * never more than the counts in READERS and in those places that the look has yet to come to: what appears behind
     * it counts threads that do not read yet, and only as long as they do not. When all places have been looked at,
     * at least one count is in READERS. So if READERS is 0 as well, there was a moment with no hold.
     */

    // ---- entering

    // These methods are small, so that the JIT compiler inlines them also if most calls came before the lock was
    // biased.

    /** The fast path: one try, which also fails for a reader that comes at the same moment. */
    final boolean tryReadOnce() {
        int now = stateOpaque();
        if ((now & (WRITER | BIASED | FULL)) == 0) {
            return casState(now, now + ONE_READER);
        }
        return (now & BIASED) != 0 && tryEnterRow();
    }

    /** Counts the caller in the row, unless the lock is not biased any more. */
    final boolean tryEnterRow() {
        int place = VisibleReaders.placeOf(this);
        return place != NO_ROW && tryEnterRow(place);
    }

    private boolean tryEnterRow(int place) {
        if (VisibleReaders.enter(place) && (stateVolatile() & BIASED) != 0) {
            return true;
        }
        return !VisibleReaders.leave(place); // if it is gone, it counts elsewhere
    }

    // ---- leaving

    /**
     * The fast path of releasing a read hold: it is in this thread's place of the row; or in the state, nobody waits
     * for it, and no reader comes or goes now.
     */
    final boolean tryReleaseReadOnce() {
        int now = stateOpaque();
        if ((now & (ROW | UPGRADABLE | DRAINING)) == 0) {
            return (now & READERS) != 0 && casState(now, now - ONE_READER);
        }
        return (now & ROW) != 0 && tryLeaveRowHere();
    }

    private boolean tryLeaveRowHere() {
        int place = VisibleReaders.placeOf(this);
        return place != NO_ROW && VisibleReaders.leave(place);
    }

    /** Takes a hold out of any place of the row; false if there was none in any when it was looked at. */
    final boolean tryLeaveRow() {
        int row = VisibleReaders.rowOf(this);
        return row != NO_ROW && VisibleReaders.leaveAnywhere(row);
    }

    // ---- looking

    /**
     * Whether there is a read hold besides the upgradable one. Never misses one that is there all the time: before it
     * says no, it ends the bias.
     */
    final boolean isReadHeld() {
        while (true) {
            int now = stateVolatile();
            if (isRead(now) || ((now & ROW) != 0 && seemsReadInRow())) {
                return true;
            }
            if ((now & BIASED) == 0) {
                return isRead(stateVolatile());
            }
            casState(now, now & ~BIASED);
        }
    }

    /** Whether readers are in the row. May miss some: for those who look again when they have claimed the lock. */
    final boolean seemsReadInRow() {
        return holdsInRow() != 0;
    }

    /** Whether there are readers beside a claim with no READERS. Never misses one that is there all the time. */
    final boolean isReadBesideClaim(int claimed) {
        return (claimed & ROW) != 0 && (seemsReadInRow() || (stateVolatile() & READERS) != 0);
    }

    /** How many read holds there are, of which an upgradable hold is one; not exact while readers come and go. */
    final int readHolds() {
        int now = stateOpaque();
        return countOf(now) + ((now & ROW) == 0 ? 0 : holdsInRow());
    }

    private int holdsInRow() {
        int row = VisibleReaders.rowOf(this);
        return row == NO_ROW ? 0 : VisibleReaders.sum(row);
    }

    // ---- the bias

    /**
     * Two readers met: bias the lock towards readers, unless a writer was here just now. Without memory or stack for
     * that, the lock works as well without.
     */
    final void bias() {
        if (canBeBiased(stateOpaque())) {
            try {
                int row = VisibleReaders.rowOfOrNew(this);
                if (row != NO_ROW && !VisibleReaders.isQuiet(row)) {
                    startBias();
                }
            } catch (VirtualMachineError | LinkageError e) {
                // a linkage error, if there was no memory for the table when it was first needed
            }
        }
    }

    /** From now on readers count in the lock's row, which it has. */
    final boolean startBias() {
        int now = stateOpaque();
        return canBeBiased(now) && casState(now, now | BIASED | ROW);
    }

    private boolean canBeBiased(int now) {
        return readersMayShareNothing() && (now & (WRITER | ROW | FULL)) == 0;
    }

    /**
     * Whether readers may count in a row. Not where the state is not this object's alone, or must itself say who reads.
     */
    boolean readersMayShareNothing() {
        return false;
    }

    /** By a claimer, whose claim has ended the bias: moves the holds of the row to the state. */
    final void revoke() {
        int row = VisibleReaders.rowOf(this);
        if (row != NO_ROW) {
            long start = System.nanoTime();
            moveToState(row);
            VisibleReaders.quiet(row, start);
        }
    }

    /**
     * Takes the counts of a row out one by one; each is in the state before it has gone from the row. Meanwhile it is
     * in both, and the same hold may be given back there, and another one here: so what is owed to the state is settled
     * with what comes next, and in the end with the state itself.
     */
    private void moveToState(int row) {
        int owed = 0; // so many are in the state as well
        for (int place = VisibleReaders.firstPlace(row); place < VisibleReaders.END; place += VisibleReaders.STRIDE) {
            int count = VisibleReaders.countVolatile(place);
            while (count != 0) {
                if (owed < count) {
                    addReaders(count - owed);
                    owed = count;
                }
                if (VisibleReaders.clear(place, count)) {
                    owed -= count;
                    break;
                }
                count = VisibleReaders.countVolatile(place);
            }
        }
        addReaders(-owed);
    }

    /** Never takes back more than there is, as there can be less after a misuse. */
    private void addReaders(int count) {
        int now;
        do {
            now = stateOpaque();
        } while (count != 0 && !casState(now, now + Math.max(count, -countOf(now)) * ONE_READER));
    }
}
