package dev.parkinglot.locks;

/** The states of a {@link Once}. */
public enum OnceState {
    /** No action has been run. */
    NEW,
    /** The last action threw. */
    POISONED,
    /** An action is running. */
    IN_PROGRESS,
    /** An action has returned normally: nothing will ever run again. */
    DONE
}
