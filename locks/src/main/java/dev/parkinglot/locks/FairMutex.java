package dev.parkinglot.locks;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * A {@link Mutex} whose every unlock is fair: if threads are parked, the longest waiting gets the lock, without it ever
 * being free in between.
 *
 * <p>Fairness costs throughput under contention: every hand-over waits until the scheduler has woken the next thread. A
 * {@code Mutex} is handed over by its unlocks once in half a millisecond at most, and is otherwise taken by whoever is
 * fastest; choose this class only if a wait of some milliseconds is too long. A thread that is still spinning is not in
 * the queue yet and can be overtaken; so can one whose enqueueing and the unlock overlap.
 *
 * <p>Cost: 16 bytes. Uncontended, lock and unlock take one atomic instruction each, one more than {@code Mutex}.
 *
 * <p>Idea: {@code FairMutex} of Rust's {@code parking_lot}.
 */
public class FairMutex extends Mutex {
    /** Makes a free mutex. */
    public FairMutex() {
        super(FAIR);
    }

    /**
     * Locks as soon as it is this call's turn, in one queue with the threads. Does not block. All that {@link
     * AsyncMutex} says about the future and its guard holds here, too.
     *
     * @return completed with a guard, by a task of {@link CompletableFuture}'s default executor, unless the lock was
     *     free; cancel it to give up
     */
    @CheckReturnValue
    public final CompletableFuture<MutexGuard> lockAsync() {
        return LockFuture.lock(this);
    }

    /**
     * Locks as soon as it is this call's turn, like {@link #lockAsync()}.
     *
     * @param executor completes the future, unless the lock was free, and runs the stages that are attached to it with
     *     an asynchronous method and no other executor
     * @return completed with a guard; cancel it to give up
     */
    @CheckReturnValue
    public final CompletableFuture<MutexGuard> lockAsync(Executor executor) {
        return LockFuture.lock(this, executor);
    }
}
