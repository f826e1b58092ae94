package dev.parkinglot.locks;

import dev.parkinglot.core.ParkCallbacks;
import dev.parkinglot.core.ParkOptions;
import dev.parkinglot.core.ParkResult;
import dev.parkinglot.core.ParkingLot;
import dev.parkinglot.core.Patience;
import dev.parkinglot.core.UnparkCallback;
import dev.parkinglot.core.UnparkResult;

/** How a mutex with the flag FAIR is acquired: in the order of arrival. */
final class FairMutexQueue {
    /* Overview.
     *
     * Fair. With FAIR every exit is fenced and hands over, and nobody is woken in any other way; so a lock with threads
     * in its queue is free only from the exit's store to its second look:
     *
     *   unlocker                       T, parking                     N, newcomer
     *   PARKED? no                     flags: PARKED
     *                                  validate: held; queued
     *   locked = FREE                                                 takes the lock: PARKED, so it hands the lock to T
     *   PARKED, but held: leaves it                                   and goes to the end of the queue
     *
     * N sees PARKED: T set it before the unlocker's store, which N's compare-and-set has read. The drop-ins look; their
     * untimed tryLock, as in the JDK, and the fast path of FairMutex do not.
     */

    private FairMutexQueue() {}

    /** As {@link MutexWord#tryAcquire}, but not past those who are parked, if the mutex is fair. */
    static <L extends MutexWord> boolean tryAcquire(L mutex) {
        boolean fair = mutex.handsOver();
        if (!mutex.tryAcquire()) {
            return false;
        }
        try {
            return !fair || !passOnIfOthersWait(mutex);
        } catch (StackOverflowError e) {
            return true; // it has the lock, and cannot even give it to whose turn it is
        }
    }

    /**
     * By a thread that has got a fair lock without waiting: if threads are parked, the first of them is given the lock.
     * Returns whether it was.
     */
    private static <L extends MutexWord> boolean passOnIfOthersWait(L mutex) {
        return (mutex.flagsVolatile() & MutexWord.PARKED) != 0
                && mutex.unparkOne(mutex, CondvarLock.QUEUE, PASS_ON).unparkedThreads() != 0;
    }

    /**
     * Until acquired: free, and nobody before us, take it; nobody parked, spin; otherwise park at the end of the queue.
     * No exit of a fair lock overlooks a thread, so none looks again.
     */
    static <L extends MutexWord> WaitOutcome acquire(L mutex, ParkCallbacks<? super L> parking, Patience patience) {
        int pauses = Spinning.budget();
        while (!tryAcquire(mutex)) {
            if (pauses-- > 0 && (mutex.flagsOpaque() & MutexWord.PARKED) == 0) {
                Thread.onSpinWait();
                continue;
            }
            mutex.changeFlags(MutexWord.PARKED, 0);
            ParkResult result = mutex.park(
                    mutex, CondvarLock.QUEUE, parking, ParkOptions.NONE, ParkingLot.DEFAULT_PARK_TOKEN, patience);
            switch (result.kind()) {
                case UNPARKED -> {
                    return WaitOutcome.SUCCESS; // no wake of a fair lock is anything but a hand-over
                }
                // Released, or PARKED cleared, before this thread was queued.
                case INVALID -> {}
                case TIMED_OUT, INTERRUPTED -> {
                    return WaitOutcome.of(result.kind());
                }
            }
        }
        return WaitOutcome.SUCCESS;
    }

    private static final UnparkCallback<MutexWord> PASS_ON = new UnparkCallback<>() {
        @Override
        public long unparking(MutexWord mutex, long parkToken, UnparkResult result) {
            mutex.clearParkedUnless(result.haveMoreThreads());
            return CondvarLock.HANDOFF; // to the one that is chosen, or nobody is and the caller keeps it
        }
    };
}
