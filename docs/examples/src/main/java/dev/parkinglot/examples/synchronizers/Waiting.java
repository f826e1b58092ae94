package dev.parkinglot.examples.synchronizers;

import dev.parkinglot.core.ParkResult;
import java.util.function.BooleanSupplier;

/** What waits of this package do before a park, and with its result. */
final class Waiting {
    private Waiting() {}

    /**
     * Whether the thread should look at the state again.
     *
     * @return false if its time is over
     * @throws InterruptedException if it was interrupted
     */
    // region:goesOn
    static boolean goesOn(ParkResult result) throws InterruptedException {
        return switch (result.kind()) {
            case UNPARKED, INVALID -> true;
            case TIMED_OUT -> false;
            case INTERRUPTED -> throw new InterruptedException();
        };
    }
    // end

    private static final int PAUSES = Runtime.getRuntime().availableProcessors() > 1 ? 200 : 0;

    /** Looks some five microseconds for what others may do at this moment, before the thread parks for it. */
    static void lookFor(BooleanSupplier event) {
        for (int i = 0; i < PAUSES && !event.getAsBoolean(); i++) {
            Thread.onSpinWait();
        }
    }
}
