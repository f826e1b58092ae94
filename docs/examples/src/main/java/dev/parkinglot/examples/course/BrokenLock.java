package dev.parkinglot.examples.course;

/** Looks, and then takes: no lock at all. */
// region:broken
class BrokenLock extends CourseLock {
    private volatile boolean held;

    @Override
    void lock() {
        while (held) {
            steps.spin(() -> !held);
        }
        steps.step("has seen it free");
        held = true;
    }

    @Override
    void unlock() {
        held = false;
    }
}
// end
