package dev.parkinglot.locks;

import dev.parkinglot.core.ParkCallbacks;
import dev.parkinglot.core.ParkResult;
import dev.parkinglot.core.ParkingLot;
import dev.parkinglot.core.Patience;
import dev.parkinglot.core.RequeueCallbacks;
import dev.parkinglot.core.RequeueOp;
import dev.parkinglot.core.UnparkResult;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * A condition variable of 16 bytes, for use with a {@link Mutex} or {@link FairMutex}.
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
 * <p>A thread that is signalled while the mutex is held is not woken only to find it held: it moves, asleep, to the end of the
 * mutex's queue and is woken by an unlock. So {@link #signalAll()} wakes at most one thread.
 *
 * <p><b>No spurious wake-ups</b>: {@code await} returns only if signalled, or for a deadline or an interrupt. Others may still
 * change the condition between the signal and the return, so waiting in a loop, or with {@link #awaitWhile}, remains right.
 *
 * <p><b>One mutex at a time.</b> While threads wait with one mutex, waiting with another is refused. Any number of condition
 * variables can be used with one mutex. Signalling needs no mutex to be held, but holding it is what keeps a signal from
 * falling between the check of the condition and the wait.
 *
 * <p><b>Interrupts</b> follow {@link java.util.concurrent.locks.Condition}: an interrupt before the signal ends the wait with an
 * {@code InterruptedException}; after the signal it stays pending. Either way the mutex is held again.
 *
 * <p><b>Memory effects</b>: those of unlocking and locking the mutex.
 *
 * <p><b>Cost.</b> 16 bytes; signalling nobody is one read. The first wait makes the mutex leave its cheapest way of unlocking
 * for good ({@link Mutex}, "Visibility of waiters").
 *
 * <p>Idea: {@code Condvar} of Rust's {@code parking_lot}; moving waiters is WebKit's and, before it, that of {@code
 * FUTEX_CMP_REQUEUE}.
 */
public class Condvar {
    /* Overview.
     *
     * State: the mutex with which threads wait, null if none waits. Changes only under the bucket lock of (this, QUEUE).
     *
     *   mutex | queue of (this, QUEUE)
     *   ------+-----------------------------------------------------------
     *   null  | empty
     *   m     | not empty; every thread in it waits with m
     *
     * Waiting: validate enters the mutex (or refuses a foreign one), the thread is enqueued, and only then does beforeSleep
     * unlock the mutex. So a signaller that acquires the mutex after the waiter released it sees `mutex` set and finds the
     * waiter queued: no signal is lost.
     *
     * Signalling, with the buckets of both keys locked. Mutex held: set its PARKED and move the threads to its queue; the
     * holder's exit will find them (why it cannot overlook them is shown in Mutex). Mutex free: wake one, who will lock it and
     * whose unlock sees PARKED for those who moved.
     *
     *   waiter W                     signaller S                   holder H of the mutex
     *   (queued on the condvar)                                    locked = HELD
     *                                lock both buckets
     *                                PARKED = 1; locked? HELD
     *                                move W; unlock                unlock: PARKED -> unparkOne(mutex)
     *                                                              waits for the bucket, then finds W
     *
     * Leaving by deadline or interrupt: under the lock of the bucket in which the thread then is. If it has been moved, it was
     * signalled before, and says so; what remains for it is to lock the mutex.
     */

    private static final VarHandle MUTEX;

    static {
        try {
            MUTEX = MethodHandles.lookup().findVarHandle(Condvar.class, "mutex", CondvarLock.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final long QUEUE = 0L;

    @SuppressWarnings("unused") // through MUTEX
    private CondvarLock mutex;

    /** Makes a condition variable on which nobody waits. */
    public Condvar() {}

    // ---- waiting

    /**
     * Unlocks the mutex, waits for a signal, and locks the mutex again.
     *
     * @param mutex the mutex, held by the caller
     * @throws InterruptedException if interrupted before being signalled; the mutex is held again
     * @throws IllegalMonitorStateException if the mutex is not locked, or other threads wait with another mutex; nothing is
     *     changed, the mutex stays as it is
     */
    public final void await(CondvarLock mutex) throws InterruptedException {
        await(mutex, Patience.INTERRUPTIBLE).orThrow();
    }

    /**
     * As {@link #await(CondvarLock)}, but an interrupt has no effect and stays pending.
     *
     * @param mutex the mutex, held by the caller
     * @throws IllegalMonitorStateException as {@link #await(CondvarLock)}
     */
    public final void awaitUninterruptibly(CondvarLock mutex) {
        await(mutex, Patience.ENDLESS);
    }

    /**
     * As {@link #await(CondvarLock)}, for a limited time.
     *
     * @param mutex the mutex, held by the caller
     * @param timeout how long to wait for the signal at most. The mutex is unlocked and locked again even if it is zero or less
     * @return true if signalled, false if the time was over first; the mutex is held in both cases
     * @throws InterruptedException as {@link #await(CondvarLock)}
     * @throws IllegalMonitorStateException as {@link #await(CondvarLock)}
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
     * @throws IllegalMonitorStateException as {@link #await(CondvarLock)}
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
     * @throws IllegalMonitorStateException as {@link #await(CondvarLock)}
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
     * @throws IllegalMonitorStateException as {@link #await(CondvarLock)}
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
     * @throws IllegalMonitorStateException as {@link #await(CondvarLock)}
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

    /** {@code ACQUIRED} stands for "signalled"; the mutex is held again in any case. */
    final Acquisition await(CondvarLock mutex, Patience patience) {
        long hold = mutex.prepareAwait();
        if (patience.interruptible() && Thread.interrupted()) {
            return Acquisition.INTERRUPTED;
        }
        Waiting waiting = new Waiting(this, mutex, hold);
        ParkResult result;
        try {
            result = ParkingLot.park(this, QUEUE, waiting, mutex.parkToken(), patience);
        } catch (Throwable failure) {
            if (waiting.unlocked) {
                mutex.resume(hold, CondvarLock.SIGNALLED);
            }
            throw failure;
        }
        if (result.kind() == ParkResult.Kind.INVALID) {
            throw new IllegalMonitorStateException(
                    "other threads wait on this Condvar with another mutex: use one Condvar for each mutex");
        }
        mutex.resume(hold, result.isUnparked() ? result.unparkToken() : CondvarLock.SIGNALLED);
        return waiting.outcome(result);
    }

    /** One wait, seen from the lot. */
    private static final class Waiting implements ParkCallbacks {
        private final Condvar condvar;
        private final CondvarLock mutex;
        private final long hold;
        private boolean unlocked;
        private boolean moved;

        Waiting(Condvar condvar, CondvarLock mutex, long hold) {
            this.condvar = condvar;
            this.mutex = mutex;
            this.hold = hold;
        }

        @Override
        public boolean validate(Object base, long offset) {
            CondvarLock inUse = condvar.mutexOpaque();
            if (inUse == null) {
                condvar.setMutexOpaque(mutex);
            }
            return inUse == null || inUse == mutex;
        }

        @Override
        public void beforeSleep(Object base, long offset) {
            mutex.releaseForAwait();
            unlocked = true;
        }

        @Override
        public void timedOut(Object base, long offset, boolean wasLastThread) {
            moved = base != condvar;
            if (wasLastThread) {
                if (moved) {
                    mutex.clearParked();
                } else {
                    condvar.setMutexOpaque(null);
                }
            }
        }

        @Override
        public void wakeLost(Object base, long offset, long unparkToken, Throwable failure) {
            if (unparkToken != CondvarLock.SIGNALLED) {
                mutex.resume(hold, unparkToken);
                mutex.releaseForAwait();
            }
            condvar.signal();
        }

        Acquisition outcome(ParkResult result) {
            boolean interrupted = result.kind() == ParkResult.Kind.INTERRUPTED;
            if (result.isUnparked() || moved) {
                if (interrupted) {
                    Thread.currentThread().interrupt(); // came after the signal, so it is not ours to report
                }
                return Acquisition.ACQUIRED;
            }
            return interrupted ? Acquisition.INTERRUPTED : Acquisition.TIMED_OUT;
        }
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

    private int signal(boolean all) {
        CondvarLock inUse = mutexOpaque();
        if (inUse == null) {
            return 0;
        }
        UnparkResult result =
                ParkingLot.unparkRequeue(this, QUEUE, inUse, CondvarLock.QUEUE, new Signal(this, inUse, all));
        return result.unparkedThreads() + result.requeuedThreads();
    }

    /** One signal, seen from the lot. */
    private record Signal(Condvar condvar, CondvarLock mutex, boolean all) implements RequeueCallbacks {
        @Override
        public RequeueOp validate() {
            if (condvar.mutexOpaque() != mutex) {
                // Since we looked, all threads have gone, and others may have come, with another mutex: after this
                // signal.
                return RequeueOp.ABORT;
            }
            if (mutex.markParkedIfLocked()) {
                return all ? RequeueOp.REQUEUE_ALL : RequeueOp.REQUEUE_ONE;
            }
            return all ? RequeueOp.UNPARK_ONE_REQUEUE_REST : RequeueOp.UNPARK_ONE;
        }

        @Override
        public long unparking(RequeueOp op, UnparkResult result) {
            if (result.requeuedThreads() != 0) {
                mutex.markParked();
            }
            if (!result.haveMoreThreads()) {
                condvar.setMutexOpaque(null);
            }
            return CondvarLock.SIGNALLED;
        }
    }

    private CondvarLock mutexOpaque() {
        return (CondvarLock) MUTEX.getOpaque(this);
    }

    private void setMutexOpaque(CondvarLock value) {
        MUTEX.setOpaque(this, value);
    }
}
