package dev.parkinglot.examples.autopsy;

/** Ends the program; the message is the one line that the user sees. */
final class AutopsyException extends Exception {
    private static final long serialVersionUID = 1L;

    AutopsyException(String message) {
        super(message);
    }
}
