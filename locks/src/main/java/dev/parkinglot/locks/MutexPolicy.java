package dev.parkinglot.locks;

import dev.parkinglot.core.ParkOptions;
import dev.parkinglot.core.UnparkResult;

/**
 * The waiting policy of a mutex that is not fair: all that {@link MutexProtocol} could also decide otherwise and still
 * be right. Here it is decided how long a thread spins and on whose behalf, whose turn it is, where in the queue a
 * thread is put, whether a thread is woken, and who runs then. The figures are in {@link Spinning}.
 */
final class MutexPolicy {
    /* Overview.
     *
     * Turns. Few threads are awake (MutexProtocol), so two could pass the lock between them forever. Therefore a thread
     * that would become SPINNING asks the lot whether the eldest in the queue has waited for too long
     * (ParkingLot.isTurnDue). If it has, nobody spins on behalf of the parked, so the holder's unlock finds WAKE, asks
     * the same question, and hands the lock over. The eldest in the queue gets it, once half a millisecond has passed
     * since it came and since the last turn, with the first unlock after the thread that spins has stopped spinning, or
     * after the one that was woken has got the lock or has parked again.
     *
     * Brief holds. Moving the lock and what it guards to another processor takes some hundred nanoseconds. Where holds
     * are shorter, the lock is better left for a while where it is, and each look at it by a waiter slows its holder
     * down. So some of those who had to wait measure their hold, and if it was BRIEF, spinning threads look ever more
     * rarely. But not with conditions (SHARED), where who waits is often waited for.
     *
     * Who is woken first. A thread that a signal moves to the queue goes before those that are there already
     * (signalledThreadsPrecede). It was signalled since there is something to do for it now, while the others may find
     * nothing and sleep again. So few threads stay awake and the rest sleep on. Signals of one hold keep their order.
     * The eldest has its turns.
     *
     * Who runs after a wake. The woken thread, if others are parked behind it: nobody else is woken meanwhile, so what
     * holds it up holds up all of them, and its waker yields (wakeOne). If it was alone, the waker goes on. It also
     * goes on if holds are BRIEF, for the woken thread would take the free lock at once, and its unlock wake the next,
     * and so on. But if the lot wants this wake to be fair, the lock is the woken thread's and everybody waits for it,
     * so the waker yields in any case. And never with conditions: the waker often has more for those it wakes, and one
     * that runs at once takes the first thing and sleeps again.
     */

    private MutexPolicy() {}

    // ---- before parking

    /**
     * While threads are parked: whether a thread that has to wait becomes the one that spins on their behalf. One that
     * has been woken does so even if it is the turn of one of them.
     */
    static boolean maySpinForParked(MutexWord mutex, int flags, boolean wasWoken) {
        return (flags & MutexWord.SPINNING) == 0 && (wasWoken || !mutex.isTurnDue());
    }

    /**
     * Otherwise: whether it spins all the same. One that has been woken does. A newcomer does if nobody is awake: then
     * it is somebody's turn, and the holder is about to hand over.
     */
    static boolean maySpinForItself(int flags, boolean wasWoken) {
        return wasWoken || (flags & (MutexWord.SPINNING | MutexWord.WOKEN)) == 0;
    }

    /** Spins until the lock is acquired or the time for it is over; returns whether it is acquired. */
    static boolean spin(MutexWord mutex, boolean onBehalfOfParked) {
        if ((mutex.flagsOpaque() & (MutexWord.BRIEF | MutexWord.SHARED)) == MutexWord.BRIEF) {
            return spinRarely(mutex);
        }
        int pauses = onBehalfOfParked ? Spinning.budgetOnBehalfOfParked() : Spinning.budget();
        for (; pauses > 0; pauses--) {
            Thread.onSpinWait();
            if (mutex.tryAcquire()) {
                return true;
            }
        }
        return false;
    }

    private static boolean spinRarely(MutexWord mutex) {
        long nanos = Spinning.FIRST_PAUSE_NANOS;
        for (int looks = Spinning.rareLooks(); looks > 0; looks--) {
            Spinning.pause(nanos);
            if (mutex.tryAcquire()) {
                return true;
            }
            if ((mutex.flagsOpaque() & MutexWord.PARKED) != 0 && mutex.isTurnDue()) {
                return false;
            }
            nanos = Math.min(2L * nanos, Spinning.LONGEST_PAUSE_NANOS);
        }
        return false;
    }

    /**
     * Where in the queue a thread parks: one that was woken and found the lock taken, before those that are there.
     *
     * @param since when it began to wait, in terms of {@link System#nanoTime()}
     */
    static ParkOptions placeInQueue(ParkOptions options, boolean wasWoken, long since) {
        return wasWoken ? options.returning(since) : options;
    }

    /** Where a signal puts a thread: before all that are in the queue. */
    static boolean signalledThreadsPrecede(MutexWord mutex) {
        return !mutex.handsOver();
    }

    // ---- holding

    /** Acquired after a spin: takes the promise back, and sometimes begins to measure the hold. */
    static void beginHold(MutexWord mutex, int promised) {
        long now = System.nanoTime();
        if (Spinning.isTimeToMeasure(now)) {
            mutex.changeFlags(MutexWord.TIMED, promised);
            mutex.setHeldSince(Spinning.stamp(now));
        } else {
            mutex.changeFlags(0, promised);
        }
    }

    /** The holder has found TIMED and is about to release. */
    static void endMeasuring(MutexWord mutex) {
        boolean brief = Spinning.isBrief(mutex.heldSince(), System.nanoTime());
        mutex.changeFlags(brief ? MutexWord.BRIEF : 0, brief ? MutexWord.TIMED : MutexWord.TIMED | MutexWord.BRIEF);
    }

    // ---- releasing

    /**
     * After the lock was released: whether somebody is there who will see to the queue. Not asked with conditions: who
     * was signalled is waited for, and each moment before the wake is one in which its processor may go to sleep.
     */
    static boolean isTakenOver(MutexWord mutex) {
        if ((mutex.flagsOpaque() & MutexWord.SHARED) != 0) {
            return false;
        }
        for (int looks = Spinning.LOOKS_FOR_SUCCESSOR; looks > 0; looks--) {
            if (mutex.lockedVolatile() != MutexWord.FREE || (mutex.flagsVolatile() & MutexWord.WAKE) == 0) {
                return true;
            }
            Thread.onSpinWait();
        }
        return false;
    }

    /** After a wake: lets the woken thread run first, where that is better. */
    static void afterWake(int flags, UnparkResult result) {
        if (mayYield(flags) && Spinning.isYieldUseful(isBetterOffRunning(flags, result))) {
            Thread.yield();
        }
    }

    /** After a wake: with conditions, this thread goes on in any case, unless every release hands over. */
    static boolean mayYield(int flags) {
        return (flags & (MutexWord.SHARED | MutexWord.FAIR)) != MutexWord.SHARED;
    }

    /** Otherwise: whether it had better go on, unless there is one processor, than let the woken one run at once. */
    static boolean isBetterOffRunning(int flags, UnparkResult result) {
        boolean meantForIt = result.beFair() || (flags & MutexWord.FAIR) != 0;
        return !meantForIt && (!result.haveMoreThreads() || (flags & MutexWord.BRIEF) != 0);
    }
}
