package dev.parkinglot.core;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/* Overview.
 *
 * Which threads hold a bucket right now, and so may be inside a callback. A callback that calls back into the lot would
 * deadlock on its own bucket, or, on another bucket, with a thread that does the same the other way round. So every
 * operation asks here first.
 *
 * A thread-local would be the obvious place, but it would allocate a map for every virtual thread that parks. Instead a
 * thread that has locked a bucket writes itself into a free slot of the group that its identity hash selects, and the
 * question costs one look at that group: eight references, one cache line. (Not Thread.getId(), which a subclass can
 * override.) Only the thread itself asks for itself, so no ordering is needed between entering and asking. The
 * compare-and-set is there only to claim a slot from others, and a slot is given back by a plain write, which needs no
 * call and so no stack; the unlocking that follows makes it visible.
 *
 * When all slots of a group are taken, a thread spins until one is free. The threads in them hold buckets; they do not
 * block and do not wait for a slot themselves, so that is soon. (A requeue holds two buckets and takes a slot for each.
 * If there is none for the second, it treats that bucket as one that is taken, and lets go of the first.)
 */
final class CallbackScope {
    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(Thread[].class);

    private static final int GROUPS = 32;
    private static final int SLOTS = 8;

    /** What {@link #tryEnter} returns if all slots are taken, and what stands for "not entered". */
    static final int NO_SLOT = -1;

    /** The slots. Cleared directly by whoever leaves, since a call may be too much for a full stack. */
    static final Thread[] INSIDE = new Thread[GROUPS * SLOTS];

    private CallbackScope() {}

    /**
     * Throws if the current thread holds a bucket.
     *
     * @throws IllegalStateException if so, before anything is touched
     */
    static void requireOutside() {
        if (isInside()) {
            throw new IllegalStateException(
                    "a callback of the parking lot may not call the parking lot: it runs under a"
                            + " bucket lock. Call it when the operation has returned, or from beforeSleep");
        }
    }

    /** Whether the current thread holds a bucket. */
    static boolean isInside() {
        Thread current = Thread.currentThread();
        int group = groupOf(current);
        for (int slot = group; slot < group + SLOTS; slot++) {
            if (slotOpaque(slot) == current) {
                return true;
            }
        }
        return false;
    }

    /** Notes that the current thread holds a bucket; returns the slot to clear afterwards. */
    static int enter() {
        int slot = tryEnter();
        while (slot == NO_SLOT) {
            Thread.onSpinWait(); // not a yield: a virtual thread would let go of its carrier with a bucket locked
            slot = tryEnter();
        }
        return slot;
    }

    static int tryEnter() {
        Thread current = Thread.currentThread();
        int group = groupOf(current);
        for (int slot = group; slot < group + SLOTS; slot++) {
            if (slotOpaque(slot) == null && casSlot(slot, null, current)) {
                return slot;
            }
        }
        return NO_SLOT;
    }

    private static int groupOf(Thread thread) {
        return (System.identityHashCode(thread) & (GROUPS - 1)) * SLOTS;
    }

    private static Thread slotOpaque(int slot) {
        return (Thread) SLOT.getOpaque(INSIDE, slot);
    }

    private static boolean casSlot(int slot, Thread expected, Thread value) {
        return SLOT.compareAndSet(INSIDE, slot, expected, value);
    }
}
