package dev.parkinglot.examples.course;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;

/** Readers that write only to a place of their own, as long as no writer comes. */
// region:biased
class BiasedRwLock {
    final Steps steps;
    private final SpinLock writers = new SpinLock();
    private final AtomicBoolean biased = new AtomicBoolean(true);
    private final AtomicIntegerArray reading;

    BiasedRwLock(int readers, Steps steps) {
        this.steps = steps;
        writers.steps = steps;
        reading = new AtomicIntegerArray(readers);
    }

    void lockRead(int reader) {
        while (true) {
            if (biased.get()) {
                steps.step("has seen the bias");
                reading.set(reader, 1); // first announce,
                steps.step("has announced");
                if (looksAgain()) { // and then look again
                    return;
                }
                reading.set(reader, 0);
            }
            steps.spin(biased::get);
        }
    }

    boolean looksAgain() {
        return biased.get();
    }

    void unlockRead(int reader) {
        reading.set(reader, 0);
    }

    void lockWrite() {
        writers.lock();
        endBias(); // first end the bias,
        awaitReaders(); // and then look at each reader
    }

    final void endBias() {
        biased.set(false);
        steps.step("has ended the bias");
    }

    final void awaitReaders() {
        for (int i = 0; i < reading.length(); i++) {
            int reader = i;
            while (reading.get(reader) != 0) {
                steps.spin(() -> reading.get(reader) == 0);
            }
        }
    }

    void unlockWrite() {
        biased.set(true);
        writers.unlock();
    }
}
// end
