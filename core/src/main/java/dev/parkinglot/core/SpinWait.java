package dev.parkinglot.core;

import dev.parkinglot.parkers.VirtualThreads;

/**
 * What to do before parking: spin for a while, a little longer each time, then give up.
 *
 * <p>The first rounds pause the processor 2, 4 and 8 times; the others yield it, so that a holder that was preempted
 * can run. On a machine with one processor, and for a virtual thread (whose carrier others may be waiting for), {@link
 * #spin} has no rounds at all: spinning there only delays whoever would end the wait.
 *
 * <p><b>Measure before you use it.</b> It is upstream's, yields included, for what is ported from there, and it can
 * slow a synchronizer down: a thread that yields gives its processor to others, which may want the same lock, for as
 * long as the system likes. The locks of this library do without it: a thread pauses, looks at the lock after each
 * pause, and parks when that has been in vain; and while others are parked, only one thread does so.
 *
 * <p>Not thread-safe; make one for each wait (the JIT keeps it on the stack).
 *
 * <p>Idea: {@code SpinWait} of Rust's {@code parking_lot_core}.
 */
public final class SpinWait {
    private static final int ROUNDS = 10;
    private static final int PAUSING_ROUNDS = 3;
    private static final boolean SINGLE_PROCESSOR = Runtime.getRuntime().availableProcessors() == 1;

    private int round;

    /** Makes one that has not spun yet. */
    public SpinWait() {}

    /**
     * Spins for one round, which may yield the processor.
     *
     * @return true if it did; false, at once, when it is time to park
     */
    public boolean spin() {
        if (round >= ROUNDS || isPointless()) {
            return false;
        }
        round++;
        if (round <= PAUSING_ROUNDS) {
            pause(1 << round);
        } else {
            Thread.yield();
        }
        return true;
    }

    /**
     * Spins for one round without yielding: for waits that another running thread ends within nanoseconds, such as a
     * failed compare-and-set. Never gives up; the rounds stop growing at 1 024 pauses.
     */
    public void spinNoYield() {
        round = Math.min(round + 1, ROUNDS);
        pause(1 << round);
    }

    /** Starts over: the next round is the first. */
    public void reset() {
        round = 0;
    }

    private boolean isPointless() {
        return SINGLE_PROCESSOR || VirtualThreads.isVirtual(Thread.currentThread());
    }

    private static void pause(int times) {
        for (int i = 0; i < times; i++) {
            Thread.onSpinWait();
        }
    }
}
