package dev.parkinglot.examples.course;

import dev.parkinglot.examples.course.OneZeroMutex.Memory;
import dev.parkinglot.testkit.DrivenLot;

/**
 * A memory in which a release stays in the store buffer of its processor for a while: the thread itself sees it, others
 * do not. A thread of its own, "the buffer", makes it visible whenever the check lets it run.
 */
// region:buffer
final class StoreBuffer implements Memory {
    private boolean held;
    private boolean parked;
    private Thread delayed; // whose release is not visible yet, null if none

    /** Makes what is in the buffer visible, once. */
    void drainIn(DrivenLot lot) {
        lot.thread("the buffer", () -> {
            lot.stopUntil("has something", () -> delayed != null);
            drain();
        });
    }

    private void drain() {
        if (delayed != null) {
            held = false;
            delayed = null;
        }
    }

    private void drainOwn() {
        if (delayed == Thread.currentThread()) {
            drain();
        }
    }

    @Override
    public boolean acquire() {
        drainOwn();
        boolean free = !held;
        held = true;
        return free;
    }

    @Override
    public void release() {
        drainOwn();
        delayed = Thread.currentThread();
    }

    @Override
    public boolean isHeld() {
        return held && delayed != Thread.currentThread();
    }

    @Override
    public void setParked() {
        drainOwn();
        parked = true;
    }

    @Override
    public boolean isParked() {
        return parked;
    }

    @Override
    public void clearParked() {
        parked = false;
    }

    @Override
    public void fence() {
        drainOwn();
    }
}
// end
