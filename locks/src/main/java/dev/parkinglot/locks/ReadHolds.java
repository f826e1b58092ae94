package dev.parkinglot.locks;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * How often each thread reads a lock, for those that read beside others. A thread is known by its id: nothing here
 * keeps a thread alive, nothing is left behind in one, and an entry is there only as long as its hold.
 *
 * <p>Cost: a miss looks at one cache line of eight entries in each part; there is one part until more than eight
 * threads that fall on the same line read at once. 104 bytes for the first part.
 */
final class ReadHolds {
    /* Overview.
     *
     * An entry is one long, the id of a thread above its number of holds (1 to 65 535); 0 is vacant. A thread's entry
     * lies in the line that its id hashes to, of any part. Vacant entries are claimed by compare-and-set; from then on
     * only the claimer writes the entry, until it makes it vacant again. So a thread that looks for its own entry reads
     * its own last write, and in all others something that is not its id.
     *
     * Entries never move: when a line is full, another part of twice the size is appended. The lock drops the table
     * when it is held for writing, since then it is empty.
     */

    private static final VarHandle ENTRY = MethodHandles.arrayElementVarHandle(long[].class);
    private static final VarHandle NEXT = Fields.handle(MethodHandles.lookup(), "next", ReadHolds.class);

    private static final int COUNT_BITS = 16;

    /** As many as the lock of JDK 17 allows. */
    private static final int MAX_HOLDS = (1 << COUNT_BITS) - 1;

    private static final int LINE = 8;

    private final long[] entries;

    @SuppressWarnings("unused") // through NEXT
    private ReadHolds next;

    ReadHolds() {
        this(LINE);
    }

    private ReadHolds(int size) {
        entries = new long[size];
    }

    // ---- entries

    static long entry(long thread, int holds) {
        return thread << COUNT_BITS | holds;
    }

    static boolean isOf(long entry, long thread) {
        return entry >>> COUNT_BITS == thread;
    }

    static int holdsOf(long entry) {
        return (int) entry & MAX_HOLDS;
    }

    static long oneMore(long entry) {
        if (holdsOf(entry) == MAX_HOLDS) {
            throw new Error("Maximum lock count exceeded: this thread holds the read lock " + MAX_HOLDS + " times");
        }
        return entry + 1;
    }

    // ---- by the thread itself

    /** Notes the first hold of a thread that has none. */
    void enter(long thread) {
        long entry = entry(thread, 1);
        for (ReadHolds part = this; ; part = part.nextOrNew()) {
            int line = part.lineOf(thread);
            for (int i = line; i < line + LINE; i++) {
                if (part.entryOpaque(i) == 0L && part.casEntry(i, 0L, entry)) {
                    return;
                }
            }
        }
    }

    /** Notes one more hold of a thread that has some; otherwise returns false. */
    boolean enterAgain(long thread) {
        for (ReadHolds part = this; part != null; part = part.nextAcquire()) {
            int i = part.find(thread);
            if (i >= 0) {
                part.setEntryOpaque(i, oneMore(part.entryOpaque(i)));
                return true;
            }
        }
        return false;
    }

    /** Ends one hold; returns how many the thread had, 0 if none. */
    int leave(long thread) {
        for (ReadHolds part = this; part != null; part = part.nextAcquire()) {
            int i = part.find(thread);
            if (i >= 0) {
                long entry = part.entryOpaque(i);
                part.setEntryOpaque(i, holdsOf(entry) == 1 ? 0L : entry - 1);
                return holdsOf(entry);
            }
        }
        return 0;
    }

    int holds(long thread) {
        for (ReadHolds part = this; part != null; part = part.nextAcquire()) {
            int i = part.find(thread);
            if (i >= 0) {
                return holdsOf(part.entryOpaque(i));
            }
        }
        return 0;
    }

    // ---- by anyone

    /** All holds, exact if no thread comes or goes meanwhile. */
    int total() {
        int total = 0;
        for (ReadHolds part = this; part != null; part = part.nextAcquire()) {
            for (int i = 0; i < part.entries.length; i++) {
                total += holdsOf(part.entryOpaque(i));
            }
        }
        return total;
    }

    boolean hasGrown() {
        return nextAcquire() != null;
    }

    /** Everything once, so that what is loaded and linked for it is not lost in a thread without stack or memory. */
    void rehearse(long thread) {
        enter(thread);
        enterAgain(thread);
        leave(thread);
        leave(thread);
        holds(thread);
        total();
        hasGrown();
    }

    // ---- lines

    private int lineOf(long thread) {
        int hash = (int) ((thread * 0x9E3779B97F4A7C15L) >>> 32);
        return hash & (entries.length - LINE);
    }

    private int find(long thread) {
        int line = lineOf(thread);
        for (int i = line; i < line + LINE; i++) {
            if (isOf(entryOpaque(i), thread)) {
                return i;
            }
        }
        return -1;
    }

    private ReadHolds nextOrNew() {
        ReadHolds found = nextAcquire();
        if (found == null) {
            casNext(null, new ReadHolds(2 * entries.length));
            found = nextAcquire();
        }
        return found;
    }

    // ---- access

    private long entryOpaque(int i) {
        return (long) ENTRY.getOpaque(entries, i);
    }

    private void setEntryOpaque(int i, long value) {
        ENTRY.setOpaque(entries, i, value);
    }

    private boolean casEntry(int i, long expected, long value) {
        return ENTRY.compareAndSet(entries, i, expected, value);
    }

    private ReadHolds nextAcquire() {
        return (ReadHolds) NEXT.getAcquire(this);
    }

    private void casNext(ReadHolds expected, ReadHolds value) {
        NEXT.compareAndSet(this, expected, value);
    }
}
