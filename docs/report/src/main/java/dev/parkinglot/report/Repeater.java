package dev.parkinglot.report;

/**
 * Measures again what others disturbed, and keeps what was disturbed least. On a machine that is never quiet it gives
 * up, lest everything takes three times as long for nothing.
 */
final class Repeater implements Instrument {
    private static final int ATTEMPTS = 3;

    private final Instrument instrument;
    private int allowance;

    /**
     * Makes a repeater.
     *
     * @param instrument what measures
     * @param allowance how many repetitions there may be in all
     */
    Repeater(Instrument instrument, int allowance) {
        this.instrument = instrument;
        this.allowance = allowance;
    }

    @Override
    public Measurement measure(Trial trial) throws MeasurementFailedException {
        Measurement best = instrument.measure(trial);
        for (int i = 1; i < ATTEMPTS && allowance > 0 && Interference.disturbs(best.others()); i++) {
            allowance--;
            Measurement again = instrument.measure(trial);
            if (again.others() < best.others()) {
                best = again;
            }
        }
        return best;
    }
}
