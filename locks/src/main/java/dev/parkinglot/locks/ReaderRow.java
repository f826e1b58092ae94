package dev.parkinglot.locks;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;

/**
 * One lock's row in the table of visible readers: how many hold the lock for reading, counted in several places, one for each
 * few threads, so that readers on different processors write to different cache lines.
 *
 * <p>A row says how many, not who: what is taken in one place may be given back in another. It belongs to its lock for life; the
 * table lets go of it when the lock is garbage.
 *
 * <p>Idea: the table of visible readers is that of BRAVO (Dice and Kogan, USENIX ATC 2019), which holds references to locks,
 * hashed by lock and thread. A reference that is stored in the heap makes most garbage collectors write to a card table, a byte
 * for half a kilobyte, and so all readers would share a line again; hence counts, and a row for each lock.
 */
final class ReaderRow extends WeakReference<RwCore> {
    private static final VarHandle ROWS = MethodHandles.arrayElementVarHandle(ReaderRow[].class);
    private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(int[].class);
    private static final VarHandle QUIET_UNTIL;

    static {
        try {
            QUIET_UNTIL = MethodHandles.lookup().findVarHandle(ReaderRow.class, "quietUntil", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** So many locks can have a row. Others count their readers in their state alone. */
    private static final int ROW_COUNT = 1024;

    /** A row that finds its place taken may stand in one of this many. */
    private static final int PLACES = 4;

    private static final ReaderRow[] TABLE = new ReaderRow[ROW_COUNT];

    /** Counts are this far apart, in ints: two cache lines, since processors fetch lines in pairs. */
    private static final int SPACING = 32;

    /** Four for each processor, so that threads that run at the same time rarely meet; at most 128. */
    private static final int STRIPES =
            Integer.highestOneBit(Math.min(64, 2 * Runtime.getRuntime().availableProcessors())) * 2;

    /** Not 0: there the array's length is near, which every access reads. */
    private static final int FIRST = SPACING;

    private static final int LAST = STRIPES * SPACING;

    /** No count goes beyond this, so that all together fit into the lock's state. */
    static final int MAX_COUNT = 1 << 14;

    /** How many times as long as a lock's bias took to revoke it is not biased again. */
    private static final int QUIET_FACTOR = 9;

    private final int[] counts = new int[LAST + 2 * SPACING]; // ends in padding too

    @SuppressWarnings("unused") // through QUIET_UNTIL
    private long quietUntil = System.nanoTime();

    private ReaderRow(RwCore lock) {
        super(lock);
    }

    // ---- the table

    /** The row of a lock, null if it has none. */
    static ReaderRow of(RwCore lock) {
        int place = placeOf(lock);
        ReaderRow row = rowAcquire(place);
        return row != null && row.refersTo(lock) ? row : elsewhere(lock, place);
    }

    private static ReaderRow elsewhere(RwCore lock, int home) {
        for (int i = 1; i < PLACES; i++) {
            ReaderRow row = rowAcquire(home ^ i);
            if (row != null && row.refersTo(lock)) {
                return row;
            }
        }
        return null;
    }

    /** The row of a lock, a new one if it has none; null if the places are taken by the rows of others. */
    static ReaderRow ofOrNew(RwCore lock) {
        ReaderRow row = of(lock);
        int home = placeOf(lock);
        for (int i = 0; row == null && i < PLACES; i++) {
            ReaderRow old = rowAcquire(home ^ i);
            if (old == null || old.refersTo(null)) {
                ReaderRow fresh = new ReaderRow(lock);
                if (casRow(home ^ i, old, fresh)) {
                    row = fresh;
                }
            }
        }
        return row;
    }

    private static int placeOf(RwCore lock) {
        return System.identityHashCode(lock) & (ROW_COUNT - 1);
    }

    // ---- counting

    /** Where the current thread counts. */
    static int stripe() {
        return FIRST + (((int) Thread.currentThread().getId() * SPACING) & (LAST - 1));
    }

    /** Counts one more; returns how many there were. */
    int enter(int stripe) {
        return (int) COUNT.getAndAdd(counts, stripe, 1);
    }

    /** Counts one less in a place; false if there is none. */
    boolean leave(int stripe) {
        while (true) {
            int count = countVolatile(stripe);
            if (count == 0) {
                return false;
            }
            if (casCount(stripe, count, count - 1)) {
                return true;
            }
        }
    }

    /** Counts one less in any place; false if there was none in any when it was looked at. */
    boolean leaveAnywhere() {
        for (int stripe = FIRST; stripe <= LAST; stripe += SPACING) {
            if (leave(stripe)) {
                return true;
            }
        }
        return false;
    }

    int sum() {
        int sum = 0;
        for (int stripe = FIRST; stripe <= LAST; stripe += SPACING) {
            sum += countVolatile(stripe);
        }
        return sum;
    }

    /**
     * Takes the counts out one by one; each is in the lock's state before it has gone from here. Meanwhile it is in both, and the
     * same hold may be given back there, and another one here: so what is owed to the state is settled with what comes next, and
     * in the end with the state itself.
     */
    void moveTo(RwCore lock) {
        int owed = 0; // so many are in the state as well
        for (int stripe = FIRST; stripe <= LAST; stripe += SPACING) {
            int count = countVolatile(stripe);
            while (count != 0) {
                if (owed < count) {
                    lock.addReaders(count - owed);
                    owed = count;
                }
                if (casCount(stripe, count, 0)) {
                    owed -= count;
                    break;
                }
                count = countVolatile(stripe);
            }
        }
        if (owed != 0) {
            lock.retractReaders(owed);
        }
    }

    // ---- when to be biased

    boolean isQuiet() {
        return System.nanoTime() - quietUntilOpaque() < 0L;
    }

    /** After a revocation that began at a time: not again for a while, in proportion to what it took. */
    void quiet(long start) {
        long now = System.nanoTime();
        setQuietUntilOpaque(now + QUIET_FACTOR * (now - start));
    }

    // ---- access

    private static ReaderRow rowAcquire(int place) {
        return (ReaderRow) ROWS.getAcquire(TABLE, place);
    }

    private static boolean casRow(int place, ReaderRow expected, ReaderRow row) {
        return ROWS.compareAndSet(TABLE, place, expected, row);
    }

    private int countVolatile(int stripe) {
        return (int) COUNT.getVolatile(counts, stripe);
    }

    private boolean casCount(int stripe, int expected, int value) {
        return COUNT.compareAndSet(counts, stripe, expected, value);
    }

    private long quietUntilOpaque() {
        return (long) QUIET_UNTIL.getOpaque(this);
    }

    private void setQuietUntilOpaque(long nanos) {
        QUIET_UNTIL.setOpaque(this, nanos);
    }
}
