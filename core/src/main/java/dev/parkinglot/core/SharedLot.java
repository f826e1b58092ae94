package dev.parkinglot.core;

/**
 * The lot that everybody shares: what is done when it is first used, and which operation is for it. An operation of a
 * thread that a test has put into a lot of its own ({@link IsolatedLot}) is for that one.
 *
 * <p>Initialised by {@link ParkingLot}. So nothing in here may use that class: two threads could then wait for each
 * other, each of which initialises one of the two.
 */
final class SharedLot {
    private static final Lot LOT = new Lot();

    /** The threads that are in an {@link IsolatedLot}; null if there is none. */
    static IsolatedLot.Visit visits;

    static {
        Rehearsal.run();
        OneCopy.check();
        observeIfAsked();
    }

    private SharedLot() {}

    /** What was asked for on the command line: {@link ObservationSwitches#PROPERTY}, or a recording of the JVM. */
    private static void observeIfAsked() {
        try {
            String switches = System.getProperty(ObservationSwitches.PROPERTY);
            if (switches != null) {
                ObservationSwitches.apply(switches);
            }
            if (FlightRecording.isOn()) {
                FlightRecording.install();
            }
        } catch (RuntimeException | Error e) {
            // To look is no reason for a lock to fail.
        }
    }

    static void prepare() {
        // initialising this class is all there is to do
    }

    /** The lot of an inspection, which is not counted as a visit. */
    static Lot toInspect() {
        return visits == null ? LOT : IsolatedLot.current(LOT);
    }

    static Lot toPark() {
        return visits == null ? LOT : IsolatedLot.arrive(LOT, LotOperation.PARK);
    }

    static Lot toUnpark() {
        return visits == null ? LOT : IsolatedLot.arrive(LOT, LotOperation.UNPARK);
    }

    static Lot toRequeue() {
        return visits == null ? LOT : IsolatedLot.arrive(LOT, LotOperation.REQUEUE);
    }
}
