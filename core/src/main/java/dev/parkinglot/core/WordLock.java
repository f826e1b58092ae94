package dev.parkinglot.core;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/* Overview.
 *
 * The lock of a bucket. It cannot use the lot, so it keeps its own waiters. It is held for a few dozen instructions and
 * never while its holder waits for anything, so a thread that finds it held spins first. It is not reentrant.
 *
 *   state      FREE or HELD
 *   starved    a waiter has been passed by; as long as this is set, threads that have just come do not take the lock
 *   arrivals   a stack of waiters that have just come; anyone pushes, with a compare-and-set
 *   queue      waiters in order of arrival; touched only by the holder, which moves the arrivals there
 *
 * A waiter stays in one of the two lists until it holds the lock and can take itself out. So waking never has to remove
 * anybody, and waking a waiter twice, or one that no longer needs it, is harmless.
 *
 * No waiter is forgotten:
 *
 *   waiter                                 holder
 *   (A) push itself on arrivals            (C) state = FREE
 *   (B) state FREE? -> HELD; else sleep    (D) read arrivals; wake whoever is there
 *
 * All four are volatile, so they have one order. Either (A) precedes (D), and the holder wakes somebody; or (D)
 * precedes (A), so (C) precedes (B), and (B) finds the lock free or held by a later holder, to which the same argument
 * applies. A waiter in `queue` was put there by a holder, and every holder looks at `queue` while it still holds the
 * lock. The thread that is woken need not be the one that waited longest (it may be the top of arrivals), but whoever
 * acquires the lock after waiting files all arrivals, and from then on the longest waiting is woken first.
 *
 * Nobody is passed by for long. A thread that has just come may take a free lock although others have been woken for
 * it: that is what makes the lock fast. A waiter that was woken (`woken`) and finds the lock held again sets `starved`,
 * so the next time it is woken only another waiter can have been faster. A waiter that acquires clears it. So a waiter
 * with n others before it waits for at most 2(n + 1) holds, and the time that waking takes. The lock is not handed
 * over, since the waiter may be a virtual thread without a carrier, and nobody should wait for that.
 *
 * Nothing depends on a wake. A waiter sleeps for two milliseconds at first, twice as long each further time, a second
 * at most, and then looks by itself. So a wake that fails (the scheduler of virtual threads refuses) or is left out
 * (there is no stack for it, and half a wake would cost a virtual thread all later ones) and a woken thread that cannot
 * run (its carrier is pinned by one that waits behind it in this very queue) delay others a little and block nobody.
 * For the same reason unlocking has nothing to report: it cannot fail. (The intervals grow since a crowd of ten
 * thousand that looks all the time would do nothing else.)
 *
 * Unlocking makes no call before the lock is free, and catches whatever happens afterwards. So if `unlock` throws at
 * all, for want of stack for itself, the lock is still held, and a caller can free it by writing FREE to `state`, and
 * then set the interrupt that was kept. Locking may throw StackOverflowError, too, but only in the attempt at the first
 * compare-and-set; the slow way is for callers who have made sure of their stack (StackRoom). A waiter that cannot be
 * allocated sleeps and looks without a place.
 *
 * Threads always sleep in LockSupport here, whichever way of sleeping was chosen for the lot. An interrupt that meets a
 * waiter is kept until the lock is free again, and then set: Thread.interrupt can be overridden, and somebody else's
 * code has no business under the lock.
 */
abstract class WordLock {
    private static final VarHandle STATE;
    private static final VarHandle ARRIVALS;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            STATE = lookup.findVarHandle(WordLock.class, "state", int.class);
            ARRIVALS = lookup.findVarHandle(WordLock.class, "arrivals", Waiter.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    static final int FREE = 0;
    static final int HELD = 1;

    /** Some microseconds: longer than any bucket operation on a short queue, shorter than a park and its wake. */
    private static final int SPINS = Runtime.getRuntime().availableProcessors() == 1 ? 0 : 200;

    static final long SHORTEST_SLEEP_NANOS = 2_000_000L;
    static final long LONGEST_SLEEP_NANOS = 1_000_000_000L;

    /** Volatile and written directly, without an accessor: a call may be too much for a full stack. */
    volatile int state;

    private volatile boolean starved;

    private volatile Waiter arrivals;

    private Waiter queue;

    /**
     * Whether the holder was interrupted while it waited for this lock. Guarded by this lock; who frees it without
     * {@link #unlock()} sets the interrupt.
     */
    boolean interrupted;

    /** A thread in one of the two lists. */
    static final class Waiter {
        final Thread thread = Thread.currentThread();
        Waiter next;

        /** The end of the queue, if this is its first. */
        Waiter last;

        /** Set by the holder that wakes it, cleared by itself; for {@code starved} only, so it may come late. */
        volatile boolean woken;
    }

    /**
     * Makes one.
     *
     * @param held whether it is held from the start, by whoever made it
     */
    WordLock(boolean held) {
        state = held ? HELD : FREE;
    }

    final void lock() {
        if (!tryLock()) {
            lockSlow();
        }
    }

    final boolean tryLock() {
        return state == FREE && !starved && casState(FREE, HELD);
    }

    final void unlock() {
        Waiter successor = queue;
        boolean interrupt = interrupted;
        interrupted = false;
        state = FREE; // (C)
        if (successor == null) {
            successor = arrivals; // (D)
        }
        if (successor != null || interrupt) {
            try {
                StackRoom.require(); // or not at all
                wake(successor, interrupt);
            } catch (Throwable e) {
                // The successor looks by itself before long.
            }
        }
    }

    /** For tests and for checking invariants. */
    final boolean isHeld() {
        return state == HELD;
    }

    private static void wake(Waiter successor, boolean interrupt) {
        try {
            if (successor != null) {
                successor.woken = true;
                LockSupport.unpark(successor.thread);
            }
        } finally {
            if (interrupt) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** For callers that have made sure of their stack. */
    final void lockSlow() {
        for (int i = 0; i < SPINS; i++) {
            Thread.onSpinWait();
            if (tryLock()) {
                return;
            }
        }
        Waiter waiter = newWaiterOrNull();
        if (waiter == null) {
            interrupted = sleepUntilTaken(null);
            starved = false;
            return;
        }
        push(waiter); // (A)
        interrupted = sleepUntilTaken(waiter);
        starved = false;
        fileArrivals();
        remove(waiter);
    }

    /** Acquires; returns whether an interrupt came meanwhile, which has been taken off the thread. */
    private boolean sleepUntilTaken(Waiter waiterOrNull) {
        boolean interrupt = false;
        long nanos = SHORTEST_SLEEP_NANOS;
        while (!tryTake()) { // (B)
            sleep(nanos);
            interrupt |= Thread.interrupted();
            nanos = Math.min(2L * nanos, LONGEST_SLEEP_NANOS);
            if (state == HELD && (waiterOrNull == null || waiterOrNull.woken)) {
                starved = true;
            }
            if (waiterOrNull != null) {
                waiterOrNull.woken = false;
            }
        }
        return interrupt;
    }

    /** As {@link #tryLock}, by a thread that has waited: others must not pass it, but it may pass them. */
    final boolean tryTake() {
        return state == FREE && casState(FREE, HELD);
    }

    /** Overridden by tests. May return at any time. */
    void sleep(long nanos) {
        try {
            LockSupport.parkNanos(nanos);
        } catch (Throwable e) {
            // The waiter is in a list and must not stay behind there: it goes on without sleeping.
        }
    }

    private static Waiter newWaiterOrNull() {
        try {
            return new Waiter();
        } catch (OutOfMemoryError e) {
            return null;
        }
    }

    final void push(Waiter waiter) {
        Waiter top;
        do {
            top = arrivals;
            waiter.next = top;
        } while (!casArrivals(top, waiter));
    }

    /** Appends the arrivals to the queue, oldest first. By the holder only. */
    private void fileArrivals() {
        Waiter newest = getAndClearArrivals();
        if (newest == null) {
            return;
        }
        Waiter oldest = null;
        for (Waiter waiter = newest; waiter != null; ) {
            Waiter older = waiter.next;
            waiter.next = oldest;
            oldest = waiter;
            waiter = older;
        }
        if (queue == null) {
            queue = oldest;
        } else {
            queue.last.next = oldest;
        }
        queue.last = newest;
    }

    /** Takes a waiter out of the queue, in which it is. By the holder only. */
    private void remove(Waiter waiter) {
        Waiter after = waiter.next;
        if (queue == waiter) {
            queue = after;
            if (after != null) {
                after.last = waiter.last;
            }
        } else {
            Waiter before = queue;
            while (before.next != waiter) {
                before = before.next;
            }
            before.next = after;
            if (queue.last == waiter) {
                queue.last = before;
            }
        }
        // A dead waiter must not lead to living ones: grown old, it would drag them all into the old generation.
        waiter.next = null;
        waiter.last = null;
    }

    private boolean casState(int expected, int value) {
        return STATE.compareAndSet(this, expected, value);
    }

    private boolean casArrivals(Waiter expected, Waiter value) {
        return ARRIVALS.compareAndSet(this, expected, value);
    }

    private Waiter getAndClearArrivals() {
        return (Waiter) ARRIVALS.getAndSet(this, null);
    }
}
