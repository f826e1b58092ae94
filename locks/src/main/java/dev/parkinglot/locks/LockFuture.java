package dev.parkinglot.locks;

import dev.parkinglot.core.EntryCallbacks;
import dev.parkinglot.core.ParkOptions;
import dev.parkinglot.core.ParkingLot;
import dev.parkinglot.core.QueuedEntry;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** A lock that is to come: what {@link AsyncMutex#lockAsync} and {@link FairMutex#lockAsync} return. */
final class LockFuture extends CompletableFuture<MutexGuard> implements Runnable {
    /* Overview.
     *
     * The entry of a future stands in the queue of the mutex among the threads. It does not compete: an unlock that
     * chooses it hands it the lock. An entry cannot try again, since it does not run; and it cannot look again either,
     * so it must not be overlooked by a 1-0 exit (MutexProtocol, case 3). So a future may wait only for a mutex whose
     * exits have been fenced since it was made, with SHARED (AsyncMutex) or FAIR (FairMutex). Both flags make that a
     * mutex is released to a waiter only by somebody who holds it: HAND_OVER, or RELEASE_TO_ONE, to which the park
     * token says that what it has chosen is an entry.
     *
     * Who owes the lock. From being chosen on the future has the lock, and somebody must end that hold: OWED.
     *
     *   unlocker                     executor                        canceller
     *   hands over, OWED = true
     *   executor.execute(this)  -->  run: OWED = false (CAS)
     *                                complete(guard)?                cancel: entry.cancel, says no; cancels the future
     *                                no: unlocks
     *
     * complete and cancel exclude each other in the future itself. So either the guard is delivered, or it is closed,
     * and the lock goes to the next one. If the executor throws, the unlocker takes OWED instead, and releases the lock
     * and fails the future; if OWED is gone by then, the executor has run the task all the same. For want of memory a
     * task cannot be handed over, nor a future failed; but it can be completed, so that is done on the spot.
     */

    /** By which an unlocker knows that it has chosen an entry. Threads park with another token. */
    static final long PARK_TOKEN = ParkingLot.DEFAULT_PARK_TOKEN + 1L;

    /** At most so many calls lie between what makes sure of the stack here and the lot. */
    private static final int CALLS = 16;

    private static final VarHandle OWED;

    static {
        try {
            OWED = MethodHandles.lookup().findVarHandle(LockFuture.class, "owed", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
        QueuedEntry.prepare();
    }

    /** What {@link CompletableFuture} uses where no executor is given. */
    private static final Executor DEFAULT_EXECUTOR = new CompletableFuture<>().defaultExecutor();

    private final Mutex mutex;
    private final Executor executor;
    private final MutexGuard guard;

    /**
     * Null if the lock was free, and before this has been returned. Whoever cancels and sees null only leaves the entry
     * in its queue; then it is chosen some time, and passes the lock on.
     */
    private QueuedEntry entry;

    /** Whether this has been given the lock, and has not been told yet. */
    @SuppressWarnings("unused") // through OWED
    private boolean owed;

    private LockFuture(Mutex mutex, Executor executor) {
        this.mutex = mutex;
        this.executor = executor;
        guard = new MutexGuard(mutex);
    }

    static LockFuture lock(Mutex mutex) {
        return lock(mutex, DEFAULT_EXECUTOR);
    }

    /** Of a mutex that was made with SHARED or FAIR. */
    static LockFuture lock(Mutex mutex, Executor executor) {
        LockFuture future = new LockFuture(mutex, Objects.requireNonNull(executor, "executor"));
        ParkingLot.requireStack(CALLS);
        while (!FairMutexQueue.tryAcquire(mutex)) {
            mutex.markParked();
            QueuedEntry queued = QueuedEntry.enqueue(
                    mutex.base(), mutex.offset() + CondvarLock.QUEUE, future, WAITING, ParkOptions.NONE, PARK_TOKEN);
            if (queued != null) {
                future.entry = queued;
                return future;
            }
        }
        future.deliver();
        return future;
    }

    private static final EntryCallbacks<LockFuture> WAITING = new EntryCallbacks<>() {
        @Override
        public boolean validate(LockFuture future, long parkToken) {
            return MutexProtocol.PARKING.validate(future.mutex, parkToken);
        }

        @Override
        public void timedOut(LockFuture future, Object base, long offset, boolean wasLastThread) {
            future.mutex.clearParkedUnless(!wasLastThread);
        }

        @Override
        public void unparked(LockFuture future, long unparkToken) {
            OWED.setVolatile(future, true);
            future.executor.execute(future);
        }

        @Override
        public void wakeLost(LockFuture future, long unparkToken, Throwable failure) {
            if (!future.takeOwed()) {
                EntryCallbacks.super.wakeLost(future, unparkToken, failure);
            } else if (failure instanceof OutOfMemoryError) {
                future.deliver();
            } else {
                future.fail(failure);
            }
        }
    };

    /** By the executor: the lock is this future's. */
    @Override
    public void run() {
        ParkingLot.requireStack(CALLS); // to deliver what is taken here, or to find that it must be released
        if (takeOwed()) {
            deliver();
        }
    }

    private boolean takeOwed() {
        return OWED.compareAndSet(this, true, false);
    }

    private void deliver() {
        entry = null;
        guard.begin();
        if (!super.complete(guard)) { // given up
            try {
                mutex.releaseSlow(false);
            } catch (StackOverflowError e) {
                owed = true; // it still has the lock; without a call, for which there may be no stack
                throw e;
            }
        }
    }

    private void fail(Throwable failure) {
        try {
            mutex.releaseSlow(false);
        } finally {
            super.completeExceptionally(failure);
        }
    }

    // ---- giving up

    private void giveUp() {
        QueuedEntry waiting = entry;
        if (waiting != null) {
            waiting.cancel();
        }
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        giveUp();
        return super.cancel(mayInterruptIfRunning);
    }

    @Override
    public boolean completeExceptionally(Throwable failure) {
        giveUp();
        return super.completeExceptionally(failure);
    }

    @Override
    public boolean complete(MutexGuard value) {
        giveUp();
        return super.complete(value);
    }

    @Override
    public Executor defaultExecutor() {
        return executor;
    }

    // ---- first use

    static void rehearse(Mutex mutex) {
        try {
            Executor refusing = task -> {
                throw new RejectedExecutionException("rehearsed");
            };
            mutex.tryAcquire();
            LockFuture refused = lock(mutex, refusing);
            LockFuture accepted = lock(mutex, Runnable::run);
            LockFuture cancelled = lock(mutex, Runnable::run);
            cancelled.cancel(false);
            mutex.release();
            accepted.join().close();
            lock(mutex, refusing).join().close();
            refused.cancel(false);
        } catch (RuntimeException | Error e) {
            // What has not been done here is done with the first future.
        }
    }
}
