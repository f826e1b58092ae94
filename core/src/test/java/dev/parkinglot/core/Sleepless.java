package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.parkers.ParkerBackend;
import dev.parkinglot.parkers.ThreadParker;
import dev.parkinglot.parkers.UnparkHandle;
import java.util.function.LongSupplier;

/** Parkers on which nobody sleeps, for queues of any length without threads. */
final class Sleepless implements ParkerBackend, ThreadParker {
    private static final Sleepless INSTANCE = new Sleepless();

    private Sleepless() {}

    /** A lot whose threads do not sleep, with the real clock. */
    static KeyedLot lot(int tableSize) {
        return lot(tableSize, System::nanoTime);
    }

    /** A lot whose threads do not sleep. */
    static KeyedLot lot(int tableSize, LongSupplier clock) {
        return new KeyedLot(new Lot(tableSize, thread -> INSTANCE, clock, () -> false));
    }

    /** An entry on which nobody sleeps. */
    static WaitingThread newEntry() {
        return newEntry(0L, System.nanoTime());
    }

    /** An entry on which nobody sleeps. */
    static WaitingThread newEntry(long parkToken, long sinceNanos) {
        return new WaitingThread(Thread.currentThread(), INSTANCE, parkToken, sinceNanos);
    }

    /** Puts an entry on which nobody sleeps into the queue of a key. */
    static WaitingThread enqueue(KeyedLot lot, Key key) {
        return enqueue(lot, key, newEntry(), ParkOptions.NONE);
    }

    /** Puts an entry into the queue of a key. */
    static WaitingThread enqueue(KeyedLot lot, Key key, WaitingThread entry, ParkOptions options) {
        entry.waitAs(options, false);
        assertTrue(lot.lot.parking.enqueueIfValid(entry, key.base(), key.offset(), key, KeyedLot.VALID, options));
        return entry;
    }

    /** Lets such an entry leave by itself, since its deadline has passed. */
    static ParkResult timeOut(KeyedLot lot, WaitingThread entry) {
        Patience expired = Patience.until(System.nanoTime());
        return lot.lot.parking.sleep(entry, null, KeyedLot.VALID, ParkOptions.NONE, expired);
    }

    @Override
    public String name() {
        return "sleepless";
    }

    @Override
    public ThreadParker newParker(Object blocker) {
        return this;
    }

    @Override
    public void preparePark() {
        // nothing to arm
    }

    @Override
    public boolean timedOut() {
        return true;
    }

    @Override
    public boolean park(boolean interruptible) {
        return false;
    }

    @Override
    public boolean parkUntil(long deadlineNanos, boolean interruptible) {
        return false;
    }

    @Override
    public UnparkHandle unparkLock() {
        return UnparkHandle.NONE;
    }

    @Override
    public UnparkHandle nudgeLock() {
        return UnparkHandle.NONE;
    }
}
