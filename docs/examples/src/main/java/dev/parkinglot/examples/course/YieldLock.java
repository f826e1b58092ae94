package dev.parkinglot.examples.course;

import java.util.concurrent.atomic.AtomicBoolean;

/** Looks a few times, and then lets other threads run before each look. */
// region:yield
class YieldLock extends CourseLock {
    private static final int SPINS = 20;

    private final AtomicBoolean held = new AtomicBoolean();

    @Override
    void lock() {
        for (int looks = 0; !held.compareAndSet(false, true); looks++) {
            if (looks < SPINS) {
                steps.spin(() -> !held.get());
            } else {
                steps.giveWay(() -> !held.get());
            }
        }
    }

    @Override
    void unlock() {
        held.set(false);
    }
}
// end
