package dev.parkinglot.locks;

/** How the slow path of a lock ends. */
enum Acquisition {
    ACQUIRED,
    TIMED_OUT,
    INTERRUPTED;

    /** Whether the lock is held now; an interrupt becomes the exception that it stands for. */
    boolean orThrow() throws InterruptedException {
        if (this == INTERRUPTED) {
            throw new InterruptedException();
        }
        return this == ACQUIRED;
    }
}
