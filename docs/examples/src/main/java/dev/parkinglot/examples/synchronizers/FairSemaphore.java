package dev.parkinglot.examples.synchronizers;

import dev.parkinglot.core.FilterOp;
import dev.parkinglot.core.ParkCallbacks;
import dev.parkinglot.core.ParkOptions;
import dev.parkinglot.core.ParkResult;
import dev.parkinglot.core.ParkTokenFilter;
import dev.parkinglot.core.ParkingLot;
import dev.parkinglot.core.Patience;
import dev.parkinglot.core.UnparkCallback;
import dev.parkinglot.core.UnparkResult;
import java.util.concurrent.atomic.AtomicLong;

/** Permits, any number at a time, first come first served: as {@link java.util.concurrent.Semaphore} if it is fair. */
public class FairSemaphore {
    static {
        ParkingLot.prepare();
    }

    /** Makes one with so many permits. */
    public FairSemaphore(int permits) {
        requireNotNegative(permits);
        state = new AtomicLong(2L * permits);
    }

    private static void requireNotNegative(int permits) {
        if (permits < 0) {
            throw new IllegalArgumentException("0 permits or more, not " + permits);
        }
    }

    // region:semaphore
    /**
     * Twice the permits; and QUEUED if somebody waits or is about to. While that is set, the state changes only under
     * the lock of the bucket.
     */
    private final AtomicLong state;

    private static final long QUEUED = 1L;

    /**
     * Acquires permits.
     *
     * @param permits how many, 0 or more
     * @param patience for how long to wait at most, and whether an interrupt ends the wait
     * @return false if time was over first
     * @throws InterruptedException if interrupted while waiting
     */
    public boolean acquire(int permits, Patience patience) throws InterruptedException {
        requireNotNegative(permits);
        while (!tryAcquireOrSayThatOneWaits(permits)) {
            boolean goesOn = false;
            try {
                ParkResult result =
                        ParkingLot.park(this, 0, this, new Wait(permits), ParkOptions.NONE, permits, patience);
                goesOn = Waiting.goesOn(result);
                if (result.isUnparked()) {
                    return true; // served
                }
            } finally {
                if (!goesOn) {
                    serve(0L); // this thread may have been in front of others that want less
                }
            }
            if (!goesOn) {
                return false;
            }
        }
        return true;
    }

    /** Takes permits if there are enough and nobody waits; otherwise QUEUED is set. */
    final boolean tryAcquireOrSayThatOneWaits(int permits) {
        while (true) {
            long seen = state.get();
            if ((seen & QUEUED) != 0L) {
                return false;
            }
            boolean enough = seen >= 2L * permits;
            if (state.compareAndSet(seen, enough ? seen - 2L * permits : seen | QUEUED)) {
                return enough;
            }
        }
    }

    /** Whether somebody waits or is about to. */
    final boolean isQueued() {
        return (state.get() & QUEUED) != 0L;
    }

    /** Under the lock of the bucket: one has left the queue, perhaps the last. */
    final void left(boolean wasLast) {
        if (wasLast) {
            state.getAndUpdate(now -> now & ~QUEUED);
        }
    }

    /** Gives so many permits back, or new ones; 0 or more. */
    public void release(int permits) {
        requireNotNegative(permits);
        long seen = state.get();
        while ((seen & QUEUED) == 0L) {
            if (state.compareAndSet(seen, seen + 2L * permits)) {
                return;
            }
            seen = state.get();
        }
        serve(2L * permits);
    }

    /** The current thread is in the queue, and only there is it certain who is first. */
    void queued() {
        if (state.get() > QUEUED) { // there are permits
            serve(0L);
        }
    }

    /** Gives out what there is, in the order of the queue, until somebody wants more than is left. */
    final void serve(long added) {
        ParkingLot.unparkFilter(this, 0, new Serving(this, added), Serving.WHO, Serving.COMMIT);
    }

    private record Wait(int permits) implements ParkCallbacks<FairSemaphore> {
        @Override
        public boolean validate(FairSemaphore semaphore, long parkToken) {
            return semaphore.isQueued();
        }

        @Override
        public void beforeSleep(FairSemaphore semaphore) {
            semaphore.queued();
        }

        @Override
        public void timedOut(FairSemaphore semaphore, Object base, long offset, boolean wasLastThread) {
            semaphore.left(wasLastThread);
        }

        @Override
        public void wakeLost(FairSemaphore semaphore, long unparkToken, Throwable failure) {
            semaphore.release(permits); // served, but there is no way to say so
        }
    }

    /** One look along the queue. Under the lock of the bucket, and where there is a queue, QUEUED is set. */
    private static final class Serving {
        final FairSemaphore semaphore;
        long left;
        boolean begun;

        Serving(FairSemaphore semaphore, long added) {
            this.semaphore = semaphore;
            left = added;
        }

        static final ParkTokenFilter<Serving> WHO = Serving::choose;
        static final UnparkCallback<Serving> COMMIT = Serving::commit;

        FilterOp choose(long permits) {
            if (!begun) {
                left += semaphore.state.get() & ~QUEUED;
                begun = true;
            }
            if (left < 2L * permits) {
                return FilterOp.STOP;
            }
            left -= 2L * permits;
            return FilterOp.UNPARK;
        }

        long commit(long firstPermits, UnparkResult result) {
            if (begun) {
                semaphore.state.set(left | (result.haveMoreThreads() ? QUEUED : 0L));
            } else { // nobody in the queue; who is about to park finds QUEUED gone and tries again
                semaphore.state.getAndUpdate(state -> (state & ~QUEUED) + left);
            }
            return 0L;
        }
    }
    // end

    /** How many permits there are; the number may be stale when it is looked at. */
    public int permits() {
        return (int) (state.get() >> 1);
    }
}
