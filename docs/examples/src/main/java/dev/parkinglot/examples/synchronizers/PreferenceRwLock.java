package dev.parkinglot.examples.synchronizers;

import dev.parkinglot.core.ParkCallbacks;
import dev.parkinglot.core.ParkOptions;
import dev.parkinglot.core.ParkingLot;
import dev.parkinglot.core.Patience;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A readers-writer lock that prefers one side: a reader waits while writers wait, or it does not. The other side can
 * starve; that is what preference means. Readers queue at the offset 0 and writers at 1.
 */
public class PreferenceRwLock {
    static {
        ParkingLot.prepare();
    }

    private static final int WRITER = 1;

    /** Readers wait or are about to; writers, likewise. Cleared only under the lock of the bucket of that queue. */
    private static final int READERS_PARKED = 2;

    private static final int WRITERS_PARKED = 4;
    private static final int ONE_READER = 8;

    private final boolean preferWriters;
    private final AtomicInteger state = new AtomicInteger();

    /** Makes one that nobody holds. If it prefers writers, a reader waits while a writer waits. */
    public PreferenceRwLock(boolean preferWriters) {
        this.preferWriters = preferWriters;
    }

    private static int parkedBit(long queue) {
        return queue == 0L ? READERS_PARKED : WRITERS_PARKED;
    }

    private boolean mayEnter(int seen, long queue) {
        return queue == 0L
                ? (seen & WRITER) == 0 && !(preferWriters && (seen & WRITERS_PARKED) != 0)
                : (seen & WRITER) == 0 && seen < ONE_READER;
    }

    // The park token is the number of the queue.
    private static final ParkCallbacks<PreferenceRwLock> WAIT = new ParkCallbacks<>() {
        @Override
        public boolean validate(PreferenceRwLock lock, long queue) {
            int seen = lock.state.get();
            return (seen & parkedBit(queue)) != 0 && !lock.mayEnter(seen, queue);
        }

        @Override
        public void timedOut(PreferenceRwLock lock, Object base, long queue, boolean wasLastThread) {
            if (wasLastThread) {
                lock.state.getAndUpdate(state -> state & ~parkedBit(queue));
            }
        }

        @Override
        public void wakeLost(PreferenceRwLock lock, long unparkToken, Throwable failure) {
            lock.wakeNext(lock.state.get());
        }
    };

    private boolean lock(long queue, int hold, Patience patience) throws InterruptedException {
        while (true) {
            int seen = state.get();
            if (mayEnter(seen, queue)) {
                if (state.compareAndSet(seen, seen + hold)) {
                    return true;
                }
            } else if ((seen & parkedBit(queue)) != 0 || state.compareAndSet(seen, seen | parkedBit(queue))) {
                boolean goesOn = false;
                try {
                    goesOn =
                            Waiting.goesOn(ParkingLot.park(this, queue, this, WAIT, ParkOptions.NONE, queue, patience));
                } finally {
                    if (!goesOn) {
                        wakeReadersLetIn(); // they may have waited only because this writer did
                    }
                }
                if (!goesOn) {
                    return false;
                }
            }
        }
    }

    private void unlock(int hold) {
        wakeNext(state.addAndGet(-hold));
    }

    private void wakeNext(int now) {
        if (now < ONE_READER && (now & WRITER) == 0 && now != 0) {
            long first = preferWriters ? 1L : 0L;
            if (!wake(first)) {
                wake(1L - first);
            }
        }
    }

    /** Wakes all readers or one writer; whoever is woken competes for the lock. */
    private boolean wake(long queue) {
        if ((state.get() & parkedBit(queue)) == 0) {
            return false;
        }
        int limit = queue == 0L ? Integer.MAX_VALUE : 1;
        return ParkingLot.unparkUpTo(this, queue, limit, this, (lock, parkToken, result) -> {
                            if (!result.haveMoreThreads()) {
                                lock.state.getAndUpdate(state -> state & ~parkedBit(queue));
                            }
                            return 0L;
                        })
                        .unparkedThreads()
                != 0;
    }

    private void wakeReadersLetIn() {
        if (mayEnter(state.get(), 0L)) {
            wake(0L);
        }
    }

    /** Locks for reading. Not reentrant. */
    public boolean lockRead(Patience patience) throws InterruptedException {
        return lock(0L, ONE_READER, patience);
    }

    /** Locks for writing. Not reentrant. */
    public boolean lockWrite(Patience patience) throws InterruptedException {
        return lock(1L, WRITER, patience);
    }

    /** Ends a hold of a reader. */
    public void unlockRead() {
        unlock(ONE_READER);
    }

    /** Ends the hold of the writer. */
    public void unlockWrite() {
        unlock(WRITER);
    }
}
