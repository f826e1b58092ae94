package dev.parkinglot.locks;

import dev.parkinglot.core.ParkedThread;
import dev.parkinglot.core.ParkingLot;
import java.util.List;
import java.util.stream.Stream;

/**
 * The word of a readers-writer lock, and what its bits mean. Where the word is, only the classes at the other end of
 * the hierarchy know. Between here and there, each class adds one thing: {@link RwReaders} who reads, {@link
 * RwReleasing} how a hold ends and who is woken then, {@link RwAcquiring} how a hold begins.
 */
abstract non-sealed class RwWord extends CondvarLock {
    /* The state, one int:
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
     */

    static final int PARKED = 1;
    static final int DRAINING = 1 << 1;
    static final int RECURSIVE = 1 << 2;
    static final int UPGRADABLE = 1 << 3;
    static final int WRITER = 1 << 4;
    private static final int READERS_SHIFT = 5;
    static final int ONE_READER = 1 << READERS_SHIFT;
    static final int READERS = (1 << 29) - ONE_READER;
    static final int WOKEN = 1 << 29;
    static final int BIASED = 1 << 30;
    static final int ROW = 1 << 31;

    /**
     * Half of what fits: the rest is for the holds that are moved here from the row, and for upgraders that give up.
     */
    static final int MAX_READERS = 1 << 23;

    /** Set if there are as many. */
    static final int FULL = MAX_READERS * ONE_READER;

    static final int UPGRADABLE_HOLD = ONE_READER | UPGRADABLE;

    /** The queue of whoever cannot be admitted. */
    static final long MAIN = QUEUE;

    /** The queue of the writer that waits for the readers to leave. */
    static final long DRAIN = 1L;

    // ---- what a state means

    /** How many read holds are in the state, of which an upgradable hold is one. */
    static int countOf(int now) {
        return (now & READERS) >>> READERS_SHIFT;
    }

    /** Whether the state has a read hold besides the upgradable one. */
    static boolean isRead(int now) {
        return countOf(now) > ((now & UPGRADABLE) == 0 ? 0 : 1);
    }

    static boolean isUpgradable(int now) {
        return (now & UPGRADABLE) != 0;
    }

    /** Whether a writer has the lock: a claimer has it in the step that finds no readers and clears ROW. */
    static boolean isWrite(int now) {
        return (now & (WRITER | READERS | ROW)) == WRITER;
    }

    /** The state with one more hold. A claim ends the bias in the same step. */
    static int plus(int now, int hold) {
        return (hold & WRITER) == 0 ? now + hold : (now + hold) & ~BIASED;
    }

    static void requireHeld(boolean held, String mode) {
        if (!held) {
            throw new IllegalMonitorStateException(
                    "the lock is not held in " + mode + " mode: lock it in that mode first");
        }
    }

    // ---- changing it

    /** Sets some bits and clears others, unless that would change nothing; false if the state is not as expected. */
    final boolean tryChange(int now, int bits, int bitsToClear) {
        int next = (now | bits) & ~bitsToClear;
        return next == now || casState(now, next);
    }

    // ---- who waits

    /** Who waits for readers to leave, then the others, in the order of their queue. */
    final Stream<ParkedThread> parkedThreads() {
        return Stream.of(DRAIN, MAIN).flatMap(queue -> ParkingLot.waiters(base(), offset() + queue).stream());
    }

    /** Whoever waits in the main queue waits for the writer that has claimed the lock and waits for its readers. */
    @Override
    List<Thread> blockers(long queue) {
        List<Thread> claimer = queue == DRAIN
                ? List.of()
                : ParkingLot.waiters(base(), offset() + DRAIN).stream()
                        .map(ParkedThread::thread)
                        .toList();
        return claimer.isEmpty() ? null : claimer;
    }

    @Override
    final String purposeOf(long queue, long parkToken) {
        if (queue == DRAIN) {
            return "until its readers have left";
        }
        if (parkToken == ParkingLot.DEFAULT_PARK_TOKEN) {
            return ""; // nobody waits there with it: the lock itself is meant
        }
        return (parkToken & WRITER) != 0 ? "for writing" : (parkToken & UPGRADABLE) != 0 ? "upgradably" : "for reading";
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
    final long parkToken() {
        return WRITER;
    }

    @Override
    final boolean markParkedIfLocked() {
        while (true) {
            int now = stateOpaque();
            if ((now & (WRITER | UPGRADABLE)) == 0) {
                return false;
            }
            if (tryChange(now, PARKED, 0)) {
                return true;
            }
        }
    }

    @Override
    final void markParked() {
        set(PARKED);
    }

    final void clearParked() {
        clear(PARKED | RECURSIVE);
    }

    // ---- where it is

    abstract int stateOpaque();

    abstract int stateVolatile();

    abstract boolean casState(int expected, int value);

    /** Sets bits, in one atomic step. */
    abstract void set(int bits);

    /** Clears bits, in one atomic step. */
    abstract void clear(int bits);
}
