package dev.parkinglot.core;

/** What to do with two throwables where only one can be thrown. */
final class Failures {
    private Failures() {}

    /** Notes a second throwable on a first, if there is memory for it; a throwable cannot suppress itself. */
    static void add(Throwable first, Throwable second) {
        if (first == second) {
            return;
        }
        try {
            first.addSuppressed(second);
        } catch (OutOfMemoryError | StackOverflowError e) {
            // the first tells enough
        }
    }

    /**
     * What a wake has thrown, after everything else was done. Not a StackOverflowError, which from an operation means
     * that nothing has happened, and tells the caller that it still holds its lock.
     */
    static Throwable afterwards(Throwable failure) {
        if (!(failure instanceof StackOverflowError)) {
            return failure;
        }
        try {
            return new IllegalStateException(
                    "a thread that was unparked could not be woken for want of stack", failure);
        } catch (OutOfMemoryError e) {
            return e;
        }
    }

    /** The first of two, with the second noted on it. */
    static Throwable join(Throwable firstOrNull, Throwable second) {
        if (firstOrNull == null) {
            return second;
        }
        add(firstOrNull, second);
        return firstOrNull;
    }

    /** Throws what cannot be a checked exception, if there is something. */
    static void throwUnchecked(Throwable failureOrNull) {
        if (failureOrNull instanceof Error error) {
            throw error;
        }
        if (failureOrNull instanceof RuntimeException exception) {
            throw exception;
        }
    }
}
