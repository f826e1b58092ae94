package dev.parkinglot.testing;

import java.time.Duration;

/** The only durations that tests may name. None of them makes a test right; they bound how long a wrong one takes. */
public final class Delays {
    /** Long enough for a timeout to be noticed, short enough to wait for: for waits that are meant to time out. */
    public static final Duration SHORT_DELAY = Duration.ofMillis(20);

    /**
     * For waits that are meant to be ended by something else; also how long a test waits before it calls itself wedged.
     */
    public static final Duration LONG_DELAY = Duration.ofSeconds(60);

    private Delays() {}
}
