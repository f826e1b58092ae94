package dev.parkinglot.parkers;

/**
 * Puts one thread to sleep, once or several times, until another thread wakes it.
 *
 * <p>A parker is made by {@link ParkerBackend#newParker} on the thread that will sleep on it, its <em>owner</em>. The
 * protocol of one round is:
 *
 * <pre>{@code
 * owner                                        waker
 * lock the queue
 * preparePark()
 * enqueue itself; unlock the queue
 * park(..) or parkUntil(..)                    lock the queue; find the parker
 *    |  asleep                                 handle = unparkLock()
 *    |                                         unlock the queue
 *    v                                         handle.unpark()
 * returns true
 * }</pre>
 *
 * An owner for which {@code parkUntil} returned false locks the queue and asks {@link #timedOut()}: only under that
 * lock is it certain whether a waker has chosen it in the meantime. (Or it looks whether it is still in the queue, as
 * the lot does.)
 *
 * <p><b>Calls.</b> {@code preparePark}, {@code park}, {@code parkUntil} and {@code timedOut}: the owner only. {@code
 * preparePark} and {@code unparkLock} exclude each other (a queue lock does), or else the owner must, after {@code
 * preparePark} and a full fence, look once more for whatever the waker does before {@code unparkLock}. {@code
 * unparkLock} need not follow a {@code preparePark}: on a parker that is not prepared it returns {@link
 * UnparkHandle#NONE} or an equivalent.
 *
 * <p><b>Memory effects.</b> What the waker did before {@code unparkLock} happens-before the owner's return from {@code
 * park} or {@code parkUntil} with true, and before a {@code timedOut} that returns false.
 *
 * <p><b>Interrupts.</b> With {@code interruptible} false an interrupt neither ends the wait nor is lost: the flag is
 * set again when the method returns, and a pending flag does not turn the wait into a spin. With {@code interruptible}
 * true a pending or arriving interrupt makes the method return false at once, with the flag set. Overriding {@code
 * Thread.isInterrupted} changes neither.
 *
 * <p><b>Spurious wake-ups</b> never show: every implementation loops on a flag of its own, since {@code LockSupport}
 * permits are shared with the rest of the program and a system's wait may return for no reason.
 *
 * <p>Idea: {@code ThreadParkerT} of Rust's {@code parking_lot_core}; interruption is ours.
 */
public interface ThreadParker {
    /**
     * Arms the parker: from now on the owner counts as parked, until {@link #unparkLock()}. Cost: one write, without a
     * fence.
     */
    void preparePark();

    /**
     * Whether the owner is still parked, that is, no {@link #unparkLock()} has come since {@link #preparePark()}. Exact
     * only while wakers are excluded.
     *
     * @return true when nobody has unparked the owner
     */
    boolean timedOut();

    /**
     * Sleeps until unparked.
     *
     * @param interruptible whether an interrupt ends the wait
     * @return true when unparked; false when nudged or, with the interrupt flag set, when interrupted
     */
    boolean park(boolean interruptible);

    /**
     * Sleeps until unparked or until a deadline.
     *
     * @param deadlineNanos when to give up, on the clock of {@link System#nanoTime()}; one in the past returns at once.
     *     Compared by difference, so deadlines up to 292 years from now are told apart correctly
     * @param interruptible whether an interrupt ends the wait
     * @return true when unparked; false when the deadline has passed, when nudged or, with the interrupt flag set, when
     *     interrupted
     */
    boolean parkUntil(long deadlineNanos, boolean interruptible);

    /**
     * Marks the owner unparked and returns what remains to be done to wake it. Does not block, does not allocate, makes
     * no system call and must not throw: it runs under a queue lock, at a point from which there is no way back.
     *
     * @return the handle to call after the queue lock is released; {@link UnparkHandle#NONE} when the owner was not
     *     parked
     */
    UnparkHandle unparkLock();

    /**
     * Makes a parked owner return from its sleep without having been unparked, so that it can look round and park
     * again. Like {@link #unparkLock()} it is called under the queue lock, does not block or allocate, makes no system
     * call and must not throw. It takes nothing from a later {@code unparkLock}: the owner stays parked, and whoever
     * unparks it wakes it, even if the wake of the nudge was lost.
     *
     * @return the handle to call after the queue lock is released; {@link UnparkHandle#NONE} when the owner was not
     *     asleep
     */
    UnparkHandle nudgeLock();
}
