package dev.parkinglot.core;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Locale;

/**
 * What the command line asks to observe from the first wait on. A mistake in it is a warning, and never an exception
 * out of somebody's lock.
 */
final class ObservationSwitches {
    /** The system property: names separated by commas. */
    static final String PROPERTY = "dev.parkinglot.observe";

    private static final String CHOICES =
            "statistics, jmx, and slow=MILLISECONDS, separated by commas, such as statistics,slow=200";

    private ObservationSwitches() {}

    static void apply(String switches) {
        for (String some : switches.split(",", -1)) {
            String one = some.strip().toLowerCase(Locale.ROOT);
            try {
                apply1(one);
            } catch (RuntimeException | Error e) {
                DeadlockDetector.logger()
                        .log(
                                Level.WARNING,
                                "-D" + PROPERTY + ": \"" + one + "\" is not observed. Choose among " + CHOICES,
                                e);
            }
        }
    }

    private static void apply1(String name) {
        if (name.equals("statistics")) {
            ContentionStatistics.setShared(true);
        } else if (name.equals("jmx")) {
            ParkingLotManagement.register();
        } else if (name.startsWith("slow=")) {
            Observation.start(new SlowWaits(Duration.ofMillis(Long.parseLong(name.substring("slow=".length())))));
        } else {
            throw new IllegalArgumentException("there is no such name");
        }
    }
}
