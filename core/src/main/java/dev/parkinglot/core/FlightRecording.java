package dev.parkinglot.core;

import java.util.concurrent.atomic.AtomicBoolean;
import jdk.jfr.FlightRecorder;

/**
 * Finds out whether the JVM records events. Until it does, none of our classes of events is loaded. Where the module
 * {@code jdk.jfr} is missing, it never does.
 *
 * <p>Asked when the lot is loaded, and then after each wait: so a recording that is begun later, as {@code jcmd} can,
 * is noticed by the first wait that ends after that, and has events from then on.
 */
final class FlightRecording implements Runnable {
    /** To ask a module that is missing would throw each time, which takes longer than many a wait. */
    private static final boolean CAN_BE = canBe();

    private static final AtomicBoolean NOTICED = new AtomicBoolean();

    private FlightRecording() {}

    private static boolean canBe() {
        try {
            FlightRecorder.isInitialized();
            return true;
        } catch (Throwable e) {
            return false;
        }
    }

    /** Whether the JVM records. */
    static boolean isOn() {
        return CAN_BE && FlightRecorder.isInitialized();
    }

    /** By a thread that has waited. Does not throw, and does not wait for classes to be loaded. */
    static void notice() {
        if (isOn() && !NOTICED.get()) {
            begin();
        }
    }

    private static void begin() {
        try {
            if (NOTICED.compareAndSet(false, true)) {
                Thread thread = new Thread(null, new FlightRecording(), "parkinglot flight recording", 0L, false);
                thread.setDaemon(true);
                thread.start();
            }
        } catch (Throwable e) {
            NOTICED.set(false); // no memory, or no stack
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
