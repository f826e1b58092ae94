package dev.parkinglot.core;

import dev.parkinglot.parkers.ParkerBackends;
import java.util.List;

/** The operations of a lot, for keys that are one value. The key is also the context of every callback. */
class KeyedLot {
    static final ParkCallbacks<Object> VALID = (context, parkToken) -> true;
    static final UnparkCallback<Object> NO_TOKEN = (context, parkToken, result) -> ParkingLot.DEFAULT_UNPARK_TOKEN;

    final Lot lot;

    KeyedLot(Lot lot) {
        this.lot = lot;
    }

    /** One of its own with the parkers and the clock of the shared one, but without the fence. */
    static KeyedLot real(int tableSize) {
        return new KeyedLot(new Lot(tableSize, ParkerBackends::forThread, System::nanoTime, () -> false));
    }

    /** Parks the current thread. */
    ParkResult parkHere(Key key, Patience patience) {
        return parkHere(key, VALID, ParkOptions.NONE, 0L, patience);
    }

    /** Parks the current thread. */
    ParkResult parkHere(
            Key key, ParkCallbacks<? super Key> callbacks, ParkOptions options, long parkToken, Patience patience) {
        return lot.parking.park(key.base(), key.offset(), key, callbacks, options, parkToken, patience);
    }

    UnparkResult unparkOne(Key key, long token) {
        return unparkOne(key, (context, parkToken, result) -> token);
    }

    UnparkResult unparkOne(Key key, UnparkCallback<? super Key> callback) {
        return unparkUpTo(key, 1, callback);
    }

    UnparkResult unparkUpTo(Key key, int limit, UnparkCallback<? super Key> callback) {
        return lot.unparking.unpark(key.base(), key.offset(), limit, key, null, callback);
    }

    int unparkAll(Key key, long token) {
        return unparkUpTo(key, Integer.MAX_VALUE, (context, parkToken, result) -> token)
                .unparkedThreads();
    }

    UnparkResult unparkFilter(Key key, ParkTokenFilter<? super Key> filter, UnparkCallback<? super Key> callback) {
        return lot.unparking.unpark(key.base(), key.offset(), Integer.MAX_VALUE, key, filter, callback);
    }

    /** The source key is the context. */
    UnparkResult requeue(Key from, Key to, RequeueCallbacks<? super Key> callbacks) {
        return lot.unparking.requeue(from.base(), from.offset(), to.base(), to.offset(), from, callbacks);
    }

    UnparkResult requeueAll(Key from, Key to) {
        return requeue(from, to, new FixedRequeue(RequeueOp.REQUEUE_ALL));
    }

    boolean isTurnDue(Key key) {
        return lot.unparking.isTurnDue(key.base(), key.offset());
    }

    List<ParkedThread> waiters(Key key) {
        return lot.inspection().waiters(key.base(), key.offset());
    }

    /** The threads of a queue in order. */
    List<Thread> queue(Key key) {
        return waiters(key).stream().map(ParkedThread::thread).toList();
    }

    List<ParkedQueue> snapshot() {
        return lot.inspection().snapshot();
    }

    int tableSize() {
        return lot.table.size();
    }

    Bucket bucketOf(Key key) {
        return lot.table.bucketOf(key.base(), key.offset());
    }

    /** Every link is right, and no bucket is locked. To be asked when nothing else is going on. */
    void checkInvariants() {
        Invariants.check(lot.table);
    }
}
