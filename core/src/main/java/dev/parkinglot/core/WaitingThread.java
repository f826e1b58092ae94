package dev.parkinglot.core;

import dev.parkinglot.parkers.ThreadParker;
import dev.parkinglot.parkers.UnparkHandle;

/**
 * The entry of a thread that parks: 64 bytes with compressed pointers, and besides its parker the only thing that a
 * wait allocates.
 */
final class WaitingThread extends WaitQueue.Entry {
    private final Thread thread;
    final ThreadParker parker;

    WaitingThread(Thread thread, ThreadParker parker, long parkToken, long sinceNanos) {
        super(parkToken, sinceNanos);
        this.thread = thread;
        this.parker = parker;
    }

    /** Sleeps once. May return for no reason. */
    void sleep(boolean timed, long deadlineNanos, boolean interruptible) {
        if (timed) {
            parker.parkUntil(deadlineNanos, interruptible);
        } else {
            parker.park(interruptible);
        }
    }

    @Override
    UnparkHandle unparkLock() {
        return parker.unparkLock();
    }

    @Override
    UnparkHandle nudgeLock() {
        return parker.nudgeLock();
    }

    @Override
    Thread thread() {
        return thread;
    }
}
