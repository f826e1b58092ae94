package dev.parkinglot.testkit;

import dev.parkinglot.parkers.ThreadParker;
import dev.parkinglot.parkers.UnparkHandle;

/** One wait of a driven thread: remembers what others do to it, and returns when the test says so. */
final class DrivenParker implements ThreadParker, UnparkHandle {
    final DrivenThread owner;
    volatile boolean armed;
    volatile boolean roused;
    volatile boolean interruptible;
    volatile Long deadline;
    private volatile boolean nudged;
    private final Faults faults;

    DrivenParker(DrivenThread owner, Faults faults) {
        this.owner = owner;
        this.faults = faults;
    }

    @Override
    public void preparePark() {
        faults.throwIfDue(Fault.PREPARE_PARK);
        armed = true;
        nudged = false;
        roused = false;
    }

    @Override
    public boolean timedOut() {
        return armed;
    }

    @Override
    public boolean park(boolean interruptibly) {
        return sleep(interruptibly, null);
    }

    @Override
    public boolean parkUntil(long deadlineNanos, boolean interruptibly) {
        return sleep(interruptibly, deadlineNanos);
    }

    private boolean sleep(boolean interruptibly, Long until) {
        deadline = until;
        faults.throwIfDue(Fault.PARK);
        interruptible = interruptibly;
        owner.sleepIn(this);
        return !armed;
    }

    @Override
    public UnparkHandle unparkLock() {
        faults.throwIfDue(Fault.UNPARK_LOCK);
        if (!armed) {
            return NONE;
        }
        armed = false;
        return this;
    }

    @Override
    public UnparkHandle nudgeLock() {
        faults.throwIfDue(Fault.NUDGE);
        if (!armed || nudged) {
            return NONE;
        }
        nudged = true;
        return this;
    }

    @Override
    public void unpark() {
        faults.throwIfDue(Fault.UNPARK);
        roused = true;
    }
}
