package dev.parkinglot.examples;

/** Ends the contest; the message is the one line that the user sees. */
final class ContestException extends Exception {
    private static final long serialVersionUID = 1L;

    ContestException(String message) {
        super(message);
    }
}
