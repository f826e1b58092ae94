package dev.parkinglot.examples.course;

import dev.parkinglot.core.ParkingLot;
import java.util.concurrent.atomic.AtomicInteger;

/** Two bits, and the queue in the parking lot. */
// region:mutex
class LotMutex extends CourseLock {
    static final int HELD = 1;

    /** Somebody is in the queue, or about to be. */
    static final int PARKED = 2;

    final AtomicInteger state = new AtomicInteger();

    @Override
    void lock() {
        while (true) {
            int seen = state.get();
            if ((seen & HELD) == 0) {
                if (state.compareAndSet(seen, seen | HELD)) {
                    return;
                }
            } else if ((seen & PARKED) != 0 || state.compareAndSet(seen, seen | PARKED)) {
                ParkingLot.park(this, 0, this::mustSleep);
            }
        }
    }

    /** Asked by the lot, under the lock of the bucket. */
    boolean mustSleep() {
        return state.get() == (HELD | PARKED);
    }

    @Override
    void unlock() {
        if (!state.compareAndSet(HELD, 0)) {
            ParkingLot.unparkOne(this, 0, this, (mutex, parkToken, result) -> {
                mutex.state.set(result.haveMoreThreads() ? PARKED : 0);
                return 0L;
            });
        }
    }
}
// end
