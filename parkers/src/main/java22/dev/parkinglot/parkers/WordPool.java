package dev.parkinglot.parkers;

import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/* Overview.
 *
 * A place belongs to the thread that it was given to until that thread has ended. Nobody gives one back; when there are
 * no more, the pool looks whose threads have ended. If these are less than half, it also doubles, so that a look costs
 * each new thread a constant time. So it has at most four times as many places as there have ever been threads at once
 * that had parked, and a million short-lived threads use the same few.
 *
 * A late wake may meet the next owner of a place. It finds a word that is AWAKE, and does nothing, or ends a wait
 * without reason, which is begun anew.
 *
 * Why not a segment for each thread, freed by the collector: each counts as direct memory, so a lock would fail, or
 * wait for a collection, when a program's buffers have used that up. Here this happens once in a doubling, and costs a
 * thread no more than its word. And why nothing that is told when a thread ends: whatever tells it (a cleaner, the
 * value of a thread-local) would lead from the thread, or from a thread of the JDK, to this class and its class loader,
 * so that no container could unload it.
 */

/** The memory of all words: places of one size, in pieces as large as all before together. Thread-safe. */
final class WordPool {
    /** A cache line, so that no two words share one. */
    static final long PLACE_BYTES = 64L;

    /** Where pieces come from. */
    interface Memory {
        MemorySegment allocate(long bytes, long alignment);
    }

    private static final class Place {
        final MemorySegment memory;
        WeakReference<Thread> owner;

        Place(MemorySegment memory) {
            this.memory = memory;
        }

        /** A thread that asks again has lost its thread-locals, as some pools do to theirs between two tasks. */
        boolean isFree() {
            Thread thread = owner == null ? null : owner.get();
            return thread == null || !thread.isAlive() || thread == Thread.currentThread();
        }
    }

    private final List<Place> places = new ArrayList<>();
    private final Queue<Place> free = new ArrayDeque<>();
    private final int firstCount;
    private final Memory memory;

    /** How many threads more have to do without before the pool is searched once again. */
    private int skip;

    /** How many searches more have to do with what they find before memory is asked for once again. */
    private int skipGrowth;

    /**
     * Makes an empty one.
     *
     * @param firstCount how many places there are at first
     * @param memory where they come from; may throw OutOfMemoryError
     */
    WordPool(int firstCount, Memory memory) {
        this.firstCount = firstCount;
        this.memory = memory;
    }

    /**
     * A place for the current thread.
     *
     * @return null if there is no memory for more
     */
    synchronized MemorySegment takeOrNull() {
        WeakReference<Thread> owner = new WeakReference<>(Thread.currentThread());
        if (free.isEmpty()) {
            replenish();
        }
        Place place = free.poll();
        if (place == null) {
            return null;
        }
        place.owner = owner;
        return place.memory;
    }

    private void replenish() {
        if (skip > 0) {
            skip--;
            return;
        }
        collect();
        if (free.size() <= places.size() / 2) {
            growOrWait();
        }
        if (free.isEmpty()) {
            skip = Math.max(firstCount, places.size());
            skipGrowth = 0; // asked for again after those have done without
        }
    }

    private void growOrWait() {
        if (skipGrowth > 0) {
            skipGrowth--;
        } else if (!tryGrow()) {
            skipGrowth = Math.max(firstCount, places.size());
        }
    }

    /** How many there are, used and unused. */
    synchronized int size() {
        return places.size();
    }

    private void collect() {
        for (Place place : places) {
            if (place.isFree()) {
                free.add(place);
            }
        }
    }

    private boolean tryGrow() {
        int count = Math.max(firstCount, places.size());
        try {
            MemorySegment piece = memory.allocate(count * PLACE_BYTES, PLACE_BYTES);
            List<Place> more = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                more.add(new Place(piece.asSlice(i * PLACE_BYTES, PLACE_BYTES)));
            }
            places.addAll(more);
            free.addAll(more);
            return true;
        } catch (OutOfMemoryError e) {
            return false;
        }
    }
}
