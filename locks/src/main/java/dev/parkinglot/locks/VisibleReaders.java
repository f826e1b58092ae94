package dev.parkinglot.locks;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;

/**
 * The table of visible readers: how many threads hold a lock for reading, counted where they share nothing. A lock has
 * a row in it, and threads a stripe, one for each few threads; a count is where the two meet.
 *
 * <p>Counts of one stripe lie side by side, since threads of one stripe rarely run at the same time; those of different
 * stripes are far apart. A count says how many, not who: what is taken in one stripe may be given back in another.
 *
 * <p>A row belongs to its lock for life, and to another one after that. A thread counts only where it still has
 * something to do with the lock if that should fail; so the lock is not garbage yet, and the row still its own, however
 * late the thread comes.
 *
 * <p><b>Cost.</b> Where to count is known after one load, of the lock's identity hash; that the row is the lock's is
 * checked aside, where the processor need not wait for it. One weak reference for each lock that has met several
 * readers at a time, and the arrays, which all locks share.
 *
 * <p>Idea: the table of visible readers is that of BRAVO (Dice and Kogan, USENIX ATC 2019), which holds references to
 * locks, hashed by lock and thread. A reference that is stored in the heap makes most garbage collectors write to a
 * card table, a byte for half a kilobyte, and so all readers would share a line again; hence counts, and rows.
 */
final class VisibleReaders {
    private static final VarHandle OWNER = MethodHandles.arrayElementVarHandle(Owner[].class);
    private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(int[].class);
    private static final VarHandle QUIET_UNTIL = MethodHandles.arrayElementVarHandle(long[].class);

    /** So many locks can have a row. Others count their readers in their state alone. */
    private static final int ROWS = 1024;

    /** What a lock has whose row was taken by others. */
    static final int NO_ROW = -1;

    /** A lock that finds its row taken may have one of this many. */
    private static final int PLACES = 4;

    /** Four for each processor, so that threads that run at the same time rarely meet; at most 128. */
    private static final int STRIPES =
            Integer.highestOneBit(Math.min(64, 2 * Runtime.getRuntime().availableProcessors())) * 2;

    /** Two cache lines between stripes, since processors fetch lines in pairs; in ints. */
    private static final int PADDING = 32;

    /** From one place of a row to the next. */
    static final int STRIDE = ROWS + PADDING;

    private static final int FIRST = PADDING;

    /** Beyond the last place of every row. */
    static final int END = FIRST + STRIPES * STRIDE;

    /**
     * No count goes beyond this by more than the threads that come at once, so that all of a row together fit into the
     * lock's state.
     */
    static final int MAX_COUNT = 1 << 14;

    /** How many times as long as a lock's bias took to revoke it is not biased again. */
    private static final int QUIET_FACTOR = 9;

    private static final Owner[] OWNERS = new Owner[ROWS];
    private static final int[] COUNTS = new int[END];
    private static final long[] QUIET_TIMES = new long[ROWS];

    /** Whether a thread gives out a row just now. */
    @SuppressWarnings("UnusedVariable") // through MOVING_IN
    private static volatile boolean movingIn;

    private static final VarHandle MOVING_IN;

    static {
        try {
            MOVING_IN = MethodHandles.lookup().findStaticVarHandle(VisibleReaders.class, "movingIn", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private VisibleReaders() {}

    // ---- rows

    private static final class Owner extends WeakReference<RwReaders> {
        Owner(RwReaders lock) {
            super(lock);
        }

        static boolean isGone(Owner owner) {
            return owner == null || owner.refersTo(null);
        }
    }

    /** The row of a lock, or {@link #NO_ROW}. */
    static int rowOf(RwReaders lock) {
        int home = homeOf(lock);
        return isOwner(home, lock) ? home : elsewhere(lock, home);
    }

    private static int elsewhere(RwReaders lock, int home) {
        for (int i = 1; i < PLACES; i++) {
            if (isOwner(home ^ i, lock)) {
                return home ^ i;
            }
        }
        return NO_ROW;
    }

    private static boolean isOwner(int row, RwReaders lock) {
        Owner owner = ownerAcquire(row);
        return owner != null && owner.refersTo(lock);
    }

    /**
     * The row of a lock, a new one if it has none; {@link #NO_ROW} if others have taken those that it could have, or if
     * another thread gives out a row just now.
     */
    static int rowOfOrNew(RwReaders lock) {
        int row = rowOf(lock);
        if (row != NO_ROW || !casMovingIn(false, true)) {
            return row;
        }
        try {
            return moveIn(lock);
        } finally {
            movingIn = false; // a volatile write; without a call, for which there may be no stack
        }
    }

    /**
     * By one thread at a time. Two readers that meet both ask for a row, and with two rows the holds in one of them
     * would not be found: {@link #rowOf} knows the first only.
     */
    private static int moveIn(RwReaders lock) {
        int home = homeOf(lock);
        int row = rowOf(lock);
        for (int i = 0; row == NO_ROW && i < PLACES; i++) {
            if (Owner.isGone(ownerAcquire(home ^ i))) {
                row = home ^ i;
                moveIn(row, new Owner(lock));
            }
        }
        return row;
    }

    private static void moveIn(int row, Owner next) {
        for (int place = FIRST + row; place < END; place += STRIDE) {
            setCountOpaque(place, 0); // if the last lock died while it was held
        }
        setQuietUntilOpaque(row, System.nanoTime());
        setOwnerRelease(row, next);
    }

    private static int homeOf(RwReaders lock) {
        return System.identityHashCode(lock) & (ROWS - 1);
    }

    // ---- counting

    /** Where the current thread counts for a lock, or {@link #NO_ROW}. */
    static int placeOf(RwReaders lock) {
        int row = rowOf(lock);
        return row == NO_ROW ? NO_ROW : row + stripe();
    }

    private static int stripe() {
        return FIRST + ((int) ThreadIds.current() & (STRIPES - 1)) * STRIDE;
    }

    /** Counts one more; returns whether there were few enough. */
    static boolean enter(int place) {
        return getAndIncrementCount(place) < MAX_COUNT;
    }

    /** Counts one less; false if there is none. Often there is one, and then the count need not be read first. */
    static boolean leave(int place) {
        return casCount(place, 1, 0) || leaveOneOfMore(place);
    }

    private static boolean leaveOneOfMore(int place) {
        while (true) {
            int count = countVolatile(place);
            if (count == 0) {
                return false;
            }
            if (casCount(place, count, count - 1)) {
                return true;
            }
        }
    }

    /** Counts one less in any stripe; false if there was none in any when it was looked at. */
    static boolean leaveAnywhere(int row) {
        for (int place = FIRST + row; place < END; place += STRIDE) {
            if (leaveOneOfMore(place)) {
                return true;
            }
        }
        return false;
    }

    static int sum(int row) {
        int sum = 0;
        for (int place = FIRST + row; place < END; place += STRIDE) {
            sum += countVolatile(place);
        }
        return sum;
    }

    static int firstPlace(int row) {
        return FIRST + row;
    }

    /** Takes all of a place out, if that is as many as expected. */
    static boolean clear(int place, int expected) {
        return casCount(place, expected, 0);
    }

    // ---- when to be biased

    static boolean isQuiet(int row) {
        return System.nanoTime() - quietUntilOpaque(row) < 0L;
    }

    /** After a revocation that began at a time: not again for a while, in proportion to what it took. */
    static void quiet(int row, long start) {
        long now = System.nanoTime();
        setQuietUntilOpaque(row, now + QUIET_FACTOR * (now - start));
    }

    // ---- access

    private static boolean casMovingIn(boolean expected, boolean value) {
        return MOVING_IN.compareAndSet(expected, value);
    }

    private static Owner ownerAcquire(int row) {
        return (Owner) OWNER.getAcquire(OWNERS, row);
    }

    private static void setOwnerRelease(int row, Owner owner) {
        OWNER.setRelease(OWNERS, row, owner);
    }

    private static int getAndIncrementCount(int place) {
        return (int) COUNT.getAndAdd(COUNTS, place, 1);
    }

    static int countVolatile(int place) {
        return (int) COUNT.getVolatile(COUNTS, place);
    }

    private static boolean casCount(int place, int expected, int value) {
        return COUNT.compareAndSet(COUNTS, place, expected, value);
    }

    private static void setCountOpaque(int place, int count) {
        COUNT.setOpaque(COUNTS, place, count);
    }

    private static long quietUntilOpaque(int row) {
        return (long) QUIET_UNTIL.getOpaque(QUIET_TIMES, row);
    }

    private static void setQuietUntilOpaque(int row, long nanos) {
        QUIET_UNTIL.setOpaque(QUIET_TIMES, row, nanos);
    }
}
