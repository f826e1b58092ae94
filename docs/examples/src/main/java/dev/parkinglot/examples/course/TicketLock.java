package dev.parkinglot.examples.course;

import java.util.concurrent.atomic.AtomicInteger;

/** Everybody draws a number and waits until it is called. */
// region:ticket
class TicketLock extends CourseLock {
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger called = new AtomicInteger();

    @Override
    void lock() {
        int mine = next.getAndIncrement();
        while (called.get() != mine) {
            steps.spin(() -> called.get() == mine);
        }
    }

    @Override
    void unlock() {
        called.set(called.get() + 1); // only the holder writes it
    }
}
// end
