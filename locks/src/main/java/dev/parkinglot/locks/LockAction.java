package dev.parkinglot.locks;

/**
 * What to do while a lock is held, or while it is not.
 *
 * @param <X> what it may throw; inferred as {@link RuntimeException} where it throws nothing that must be declared
 */
@FunctionalInterface
public interface LockAction<X extends Throwable> {
    /**
     * Does it.
     *
     * @throws X whatever the action throws
     */
    void run() throws X;
}
