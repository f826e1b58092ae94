package dev.parkinglot.examples.course;

import java.util.concurrent.atomic.AtomicBoolean;

/** Looks and takes in one step. */
// region:spin
class SpinLock extends CourseLock {
    private final AtomicBoolean held = new AtomicBoolean();

    @Override
    void lock() {
        while (!held.compareAndSet(false, true)) {
            steps.spin(() -> !held.get());
        }
    }

    @Override
    void unlock() {
        held.set(false);
    }
}
// end
