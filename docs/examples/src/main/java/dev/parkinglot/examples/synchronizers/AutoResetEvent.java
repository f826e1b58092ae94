package dev.parkinglot.examples.synchronizers;

import dev.parkinglot.core.ParkCallbacks;
import dev.parkinglot.core.ParkOptions;
import dev.parkinglot.core.ParkResult;
import dev.parkinglot.core.ParkingLot;
import dev.parkinglot.core.Patience;
import java.util.concurrent.atomic.AtomicInteger;

/** A turnstile: {@code set} lets one thread pass, the one that has waited longest or the next that comes. */
public class AutoResetEvent {
    static {
        ParkingLot.prepare();
    }

    private static final int SHUT = 0;
    private static final int OPEN = 1;

    /** Shut, and somebody waits or is about to. Left only under the lock of the bucket. */
    private static final int AWAITED = 2;

    private final AtomicInteger state = new AtomicInteger(SHUT);

    private static final ParkCallbacks<AutoResetEvent> WAIT = new ParkCallbacks<>() {
        @Override
        public boolean validate(AutoResetEvent event, long parkToken) {
            return event.state.get() == AWAITED;
        }

        @Override
        public void timedOut(AutoResetEvent event, Object base, long offset, boolean wasLastThread) {
            if (wasLastThread) {
                event.state.compareAndSet(AWAITED, SHUT);
            }
        }

        // region:wakeLost
        @Override
        public void wakeLost(AutoResetEvent event, long unparkToken, Throwable failure) {
            event.set(); // this thread was let pass, and cannot: somebody else may
        }
        // end
    };

    // region:set
    /** Lets one thread pass. Without effect if one may pass already. */
    public void set() {
        while (state.get() != OPEN) {
            if (state.compareAndSet(SHUT, OPEN)) {
                return;
            }
            if (state.get() == AWAITED) {
                ParkingLot.unparkOne(this, 0, this, (event, parkToken, result) -> {
                    boolean somebodyPasses = result.unparkedThreads() != 0;
                    event.state.set(!somebodyPasses ? OPEN : result.haveMoreThreads() ? AWAITED : SHUT);
                    return 0L;
                });
                return;
            }
        }
    }
    // end

    /** Waits until this thread may pass. */
    public boolean await(Patience patience) throws InterruptedException {
        while (true) {
            if (state.compareAndSet(OPEN, SHUT)) {
                return true;
            }
            if (state.get() == AWAITED || state.compareAndSet(SHUT, AWAITED)) {
                ParkResult result = ParkingLot.park(this, 0, this, WAIT, ParkOptions.NONE, 0L, patience);
                if (result.kind() == ParkResult.Kind.UNPARKED) {
                    return true; // handed over: nobody else was let pass for this set
                }
                if (!Waiting.goesOn(result)) {
                    return false;
                }
            }
        }
    }

    // region:source
    /**
     * This turnstile as one of several things to wait for. To be woken by it is to have passed; if it need not be
     * waited for, {@link #await} may pass.
     */
    public FirstOf.Source source() {
        return new FirstOf.Source(
                this,
                0L,
                () -> state.updateAndGet(now -> now == SHUT ? AWAITED : now) == AWAITED,
                token -> set()); // somebody else may pass instead
    }
    // end
}
