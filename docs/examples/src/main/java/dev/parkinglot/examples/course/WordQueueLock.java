package dev.parkinglot.examples.course;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/** The queue in the word itself: a stack of those who wait, and the holder serves it from the bottom. */
// region:word
class WordQueueLock extends CourseLock {
    /** The bottom of every stack: held, and (if it is also the top) nobody waits. */
    private static final Waiter HELD = new Waiter();

    /** Null if free. */
    final AtomicReference<Waiter> word = new AtomicReference<>();

    /** A thread in the stack. The link is written before the push, and then by the holder only. */
    static final class Waiter {
        final Thread thread = Thread.currentThread();
        Waiter below;
        volatile boolean hasTheLock;
    }

    @Override
    void lock() {
        Waiter me = new Waiter();
        while (true) {
            Waiter top = word.get();
            steps.step("has seen the word");
            if (top == null) {
                if (word.compareAndSet(null, HELD)) {
                    return;
                }
            } else {
                me.below = top;
                if (push(top, me)) {
                    steps.sleep(() -> me.hasTheLock);
                    return; // handed over
                }
            }
        }
    }

    boolean push(Waiter top, Waiter me) {
        return word.compareAndSet(top, me);
    }

    @Override
    void unlock() {
        while (true) {
            Waiter top = word.get();
            steps.step("has seen the word");
            if (top == HELD) {
                if (word.compareAndSet(HELD, null)) {
                    return;
                }
            } else if (top.below != HELD || word.compareAndSet(top, HELD)) {
                Waiter first = takeFirst(top);
                first.hasTheLock = true;
                LockSupport.unpark(first.thread);
                return;
            }
        }
    }

    /** Only the holder gets here, so the stack changes at its top only. */
    private static Waiter takeFirst(Waiter top) {
        Waiter above = null;
        Waiter first = top;
        while (first.below != HELD) {
            above = first;
            first = first.below;
        }
        if (above != null) {
            above.below = HELD;
        }
        return first;
    }
}
// end
