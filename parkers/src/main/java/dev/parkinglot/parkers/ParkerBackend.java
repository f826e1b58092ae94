package dev.parkinglot.parkers;

import java.util.Optional;

/**
 * A way of sleeping: whether it works here, which threads it can serve, and a factory of parkers.
 *
 * <p>Implementations are stateless or thread-safe. Those of this module are found through {@link ParkerBackends}; a
 * program may bring its own to the classes that take one.
 */
public interface ParkerBackend {
    /**
     * The name by which {@code -Ddev.parkinglot.parker} chooses this backend.
     *
     * @return a short lower-case word
     */
    String name();

    /**
     * Why this backend cannot be used on this machine and JVM.
     *
     * @return empty when it can be used, otherwise a reason for people to read
     */
    default Optional<String> unavailableReason() {
        return Optional.empty();
    }

    /**
     * Whether this backend can put a given thread to sleep without harm to others.
     *
     * @param thread the thread that would sleep
     * @return true by default
     */
    default boolean serves(Thread thread) {
        return true;
    }

    /**
     * Makes a parker for the current thread. Called once for every wait, before any queue is locked, so an {@link
     * OutOfMemoryError} here harms nobody.
     *
     * @param blocker what the thread will be waiting for, shown by thread dumps where the backend can ({@link
     *     java.util.concurrent.locks.LockSupport#getBlocker}); may be null
     * @return a parker owned by the current thread, not armed yet
     */
    ThreadParker newParker(Object blocker);
}
