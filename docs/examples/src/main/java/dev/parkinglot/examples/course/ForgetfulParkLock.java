package dev.parkinglot.examples.course;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/** Sleeps until it is woken, and forgets that the lock may have become free on the way to bed. */
// region:forgetful
class ForgetfulParkLock extends CourseLock {
    final AtomicBoolean held = new AtomicBoolean();
    final Queue<Sleeper> sleepers = new ConcurrentLinkedQueue<>();

    /** A thread that waits. */
    static final class Sleeper {
        final Thread thread = Thread.currentThread();
        volatile boolean woken;
    }

    @Override
    void lock() {
        while (!held.compareAndSet(false, true)) {
            steps.step("has seen it held");
            Sleeper me = new Sleeper();
            sleepers.add(me);
            steps.step("is in the queue");
            if (mustSleep(me)) {
                steps.sleep(() -> me.woken);
            }
        }
    }

    /** Always, here. */
    boolean mustSleep(Sleeper me) {
        return true;
    }

    @Override
    void unlock() {
        held.set(false);
        steps.step("has released it");
        Sleeper first = sleepers.poll();
        if (first != null) {
            first.woken = true;
            LockSupport.unpark(first.thread);
        }
    }
}
// end
