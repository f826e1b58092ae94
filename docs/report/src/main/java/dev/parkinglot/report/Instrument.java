package dev.parkinglot.report;

/** Measures a competitor once. */
@FunctionalInterface
interface Instrument {
    /**
     * Measures.
     *
     * @param trial whom, and under which circumstances
     * @return what was measured
     * @throws MeasurementFailedException if it cannot be measured
     */
    Measurement measure(Trial trial) throws MeasurementFailedException;
}
