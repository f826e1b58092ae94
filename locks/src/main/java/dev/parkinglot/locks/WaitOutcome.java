package dev.parkinglot.locks;

import dev.parkinglot.core.ParkResult;

/** How the wait for a lock, or for a signal, ends. */
enum WaitOutcome {
    /** The lock is held, or the signal has come. */
    SUCCESS,
    TIMED_OUT,
    INTERRUPTED;

    /** Of a wait that a park has ended. After {@code INVALID} the wait goes on. */
    static WaitOutcome of(ParkResult.Kind kind) {
        return switch (kind) {
            case UNPARKED -> SUCCESS;
            case TIMED_OUT -> TIMED_OUT;
            case INTERRUPTED -> INTERRUPTED;
            case INVALID -> throw new IllegalArgumentException("the wait has not ended");
        };
    }

    /** Whether it was a success; an interrupt becomes the exception that it stands for. */
    boolean orThrow() throws InterruptedException {
        if (this == INTERRUPTED) {
            throw new InterruptedException();
        }
        return this == SUCCESS;
    }
}
