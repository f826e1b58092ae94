package dev.parkinglot.examples.course;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * What a lock of the course does between two accesses to shared memory. In a program that is next to nothing. In a
 * check the thread stops there, and another one may come in.
 */
interface Steps {
    /** Those of a program. */
    Steps NONE = new Steps() {};

    /** Here, others may come in. */
    default void step(String where) {}

    /** One turn of a loop that looks again until something is the case. */
    default void spin(BooleanSupplier untilThen) {
        Thread.onSpinWait();
    }

    /** One turn of a loop that lets other threads run meanwhile. */
    default void giveWay(BooleanSupplier untilThen) {
        Thread.yield();
    }

    /** Sleeps until somebody has made the condition true and has unparked this thread. */
    default void sleep(BooleanSupplier woken) {
        while (!woken.getAsBoolean()) {
            LockSupport.park();
        }
    }
}
