package dev.parkinglot.locks;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * A {@link Mutex} for which one can wait without a thread: {@link #lockAsync} returns a future, which stands in the
 * same queue as the threads that wait.
 *
 * <pre>{@code
 * mutex.lockAsync(executor).thenAccept(guard -> {
 *     try (guard) {
 *         balance += amount;
 *     }
 * });
 * }</pre>
 *
 * <p><b>The hold.</b> What the future delivers is a hold of no thread: a guard that may be closed on any thread. Close
 * it, or the mutex stays locked; so the stage that gets the guard must close it whatever happens, as above, and no two
 * stages may rely on the same one. A stage that is attached to a future that has been cancelled gets none.
 *
 * <p><b>Order.</b> Threads and futures have one queue, and are served first come, first served, with the fairness of
 * {@link Mutex}: a thread that comes while the lock is free takes it. A future that is chosen is handed the lock, since
 * there is no thread that could try again. It does not spin, and it is in the queue when {@code lockAsync} returns.
 * {@link #hasQueuedThreads} and {@link #getQueueLength} count futures, too.
 *
 * <p><b>Who runs what.</b> The future is completed by a task of the executor, never on the stack of the thread that
 * unlocks, unless the executor runs tasks there ({@code Runnable::run}; then stages should be brief and must not block;
 * they are not nested, however many futures hand the lock on to each other). If the lock is free, the future is
 * complete when it is returned. An executor that accepts a task and never runs it keeps the mutex locked. If the
 * executor refuses the task, or handing it over fails otherwise, the lock goes to the next in the queue, and the future
 * fails with what was thrown, on the thread that unlocked, which does not notice. Only if there is no memory for a
 * task, the future is completed on that thread; if there is none for the failure, it stays as it is, the lock free.
 *
 * <p><b>Giving up.</b> {@code cancel}, {@code orTimeout}, {@code complete} and {@code completeExceptionally} take the
 * future out of the queue. If it had been given the lock by then, and the guard was not delivered, the lock is passed
 * on. To cancel a stage that depends on the future does nothing to the future.
 *
 * <p><b>Cost.</b> 16 bytes for the mutex. An uncontended lock and unlock take one atomic instruction more than with
 * {@code Mutex}, as its unlock after the first use with a {@link Condvar} does: a future cannot look again by itself,
 * so no unlock may overlook one. Each pending future takes 128 bytes, in three objects, and no thread.
 *
 * <p><b>If holders are recorded</b> ({@link dev.parkinglot.core.DeadlockDetector}), the hold of a future is recorded of
 * nobody. So a deadlock in which a future takes part is not reported, and nothing is reported wrongly; and any thread
 * may close the guard, also where it is checked that only holders unlock. A guard that has been used for a wait ({@link
 * Condvar}, {@code bump}, {@code unlocked}) holds for the thread that has waited, from then on.
 *
 * <p>Idea: the mutexes of Kotlin's coroutines and of Rust's {@code tokio}, which no thread can wait for; one queue for
 * both is ours.
 */
public class AsyncMutex extends Mutex {
    static {
        LockFuture.rehearse(new AsyncMutex());
    }

    /** Makes a free mutex. */
    public AsyncMutex() {
        super(SHARED);
    }

    /**
     * Locks as soon as it is this call's turn. Does not block.
     *
     * @return completed with a guard, by a task of {@link CompletableFuture}'s default executor, unless the lock was
     *     free; cancel it to give up
     */
    @CheckReturnValue
    public final CompletableFuture<MutexGuard> lockAsync() {
        return LockFuture.lock(this);
    }

    /**
     * Locks as soon as it is this call's turn. Does not block.
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
