package dev.parkinglot.locks;

import dev.parkinglot.core.DeadlockDetector;
import dev.parkinglot.core.KeyNames;
import dev.parkinglot.core.ParkCallbacks;
import dev.parkinglot.core.ParkOptions;
import dev.parkinglot.core.ParkResult;
import dev.parkinglot.core.ParkingLot;
import dev.parkinglot.core.Patience;
import dev.parkinglot.core.UnparkCallback;
import dev.parkinglot.core.UnparkResult;
import java.util.List;

/**
 * A lock that a {@link Condvar} can wait with: {@link Mutex}, {@link FairMutex}, {@link ReentrantMutex}, {@link RwLock}
 * held for writing, and the drop-ins and locks in buffers that are built on them.
 *
 * <p>A signalled thread moves, asleep, to the queue of such a lock and waits there for its turn. That takes an
 * agreement between the two, which is why the set of these locks is closed; subclassing them is not.
 */
public abstract sealed class CondvarLock permits MutexWord, RwWord {
    /** The queue in which threads wait for the lock is {@code (base(), offset() + QUEUE)}. */
    static final long QUEUE = 0L;

    /** Unpark token: woken by a release of the lock, which is or will soon be free: try again. */
    static final long RETRY = 0L;

    /** Unpark token: the lock is yours already. */
    static final long HANDOFF = 1L;

    /** Unpark token: woken by a signal, not by the lock, which was free. */
    static final long SIGNALLED = 2L;

    /** No unpark token: not woken by anybody, so a newcomer to the lock. */
    static final long GAVE_UP = 3L;

    /**
     * For a thread that a release may overlook: it looks by itself after 1 ms, 64 ms, 4 s, and then every 4 minutes.
     */
    static final ParkOptions LOOKING = ParkOptions.NONE.lookingAgain(1_000_000L, 64, 1_000_000L << 18);

    static {
        ParkingLot.prepare();
        DeadlockDetector.addSource(new LockHolders());
    }

    CondvarLock() {}

    // ---- where the lock is

    /** The base of the keys of its queues: the object that the state lies in, null outside of the heap. */
    Object base() {
        return this;
    }

    /** Where in that object the state lies. The queues are at this offset and the next. */
    long offset() {
        return 0L;
    }

    /** The same lock, as an object that stays the same lock: a flyweight is made to be pointed at the next. */
    CondvarLock atFixedPlace() {
        return this;
    }

    /** Whether a release may not see a thread that parks at the same moment, as the 1-0 exit may not. */
    boolean mayOverlookWaiters() {
        return false;
    }

    /** Whether threads that a signal moves to the queue go before those that came to lock. */
    boolean signalledThreadsPrecede() {
        return false;
    }

    /** What any object says of itself, and the lock's name if it has one. */
    final String title() {
        return KeyNames.appendTo(super.toString(), base(), offset());
    }

    final boolean isSameAs(CondvarLock other) {
        return base() == other.base() && offset() == other.offset();
    }

    /** Parks in one of the queues; the context of the callbacks is the lock. */
    final <L extends CondvarLock> ParkResult park(
            L self,
            long queue,
            ParkCallbacks<? super L> callbacks,
            ParkOptions options,
            long token,
            Patience patience) {
        return ParkingLot.park(base(), offset() + queue, self, callbacks, options, token, patience);
    }

    final <L extends CondvarLock> UnparkResult unparkOne(L self, long queue, UnparkCallback<? super L> callback) {
        return ParkingLot.unparkOne(base(), offset() + queue, self, callback);
    }

    /** Whether the longest waiting thread of the main queue should have the lock next. */
    final boolean isTurnDue() {
        return ParkingLot.isTurnDue(base(), offset() + QUEUE);
    }

    /** Tells of what went wrong on the way out of a failure together with that; a throwable cannot suppress itself. */
    static void suppress(Throwable second, Throwable failure) {
        if (second != failure) {
            failure.addSuppressed(second);
        }
    }

    // ---- for whoever looks for deadlocks

    /**
     * The threads for which a waiting thread waits, as far as the lock knows without a record; null if it does not
     * know.
     */
    List<Thread> blockers(long queue) {
        return null;
    }

    /** What a thread with a park token waits for in one of the queues, if there is more than one thing, for people. */
    String purposeOf(long queue, long parkToken) {
        return "";
    }

    // ---- what waiting takes

    /** Throws {@code IllegalMonitorStateException} unless the lock is held, as far as it can tell by the caller. */
    abstract void requireHeld();

    /**
     * Called by the holder before it waits: from now on no release of the lock may overlook a thread in its queue.
     *
     * @return what {@link #resume} needs to know of the hold
     * @throws IllegalMonitorStateException as {@link #requireHeld}
     */
    abstract long prepareAwait();

    /**
     * Ends the hold entirely, however often the lock is held. If this throws for want of stack, or because the lock is
     * not held any more, nothing has happened. Whatever else it throws comes from waking somebody, when the hold has
     * ended.
     */
    abstract void releaseForAwait();

    /**
     * Holds the lock as before the wait.
     *
     * @param hold what {@link #prepareAwait} returned
     * @param token how this thread was woken: {@link #HANDOFF}, {@link #RETRY}, {@link #SIGNALLED}, or {@link #GAVE_UP}
     */
    abstract void resume(long hold, long token);

    /** The park token of a thread that waits in the queue for the hold that it had. */
    abstract long parkToken();

    /**
     * With the queue's bucket locked: whether threads may be moved to it, because the lock is held, and its holder will
     * look at the queue.
     */
    abstract boolean markParkedIfLocked();

    /** With the queue's bucket locked: threads are in the queue. */
    abstract void markParked();

    // ---- first use

    /**
     * Waits and releases in every way once, so that what is loaded and linked for that is not lost to the JVM in the
     * first wait of a thread without stack or memory. Each class that says where the state is calls this for an
     * instance of its own when it is initialised.
     */
    final void rehearse() {
        try {
            rehearseOrFail();
        } catch (RuntimeException | Error e) {
            // What has not been done here is done in the first wait.
        }
    }

    abstract void rehearseOrFail();
}
