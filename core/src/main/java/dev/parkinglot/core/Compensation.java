package dev.parkinglot.core;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinPool.ManagedBlocker;
import java.util.concurrent.RejectedExecutionException;

/**
 * A sleep of a worker of a {@link ForkJoinPool}. The pool is told of it, and may have another thread do the work
 * meanwhile, since what the worker waits for may be a task of this very pool. {@code Condition.await} of {@code
 * java.util.concurrent} does the same.
 */
final class Compensation implements ManagedBlocker {
    private final WaitingThread entry;
    private final boolean timed;
    private final long deadlineNanos;
    private final boolean interruptible;
    private boolean slept;

    private Compensation(WaitingThread entry, boolean timed, long deadlineNanos, boolean interruptible) {
        this.entry = entry;
        this.timed = timed;
        this.deadlineNanos = deadlineNanos;
        this.interruptible = interruptible;
    }

    /** Sleeps once; without a substitute if the pool has none to offer. */
    static void sleep(WaitingThread entry, boolean timed, long deadlineNanos, boolean interruptible) {
        Compensation sleep = new Compensation(entry, timed, deadlineNanos, interruptible);
        try {
            ForkJoinPool.managedBlock(sleep);
        } catch (InterruptedException | RejectedExecutionException e) {
            sleep.block();
        } catch (OutOfMemoryError e) {
            if (sleep.slept) {
                throw e;
            }
            sleep.block(); // it was the substitute for which there was no memory
        }
    }

    @Override
    public boolean isReleasable() {
        return slept;
    }

    @Override
    public boolean block() {
        if (!slept) {
            slept = true;
            entry.sleep(timed, deadlineNanos, interruptible);
        }
        return true;
    }
}
