package dev.parkinglot.core;

import dev.parkinglot.parkers.ParkerBackends;
import dev.parkinglot.parkers.ThreadParker;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/* Overview.
 *
 * The lock of a bucket. It cannot use the lot, so it keeps its own waiters; it is held for a few dozen instructions, so
 * it spins first. Barging, not reentrant, never held across a park.
 *
 *   state     FREE or HELD
 *   arrivals  stack of waiters that have just come; anyone pushes, with a compare-and-set
 *   queue     waiters in order of arrival; touched only by the holder, which moves the arrivals there
 *
 * A waiter stays in one of the two lists until it holds the lock and can take itself out. So a wake-up never has to
 * remove anybody, and waking a waiter twice, or one that no longer needs it, is harmless.
 *
 * No waiter is forgotten:
 *
 *   waiter                                 holder
 *   (A) push itself on arrivals            (C) state = FREE          (full fence)
 *   (B) try state FREE -> HELD; park       (D) read arrivals; wake whoever is there
 *
 * All four are volatile, so they have one order. Either (A) precedes (D), and the holder wakes somebody; or (D)
 * precedes (A), so (C) precedes (B), and (B) finds the lock free or held by a later holder, to which the same argument
 * applies. A waiter in `queue` was put there by a holder, and every holder looks at `queue` while it still holds the
 * lock. The thread that is woken need not be the one that waited longest (it may be the top of arrivals), but whoever
 * acquires the lock after waiting files all arrivals, and from then on the longest waiting is woken first.
 *
 * Memory and stack are no reason to fail here: a thread may have to lock a bucket to leave its queue. A waiter that
 * cannot be allocated, or cannot sleep, spins.
 */
abstract class WordLock {
    private static final VarHandle STATE;
    private static final VarHandle ARRIVALS;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            STATE = lookup.findVarHandle(WordLock.class, "state", int.class);
            ARRIVALS = lookup.findVarHandle(WordLock.class, "arrivals", Node.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final int FREE = 0;
    private static final int HELD = 1;

    /** Some microseconds: longer than any bucket operation on a short queue, shorter than a park and its wake. */
    private static final int SPINS = Runtime.getRuntime().availableProcessors() == 1 ? 0 : 200;

    @SuppressWarnings("unused") // through STATE
    private int state;

    @SuppressWarnings("unused") // through ARRIVALS
    private Node arrivals;

    private Node queue;

    private static final class Node {
        final ThreadParker parker;
        Node next;

        Node(ThreadParker parker) {
            this.parker = parker;
        }
    }

    /**
     * Makes one.
     *
     * @param held whether the current thread holds it from the start
     */
    WordLock(boolean held) {
        state = held ? HELD : FREE;
    }

    final void lock() {
        if (!tryLock()) {
            lockSlow();
        }
    }

    final void unlock() {
        Node successor = queue;
        setStateVolatile(FREE);
        if (successor == null) {
            successor = arrivalsVolatile();
        }
        if (successor != null) {
            successor.parker.unparkLock().unpark();
        }
    }

    /** For tests and for checking invariants. */
    final boolean isHeld() {
        return stateOpaque() == HELD;
    }

    private boolean tryLock() {
        return stateOpaque() == FREE && casState(FREE, HELD);
    }

    private void lockSlow() {
        for (int i = 0; i < SPINS; i++) {
            Thread.onSpinWait();
            if (tryLock()) {
                return;
            }
        }
        Node node = newNodeOrNull();
        if (node == null) {
            spinUntilLocked();
        } else {
            parkUntilLocked(node);
        }
    }

    private void parkUntilLocked(Node node) {
        push(node);
        while (true) {
            // Armed before the last try: an unlock after that try finds the parker armed. The fence is needed because
            // preparePark is no volatile write, and a compare-and-set that fails need not order it before its own read.
            node.parker.preparePark();
            VarHandle.fullFence();
            if (casState(FREE, HELD)) {
                break;
            }
            sleep(node.parker);
        }
        fileArrivals();
        remove(node);
    }

    private static void sleep(ThreadParker parker) {
        try {
            parker.park(false);
        } catch (Throwable e) {
            // The node is in the queue and must not stay behind there: go on without sleeping.
            Thread.yield();
        }
    }

    private void spinUntilLocked() {
        while (!tryLock()) {
            Thread.yield();
        }
    }

    private static Node newNodeOrNull() {
        try {
            return new Node(ParkerBackends.forThread(Thread.currentThread()).newParker(null));
        } catch (StackOverflowError | OutOfMemoryError e) {
            return null;
        }
    }

    private void push(Node node) {
        Node top;
        do {
            top = arrivalsVolatile();
            node.next = top;
        } while (!casArrivals(top, node));
    }

    /** Appends the arrivals to the queue, oldest first. By the holder only. */
    private void fileArrivals() {
        Node oldest = null;
        for (Node node = getAndClearArrivals(); node != null; ) {
            Node older = node.next;
            node.next = oldest;
            oldest = node;
            node = older;
        }
        if (queue == null) {
            queue = oldest;
            return;
        }
        Node last = queue;
        while (last.next != null) {
            last = last.next;
        }
        last.next = oldest;
    }

    /** Takes a node out of the queue, in which it is. By the holder only. */
    private void remove(Node node) {
        if (queue == node) {
            queue = node.next;
            return;
        }
        Node before = queue;
        while (before.next != node) {
            before = before.next;
        }
        before.next = node.next;
    }

    private int stateOpaque() {
        return (int) STATE.getOpaque(this);
    }

    private void setStateVolatile(int value) {
        STATE.setVolatile(this, value);
    }

    private boolean casState(int expected, int value) {
        return STATE.compareAndSet(this, expected, value);
    }

    private Node arrivalsVolatile() {
        return (Node) ARRIVALS.getVolatile(this);
    }

    private boolean casArrivals(Node expected, Node value) {
        return ARRIVALS.compareAndSet(this, expected, value);
    }

    private Node getAndClearArrivals() {
        return (Node) ARRIVALS.getAndSet(this, null);
    }
}
