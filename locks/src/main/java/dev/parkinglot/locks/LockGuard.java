package dev.parkinglot.locks;

/**
 * One hold of a lock, for a try-with-resources statement: {@link MutexGuard}, {@link ReentrantMutex.Guard}, or {@link
 * RwLockGuard}. Closing it ends the hold; closing it again, or after the hold was ended in another way, does nothing.
 */
public abstract sealed class LockGuard implements AutoCloseable permits MutexGuard, ReentrantMutex.Guard, RwLockGuard {
    LockGuard() {}

    /**
     * Notes which hold it is that the caller has just got. A guard is made as one that stands for a hold; if this fails
     * for want of stack, it only cannot tell that hold from later ones.
     */
    abstract void begin();

    /** Unlocks, if the hold has not ended yet. */
    @Override
    public final void close() {
        end(false);
    }

    /** As {@link #close}, but hands the lock to those who wait for it. */
    public final void closeFair() {
        end(true);
    }

    /** Ends the hold, if it has not ended yet; fairly, or as usual. */
    abstract void end(boolean fair);

    /**
     * Lets those have the lock for a while that wait for this hold to end, if there are any.
     *
     * @throws IllegalMonitorStateException if the hold has ended; nothing is changed
     */
    public abstract void bump();

    /**
     * Unlocks, runs an action, and locks again in any case, waiting as long as it takes. An interrupt has no effect and
     * stays pending. The guard then holds the lock as before.
     *
     * @param <X> what the action may throw
     * @param action what to do while the lock is not held
     * @throws X whatever the action throws; the lock is held again
     * @throws IllegalMonitorStateException if the hold has ended; nothing is changed, and the action does not run
     */
    public abstract <X extends Throwable> void unlocked(LockAction<X> action) throws X;

    /**
     * The lock, to wait with for a condition.
     *
     * @throws IllegalMonitorStateException if the hold has ended, or does not exclude all others
     */
    abstract CondvarLock heldToWait();
}
