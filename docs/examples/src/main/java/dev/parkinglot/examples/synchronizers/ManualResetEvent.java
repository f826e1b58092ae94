package dev.parkinglot.examples.synchronizers;

import dev.parkinglot.core.ParkCallbacks;
import dev.parkinglot.core.ParkOptions;
import dev.parkinglot.core.ParkResult;
import dev.parkinglot.core.ParkingLot;
import dev.parkinglot.core.Patience;
import java.util.concurrent.atomic.AtomicInteger;

/** A door: {@code set} opens it and lets all pass who wait, {@code reset} shuts it for those who come later. */
public class ManualResetEvent {
    static {
        ParkingLot.prepare();
    }

    // region:manual
    private static final int SHUT = 0;
    private static final int OPEN = 1;

    /** Shut, and somebody waits or is about to. Left only under the lock of the bucket. */
    private static final int AWAITED = 2;

    private final AtomicInteger state = new AtomicInteger(SHUT);

    private static final ParkCallbacks<ManualResetEvent> WAIT = new ParkCallbacks<>() {
        @Override
        public boolean validate(ManualResetEvent event, long parkToken) {
            return event.state.get() == AWAITED;
        }

        @Override
        public void timedOut(ManualResetEvent event, Object base, long offset, boolean wasLastThread) {
            if (wasLastThread) {
                event.state.compareAndSet(AWAITED, SHUT);
            }
        }
    };

    /** Opens the door. Whoever waits now passes, even if it is shut again before that thread has run. */
    public void set() {
        while (state.get() != OPEN) {
            if (state.compareAndSet(SHUT, OPEN)) {
                return; // nobody waits
            }
            if (state.get() == AWAITED) {
                ParkingLot.unparkAll(this, 0, this, (event, parkToken, result) -> {
                    event.state.set(OPEN); // in one step with the choice of those who pass
                    return 0L;
                });
                return;
            }
        }
    }

    /** Shuts the door, if it is open. */
    public void reset() {
        state.compareAndSet(OPEN, SHUT);
    }

    /**
     * Waits until the door is open, or is opened.
     *
     * @param patience for how long at most, and whether an interrupt ends the wait
     * @return false if time was over first
     * @throws InterruptedException if interrupted while waiting
     */
    public boolean await(Patience patience) throws InterruptedException {
        while (true) {
            if (state.get() == OPEN) {
                return true;
            }
            if (state.get() == AWAITED || state.compareAndSet(SHUT, AWAITED)) {
                ParkResult result = ParkingLot.park(this, 0, this, WAIT, ParkOptions.NONE, 0L, patience);
                if (result.kind() == ParkResult.Kind.UNPARKED) {
                    return true; // to be woken is to pass; the state may have changed again since
                }
                if (!Waiting.goesOn(result)) {
                    return false;
                }
            }
        }
    }
    // end
}
