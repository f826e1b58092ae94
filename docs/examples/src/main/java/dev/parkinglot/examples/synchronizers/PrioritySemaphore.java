package dev.parkinglot.examples.synchronizers;

import dev.parkinglot.core.ParkCallbacks;
import dev.parkinglot.core.ParkOptions;
import dev.parkinglot.core.ParkResult;
import dev.parkinglot.core.ParkingLot;
import dev.parkinglot.core.Patience;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Permits, one at a time, for the thread that matters most: each level has a queue of its own, at the offset of its
 * number, and the state has a bit for each level at which somebody waits.
 */
public class PrioritySemaphore {
    static {
        ParkingLot.prepare();
    }

    /** How many levels there are. */
    public static final int LEVELS = 32;

    /** The permits in the lower half, the bits of the levels in the upper one. A bit is set only if there is no permit.
     * */
    private final AtomicLong state;

    private static final ParkCallbacks<PrioritySemaphore> WAIT = new ParkCallbacks<>() {
        @Override
        public boolean validate(PrioritySemaphore semaphore, long level) {
            return (semaphore.state.get() & bit(level)) != 0L;
        }

        @Override
        public void timedOut(PrioritySemaphore semaphore, Object base, long level, boolean wasLastThread) {
            if (wasLastThread) {
                semaphore.state.getAndUpdate(state -> state & ~bit(level));
            }
        }

        @Override
        public void wakeLost(PrioritySemaphore semaphore, long unparkToken, Throwable failure) {
            semaphore.release();
        }
    };

    private static long bit(long level) {
        return 1L << (Integer.SIZE + level);
    }

    /** Makes one with so many permits. */
    public PrioritySemaphore(int permits) {
        if (permits < 0) {
            throw new IllegalArgumentException("a semaphore has 0 permits or more, not " + permits);
        }
        state = new AtomicLong(permits);
    }

    /** Acquires a permit. The level says how much that matters: 0 to 31, 31 most. */
    public boolean acquire(int level, Patience patience) throws InterruptedException {
        if (level < 0 || level >= LEVELS) {
            throw new IllegalArgumentException("levels are 0 to 31, not " + level);
        }
        while (true) {
            long seen = state.get();
            boolean free = (int) seen != 0;
            long next = free ? seen - 1L : seen | bit(level);
            if (next != seen && !state.compareAndSet(seen, next)) {
                continue;
            }
            if (free) {
                return true;
            }
            ParkResult result = ParkingLot.park(this, level, this, WAIT, ParkOptions.NONE, level, patience);
            if (result.kind() == ParkResult.Kind.UNPARKED) {
                return true; // handed over
            }
            if (!Waiting.goesOn(result)) {
                return false;
            }
        }
    }

    /** Gives a permit back: to the thread that has waited longest at the highest level at which one waits. */
    public void release() {
        while (true) {
            long seen = state.get();
            if (seen >>> Integer.SIZE == 0L) {
                if (state.compareAndSet(seen, seen + 1L)) {
                    return;
                }
            } else if (give(Long.SIZE - 1 - Long.numberOfLeadingZeros(seen) - Integer.SIZE)) {
                return;
            }
        }
    }

    /** False if nobody waits at this level any more. */
    private boolean give(long level) {
        boolean[] given = new boolean[1];
        ParkingLot.unparkOne(this, level, given, (done, parkToken, result) -> {
            boolean handedOver = result.unparkedThreads() != 0;
            long before = state.getAndUpdate(seen -> {
                // whoever has set the bit and is not there yet finds it gone, and comes for the permit
                boolean leave = !handedOver && (seen & bit(level)) != 0L;
                return (result.haveMoreThreads() ? seen : seen & ~bit(level)) + (leave ? 1L : 0L);
            });
            done[0] = handedOver || (before & bit(level)) != 0L;
            return 0L;
        });
        return given[0];
    }
}
