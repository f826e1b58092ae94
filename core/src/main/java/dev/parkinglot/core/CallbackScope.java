package dev.parkinglot.core;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/* Overview.
 *
 * Which threads are inside a callback right now. A callback that calls back into the lot would deadlock on its own
 * bucket lock, or, on another bucket, with a thread that does the same the other way round; so every operation asks
 * here first.
 *
 * A thread-local would be the obvious place, but it would allocate a map for every virtual thread that parks. Instead a
 * thread that enters a callback writes itself into a free slot of the group that its id selects, and the question costs
 * one look at that group: eight references, one cache line. Only the thread itself asks for itself, so no ordering is
 * needed between entering and asking, and the compare-and-set is there only to claim a slot from others.
 *
 * When all slots of a group are taken, a thread waits for one. The threads in them are inside callbacks, which do not
 * block and cannot want a slot themselves, so one is soon free.
 */
final class CallbackScope {
    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(Thread[].class);

    private static final int GROUPS = 32;
    private static final int SLOTS = 8;

    private static final Thread[] INSIDE = new Thread[GROUPS * SLOTS];

    private CallbackScope() {}

    /**
     * Throws if a callback of the lot is running on the current thread.
     *
     * @throws IllegalStateException if so, before anything is touched
     */
    static void requireOutside() {
        Thread current = Thread.currentThread();
        int group = groupOf(current);
        for (int slot = group; slot < group + SLOTS; slot++) {
            if (slotOpaque(slot) == current) {
                throw new IllegalStateException(
                        "a callback of the parking lot may not call the parking lot: it runs under a"
                                + " bucket lock. Call it when the operation has returned, or from beforeSleep");
            }
        }
    }

    /** Notes that a callback starts; returns what {@link #exit} wants. */
    static int enter() {
        Thread current = Thread.currentThread();
        int group = groupOf(current);
        while (true) {
            for (int slot = group; slot < group + SLOTS; slot++) {
                if (slotOpaque(slot) == null && casSlot(slot, null, current)) {
                    return slot;
                }
            }
            Thread.yield();
        }
    }

    static void exit(int slot) {
        setSlotOpaque(slot, null);
    }

    private static int groupOf(Thread thread) {
        return ((int) thread.getId() & (GROUPS - 1)) * SLOTS;
    }

    private static Thread slotOpaque(int slot) {
        return (Thread) SLOT.getOpaque(INSIDE, slot);
    }

    private static void setSlotOpaque(int slot, Thread value) {
        SLOT.setOpaque(INSIDE, slot, value);
    }

    private static boolean casSlot(int slot, Thread expected, Thread value) {
        return SLOT.compareAndSet(INSIDE, slot, expected, value);
    }
}
