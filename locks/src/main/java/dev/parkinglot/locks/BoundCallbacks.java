package dev.parkinglot.locks;

import dev.parkinglot.core.ParkCallbacks;

/**
 * The callbacks of a lock whose state lies in another object: they get the lock where they expect it, as the base of
 * the key.
 */
record BoundCallbacks(CondvarLock lock, ParkCallbacks callbacks) implements ParkCallbacks {
    @Override
    public boolean validate(Object base, long offset) {
        return callbacks.validate(lock, offset);
    }

    @Override
    public void beforeSleep(Object base, long offset) {
        callbacks.beforeSleep(lock, offset);
    }

    @Override
    public void timedOut(Object base, long offset, boolean wasLastThread) {
        callbacks.timedOut(lock, offset, wasLastThread);
    }

    @Override
    public void wakeLost(Object base, long offset, long unparkToken, Throwable failure) {
        callbacks.wakeLost(lock, offset, unparkToken, failure);
    }

    @Override
    public long revalidateAfterNanos(int round) {
        return lock.mayOverlookWaiters() ? callbacks.revalidateAfterNanos(round) : NEVER;
    }

    @Override
    public boolean goesFirst() {
        return callbacks.goesFirst();
    }

    @Override
    public boolean staysOnceRequeued() {
        return callbacks.staysOnceRequeued();
    }
}
