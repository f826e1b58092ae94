package dev.parkinglot.core;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Logs waits, and holds where they are known, that take longer than they should: as warnings of the {@link
 * System.Logger} named {@code dev.parkinglot}.
 *
 * <pre>{@code
 * Observation slow = Observation.start(new SlowWaits(Duration.ofMillis(200)));
 * }</pre>
 */
public final class SlowWaits implements WaitObserver {
    private static final double NANOS_PER_MILLI = 1e6;

    private final long waitNanos;
    private final long holdNanos;

    /** Null for that of the library, which is not asked for before there is something to log. */
    private final System.Logger loggerOrNull;

    /**
     * With one threshold for waits and holds.
     *
     * @param threshold from how long on a wait or a hold is logged
     */
    public SlowWaits(Duration threshold) {
        this(threshold, threshold);
    }

    /**
     * With a threshold for each.
     *
     * @param wait from how long on a wait is logged
     * @param hold from how long on a hold is logged; holds are known only where holders are recorded ({@link
     *     DeadlockDetector})
     */
    public SlowWaits(Duration wait, Duration hold) {
        this(wait, hold, null);
    }

    SlowWaits(Duration wait, Duration hold, System.Logger loggerOrNull) {
        this.waitNanos = TimeUnit.NANOSECONDS.convert(wait);
        this.holdNanos = TimeUnit.NANOSECONDS.convert(hold);
        this.loggerOrNull = loggerOrNull;
    }

    @Override
    public void waited(FinishedWait wait) {
        if (wait.nanos() >= waitNanos) {
            String held = wait.holder() == null
                    ? ""
                    : ", which \"" + Deadlock.nameOf(wait.holder()) + "\" held when the wait began";
            warn("\"" + Deadlock.nameOf(wait.thread()) + "\" has waited " + wait.nanos() / NANOS_PER_MILLI + " ms ("
                    + wait.mode() + ", " + wait.outcome() + ") for " + wait.lock() + held);
        }
    }

    @Override
    public void held(Object base, long offset, Thread holder, long nanos) {
        if (nanos >= holdNanos) {
            warn("\"" + Deadlock.nameOf(holder) + "\" has held " + KeyNames.describe(base, offset) + " for "
                    + nanos / NANOS_PER_MILLI + " ms");
        }
    }

    private void warn(String message) {
        System.Logger logger = loggerOrNull == null ? DeadlockDetector.logger() : loggerOrNull;
        logger.log(Level.WARNING, message);
    }
}
