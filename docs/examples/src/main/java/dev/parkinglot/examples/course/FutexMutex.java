package dev.parkinglot.examples.course;

import dev.parkinglot.core.Patience;
import dev.parkinglot.examples.synchronizers.Futex;

/** Three values in one int, and a queue elsewhere: after Drepper, "Futexes are tricky", mutex3. */
// region:futex
class FutexMutex extends CourseLock {
    private static final int FREE = 0;
    static final int HELD = 1;

    /** Held, and perhaps somebody sleeps. */
    private static final int AWAITED = 2;

    private final int[] word = new int[1];

    @Override
    void lock() {
        if (Futex.ELEMENT.compareAndSet(word, 0, FREE, HELD)) {
            return;
        }
        steps.step("has seen it held");
        int mark = AWAITED;
        while ((int) Futex.ELEMENT.getAndSet(word, 0, mark) != FREE) {
            Futex.await(word, 0, AWAITED, Patience.ENDLESS);
            mark = markAfterSleep();
        }
    }

    /** With what a thread takes the lock that has slept: others may sleep, too, and it cannot know. */
    int markAfterSleep() {
        return AWAITED;
    }

    @Override
    void unlock() {
        if ((int) Futex.ELEMENT.getAndSet(word, 0, FREE) == AWAITED) {
            Futex.wake(word, 0, 1);
        }
    }
}
// end
