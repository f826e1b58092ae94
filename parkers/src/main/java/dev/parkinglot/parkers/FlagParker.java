package dev.parkinglot.parkers;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/* Overview.
 *
 * All parkers of this package are one flag and a way of sleeping. The flag is the truth, and the sleep is an
 * optimisation: a subclass may return from sleep() for any reason and at any time, as long as it does return once
 * wake() was called after the flag had ceased to be PARKED.
 *
 *   flag      | owner                             | unparkLock()             | nudgeLock()
 *   ----------+-----------------------------------+--------------------------+-----------------------
 *   UNPARKED  | runs, or is about to              | finds nothing to do      | finds nothing to do
 *   PARKED    | sleeps, or is heading for sleep   | to UNPARKED, then wakes  | to NUDGED, then wakes
 *   NUDGED    | runs, or is about to, to look     | to UNPARKED, then wakes  | finds nothing to do
 *             | round and to park again           |                          |
 *
 * No wake-up is lost. (A) A waker changes the flag before it calls wake(). (B) The owner reads the flag after every
 * return from sleep() and before it enters it. If (B) reads PARKED, then (A) had not happened yet, and the wake() that
 * follows (A) ends the sleep that follows (B): LockSupport keeps a permit, the monitor orders the two, spinning
 * rereads, and the system parkers have a word for it (SystemParker).
 *
 * A nudge uses up nothing. Whoever finds the flag NUDGED still owes the owner a wake, so that an unpark wakes it even
 * if the wake of the nudge failed on its way.
 *
 * Interrupts. A pending interrupt makes LockSupport.park and Object.wait return at once. So every wait takes the
 * interrupt off the thread before it sleeps (else it would spin: the old bug of StampedLock, JDK-8049843) and sets it
 * again on the way out, however it leaves. It asks Thread.interrupted(), which is static: isInterrupted() can be
 * overridden, and then it is somebody else's code, with somebody else's answer.
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
    private static final int NUDGED = 2;

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
        return stateAcquire() != UNPARKED;
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
        return getAndSetState(UNPARKED) == UNPARKED ? NONE : this;
    }

    @Override
    public final UnparkHandle nudgeLock() {
        return casState(PARKED, NUDGED) ? this : NONE;
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
                interrupted |= Thread.interrupted();
                if (interrupted && interruptible) {
                    return false;
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
            return stateAcquire() == UNPARKED;
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
        return stateAcquire() == PARKED;
    }

    /** For subclasses that announce their sleep with a volatile write and must look at the flag after it. */
    final boolean isParkedVolatile() {
        return (int) STATE.getVolatile(this) == PARKED;
    }

    private int stateAcquire() {
        return (int) STATE.getAcquire(this);
    }

    private void setStateOpaque(int value) {
        STATE.setOpaque(this, value);
    }

    private int getAndSetState(int value) {
        return (int) STATE.getAndSet(this, value);
    }

    private boolean casState(int expected, int value) {
        return STATE.compareAndSet(this, expected, value);
    }
}
