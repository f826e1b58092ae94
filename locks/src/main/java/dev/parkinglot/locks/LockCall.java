package dev.parkinglot.locks;

/**
 * What to compute while a lock is held.
 *
 * @param <T> the type of the value
 * @param <X> what it may throw; inferred as {@link RuntimeException} where it throws nothing that must be declared
 */
@FunctionalInterface
public interface LockCall<T, X extends Throwable> {
    /**
     * Computes it.
     *
     * @return the value
     * @throws X whatever the computation throws
     */
    T call() throws X;
}
