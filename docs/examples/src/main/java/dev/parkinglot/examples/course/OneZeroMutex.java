package dev.parkinglot.examples.course;

import dev.parkinglot.core.ParkingLot;
import dev.parkinglot.core.Patience;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Unlocks with a plain store instead of an atomic instruction, and looks at the mark of those who wait afterwards. What
 * a processor does with the store is shown by {@link Memory}.
 */
class OneZeroMutex extends CourseLock {
    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    final Memory memory;

    OneZeroMutex(Memory memory) {
        this.memory = memory;
    }

    // region:memory
    /** The two fields of the mutex. */
    interface Memory {
        /** Sets held if it is not, and waits for all earlier stores of this thread: an atomic instruction. */
        boolean acquire();

        /** Stores "not held". It may take effect for others only later. */
        void release();

        boolean isHeld();

        /** Sets the mark, with a fence. */
        void setParked();

        boolean isParked();

        void clearParked();

        /** Waits for all earlier stores of this thread. */
        void fence();
    }
    // end

    /** That of a program: the store is released, and the mark read, with nothing between them that orders the two. */
    static final class Real implements Memory {
        private final AtomicBoolean held = new AtomicBoolean();
        private final AtomicBoolean parked = new AtomicBoolean();

        @Override
        public boolean acquire() {
            return held.compareAndSet(false, true);
        }

        @Override
        public void release() {
            held.setRelease(false);
        }

        @Override
        public boolean isHeld() {
            return held.get();
        }

        @Override
        public void setParked() {
            parked.set(true);
            fence();
        }

        @Override
        public boolean isParked() {
            return parked.getOpaque();
        }

        @Override
        public void clearParked() {
            parked.set(false);
        }

        @Override
        public void fence() {
            VarHandle.fullFence();
        }
    }

    // region:onezero
    @Override
    void lock() {
        while (!memory.acquire()) {
            steps.step("has seen it held");
            memory.setParked();
            ParkingLot.park(this, 0, () -> memory.isParked() && memory.isHeld(), patience());
        }
    }

    /** How long to sleep before looking again: here is what makes up for the missing fence. */
    Patience patience() {
        return Patience.until(System.nanoTime() + LOOK_AGAIN_NANOS);
    }

    @Override
    void unlock() {
        memory.release(); // (A)
        steps.step("has stored");
        fenceOrNone();
        if (memory.isParked()) { // (B)
            ParkingLot.unparkOne(this, 0, this, (mutex, parkToken, result) -> {
                if (!result.haveMoreThreads()) {
                    mutex.memory.clearParked();
                }
                return 0L;
            });
        }
    }

    /** None: that is the point. */
    void fenceOrNone() {}
    // end
}
