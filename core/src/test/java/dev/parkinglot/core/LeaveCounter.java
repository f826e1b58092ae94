package dev.parkinglot.core;

import java.util.concurrent.atomic.AtomicInteger;

/** Lets every thread wait, and counts those that leave by themselves. */
record LeaveCounter(AtomicInteger left) implements ParkCallbacks<Object> {
    @Override
    public boolean validate(Object context, long parkToken) {
        return true;
    }

    @Override
    public void timedOut(Object context, Object base, long offset, boolean wasLastThread) {
        left.incrementAndGet();
    }
}
