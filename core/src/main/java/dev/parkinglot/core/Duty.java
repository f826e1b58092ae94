package dev.parkinglot.core;

import dev.parkinglot.core.WaitQueue.Entry;
import dev.parkinglot.parkers.UnparkHandle;
import dev.parkinglot.parkers.VirtualThreads;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/* Overview.
 *
 * A lock may release itself with a plain store and look for its waiters without a fence. Then it can overlook a thread
 * that is just parking, and the thread must find out by itself. So a park may ask for its validate to be run again
 * while the thread keeps its place in the queue (ParkOptions.lookingAgain). One thread of a queue has the duty to do so
 * on behalf of all.
 *
 * Who has it. A thread that parks takes the duty over if it would look before the one that has it. It does so, too, if
 * that look is due already, for then it may be under way, and too early for the newcomer. So after each park some
 * thread looks again within the first interval of that park's options.
 *
 * When it ends. The duty ends with the place in the queue.
 *   - A thread that leaves by itself, or is moved to another queue, passes the duty on: another thread that may look is
 *     nudged, looks at once, and has the duty as if it had just parked. If the nudge is lost, the look remains due, and
 *     the next thread that parks takes the duty over.
 *   - If the thread on duty is unparked, the duty is free for the next thread that parks. So an unparked thread must
 *     see to it that the queue is looked at again, as a lock does that wakes the next one when it is released, or park
 *     again.
 *
 * The fence. An unparker that looks for a mark of the waiters instead of asking the lot, and does so without a fence:
 *
 *   parker                                 unparker
 *   set the mark                           (A) change the state     may be delayed
 *   (B) validate; enqueue                  (M) read the mark        go to the lot if set
 *   ...
 *   later, by the one on duty:
 *   (F) fence in all other threads
 *   (V) validate
 *
 * Without (F), (V) only asks again. With (F), where the system has one (AsymmetricFence), (V) is final for all who were
 * enqueued before. An unparker whose (A) comes before its part of (F) has made it visible to (V); one whose (A) comes
 * after it also reads the mark after it. (If the mark was taken away meanwhile, then by a thread that
 * will look at the queue itself, or will set the mark again and park.) So after a fenced look nobody is on duty until
 * the next thread parks. A thread that was enqueued between (F) and (V) has its own look.
 *
 * The fence is not there from the start: the first look that wants it has it set up, and goes without
 * (AsymmetricFence); and it can fail any time. That is harmless, since the argument above is about one look and its own
 * (F). A look is final if its (F) was executed. If not, somebody looks again, as where there is no fence at all, and
 * the first look with an (F) is final also for those who were enqueued when there was none. Nothing remembers whether
 * there is one.
 *
 * (F) is not executed before the waiter is queued, which would save the first look as well: most waits are over before
 * it, so they would pay for it in vain. Nor is it executed for virtual threads: a million of them that wait for a lock
 * each would pay for a million fences, more than their timers cost.
 */

/** The duty to look again. Methods that take a queue need its bucket locked; none of them can fail. */
final class Duty {
    private final LongSupplier clock;
    private final BooleanSupplier fence;

    Duty(LongSupplier clock, BooleanSupplier fence) {
        this.clock = clock;
        this.fence = fence;
    }

    /** An entry has been enqueued, or has looked and stays: it takes the duty if it looks before whoever has it. */
    static void settle(WaitQueue queue, Entry entry, ParkOptions options, long nowNanos) {
        entry.lookAtNanos = Entry.NO_LOOK;
        if (!entry.mayLook()) {
            return;
        }
        long lookAt = timeAfter(nowNanos, options.lookAfterNanos(entry.lookRounds));
        Entry holder = queue.onDuty;
        if (holder == null
                || holder == entry
                || lookAt - holder.lookAtNanos < 0L
                || holder.lookAtNanos - nowNanos <= 0L) {
            queue.onDuty = entry;
            entry.lookAtNanos = lookAt;
            entry.lookRounds = (byte) Math.min(entry.lookRounds + 1, Byte.MAX_VALUE);
        }
    }

    /** Half of all times at most, so that comparing by difference is right; and never the one that means none. */
    private static long timeAfter(long nowNanos, long nanos) {
        long time = nowNanos + Math.min(nanos, Long.MAX_VALUE >> 1);
        return time == Entry.NO_LOOK ? 1L : time;
    }

    /** An entry has looked for good, and stays. */
    static void discharge(WaitQueue queue, Entry entry) {
        entry.lookAtNanos = Entry.NO_LOOK;
        if (queue.onDuty == entry) {
            queue.onDuty = null;
        }
    }

    /**
     * An entry is about to be taken out of a queue, otherwise than by being unparked: another takes up its duty, if it
     * has it. The nearest one, behind it if there is one: entries that may look tend to stand together.
     *
     * @return what is left to do after unlocking
     */
    static UnparkHandle passOn(WaitQueue queue, Entry leaving) {
        if (queue.onDuty != leaving) {
            return UnparkHandle.NONE;
        }
        Entry heir = leaving.next;
        while (heir != null && !heir.mayLook()) {
            heir = heir.next;
        }
        if (heir == null) {
            heir = leaving.previous;
            while (heir != null && !heir.mayLook()) {
                heir = heir.previous;
            }
        }
        return heir == null ? UnparkHandle.NONE : appoint(queue, heir, leaving.lookAtNanos);
    }

    private static UnparkHandle appoint(WaitQueue queue, Entry heir, long lookAtNanos) {
        queue.onDuty = heir;
        heir.lookAtNanos = lookAtNanos;
        heir.lookRounds = 0;
        try {
            return heir.nudgeLock();
        } catch (Throwable e) {
            return UnparkHandle.NONE; // against its contract; as if the nudge had been lost
        }
    }

    /** Whether a thread that has woken up, and has not locked anything, should execute the fence before it looks. */
    boolean isFenceDue(Entry entry) {
        return entry.lookAtNanos != Entry.NO_LOOK
                && !entry.isOutOfQueue()
                && entry.lookAtNanos - clock.getAsLong() <= 0L
                && !VirtualThreads.isVirtual(entry.thread());
    }

    /** Executes the fence, if there is one. */
    boolean tryFence() {
        return fence.getAsBoolean();
    }
}
