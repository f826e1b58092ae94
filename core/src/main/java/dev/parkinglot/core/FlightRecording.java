package dev.parkinglot.core;

import java.util.concurrent.atomic.AtomicBoolean;
import jdk.jfr.FlightRecorder;

/**
 * Finds out whether the JVM records events. Until it does, none of our classes of events is loaded. Where the module
 * {@code jdk.jfr} is missing, it never does.
 *
 * <p>Asked when the lot is loaded, and then after each wait of more than ten milliseconds: so a recording that is begun
 * later, as {@code jcmd} can, is noticed by the first such wait, and has events from then on.
 */
final class FlightRecording implements Runnable {
    /** After such a wait it is asked again whether there is a recording. */
    static final long LONG_WAIT_NANOS = 10_000_000L;

    private static final AtomicBoolean NOTICED = new AtomicBoolean();

    private FlightRecording() {}

    /** By a thread that has waited for long. Does not throw, and does not wait for classes to be loaded. */
    static void notice() {
        try {
            if (FlightRecorder.isInitialized() && NOTICED.compareAndSet(false, true)) {
                Thread thread = new Thread(null, new FlightRecording(), "parkinglot flight recording", 0L, false);
                thread.setDaemon(true);
                thread.start();
            }
        } catch (Throwable e) {
            NOTICED.set(false); // no such module, or no memory, or no stack
        }
    }

    /** Has events written from now on, with all their classes loaded, which takes some milliseconds. */
    static void install() {
        NOTICED.set(true);
        new FlightRecording().run();
    }

    @Override
    public void run() {
        try {
            FlightRecorderEvents.install();
        } catch (Throwable e) {
            NOTICED.set(false);
        }
    }
}
