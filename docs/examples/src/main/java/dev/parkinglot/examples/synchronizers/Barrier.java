package dev.parkinglot.examples.synchronizers;

import dev.parkinglot.core.ParkResult;
import dev.parkinglot.core.ParkingLot;
import dev.parkinglot.core.Patience;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Lets threads go on when all of a group have come, again and again, as {@link java.util.concurrent.CyclicBarrier}.
 * Each round is an object with a count, and this object is also the key of those who wait for the round.
 */
public class Barrier {
    static {
        ParkingLot.prepare();
    }

    private static final int OPEN = -1;
    private static final int BROKEN = -2;

    private final int parties;
    private final Runnable action;
    private final AtomicReference<Round> round;

    /** How many are missing; 0 while the last one runs the action. */
    private static final class Round extends AtomicInteger {
        private static final long serialVersionUID = 1L;

        Round(int parties) {
            super(parties);
        }

        void end(int outcome) {
            set(outcome);
            ParkingLot.unparkAll(this, 0);
        }
    }

    /** Makes one for so many threads in a round, of which the last one runs an action before all go on. */
    public Barrier(int parties, Runnable action) {
        if (parties <= 0) {
            throw new IllegalArgumentException("a barrier is for 1 thread or more, not for " + parties);
        }
        this.parties = parties;
        this.action = action;
        round = new AtomicReference<>(new Round(parties));
    }

    /**
     * Waits for the others of the round, and returns how many were missing after this one: 0 for the last. A thread
     * whose time is over, that is interrupted, or whose action fails breaks the barrier, for all of this round and for
     * all who come later.
     */
    public int await(Patience patience) throws InterruptedException, TimeoutException, BrokenBarrierException {
        while (true) {
            Round mine = round.get();
            int missing = mine.get();
            if (missing == BROKEN) {
                throw new BrokenBarrierException();
            }
            if (missing == 0) { // complete, and its action runs; what becomes of it decides about the next one
                ParkingLot.park(mine, 0, () -> mine.get() == 0);
            } else if (missing == OPEN) {
                round.compareAndSet(mine, new Round(parties));
            } else if (mine.compareAndSet(missing, missing - 1)) {
                if (missing == 1) {
                    runAction(mine);
                } else {
                    waitFor(mine, patience);
                }
                return missing - 1;
            }
        }
    }

    private void runAction(Round mine) {
        int outcome = BROKEN;
        try {
            action.run();
            outcome = OPEN;
        } finally {
            mine.end(outcome);
        }
    }

    private static void waitFor(Round mine, Patience patience)
            throws InterruptedException, TimeoutException, BrokenBarrierException {
        Waiting.lookFor(() -> mine.get() < 0); // the others of the round are often running now
        Patience left = patience;
        while (mine.get() >= 0) {
            ParkResult result = ParkingLot.park(mine, 0, () -> mine.get() >= 0, left);
            if (result.kind() == ParkResult.Kind.TIMED_OUT || result.kind() == ParkResult.Kind.INTERRUPTED) {
                if (breakIt(mine)) {
                    if (!Waiting.goesOn(result)) {
                        throw new TimeoutException();
                    }
                }
                if (result.kind() == ParkResult.Kind.INTERRUPTED) {
                    Thread.currentThread().interrupt();
                }
                left = Patience.ENDLESS; // all have come, or it is broken: the outcome is near
            }
        }
        if (mine.get() == BROKEN) {
            throw new BrokenBarrierException();
        }
    }

    private static boolean breakIt(Round mine) {
        int missing = mine.get();
        while (missing > 0 && !mine.compareAndSet(missing, BROKEN)) {
            missing = mine.get();
        }
        if (missing > 0) {
            ParkingLot.unparkAll(mine, 0);
        }
        return missing > 0;
    }
}
