package dev.parkinglot.parkers;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/* Overview.
 *
 * All parkers of this package are one flag and a way of sleeping. The flag is the truth, the sleep an optimisation: a
 * subclass may return from sleep() for any reason and at any time, as long as it does return once wake() was called after
 * the flag had become UNPARKED.
 *
 *   flag      | owner                       | wakers
 *   ----------+-----------------------------+---------------------------------------------
 *   UNPARKED  | running, or about to be     | unparkLock() finds nothing to do
 *   PARKED    | asleep or heading for sleep | the first unparkLock() moves it to UNPARKED
 *
 * No wake-up is lost. (A) unparkLock() writes UNPARKED before wake() is called; (B) the owner reads the flag after every
 * return from sleep() and before entering it. If (B) reads PARKED, then (A) had not happened yet, and the wake() that
 * follows (A) ends the sleep that follows (B): LockSupport keeps a permit, the monitor orders the two, spinning rereads.
 *
 * Interrupts. A pending interrupt makes LockSupport.park and Object.wait return at once, so an uninterruptible wait must
 * clear the flag before it sleeps (else it would spin: the old bug of StampedLock, JDK-8049843) and set it again on the
 * way out, however it leaves.
 */
abstract class FlagParker implements ThreadParker, UnparkHandle {
    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(FlagParker.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final int UNPARKED = 0;
    private static final int PARKED = 1;

    @SuppressWarnings("unused") // through STATE
    private int state;

    @Override
    public final void preparePark() {
        setStateOpaque(PARKED);
    }

    @Override
    public final boolean timedOut() {
        return isParkedAcquire();
    }

    @Override
    public final boolean park(boolean interruptible) {
        return await(false, 0L, interruptible);
    }

    @Override
    public final boolean parkUntil(long deadlineNanos, boolean interruptible) {
        return await(true, deadlineNanos, interruptible);
    }

    @Override
    public final UnparkHandle unparkLock() {
        // The exchange makes repeated wakes cheap: only the one that finds the owner parked pays for waking it.
        return getAndSetState(UNPARKED) == PARKED ? this : NONE;
    }

    @Override
    public final void unpark() {
        wake();
    }

    private boolean await(boolean timed, long deadlineNanos, boolean interruptible) {
        boolean interrupted = false;
        try {
            while (isParkedAcquire()) {
                long nanos = FOREVER;
                if (timed) {
                    nanos = deadlineNanos - System.nanoTime();
                    if (nanos <= 0L) {
                        return false;
                    }
                }
                if (interruptible) {
                    if (Thread.currentThread().isInterrupted()) {
                        return false;
                    }
                } else {
                    interrupted |= Thread.interrupted();
                }
                sleep(nanos);
            }
            return true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** What {@link #sleep} gets when there is no deadline. */
    static final long FOREVER = 0L;

    /**
     * Sleeps for at most so long; may return early for any reason, and does when interrupted. An implementation that
     * consumes an interrupt sets the flag again.
     *
     * @param nanos nanoseconds, greater than 0, or {@link #FOREVER}
     */
    abstract void sleep(long nanos);

    /** Ends a {@link #sleep} of the owner that began, or is about to begin, before the flag became unparked. */
    abstract void wake();

    /** For subclasses that must check once more, inside whatever excludes {@link #wake()}. */
    final boolean isParkedAcquire() {
        return (int) STATE.getAcquire(this) == PARKED;
    }

    private void setStateOpaque(int value) {
        STATE.setOpaque(this, value);
    }

    private int getAndSetState(int value) {
        return (int) STATE.getAndSet(this, value);
    }
}
