package dev.parkinglot.parkers;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/* Overview.
 *
 * All parkers of this package are one flag and a way of sleeping. The flag is the truth, the sleep an optimisation: a
 * subclass may return from sleep() for any reason and at any time, as long as it does return once wake() was called
 * after the flag had become UNPARKED.
 *
 *   flag      | owner                       | wakers
 *   ----------+-----------------------------+---------------------------------------------
 *   UNPARKED  | running, or about to be     | unparkLock() finds nothing to do
 *   PARKED    | asleep or heading for sleep | the first unparkLock() moves it to UNPARKED
 *
 * No wake-up is lost. (A) unparkLock() writes UNPARKED before wake() is called; (B) the owner reads the flag after
 * every return from sleep() and before entering it. If (B) reads PARKED, then (A) had not happened yet, and the wake()
 * that follows (A) ends the sleep that follows (B): LockSupport keeps a permit, the monitor orders the two, spinning
 * rereads, and the system parkers have a word for it (SystemParker).
 *
 * Interrupts. A pending interrupt makes LockSupport.park and Object.wait return at once, so an uninterruptible wait
 * must clear the flag before it sleeps (else it would spin: the old bug of StampedLock, JDK-8049843) and set it again
 * on the way out, however it leaves.
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

    /** Shown to tools while the owner waits, see {@link LockSupport#getBlocker}; may be null. */
    private final Object blocker;

    FlagParker(Object blocker) {
        this.blocker = blocker;
    }

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
        LockSupport.setCurrentBlocker(blocker);
        try {
            while (isParkedAcquire()) {
                if (interruptible) {
                    if (Thread.currentThread().isInterrupted()) {
                        return false;
                    }
                } else {
                    interrupted |= Thread.interrupted();
                }
                if (!timed) {
                    sleep(interruptible);
                    continue;
                }
                long nanosLeft = deadlineNanos - System.nanoTime();
                if (nanosLeft <= 0L) {
                    return false;
                }
                sleepUntil(deadlineNanos, nanosLeft, interruptible);
            }
            return true;
        } finally {
            LockSupport.setCurrentBlocker(null);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Sleeps. May return early for any reason, and does when interrupted if that counts. An implementation that
     * consumes an interrupt sets the flag again.
     *
     * @param interruptible whether an interrupt must end the sleep; if not, it may
     */
    abstract void sleep(boolean interruptible);

    /**
     * Sleeps as {@link #sleep} does, but no longer than until a moment, which is told twice: as the deadline for
     * systems that want it, and as the time left for those that want that.
     *
     * @param deadlineNanos on the clock of {@link System#nanoTime()}
     * @param nanosLeft nanoseconds from now until then, greater than 0
     * @param interruptible whether an interrupt must end the sleep; if not, it may
     */
    abstract void sleepUntil(long deadlineNanos, long nanosLeft, boolean interruptible);

    /** Ends a sleep of the owner that began, or is about to begin, before the flag became unparked. */
    abstract void wake();

    /** For subclasses that must check once more, inside whatever excludes {@link #wake()}. */
    final boolean isParkedAcquire() {
        return (int) STATE.getAcquire(this) == PARKED;
    }

    /** For subclasses that announce their sleep with a volatile write and must look at the flag after it. */
    final boolean isParkedVolatile() {
        return (int) STATE.getVolatile(this) == PARKED;
    }

    private void setStateOpaque(int value) {
        STATE.setOpaque(this, value);
    }

    private int getAndSetState(int value) {
        return (int) STATE.getAndSet(this, value);
    }
}
