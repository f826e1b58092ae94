package dev.parkinglot.locks;

import dev.parkinglot.core.ParkCallbacks;
import dev.parkinglot.core.ParkOptions;
import dev.parkinglot.core.ParkResult;
import dev.parkinglot.core.ParkingLot;
import dev.parkinglot.core.Patience;
import dev.parkinglot.core.RequeueCallbacks;
import dev.parkinglot.core.RequeueOp;
import dev.parkinglot.core.UnparkResult;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** The state and the protocol of a condition variable, on which {@link Condvar} and {@link LockCondition} are built. */
abstract class CondvarProtocol {
    /* Overview.
     *
     * State: the mutex with which threads wait, null if none waits. Changes only under the bucket lock of (this,
     * QUEUE).
     *
     *   mutex | queue of (this, QUEUE)
     *   ------+-----------------------------------------------------------
     *   null  | empty
     *   m     | not empty; every thread in it waits with m
     *
     * Waiting: validate enters the mutex (or refuses a foreign one), the thread is enqueued, and only then does
     * beforeSleep unlock the mutex. So a signaller that acquires the mutex after the waiter released it sees `mutex`
     * set and finds the waiter queued: no signal is lost.
     *
     * Signalling, with the buckets of both keys locked. Mutex held: set its PARKED and move the threads to its queue;
     * the holder's exit will find them (why it cannot overlook them is shown in MutexProtocol). Mutex free: wake one,
     * who will lock it and whose unlock sees PARKED for those who moved.
     *
     *   waiter W                     signaller S                   holder H of the mutex
     *   (queued on the condvar)                                    locked = HELD
     *                                lock both buckets
     *                                PARKED = 1; locked? HELD
     *                                move W; unlock                unlock: PARKED -> unparkOne(mutex)
     *                                                              waits for the bucket, then finds W
     *
     * Signalled while still unlocking. The waiter is in the queue before it has unlocked the mutex, so it may be moved
     * to the mutex's queue while its own exit is under way. That exit wakes nobody while the signaller holds the mutex
     * (MutexProtocol, "Waking, if SHARED"; a readers-writer lock wakes under the bucket lock, before it releases), so
     * the waiter stays where it was moved.
     *
     * Before it sleeps, a thread that waits alone lets others run once, unless it has been signalled already. Whoever
     * will signal it is often ready to run, on this very processor. Then the signal finds the thread awake, and neither
     * a sleep nor a wake is needed. A thread that comes when others wait already is not signalled next, so it sleeps at
     * once. This is policy: nothing depends on it.
     *
     * Leaving by deadline or interrupt: under the lock of the condvar's bucket. A thread that has been moved does not
     * leave: it was signalled before and says so, and what remains for it is to lock the mutex, for which its place in
     * that queue is as good as any other and earlier than a new one. Only a throwable takes it out of there, and then
     * it passes the signal on.
     */

    private static final VarHandle MUTEX = Fields.handle(MethodHandles.lookup(), "mutex", CondvarLock.class);

    static final long QUEUE = 0L;

    /**
     * At most so many calls lie between the beginning of a wait and what it does in the lot, or may have to undo there.
     */
    private static final int CALLS_TO_LOT = 16;

    private static final ParkOptions OPTIONS =
            ParkOptions.NONE.stayingOnceRequeued().compensating();

    @SuppressWarnings("unused") // through MUTEX
    private CondvarLock mutex;

    // ---- waiting

    /** The mutex is held again in any case. */
    final WaitOutcome await(CondvarLock lock, Patience patience) {
        CondvarLock mutex = lock.atFixedPlace();
        long hold = mutex.prepareAwait();
        if (patience.interruptible() && Thread.interrupted()) {
            return WaitOutcome.INTERRUPTED;
        }
        ParkingLot.requireStack(CALLS_TO_LOT); // beforehand, not half-way
        Waiting waiting = new Waiting(this, mutex, hold);
        ParkResult result;
        try {
            result = ParkingLot.park(this, QUEUE, waiting, Waiting.CALLBACKS, OPTIONS, mutex.parkToken(), patience);
        } catch (Throwable failure) {
            waiting.recover(failure);
            throw failure;
        }
        if (result.kind() == ParkResult.Kind.INVALID) {
            throw new IllegalMonitorStateException(
                    "other threads wait on this Condvar with another mutex: use one Condvar for each mutex");
        }
        mutex.resume(hold, result.isUnparked() ? result.unparkToken() : CondvarLock.GAVE_UP);
        return WaitOutcome.of(result.kind());
    }

    /** One wait, seen from the lot. */
    private static final class Waiting {
        static final ParkCallbacks<Waiting> CALLBACKS = new ParkCallbacks<>() {
            @Override
            public boolean validate(Waiting wait, long parkToken) {
                return wait.tryEnterMutex();
            }

            @Override
            public void beforeSleep(Waiting wait) {
                wait.release();
            }

            @Override
            public boolean yieldsBeforeSleep(Waiting wait) {
                return wait.isAlone && Spinning.isYieldUseful(false);
            }

            @Override
            public void timedOut(Waiting wait, Object base, long offset, boolean wasLastThread) {
                wait.leave(base, offset, wasLastThread);
            }

            @Override
            public void wakeLost(Waiting wait, long unparkToken, Throwable failure) {
                if (unparkToken != CondvarLock.SIGNALLED) {
                    wait.mutex.resume(wait.hold, unparkToken);
                    wait.mutex.releaseForAwait();
                }
                wait.passSignalOn();
            }
        };

        private final CondvarProtocol condvar;
        private final CondvarLock mutex;
        private final long hold;
        private boolean isAlone;
        private boolean unlocked;
        private boolean signalLost;

        Waiting(CondvarProtocol condvar, CondvarLock mutex, long hold) {
            this.condvar = condvar;
            this.mutex = mutex;
            this.hold = hold;
        }

        /** Whether the mutex is the one that all wait with; the first decides which that is. */
        private boolean tryEnterMutex() {
            CondvarLock inUse = condvar.mutexOpaque();
            if (inUse == null) {
                condvar.setMutexOpaque(mutex);
                isAlone = true;
            }
            return inUse == null || inUse.isSameAs(mutex);
        }

        private void release() {
            unlocked = true;
            try {
                mutex.releaseForAwait();
            } catch (StackOverflowError | IllegalMonitorStateException e) {
                unlocked = false; // any other failure comes when the mutex has been released
                throw e;
            }
        }

        private void leave(Object base, long offset, boolean wasLastThread) {
            // The base alone does not tell: a lock in a field may lie in an object that is this condition variable.
            signalLost = base != condvar || offset != QUEUE;
            if (wasLastThread && !signalLost) {
                condvar.setMutexOpaque(null); // what the mutex says of its queue, this thread's next exit puts right
            }
        }

        /** Something was thrown in the middle of the wait; what else goes wrong now is told with it. */
        void recover(Throwable failure) {
            try {
                if (signalLost) {
                    passSignalOn();
                }
            } catch (Throwable second) {
                CondvarLock.suppress(second, failure);
            } finally {
                if (unlocked) {
                    mutex.resume(hold, CondvarLock.GAVE_UP);
                }
            }
        }

        private void passSignalOn() {
            CondvarLock inUse = condvar.mutexOpaque();
            if (inUse != null && inUse.isSameAs(mutex)) {
                condvar.signal(false);
            }
        }
    }

    // ---- signalling

    /** Signals the longest waiting thread, or all; returns how many. */
    final int signal(boolean all) {
        CondvarLock inUse = mutexOpaque();
        if (inUse == null) {
            return 0;
        }
        UnparkResult result = ParkingLot.unparkRequeue(
                this, QUEUE, inUse.base(), inUse.offset() + CondvarLock.QUEUE, new Signal(this, inUse, all), MOVE);
        return result.unparkedThreads() + result.requeuedThreads();
    }

    /** One signal, seen from the lot. */
    private record Signal(CondvarProtocol condvar, CondvarLock mutex, boolean all) {}

    private static final RequeueCallbacks<Signal> MOVE = new RequeueCallbacks<>() {
        @Override
        public RequeueOp validate(Signal signal) {
            if (signal.condvar.mutexOpaque() != signal.mutex) {
                // Since we looked, all threads have gone; others, with another mutex, have come after this signal.
                return RequeueOp.ABORT;
            }
            if (signal.mutex.markParkedIfLocked()) {
                return signal.all ? RequeueOp.REQUEUE_ALL : RequeueOp.REQUEUE_ONE;
            }
            return signal.all ? RequeueOp.UNPARK_ONE_REQUEUE_REST : RequeueOp.UNPARK_ONE;
        }

        @Override
        public boolean movedThreadsPrecede(Signal signal) {
            return signal.mutex.signalledThreadsPrecede();
        }

        @Override
        public long unparking(Signal signal, RequeueOp op, long parkToken, UnparkResult result) {
            if (result.requeuedThreads() != 0) {
                signal.mutex.markParked();
            }
            if (!result.haveMoreThreads()) {
                signal.condvar.setMutexOpaque(null);
            }
            return CondvarLock.SIGNALLED;
        }
    };

    // ---- first use

    static {
        try {
            new Rehearsal().rehearse(new Mutex());
        } catch (InterruptedException | RuntimeException | Error e) {
            // What has not been done here is done in the first wait.
        }
    }

    /**
     * Waits and signals once, so that what is loaded and linked for that is not lost to the JVM in the first wait of a
     * thread without stack or memory.
     */
    private static final class Rehearsal extends CondvarProtocol {
        void rehearse(Mutex mutex) throws InterruptedException {
            mutex.lock();
            await(mutex, Patience.until(System.nanoTime())).orThrow();
            signal(true);
            new Signal(this, mutex, false);
        }
    }

    private CondvarLock mutexOpaque() {
        return (CondvarLock) MUTEX.getOpaque(this);
    }

    private void setMutexOpaque(CondvarLock value) {
        MUTEX.setOpaque(this, value);
    }
}
