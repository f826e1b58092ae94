package dev.parkinglot.locks;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * A value and the {@link RwLock} that guards it, so that nobody can reach the one without the other.
 *
 * <pre>{@code
 * private final RwGuarded<Config> config = new RwGuarded<>(Config.DEFAULT);
 *
 * int port = config.read().with(Config::port);
 *
 * try (var guard = config.upgradable().lock()) {
 *     if (guard.get().isStale()) {
 *         guard.upgrade();
 *         guard.set(load());
 *     }
 * }
 * }</pre>
 *
 * <p>What the value refers to is as safe as its user keeps it: readers share it, so it should not be changed, only
 * replaced, or else be changed by writers alone.
 *
 * <p>Fairness, memory effects and waiting are those of {@link ReadersWriterLock}.
 *
 * <p><b>Cost.</b> 24 bytes and a lock of 16, as for a class that has a lock and a value. A guard is one object, made
 * before the lock is acquired.
 *
 * <p>Idea: {@code RwLock<T>} of Rust's {@code parking_lot}.
 *
 * @param <T> the type of the value
 */
public final class RwGuarded<T> {
    private final RwLock lock = new RwLock();

    /** Guarded by the lock. */
    private T value;

    /**
     * Guards a value.
     *
     * @param value the first value; may be null
     */
    public RwGuarded(T value) {
        this.value = value;
    }

    /** {@return the mode of reading, beside other readers} */
    public Mode<T> read() {
        return new Mode<>(this, lock.read());
    }

    /** {@return the mode of reading recursively: also beside a writer that waits, as long as others read} */
    public Mode<T> readRecursive() {
        return new Mode<>(this, lock.readRecursive());
    }

    /** {@return the mode of reading beside other readers, with the right to begin to write} */
    public Mode<T> upgradable() {
        return new Mode<>(this, lock.upgradable());
    }

    /** {@return the mode of writing, alone} */
    public Mode<T> write() {
        return new Mode<>(this, lock.write());
    }

    /**
     * Replaces the value by what a function makes of it, while holding the lock for writing.
     *
     * @param <X> what the function may throw
     * @param function if it throws, the value stays as it is
     * @return the new value
     * @throws X whatever the function throws
     */
    public <X extends Throwable> T update(Guarded.Use<? super T, ? extends T, ? extends X> function) throws X {
        Objects.requireNonNull(function, "function");
        lock.lockWrite();
        try {
            value = function.use(value);
            return value;
        } finally {
            lock.unlockWrite();
        }
    }

    /**
     * Tells the value, or that it is locked for writing, for people. Does not wait.
     *
     * @return such as "RwGuarded[5]" or "RwGuarded[locked]"
     */
    @Override
    public String toString() {
        if (!lock.tryLockRead()) {
            return "RwGuarded[locked]";
        }
        try {
            return "RwGuarded[" + value + "]";
        } finally {
            lock.unlockRead();
        }
    }

    /**
     * One way to reach the value: reading, recursively or not, reading with the right to write, or writing. It has the
     * operations of {@link Guarded}.
     *
     * @param <T> the type of the value
     */
    public static final class Mode<T> {
        private final RwGuarded<T> guarded;
        private final RwLockMode mode;

        private Mode(RwGuarded<T> guarded, RwLockMode mode) {
            this.guarded = guarded;
            this.mode = mode;
        }

        /**
         * Applies a function to the value while holding the lock in this mode.
         *
         * @param <R> the type of the result
         * @param <X> what the function may throw
         * @param function what it throws leaves this method after the lock was released
         * @return what the function returned
         * @throws X whatever the function throws
         */
        public <R, X extends Throwable> R with(Guarded.Use<? super T, ? extends R, ? extends X> function) throws X {
            Objects.requireNonNull(function, "function");
            mode.lock();
            try {
                return function.use(guarded.value);
            } finally {
                mode.unlock();
            }
        }

        /** {@return what gives access to the value, and unlocks when it is closed} As {@link Guarded#lock}. */
        @CheckReturnValue
        public Guard<T> lock() {
            return Scopes.lock(mode, new Guard<>(this));
        }

        /**
         * Locks, unless interrupted before or while waiting.
         *
         * @return gives access to the value, and unlocks when it is closed
         * @throws InterruptedException if interrupted; the lock is not held and the interrupt flag is clear
         */
        @CheckReturnValue
        public Guard<T> lockInterruptibly() throws InterruptedException {
            return Scopes.lockInterruptibly(mode, new Guard<>(this));
        }

        /** {@return the same as {@link #lock}, or empty if that is not possible at once} Does not wait. */
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
            return Scopes.tryLockUntil(mode, new Guard<>(this), deadlineNanos);
        }
    }

    /**
     * One hold of a guarded value, in whatever mode it is at the moment.
     *
     * @param <T> the type of the value
     */
    public static final class Guard<T> extends RwLockGuard {
        private final RwGuarded<T> guarded;

        private Guard(Mode<T> mode) {
            super(mode.guarded.lock, mode.mode.access());
            this.guarded = mode.guarded;
        }

        /** {@return the value, in any mode} */
        public T get() {
            held();
            return guarded.value;
        }

        /**
         * Replaces the value.
         *
         * @param value the new one; may be null
         * @throws IllegalMonitorStateException if the guard does not hold the lock for writing
         */
        public void set(T value) {
            require(Access.WRITE);
            guarded.value = value;
        }
    }
}
