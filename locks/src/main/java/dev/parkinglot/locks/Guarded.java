package dev.parkinglot.locks;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A value and the {@link Mutex} that guards it, so that nobody can reach the one without the other.
 *
 * <pre>{@code
 * private final Guarded<Map<String, Integer>> counts = new Guarded<>(new HashMap<>());
 *
 * int total = counts.with(map -> map.merge(word, 1, Integer::sum));
 *
 * try (var guard = counts.lock()) {
 *     guard.set(Map.copyOf(guard.get()));
 * }
 * }</pre>
 *
 * <p>What the value refers to is as safe as its user keeps it: an object that is kept beyond the hold is not guarded
 * any more. Not reentrant: a thread that locks it twice deadlocks with itself.
 *
 * <p>Fairness, memory effects and waiting are those of {@link Mutex}.
 *
 * <p><b>Cost.</b> 24 bytes and a mutex of 16, as for a class that has a mutex and a value. A guard is one object of 24
 * bytes, made before the lock is acquired; where the JIT compiler sees that it does not escape, it is none.
 *
 * <p>Idea: {@code Mutex<T>} of Rust's {@code parking_lot}.
 *
 * @param <T> the type of the value
 */
public final class Guarded<T> {
    private final Mutex mutex = new Mutex();

    /** Guarded by the mutex. */
    private T value;

    /**
     * Guards a value.
     *
     * @param value the first value; may be null
     */
    public Guarded(T value) {
        this.value = value;
    }

    /**
     * What to do with a value while it is locked.
     *
     * @param <T> the type of the value
     * @param <R> the type of the result
     * @param <X> what it may throw; inferred as {@link RuntimeException} where it throws nothing that must be declared
     */
    @FunctionalInterface
    public interface Use<T, R, X extends Throwable> {
        /**
         * Does it.
         *
         * @param value the value
         * @return the result
         * @throws X whatever it throws
         */
        R use(T value) throws X;
    }

    // ---- functions

    /**
     * Applies a function to the value while holding the lock.
     *
     * @param <R> the type of the result
     * @param <X> what the function may throw
     * @param function what it throws leaves this method after the lock was released
     * @return what the function returned
     * @throws X whatever the function throws
     */
    public <R, X extends Throwable> R with(Use<? super T, ? extends R, ? extends X> function) throws X {
        Objects.requireNonNull(function, "function");
        mutex.lock();
        try {
            return function.use(value);
        } finally {
            mutex.unlock();
        }
    }

    /**
     * Replaces the value by what a function makes of it, while holding the lock.
     *
     * @param <X> what the function may throw
     * @param function if it throws, the value stays as it is
     * @return the new value
     * @throws X whatever the function throws
     */
    public <X extends Throwable> T update(Use<? super T, ? extends T, ? extends X> function) throws X {
        Objects.requireNonNull(function, "function");
        mutex.lock();
        try {
            value = function.use(value);
            return value;
        } finally {
            mutex.unlock();
        }
    }

    // ---- guards

    /**
     * Locks, waiting as long as it takes. An interrupt has no effect and stays pending.
     *
     * @return gives access to the value, and unlocks when it is closed
     */
    @CheckReturnValue
    public Guard<T> lock() {
        return Scopes.lock(mutex, new Guard<>(this));
    }

    /**
     * Locks, unless interrupted before or while waiting.
     *
     * @return gives access to the value, and unlocks when it is closed
     * @throws InterruptedException if interrupted; the lock is not held and the interrupt flag is clear
     */
    @CheckReturnValue
    public Guard<T> lockInterruptibly() throws InterruptedException {
        return Scopes.lockInterruptibly(mutex, new Guard<>(this));
    }

    /** {@return the same as {@link #lock}, or empty if the lock is not free} Does not wait. */
    @CheckReturnValue
    public Optional<Guard<T>> tryLock() {
        return tryLockUntil(System.nanoTime());
    }

    /**
     * {@return the same as {@link #lock}, or empty if the time was over first}
     *
     * @param timeout how long to wait at most; zero or less means not at all
     */
    @CheckReturnValue
    public Optional<Guard<T>> tryLockFor(Duration timeout) {
        return tryLockUntil(Deadlines.after(Deadlines.nanosOf(timeout)));
    }

    /**
     * {@return the same as {@link #lock}, or empty if the deadline came first}
     *
     * @param deadlineNanos when to give up, in terms of {@link System#nanoTime()}, less than 292 years from now
     */
    @CheckReturnValue
    public Optional<Guard<T>> tryLockUntil(long deadlineNanos) {
        return Scopes.tryLockUntil(mutex, new Guard<>(this), deadlineNanos);
    }

    /** {@return whether the lock is held by any thread; the answer may be stale when it is looked at} */
    public boolean isLocked() {
        return mutex.isLocked();
    }

    /**
     * Tells the value, or that it is locked, for people. Does not wait.
     *
     * @return such as "Guarded[5]" or "Guarded[locked]"
     */
    @Override
    public String toString() {
        if (!mutex.tryLock()) {
            return "Guarded[locked]";
        }
        try {
            return "Guarded[" + value + "]";
        } finally {
            mutex.unlock();
        }
    }

    /**
     * One hold of a guarded value. Used by one thread at a time, and no longer once it is closed: then everything but
     * closing it again throws {@code IllegalMonitorStateException}, and closing it again does nothing.
     *
     * @param <T> the type of the value
     */
    public static final class Guard<T> extends MutexGuard {
        private final Guarded<T> guarded;

        private Guard(Guarded<T> guarded) {
            super(guarded.mutex);
            this.guarded = guarded;
        }

        /** {@return the value} */
        public T get() {
            requireHeld();
            return guarded.value;
        }

        /**
         * Replaces the value.
         *
         * @param value the new one; may be null
         */
        public void set(T value) {
            requireHeld();
            guarded.value = value;
        }

        /**
         * Waits for a signal; meanwhile the value is not locked. As {@link Condvar#await}.
         *
         * @param condvar what to wait for
         * @throws InterruptedException if interrupted before being signalled; the lock is held again
         */
        @SuppressWarnings("WaitNotInLoop") // the loop is the caller's
        public void await(Condvar condvar) throws InterruptedException {
            condvar.await(this);
        }

        /**
         * Waits as long as a condition holds for the value, as {@link Condvar#awaitWhile}.
         *
         * @param condvar signalled when the value changes
         * @param condition whether to (go on) waiting; asked with the lock held
         * @throws InterruptedException if interrupted before being signalled; the lock is held again
         */
        public void awaitWhile(Condvar condvar, Predicate<? super T> condition) throws InterruptedException {
            condvar.awaitWhile(this, () -> condition.test(guarded.value));
        }
    }
}
