package dev.parkinglot.locks;

import dev.parkinglot.core.Patience;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * A condition variable of 16 bytes, for use with any lock of this package but {@link Once}: an {@link RwLock} is held
 * for writing.
 *
 * <pre>{@code
 * mutex.lock();
 * try {
 *     condvar.awaitWhile(mutex, queue::isEmpty);
 *     return queue.remove();
 * } finally {
 *     mutex.unlock();
 * }
 * }</pre>
 *
 * <p>A thread that is signalled while the mutex is held is not woken only to find it held: it moves, asleep, to the
 * mutex's queue and is woken by an unlock. So {@link #signalAll()} wakes at most one thread. Threads are signalled in
 * the order in which they began to wait. In the queue of the mutex they keep this order, and go before those that have
 * come to lock, because there is something to do for them: so few threads stay awake, and the rest sleep on. Those that
 * have come to lock still have their turns ({@link Mutex}, "Fairness"). The queue of a lock that keeps the order of
 * arrival, as {@link FairMutex} does, and that of an {@link RwLock} they join at its end.
 *
 * <p><b>No spurious wake-ups</b>: {@code await} returns only if signalled, or for a deadline or an interrupt. Others
 * may still change the condition between the signal and the return, so waiting in a loop, or with {@link #awaitWhile},
 * remains right. (If a wait ends with an {@code Error} after it was signalled, the signal goes to whoever waits then.)
 *
 * <p><b>One mutex at a time.</b> The mutex with which a thread waits must be locked, or held by the guard that is
 * given. While threads wait with one mutex, nobody can wait with another. Otherwise waiting throws {@code
 * IllegalMonitorStateException}, and nothing is changed, the mutex included. Any number of condition variables can be
 * used with one mutex. Signalling needs no mutex to be held, but holding it is what keeps a signal from falling between
 * the check of the condition and the wait.
 *
 * <p><b>Interrupts</b> follow {@link java.util.concurrent.locks.Condition}: an interrupt before the signal ends the
 * wait with an {@code InterruptedException}; after the signal it stays pending, and the thread keeps its place in the
 * mutex's queue. So it does when its time is over only then. Either way the mutex is held again.
 *
 * <p><b>Memory effects</b>: those of unlocking and locking the mutex.
 *
 * <p><b>Cost.</b> 16 bytes; signalling nobody is one read. The first wait makes the mutex leave its cheapest way of
 * unlocking for good ({@link Mutex}, "Visibility of waiters"). A platform thread that waits alone yields the processor
 * once before it sleeps: if who will signal it was only waiting for that, neither a sleep nor a wake is needed.
 *
 * <p>Idea: {@code Condvar} of Rust's {@code parking_lot}; moving waiters is WebKit's and, before it, that of {@code
 * FUTEX_CMP_REQUEUE}.
 */
public class Condvar extends CondvarProtocol {
    /** Makes a condition variable on which nobody waits. */
    public Condvar() {}

    // ---- waiting

    /**
     * Unlocks the mutex, waits for a signal, and locks the mutex again.
     *
     * @param mutex the mutex, held by the caller
     * @throws InterruptedException if interrupted before being signalled; the mutex is held again
     */
    public final void await(CondvarLock mutex) throws InterruptedException {
        await(mutex, Patience.INTERRUPTIBLE).orThrow();
    }

    /**
     * As {@link #await(CondvarLock)} with the lock that a guard holds; it holds it again afterwards.
     *
     * @param guard of a mutex, or with a write hold
     * @throws InterruptedException as {@link #await(CondvarLock)}
     */
    public final void await(LockGuard guard) throws InterruptedException {
        await(guard.heldToWait());
    }

    /**
     * As {@link #awaitFor(CondvarLock, Duration)} with the lock that a guard holds; it holds it again afterwards.
     *
     * @param guard of a mutex, or with a write hold
     * @param timeout how long to wait for the signal at most
     * @return true if signalled, false if the time was over first
     * @throws InterruptedException as {@link #await(CondvarLock)}
     */
    public final boolean awaitFor(LockGuard guard, Duration timeout) throws InterruptedException {
        return awaitFor(guard.heldToWait(), timeout);
    }

    /**
     * As {@link #awaitWhile(CondvarLock, BooleanSupplier)} with the lock that a guard holds.
     *
     * @param guard of a mutex, or with a write hold
     * @param condition whether to (go on) waiting
     * @throws InterruptedException as {@link #await(CondvarLock)}
     */
    public final void awaitWhile(LockGuard guard, BooleanSupplier condition) throws InterruptedException {
        awaitWhile(guard.heldToWait(), condition);
    }

    /**
     * As {@link #await(CondvarLock)}, but an interrupt has no effect and stays pending.
     *
     * @param mutex the mutex, held by the caller
     */
    public final void awaitUninterruptibly(CondvarLock mutex) {
        await(mutex, Patience.ENDLESS);
    }

    /**
     * As {@link #await(CondvarLock)}, for a limited time.
     *
     * @param mutex the mutex, held by the caller
     * @param timeout how long to wait for the signal at most. The mutex is unlocked and locked again even if it is zero
     *     or less
     * @return true if signalled, false if the time was over first; the mutex is held in both cases
     * @throws InterruptedException as {@link #await(CondvarLock)}
     */
    public final boolean awaitFor(CondvarLock mutex, Duration timeout) throws InterruptedException {
        return awaitUntil(mutex, Deadlines.after(Deadlines.nanosOf(timeout)));
    }

    /**
     * As {@link #await(CondvarLock)}, until a deadline.
     *
     * @param mutex the mutex, held by the caller
     * @param deadlineNanos when to give up, in terms of {@link System#nanoTime()}, less than 292 years from now
     * @return true if signalled, false if the deadline came first; the mutex is held in both cases
     * @throws InterruptedException as {@link #await(CondvarLock)}
     */
    public final boolean awaitUntil(CondvarLock mutex, long deadlineNanos) throws InterruptedException {
        return await(mutex, Patience.interruptiblyUntil(deadlineNanos)).orThrow();
    }

    /**
     * Waits as long as a condition holds. It is evaluated with the mutex held, first before waiting at all.
     *
     * @param mutex the mutex, held by the caller
     * @param condition whether to (go on) waiting
     * @throws InterruptedException as {@link #await(CondvarLock)}
     */
    public final void awaitWhile(CondvarLock mutex, BooleanSupplier condition) throws InterruptedException {
        mutex.requireHeld();
        while (condition.getAsBoolean()) {
            await(mutex);
        }
    }

    /**
     * As {@link #awaitWhile}, for a limited time.
     *
     * @param mutex the mutex, held by the caller
     * @param condition whether to (go on) waiting
     * @param timeout how long to wait at most
     * @return true if the condition does not hold any more, false if the time was over and it still held
     * @throws InterruptedException as {@link #await(CondvarLock)}
     */
    public final boolean awaitWhileFor(CondvarLock mutex, BooleanSupplier condition, Duration timeout)
            throws InterruptedException {
        return awaitWhileUntil(mutex, condition, Deadlines.after(Deadlines.nanosOf(timeout)));
    }

    /**
     * As {@link #awaitWhile}, until a deadline.
     *
     * @param mutex the mutex, held by the caller
     * @param condition whether to (go on) waiting
     * @param deadlineNanos when to give up, in terms of {@link System#nanoTime()}, less than 292 years from now
     * @return true if the condition does not hold any more, false if the deadline had come and it still held
     * @throws InterruptedException as {@link #await(CondvarLock)}
     */
    public final boolean awaitWhileUntil(CondvarLock mutex, BooleanSupplier condition, long deadlineNanos)
            throws InterruptedException {
        mutex.requireHeld();
        while (condition.getAsBoolean()) {
            if (!awaitUntil(mutex, deadlineNanos)) {
                return !condition.getAsBoolean();
            }
        }
        return true;
    }

    // ---- signalling

    /**
     * Signals the longest waiting thread.
     *
     * @return whether there was one
     */
    public final boolean signal() {
        return signal(false) != 0;
    }

    /**
     * Signals all threads that wait now.
     *
     * @return how many there were
     */
    public final int signalAll() {
        return signal(true);
    }
}
