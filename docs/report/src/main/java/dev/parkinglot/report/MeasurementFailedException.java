package dev.parkinglot.report;

/** A competitor could not be measured; the report goes on without it. */
final class MeasurementFailedException extends Exception {
    private static final long serialVersionUID = 1L;

    MeasurementFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
