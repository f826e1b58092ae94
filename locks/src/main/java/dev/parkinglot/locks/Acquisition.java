package dev.parkinglot.locks;

import dev.parkinglot.core.ParkResult;

/** How the slow path of a lock ends. */
enum Acquisition {
    ACQUIRED,
    TIMED_OUT,
    INTERRUPTED;

    /** Of a wait that a park has ended. After {@code INVALID} the wait goes on. */
    static Acquisition of(ParkResult.Kind kind) {
        return switch (kind) {
            case UNPARKED -> ACQUIRED;
            case TIMED_OUT -> TIMED_OUT;
            case INTERRUPTED -> INTERRUPTED;
            case INVALID -> throw new IllegalArgumentException("the wait has not ended");
        };
    }

    /** Whether the lock is held now; an interrupt becomes the exception that it stands for. */
    boolean orThrow() throws InterruptedException {
        if (this == INTERRUPTED) {
            throw new InterruptedException();
        }
        return this == ACQUIRED;
    }
}
