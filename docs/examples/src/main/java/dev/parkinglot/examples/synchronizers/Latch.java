package dev.parkinglot.examples.synchronizers;

import dev.parkinglot.core.ParkingLot;
import dev.parkinglot.core.Patience;
import java.util.concurrent.atomic.AtomicInteger;

/** Opens when it has been counted down, as {@link java.util.concurrent.CountDownLatch}. */
public class Latch {
    static {
        ParkingLot.prepare();
    }

    private final AtomicInteger count;

    /** Makes one that so many calls of {@link #countDown} open. */
    public Latch(int count) {
        if (count < 0) {
            throw new IllegalArgumentException("a latch counts from 0 or more, not from " + count);
        }
        this.count = new AtomicInteger(count);
    }

    // region:latch
    /** Counts down, and opens the latch at 0. */
    public void countDown() {
        int seen = count.get();
        while (seen > 0 && !count.compareAndSet(seen, seen - 1)) {
            seen = count.get();
        }
        if (seen == 1) { // only this call has made it 0, so only this one unparks
            ParkingLot.unparkAll(this, 0);
        }
    }

    /**
     * Waits until the latch is open.
     *
     * @param patience for how long at most, and whether an interrupt ends the wait
     * @return whether it is open; false if time was over first
     * @throws InterruptedException if interrupted while waiting
     */
    public boolean await(Patience patience) throws InterruptedException {
        Waiting.lookFor(() -> count.get() == 0); // whoever counts down last is often running now
        while (count.get() != 0) {
            if (!Waiting.goesOn(ParkingLot.park(this, 0, () -> count.get() != 0, patience))) {
                return false;
            }
        }
        return true;
    }
    // end

    /** How far it has to be counted down; 0 if it is open. */
    public int count() {
        return count.get();
    }
}
