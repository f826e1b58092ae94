package dev.parkinglot.parkers;

/**
 * Something that this machine or JVM does not have, and why; the message is for people to read, without a full stop.
 */
final class UnavailableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnavailableException(String reason) {
        super(reason, null, false, false); // an answer, not a failure: the stack tells nothing
    }
}
