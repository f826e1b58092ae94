package dev.parkinglot.locks;

import java.util.Objects;
import java.util.Optional;

/**
 * How any {@link ScopedLock} ties a hold to a guard or to an action. A guard is made before the lock is held, since
 * there may be no memory for it afterwards. Nor need there be stack for what it notes then: to lock may have taken
 * less.
 */
final class Scopes {
    private Scopes() {}

    static <G extends LockGuard> G lock(ScopedLock<?> lock, G guard) {
        lock.lock();
        try {
            guard.begin();
        } catch (StackOverflowError e) {
            // It stands for the hold as it was made.
        }
        return guard;
    }

    static <G extends LockGuard> G lockInterruptibly(ScopedLock<?> lock, G guard) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            guard.begin();
        } catch (StackOverflowError e) {
            // It stands for the hold as it was made.
        }
        return guard;
    }

    static <G extends LockGuard> Optional<G> tryLockUntil(ScopedLock<?> lock, G guard, long deadlineNanos) {
        Optional<G> found = Optional.of(guard);
        if (!lock.tryLockUntil(deadlineNanos)) {
            return Optional.empty();
        }
        try {
            guard.begin();
        } catch (StackOverflowError e) {
            // It stands for the hold as it was made.
        }
        return found;
    }

    static <T, X extends Throwable> T call(ScopedLock<?> lock, LockCall<T, X> call) throws X {
        Objects.requireNonNull(call, "call");
        lock.lock();
        try {
            return call.call();
        } finally {
            lock.unlock();
        }
    }

    static <X extends Throwable> void run(ScopedLock<?> lock, LockAction<X> action) throws X {
        Objects.requireNonNull(action, "action");
        lock.lock();
        try {
            action.run();
        } finally {
            lock.unlock();
        }
    }
}
