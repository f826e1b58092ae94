package dev.parkinglot.locks;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;

/**
 * A lock whose holds can be tied to a piece of code: to a guard, which ends the hold when it is closed, or to an
 * action, with which it ends. These are {@link Mutex} and every other {@link MutualExclusionLock}, {@link
 * ReentrantMutex}, and each {@link RwLockMode} of a readers-writer lock.
 *
 * @param <G> the class of its guards
 */
public sealed interface ScopedLock<G extends LockGuard> extends Lock
        permits MutualExclusionLock, ReentrantMutex, RwLockMode {
    /** Locks, waiting as long as it takes. An interrupt has no effect and stays pending. */
    @Override
    void lock();

    /**
     * Locks, unless interrupted before or while waiting.
     *
     * @throws InterruptedException if interrupted; this call has not locked and the interrupt flag is clear
     */
    @Override
    void lockInterruptibly() throws InterruptedException;

    /**
     * Locks if that is possible at once: if the lock is free, or held in a way that lets the caller have it as well.
     * Does not wait.
     *
     * @return whether this call has locked
     */
    @Override
    boolean tryLock();

    /**
     * Locks, unless a timeout comes first, or an interrupt before or while waiting.
     *
     * @param time how long to wait at most; zero or less means not at all, neither spinning nor parking
     * @param unit the unit of {@code time}
     * @return whether this call has locked
     * @throws InterruptedException if interrupted; this call has not locked and the interrupt flag is clear
     */
    @Override
    boolean tryLock(long time, TimeUnit unit) throws InterruptedException;

    /**
     * Locks, unless a timeout comes first. An interrupt has no effect and stays pending.
     *
     * @param timeout how long to wait at most; zero or less means not at all, neither spinning nor parking
     * @return whether this call has locked
     */
    boolean tryLockFor(Duration timeout);

    /**
     * Locks, unless a deadline comes first. An interrupt has no effect and stays pending.
     *
     * @param deadlineNanos when to give up, in terms of {@link System#nanoTime()}, less than 292 years from now; one in
     *     the past means not to wait at all, neither spinning nor parking
     * @return whether this call has locked
     */
    boolean tryLockUntil(long deadlineNanos);

    /** As {@link #unlock}, but hands the lock to those who wait for it. */
    void unlockFair();

    /**
     * Lets those have the lock for a while that wait for this hold to end: {@link #unlockFair} and {@link #lock} if
     * threads are parked, otherwise nothing, at the cost of a read or two. For holders that hold long.
     *
     * @throws IllegalMonitorStateException if there is no such hold; nothing is changed
     */
    void bump();

    /**
     * Locks, and returns a guard that unlocks when it is closed.
     *
     * @return a guard for a try-with-resources statement
     */
    @CheckReturnValue
    G guard();

    /**
     * As {@link #guard}, unless interrupted before or while waiting.
     *
     * @return a guard for a try-with-resources statement
     * @throws InterruptedException if interrupted; this call has not locked and the interrupt flag is clear
     */
    @CheckReturnValue
    G guardInterruptibly() throws InterruptedException;

    /** {@return a guard, or nothing if the lock was not to be had at once} Does not wait. */
    @CheckReturnValue
    Optional<G> tryGuard();

    /**
     * As {@link #guard}, unless a timeout comes first.
     *
     * @param timeout how long to wait at most; zero or less means not at all, neither spinning nor parking
     * @return a guard, or nothing if the lock was not to be had
     */
    @CheckReturnValue
    Optional<G> tryGuardFor(Duration timeout);

    /**
     * As {@link #guard}, unless a deadline comes first.
     *
     * @param deadlineNanos when to give up, in terms of {@link System#nanoTime()}, less than 292 years from now
     * @return a guard, or nothing if the lock was not to be had
     */
    @CheckReturnValue
    Optional<G> tryGuardUntil(long deadlineNanos);

    /**
     * Computes a value while holding the lock. Waits for the lock as {@link #lock()} does.
     *
     * @param <T> the type of the value
     * @param <X> what the computation may throw
     * @param call what to compute; what it throws leaves this method after the hold was ended
     * @return what {@code call} returned
     * @throws X what {@code call} threw
     */
    <T, X extends Throwable> T withLock(LockCall<T, X> call) throws X;

    /**
     * Runs an action while holding the lock. Waits for the lock as {@link #lock()} does. It has another name than
     * {@link #withLock}, so that a lambda expression is never taken for the wrong one of the two.
     *
     * @param <X> what the action may throw
     * @param action what to run; what it throws leaves this method after the hold was ended
     * @throws X what {@code action} threw
     */
    <X extends Throwable> void runLocked(LockAction<X> action) throws X;
}
