package dev.parkinglot.locks;

import dev.parkinglot.core.ParkingLot;
import java.util.Objects;
import java.util.concurrent.locks.Lock;

/**
 * What {@link Mutex} and {@link ReentrantMutex} can do alike, beyond what a {@link Lock} can. The drop-in {@link
 * ReentrantLock} stays without it, since it has the members of the class that it replaces and no others.
 */
sealed interface MutexMethods extends Lock permits Mutex, ReentrantMutex {
    /**
     * Computes a value while holding the lock. Waits for the lock as {@link #lock()} does.
     *
     * @param <T> the type of the value
     * @param <X> what the action may throw
     * @param action what to compute
     * @return what the action returned
     * @throws X whatever the action throws; the hold has been ended
     */
    default <T, X extends Throwable> T withLock(LockCall<T, X> action) throws X {
        Objects.requireNonNull(action, "action");
        lock();
        try {
            return action.call();
        } finally {
            unlock();
        }
    }

    /**
     * Runs an action while holding the lock. Waits for the lock as {@link #lock()} does. It has another name than
     * {@link #withLock}, so that a lambda expression is never taken for the wrong one of the two.
     *
     * @param <X> what the action may throw
     * @param action what to run
     * @throws X whatever the action throws; the hold has been ended
     */
    default <X extends Throwable> void runLocked(LockAction<X> action) throws X {
        Objects.requireNonNull(action, "action");
        lock();
        try {
            action.run();
        } finally {
            unlock();
        }
    }

    /**
     * Whether threads are parked for the lock. A thread that spins, or that has been woken and has not yet got the lock,
     * is not counted. Copies the queue, as {@link #getQueueLength()} does.
     *
     * @return a value that may be stale when it is looked at
     */
    default boolean hasQueuedThreads() {
        return getQueueLength() != 0;
    }

    /**
     * How many threads are parked for the lock; see {@link #hasQueuedThreads()}. Copies the queue, so it takes time and
     * memory for each thread in it.
     *
     * @return a value that may be stale when it is looked at
     */
    default int getQueueLength() {
        CondvarLock lock = (CondvarLock) this;
        return ParkingLot.waiters(lock.base(), lock.offset() + CondvarLock.QUEUE)
                .size();
    }
}
