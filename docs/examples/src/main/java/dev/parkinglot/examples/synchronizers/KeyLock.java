package dev.parkinglot.examples.synchronizers;

import dev.parkinglot.core.ParkCallbacks;
import dev.parkinglot.core.ParkOptions;
import dev.parkinglot.core.ParkResult;
import dev.parkinglot.core.ParkingLot;
import dev.parkinglot.core.Patience;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A lock for each key, made when the key is locked and gone when it is not: {@link #isEmpty} when all are free. Equal
 * keys have one lock and different keys different ones. First come, first served.
 *
 * @param <K> the type of the keys
 */
public class KeyLock<K> {
    static {
        ParkingLot.prepare();
    }

    private static final int HELD = 0;

    /** Held, and somebody waits or is about to. Left only under the lock of the bucket. */
    private static final int AWAITED = 1;

    /** Free: whoever finds this in the map takes it out. */
    private static final int FREE = 2;

    private final ConcurrentHashMap<K, Hold<K>> holds = new ConcurrentHashMap<>();

    /** That a key is locked, by whoever it is; also the key of those who wait. */
    private static final class Hold<K> extends AtomicInteger {
        private static final long serialVersionUID = 1L;

        @SuppressWarnings("serial") // never serialized
        final K key;

        Hold(K key) {
            this.key = key;
        }

        long release() {
            return ParkingLot.unparkOne(this, 0, this, (hold, parkToken, result) -> {
                        boolean handedOver = result.unparkedThreads() != 0;
                        hold.set(!handedOver ? FREE : result.haveMoreThreads() ? AWAITED : HELD);
                        return 0L;
                    })
                    .unparkedThreads();
        }
    }

    private final ParkCallbacks<Hold<K>> waiting = new ParkCallbacks<>() {
        @Override
        public boolean validate(Hold<K> hold, long parkToken) {
            return hold.get() == AWAITED;
        }

        @Override
        public void timedOut(Hold<K> hold, Object base, long offset, boolean wasLastThread) {
            if (wasLastThread) {
                hold.compareAndSet(AWAITED, HELD);
            }
        }

        @Override
        public void wakeLost(Hold<K> hold, long unparkToken, Throwable failure) {
            unlock(hold.key); // handed over, but there is no way to say so
        }
    };

    /** Makes one in which no key is locked. */
    public KeyLock() {}

    /** Locks a key. Not reentrant. */
    public boolean lock(K key, Patience patience) throws InterruptedException {
        Hold<K> mine = new Hold<>(key);
        while (true) {
            Hold<K> other = holds.putIfAbsent(key, mine);
            if (other == null) {
                return true;
            }
            if (other.get() == FREE) {
                holds.remove(key, other);
            } else if (other.get() == AWAITED || other.compareAndSet(HELD, AWAITED)) {
                ParkResult result = ParkingLot.park(other, 0, other, waiting, ParkOptions.NONE, 0L, patience);
                if (result.kind() == ParkResult.Kind.UNPARKED) {
                    return true; // handed over
                }
                if (!Waiting.goesOn(result)) {
                    return false;
                }
            }
        }
    }

    /** Unlocks a key, or hands it to the thread that has waited longest for it. Throws if it is not locked. */
    public void unlock(K key) {
        Hold<K> hold = holds.get(key);
        if (hold == null || hold.get() == FREE) {
            throw new IllegalMonitorStateException("not locked: " + key);
        }
        if (hold.compareAndSet(HELD, FREE) || hold.release() == 0) {
            holds.remove(key, hold);
        }
    }

    /** Whether no key is locked. */
    public boolean isEmpty() {
        return holds.isEmpty();
    }
}
