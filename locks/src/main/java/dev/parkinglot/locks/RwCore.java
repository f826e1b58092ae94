package dev.parkinglot.locks;

import static dev.parkinglot.locks.VisibleReaders.NO_ROW;

import dev.parkinglot.core.FilterOp;
import dev.parkinglot.core.ParkCallbacks;
import dev.parkinglot.core.ParkOptions;
import dev.parkinglot.core.ParkResult;
import dev.parkinglot.core.ParkTokenFilter;
import dev.parkinglot.core.ParkingLot;
import dev.parkinglot.core.Patience;
import dev.parkinglot.core.UnparkCallback;
import dev.parkinglot.core.UnparkResult;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** The state and the protocol of {@link RwLock}, which gives it its manners. */
abstract non-sealed class RwCore extends CondvarLock {
    /* Overview.
     *
     * State, one int:
     *
     *   bit 31      ROW         read holds may be counted in the lock's row (VisibleReaders), besides READERS
     *   bit 30      BIASED      readers may count themselves in the row; only together with ROW, never with WRITER
     *   bit 29      WOKEN       a writer has been woken that has not yet acquired the lock or parked again
     *   bits 5..28  READERS     how many read holds, the upgradable one included, those in the row not
     *   bit 4       WRITER      a writer holds the lock (no readers), or has claimed it and waits for readers to leave
     *                           (drains)
     *   bit 3       UPGRADABLE  one of the readers may upgrade
     *   bit 2       RECURSIVE   a recursive reader is parked, or is about to be; only together with PARKED
     *   bit 1       DRAINING    the writer that drains is parked, or is about to be; may outlast WRITER until the last
     *                           reader, who saw it, has been to the lot
     *   bit 0       PARKED      threads are parked in the main queue, or are about to be
     *
     *   WRITER | UPGRADABLE | READERS |
     *   -------+------------+---------+-----------------------------------------------------------------------
     *     0    |     0      |    0    | free
     *     0    |     0      |   >0    | read
     *     0    |     1      |   >0    | one upgradable holder and READERS - 1 readers
     *     1    |     0      |   >0    | claimed by a writer or upgrader, which drains
     *     1    |     0      |    0    | write
     *     1    |     1      |    any  | cannot be
     *     0    |     1      |    0    | cannot be
     *
     * Readers that share nothing. Where two readers meet, the lock becomes biased towards readers: they count in its
     * row, each thread in one of several places, and leave the state alone. The number of read holds is READERS plus
     * the row; a hold is not somebody's, so each may be released in any place where there is one.
     *
     *   BIASED | ROW |
     *   -------+-----+--------------------------------------------------------------------------------------------
     *     0    |  0  | no hold in the row
     *     1    |  1  | biased
     *     0    |  1  | was biased: holds only leave the row. Until a writer has held the lock
     *
     *   reader R                          claimer W
     *   (A) count in the row + 1          (C) WRITER set, BIASED cleared: one step
     *   (B) BIASED? yes: it reads         (D) moves the counts of the row to READERS, waits for READERS to be 0
     *                                     (E) READERS is 0: ROW cleared in the same step
     *
     * Each of the four is a full fence or volatile: if R sees BIASED at (B), then (A) came before (C), and W finds the
     * count at (D). Otherwise R takes its count back, and if W has already moved it, R is counted in READERS, so it has
     * the lock. From (D) on this is a drain as of an unbiased lock: the last reader wakes it.
     *
     * Moving adds to READERS before it takes out of the row. The other way round a hold would be nowhere for a moment,
     * and its release would seem to be a misuse. Only a claimer moves.
     *
     * A release looks into its thread's own place, READERS, and then everywhere. A hold that another place's thread
     * took can hop while it looks, so before it throws it clears BIASED: from then on holds only move from the row to
     * READERS, and since ROW is cleared, and can be set again, only when there is no hold at all, one more look does
     * not miss a hold that is there.
     *
     * A try for writing looks into the row first, and claims only if nobody is there; if a reader comes at that moment,
     * the try gives up as a drain does, and may for that moment have kept out others.
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
     * The row above it: upstream lacks it (its issue 505). A recursive reader parks only under a write hold, that is,
     * with no readers. When the writer leaves, readers may get in, and then the next writer claims the lock, while the
     * recursive reader is still parked behind that writer; it must be admitted now, since a reader may be waiting for
     * it:
     *
     *   write held; parked: R1, W, R2 (recursive)
     *   unlockWrite wakes R1 and W
     *   R1 reads                    W sets WRITER, drains: sees RECURSIVE, wakes R2
     *   R1 waits for R2             R2: WRITER, but READERS > 0: admitted
     *
     * From then on no recursive reader can park before the drain is over: its validate says that readers hold the lock.
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
     * Giving up a drain (timeout, interrupt): the thread leaves the drain queue, clears WRITER (an upgrader takes back
     * its upgradable hold in the same step) and wakes the main queue: others waited only because of this WRITER. A
     * woken thread whose time is over in the meantime still goes for the lock once; if it gets WRITER, it drains with
     * no patience left, and so gives up in the way just described. Thus no wake ends in a thread that leaves.
     *
     * Handing over. A park token tells what its thread adds to the state. The filter adds up the tokens of those it
     * chooses, and to hand over, the releaser puts the sum into the state in the same step in which it takes out its
     * own hold.
     */

    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(RwCore.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    static final int PARKED = 1;
    private static final int DRAINING = 1 << 1;
    private static final int RECURSIVE = 1 << 2;
    private static final int UPGRADABLE = 1 << 3;
    static final int WRITER = 1 << 4;
    static final int ONE_READER = 1 << 5;
    static final int READERS = (1 << 29) - ONE_READER;
    private static final int WOKEN = 1 << 29;
    static final int BIASED = 1 << 30;
    static final int ROW = 1 << 31;

    /**
     * Half of what fits: the rest is for the holds that are moved here from the row, and for upgraders that give up.
     */
    static final int MAX_READERS = 1 << 23;

    /** Set if there are as many. */
    static final int FULL = MAX_READERS * ONE_READER;

    static final int UPGRADABLE_HOLD = ONE_READER | UPGRADABLE;

    /** At most so many calls lie between what makes sure of the stack here and the lot. */
    private static final int CALLS_TO_UNPARK = 8;

    /** Between a claim and giving it back, which makes sure once more. */
    private static final int CALLS_FROM_CLAIM = 4 * CALLS_TO_UNPARK;

    /** The queue of whoever cannot be admitted. */
    static final long MAIN = QUEUE;

    /** The queue of the writer that waits for the readers to leave. */
    static final long DRAIN = 1L;

    @SuppressWarnings("unused") // through STATE
    private int state;

    // ---- modes

    /** The ways to acquire the lock, seen from the main queue. */
    enum Mode implements ParkCallbacks<RwCore> {
        READ(ONE_READER, PARKED) {
            @Override
            boolean isAdmitted(int state) {
                return (state & WRITER) == 0;
            }
        },
        READ_RECURSIVE(ONE_READER, PARKED | RECURSIVE) {
            @Override
            boolean isAdmitted(int state) {
                return (state & WRITER) == 0 || (state & READERS) != 0;
            }
        },
        UPGRADABLE_READ(UPGRADABLE_HOLD, PARKED) {
            @Override
            boolean isAdmitted(int state) {
                return (state & (WRITER | UPGRADABLE)) == 0;
            }
        },
        /** Only the claim; the readers must be drained afterwards. */
        WRITE(WRITER, PARKED) {
            @Override
            boolean isAdmitted(int state) {
                return (state & (WRITER | UPGRADABLE)) == 0;
            }
        };

        /** What a holder in this mode adds to the state. */
        final int hold;

        /** The bits that must be set while a thread of this mode is parked. */
        final int announcement;

        Mode(int hold, int announcement) {
            this.hold = hold;
            this.announcement = announcement;
        }

        abstract boolean isAdmitted(int state);

        /** The bit that was set when a thread of this mode was woken. */
        int markOfWoken() {
            return hold == WRITER ? WOKEN : 0;
        }

        /** The hold, and RECURSIVE if that is announced: what the filters need to know. */
        long parkToken() {
            return hold | (announcement & RECURSIVE);
        }

        static boolean isRecursive(long parkToken) {
            return (parkToken & RECURSIVE) != 0;
        }

        static int holdOf(long parkToken) {
            return (int) parkToken & ~RECURSIVE;
        }

        @Override
        public boolean validate(RwCore lock, long parkToken) {
            int now = lock.stateVolatile();
            return (now & announcement) == announcement && !isAdmitted(now);
        }

        @Override
        public void timedOut(RwCore lock, Object base, long offset, boolean wasLastThread) {
            if (wasLastThread) {
                lock.clear(PARKED | RECURSIVE);
            }
        }

        @Override
        public void wakeLost(RwCore lock, long unparkToken, Throwable failure) {
            lock.passOn(this, unparkToken);
        }
    }

    // ---- acquiring

    final boolean tryAcquire(Mode mode) {
        return tryAcquire(mode, 0);
    }

    private boolean tryAcquire(Mode mode, int bitsToClear) {
        while (true) {
            int now = stateOpaque();
            if (mode.hold == ONE_READER && (now & BIASED) != 0 && tryReadVisibly()) {
                return true;
            }
            if (!mode.isAdmitted(now) && !(mode == Mode.READ_RECURSIVE && isClaimedFromRow(now))) {
                return false;
            }
            if ((mode.hold & READERS) != 0 && (now & FULL) != 0) {
                throw new Error("Maximum lock count exceeded: " + MAX_READERS + " readers hold the lock");
            }
            if (casState(now, plus(now, mode.hold) & ~bitsToClear)) {
                return true;
            }
            if (mode.hold == ONE_READER) {
                bias();
            }
            Thread.onSpinWait();
        }
    }

    /** Whether a writer has claimed the lock and has yet to look into the row, where there are readers. */
    private boolean isClaimedFromRow(int now) {
        return (now & (WRITER | ROW)) == (WRITER | ROW) && holdsInRow() != 0;
    }

    private static int plus(int now, int hold) {
        return (hold & WRITER) == 0 ? now + hold : (now + hold) & ~BIASED;
    }

    static int countOf(int now) {
        return (now & READERS) >>> 5;
    }

    // ---- the row of visible readers

    // These methods are small, so that the JIT compiler inlines them also if most calls came before the lock was
    // biased.

    /** Counts the caller in the row, unless the lock is not biased any more. */
    private boolean tryReadVisibly() {
        int place = VisibleReaders.placeOf(this);
        return place != NO_ROW && tryReadVisibly(place);
    }

    private boolean tryReadVisibly(int place) {
        if (VisibleReaders.enter(place) && (stateVolatile() & BIASED) != 0) {
            return true;
        }
        // If it is not there any more, a claimer has moved it to the state, so the lock is held.
        return !VisibleReaders.leave(place);
    }

    private boolean leaveRow() {
        int place = VisibleReaders.placeOf(this);
        return place != NO_ROW && VisibleReaders.leave(place);
    }

    /** Two readers met: bias the lock towards readers, unless a writer was here just now. */
    final void bias() {
        if (canBeBiased(stateOpaque())) {
            int row = VisibleReaders.rowOfOrNew(this);
            if (row != NO_ROW && !VisibleReaders.isQuiet(row)) {
                startBias();
            }
        }
    }

    /**
     * Whether readers may count in a row. Not where the state is not this object's alone, or must itself say who reads.
     */
    boolean readersMayShareNothing() {
        return false;
    }

    /** From now on readers count in the lock's row, which it has. */
    final boolean startBias() {
        int now = stateOpaque();
        return canBeBiased(now) && casState(now, now | BIASED | ROW);
    }

    private boolean canBeBiased(int now) {
        return readersMayShareNothing() && (now & (WRITER | ROW | FULL)) == 0;
    }

    /** After WRITER was set, which ended the bias: moves the holds in the row to the state. */
    private void revoke() {
        int row = VisibleReaders.rowOf(this);
        if (row != NO_ROW) {
            long start = System.nanoTime();
            VisibleReaders.move(row, this);
            VisibleReaders.quiet(row, start);
        }
    }

    /** For {@link VisibleReaders#move}. */
    final void addReaders(int count) {
        getAndAddState(count * ONE_READER);
    }

    /** Takes back what was added; never more than there is, as there can be less after a misuse. */
    final void retractReaders(int count) {
        int now;
        do {
            now = stateOpaque();
        } while (!casState(now, now - Math.min(count, countOf(now)) * ONE_READER));
    }

    private int holdsInRow() {
        int row = VisibleReaders.rowOf(this);
        return row == NO_ROW ? 0 : VisibleReaders.sum(row);
    }

    private boolean leaveRowAnywhere() {
        int row = VisibleReaders.rowOf(this);
        return row != NO_ROW && VisibleReaders.leaveAnywhere(row);
    }

    /** How many read holds there are, of which an upgradable hold is one. */
    final int readHolds() {
        int now = stateOpaque();
        return countOf(now) + ((now & ROW) == 0 ? 0 : holdsInRow());
    }

    final Acquisition acquireSlow(Mode mode, Patience patience) {
        return acquireSlow(mode, patience, false);
    }

    // Until acquired: admitted -> take it; nobody parked, or woken -> look again after a while; announce; park.
    private Acquisition acquireSlow(Mode mode, Patience patience, boolean wokenBefore) {
        int woken = wokenBefore ? mode.markOfWoken() : 0;
        boolean returns = wokenBefore;
        long since = 0L;
        int looks = Spinning.looks();
        while (!tryAcquire(mode, woken)) {
            int now = stateOpaque();
            if ((returns || (now & (PARKED | DRAINING)) == 0) && looks-- > 0) {
                Spinning.pause();
                continue;
            }
            if (mode.isAdmitted(now) || !announce(now, mode.announcement, woken)) {
                continue;
            }
            if (woken != 0 && (now & UPGRADABLE) != 0) {
                wakeAdmitted(UPGRADABLE_HOLD); // the wake that ends here had stopped at this writer
            }
            woken = 0; // in any other state, whoever ends or has ended it wakes the main queue
            if (since == 0L) {
                since = System.nanoTime();
            }
            ParkOptions options = returns ? ParkOptions.NONE.returning(since) : ParkOptions.NONE;
            ParkResult result = park(this, MAIN, mode, options, mode.parkToken(), patience);
            switch (result.kind()) {
                case UNPARKED -> {
                    if (result.unparkToken() == HANDOFF) {
                        return Acquisition.ACQUIRED;
                    }
                    woken = mode.markOfWoken();
                    returns = true;
                }
                case INVALID -> {
                    // Admitted, or no longer announced, before this thread was queued.
                }
                case TIMED_OUT, INTERRUPTED -> {
                    return Acquisition.of(result.kind());
                }
            }
            looks = Spinning.looks();
        }
        return Acquisition.ACQUIRED;
    }

    /** The fast path: one try, which also fails for a reader that comes at the same moment. */
    final boolean tryReadOnce() {
        int now = stateOpaque();
        if ((now & (WRITER | BIASED | FULL)) == 0) {
            return casState(now, now + ONE_READER);
        }
        return (now & BIASED) != 0 && tryReadVisibly();
    }

    /** The fast path of {@link Mode#UPGRADABLE_READ}, likewise. */
    final boolean tryUpgradableOnce() {
        int now = stateOpaque();
        return (now & (WRITER | UPGRADABLE | FULL)) == 0 && casState(now, now + UPGRADABLE_HOLD);
    }

    /** The fast path of releasing that: nobody is parked, and no reader comes or goes at the same moment. */
    final boolean tryReleaseUpgradableOnce() {
        int now = stateOpaque();
        return (now & (UPGRADABLE | PARKED)) == UPGRADABLE && casState(now, now - UPGRADABLE_HOLD);
    }

    /** Succeeds only if there is nothing to drain. */
    final boolean tryAcquireWrite() {
        while (true) {
            int now = stateOpaque();
            if ((now & (WRITER | READERS)) != 0 || ((now & ROW) != 0 && holdsInRow() != 0)) {
                return false;
            }
            if (casState(now, plus(now, WRITER))) {
                return (now & ROW) == 0 || drainAtOnce(0);
            }
        }
    }

    final boolean tryUpgradeNow() {
        while (true) {
            int now = stateOpaque();
            requireHeld(isUpgradable(now), "upgradable");
            if (countOf(now) != 1 || ((now & ROW) != 0 && holdsInRow() != 0)) {
                return false;
            }
            if (casState(now, plus(now - UPGRADABLE_HOLD, WRITER))) {
                return (now & ROW) == 0 || drainAtOnce(UPGRADABLE_HOLD);
            }
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

    private boolean announce(int now, int bits, int bitsToClear) {
        int next = (now | bits) & ~bitsToClear;
        return next == now || casState(now, next);
    }

    final Acquisition acquireWriteSlow(Patience patience) {
        return acquireWriteSlow(patience, false);
    }

    private Acquisition acquireWriteSlow(Patience patience, boolean woken) {
        ParkingLot.requireStack(
                CALLS_FROM_CLAIM); // a claim keeps everybody out, and must be given back if the drain is given up
        Acquisition claimed = acquireSlow(Mode.WRITE, patience, woken);
        return claimed == Acquisition.ACQUIRED ? drain(patience, 0) : claimed;
    }

    /**
     * Waits, with WRITER set, for the readers to leave; if patience ends, exchanges WRITER for the hold it had before.
     */
    private Acquisition drain(Patience patience, int holdBefore) {
        if ((stateOpaque() & ROW) != 0) {
            revoke();
        }
        int spins = Spinning.budget();
        while (true) {
            int now = stateVolatile();
            if ((now & READERS) == 0) {
                if ((now & ROW) == 0 || casState(now, now & ~ROW)) {
                    return Acquisition.ACQUIRED;
                }
                continue;
            }
            if ((now & RECURSIVE) != 0) {
                ParkingLot.unparkFilter(base(), offset() + MAIN, this, RECURSIVE_ONLY, ADMIT_RECURSIVE);
                continue;
            }
            if (spins-- > 0) {
                Thread.onSpinWait();
                continue;
            }
            if (!announce(now, DRAINING, 0)) {
                continue;
            }
            ParkResult result;
            try {
                result = park(this, DRAIN, DRAINER, LOOKING, ParkingLot.DEFAULT_PARK_TOKEN, patience);
            } catch (Throwable failure) {
                exchange(WRITER, holdBefore);
                throw failure;
            }
            switch (result.kind()) {
                case UNPARKED, INVALID -> spins = Spinning.budget();
                case TIMED_OUT, INTERRUPTED -> {
                    exchange(WRITER, holdBefore);
                    return Acquisition.of(result.kind());
                }
            }
        }
    }

    final Acquisition upgrade(Patience patience) {
        ParkingLot.requireStack(CALLS_FROM_CLAIM); // as above
        int now;
        do {
            now = stateOpaque();
            requireHeld(isUpgradable(now), "upgradable");
        } while (!casState(now, plus(now - UPGRADABLE_HOLD, WRITER)));
        return drain(patience, UPGRADABLE_HOLD);
    }

    /** Looks by itself, should a reader have had no stack to wake it. */
    private static final ParkCallbacks<RwCore> DRAINER = new ParkCallbacks<>() {
        @Override
        public boolean validate(RwCore lock, long parkToken) {
            int now = lock.stateVolatile();
            return (now & DRAINING) != 0 && (now & READERS) != 0;
        }

        @Override
        public void timedOut(RwCore lock, Object base, long offset, boolean wasLastThread) {
            lock.clear(DRAINING);
        }
    };

    private static final ParkTokenFilter<RwCore> RECURSIVE_ONLY =
            (lock, token) -> Mode.isRecursive(token) ? FilterOp.UNPARK : FilterOp.SKIP;

    private static final UnparkCallback<RwCore> ADMIT_RECURSIVE = (lock, parkToken, result) -> {
        lock.clear(result.haveMoreThreads() ? RECURSIVE : PARKED | RECURSIVE);
        return RETRY;
    };

    // ---- releasing and converting

    /**
     * The fast path of releasing a read hold: it is in this thread's place of the row; or in the state, nobody waits
     * for it, and no reader comes or goes now.
     */
    final boolean tryReleaseReadOnce() {
        int now = stateOpaque();
        if ((now & (ROW | UPGRADABLE | DRAINING)) == 0) {
            return (now & READERS) != 0 && casState(now, now - ONE_READER);
        }
        return (now & ROW) != 0 && leaveRow();
    }

    /** If this throws for want of stack, the hold is still there. */
    final void releaseRead() {
        boolean hasStack = false;
        int now;
        do {
            now = stateOpaque();
            if (!isRead(now) && releaseElsewhere(now)) {
                return;
            }
            if (!hasStack && (now & DRAINING) != 0) {
                ParkingLot.requireStack(CALLS_TO_UNPARK); // it may be the last, who wakes the writer
                hasStack = true;
            }
        } while (!isRead(now) || !casState(now, now - ONE_READER));
        // Was that the last reader, and does the writer sleep that waits for it?
        if ((now & (READERS | DRAINING)) == (ONE_READER | DRAINING)) {
            unparkOne(this, DRAIN, END_DRAIN);
        }
    }

    /**
     * Gives back a hold in the state that could not be noted, for want of memory or stack. It needs no more stack than
     * acquiring it has taken; if there is none to wake the writer that drains, that one looks by itself.
     */
    final void giveBackRead() {
        int now;
        do {
            now = stateOpaque();
        } while (!casState(now, now - ONE_READER));
        if ((now & (READERS | DRAINING)) == (ONE_READER | DRAINING)) {
            try {
                unparkOne(this, DRAIN, END_DRAIN);
            } catch (StackOverflowError e) {
                // it looks by itself
            }
        }
    }

    /**
     * No hold in the state, nor where this thread counts: true if released, false if it must be looked for once more.
     */
    private boolean releaseElsewhere(int now) {
        if ((now & ROW) != 0 && leaveRowAnywhere()) {
            return true;
        }
        requireReadHeld();
        return false;
    }

    /** Whether there is a read hold besides the upgradable one; may miss one that moves meanwhile. */
    final boolean isReadHeld() {
        int now = stateOpaque();
        return isRead(now) || ((now & ROW) != 0 && holdsInRow() != 0) || isRead(stateVolatile());
    }

    /** Throws if there is no read hold besides the upgradable one. Misses none: ends the bias before it says so. */
    final void requireReadHeld() {
        while (!isReadHeld()) {
            int now = stateVolatile();
            if ((now & BIASED) == 0) {
                requireHeld(isReadHeld(), "read");
                return;
            }
            casState(now, now & ~BIASED);
        }
    }

    private static final UnparkCallback<RwCore> END_DRAIN = (lock, parkToken, result) -> {
        lock.clear(DRAINING);
        return RETRY;
    };

    /**
     * A thread was woken, perhaps with the lock handed over, and cannot go on: as if it had held the lock and released
     * it.
     */
    private void passOn(Mode mode, long unparkToken) {
        if (unparkToken != HANDOFF) {
            clear(mode.markOfWoken());
            wakeAdmitted(stateVolatile() & UPGRADABLE);
        } else if (mode.hold == ONE_READER) {
            releaseRead();
        } else {
            exchange(mode.hold, 0);
        }
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
        decide(hold, fair, 0);
    }

    /** Exchanges a hold for a weaker one, or none, in one step, and then wakes those who waited for that. */
    void exchange(int hold, int weaker) {
        boolean hasStack = false;
        int now;
        do {
            now = stateOpaque();
            if (!hasStack && (now & PARKED) != 0) {
                ParkingLot.requireStack(CALLS_TO_UNPARK); // to wake those whom this lets in
                hasStack = true;
            }
        } while (!casState(now, now - hold + weaker));
        if ((now & PARKED) != 0) {
            wakeAdmitted(weaker);
        }
    }

    /** Wakes those in the main queue who can be admitted beside a hold. */
    private void wakeAdmitted(int hold) {
        decide(0, false, hold);
    }

    /**
     * A release must not fail half-way, nor leave those asleep whom it lets in: it waits for the little memory that it
     * needs. In a method of its own, since the JIT compiler can do without an object, unless it is made in a loop.
     */
    private void decide(int held, boolean fair, int remaining) {
        OutOfMemoryError failure;
        try {
            failure = decideOnce(held, fair, remaining);
        } catch (OutOfMemoryError e) {
            failure = decidePatiently(held, fair, remaining);
        }
        if (failure != null) {
            throw failure;
        }
    }

    private OutOfMemoryError decidePatiently(int held, boolean fair, int remaining) {
        while (true) {
            Thread.yield();
            try {
                return decideOnce(held, fair, remaining);
            } catch (OutOfMemoryError e) {
                // nothing has happened yet
            }
        }
    }

    /**
     * Throws if there was no memory and nothing has happened; returns what failed if that was to wake one of the
     * chosen.
     */
    private OutOfMemoryError decideOnce(int held, boolean fair, int remaining) {
        Admission admission = new Admission(held, fair, remaining);
        try {
            ParkingLot.unparkFilter(base(), offset() + MAIN, this, admission, admission);
            return null;
        } catch (OutOfMemoryError e) {
            if (admission.decided) {
                return e;
            }
            throw e;
        }
    }

    /**
     * Wakes those in the main queue who can be admitted together; a hold may be released in the same step, to be handed
     * over.
     */
    private static final class Admission implements ParkTokenFilter<RwCore>, UnparkCallback<RwCore> {
        /** What is released in here; 0 if that has happened before. */
        private final int held;

        private final boolean fair;

        /** What remains of the hold, and the holds of all chosen so far. */
        private int admitted;

        /** Whether the state has been changed. */
        private boolean decided;

        Admission(int held, boolean fair, int remaining) {
            this.held = held;
            this.fair = fair;
            this.admitted = remaining;
        }

        @Override
        public FilterOp filter(RwCore lock, long parkToken) {
            if ((admitted & WRITER) != 0) {
                return FilterOp.STOP;
            }
            if ((admitted & UPGRADABLE) != 0 && (parkToken & (WRITER | UPGRADABLE)) != 0) {
                return FilterOp.SKIP;
            }
            admitted += Mode.holdOf(parkToken);
            return FilterOp.UNPARK;
        }

        @Override
        public long unparking(RwCore lock, long parkToken, UnparkResult result) {
            decided = true;
            boolean handOver = held != 0 && result.unparkedThreads() != 0 && (fair || result.beFair());
            int bitsToClear = result.haveMoreThreads() ? 0 : PARKED | RECURSIVE;
            int now;
            int next;
            do {
                now = lock.stateOpaque();
                handOver = handOver && countOf(now) + countOf(admitted) <= MAX_READERS;
                next = plus((now & ~bitsToClear) - held, handOver ? admitted : 0) | (handOver ? 0 : markOfWoken());
            } while (!lock.casState(now, next));
            return handOver ? HANDOFF : RETRY;
        }

        /** If a writer is among those chosen, no release need wake anybody until it has arrived. */
        private int markOfWoken() {
            return (admitted & WRITER) == 0 ? 0 : WOKEN;
        }
    }

    static boolean isRead(int now) {
        return countOf(now) > ((now & UPGRADABLE) == 0 ? 0 : 1);
    }

    static boolean isUpgradable(int now) {
        return (now & UPGRADABLE) != 0;
    }

    static boolean isWrite(int now) {
        return (now & WRITER) != 0 && (now & READERS) == 0;
    }

    static void requireHeld(boolean held, String mode) {
        if (!held) {
            throw new IllegalMonitorStateException(
                    "the lock is not held in " + mode + " mode: lock it in that mode first");
        }
    }

    // ---- for Condvar: the write hold

    @Override
    void requireHeld() {
        requireHeld(isWrite(stateOpaque()), "write");
    }

    @Override
    long prepareAwait() {
        requireHeld();
        return WRITER;
    }

    @Override
    void releaseForAwait() {
        release(WRITER, false);
    }

    @Override
    void resume(long hold, long token) {
        try {
            // A claim that was handed over may still have readers to drain.
            if (token == HANDOFF) {
                drain(Patience.ENDLESS, 0);
            } else {
                acquireWriteSlow(Patience.ENDLESS, token == RETRY);
            }
        } catch (OutOfMemoryError | StackOverflowError e) {
            while (!tryAcquireWrite()) { // nothing left to queue with, but the thread must have the lock again
                Thread.yield();
            }
            if (token == RETRY) {
                clear(WOKEN);
            }
        }
    }

    @Override
    final long parkToken() {
        return Mode.WRITE.parkToken();
    }

    @Override
    final boolean markParkedIfLocked() {
        while (true) {
            int now = stateOpaque();
            if (Mode.WRITE.isAdmitted(now)) {
                return false;
            }
            if (announce(now, PARKED, 0)) {
                return true;
            }
        }
    }

    @Override
    final void markParked() {
        set(PARKED);
    }

    @Override
    final void clearParked() {
        clear(PARKED | RECURSIVE);
    }

    // ---- first use

    static {
        try {
            ((RwCore) new Rehearsal()).rehearse();
        } catch (RuntimeException | Error e) {
            // What has not been done here is done in the first wait.
        }
    }

    /**
     * Waits and releases in every way once, so that what is loaded and linked for that is not lost to the JVM in the
     * first wait of a thread without stack or memory.
     */
    private void rehearse() {
        for (Mode mode : Mode.values()) {
            acquireWriteSlow(Patience.until(Deadlines.after(-1L)));
            acquireSlow(mode, Patience.until(System.nanoTime()));
            set(PARKED | RECURSIVE);
            release(WRITER, true);
        }
        VisibleReaders.rowOfOrNew(this);
        startBias();
        tryReadOnce();
        tryReleaseReadOnce();
        tryAcquire(Mode.READ);
        acquireWriteSlow(Patience.until(System.nanoTime()));
        releaseRead();
        tryAcquire(Mode.UPGRADABLE_READ);
        upgrade(Patience.ENDLESS);
        markParked();
        exchange(WRITER, ONE_READER);
        set(DRAINING);
        releaseRead();
        tryReadOnce();
    }

    /** A lock to rehearse with. */
    private static final class Rehearsal extends RwCore {
        @Override
        boolean readersMayShareNothing() {
            return true;
        }
    }

    // ---- access; overridden where the state lies outside of the object

    int stateOpaque() {
        return (int) STATE.getOpaque(this);
    }

    int stateVolatile() {
        return (int) STATE.getVolatile(this);
    }

    boolean casState(int expected, int value) {
        return STATE.compareAndSet(this, expected, value);
    }

    /** Not overridden: what lies elsewhere is never biased. */
    private void getAndAddState(int delta) {
        STATE.getAndAdd(this, delta);
    }

    void set(int bits) {
        STATE.getAndBitwiseOr(this, bits);
    }

    void clear(int bits) {
        STATE.getAndBitwiseAnd(this, ~bits);
    }
}
