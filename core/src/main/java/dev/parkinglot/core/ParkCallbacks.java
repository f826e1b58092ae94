package dev.parkinglot.core;

/**
 * What a parking thread does, or is asked, at the fixed points of a park. All methods are called on the parking thread.
 *
 * <table>
 *   <caption>When, and under what</caption>
 *   <tr><th>method</th><th>when</th><th>bucket lock</th><th>may call the lot</th></tr>
 *   <tr><td>{@link #revalidateAfterNanos}, {@link #goesFirst}</td><td>before enqueueing</td><td>not held</td>
 *       <td>no</td></tr>
 *   <tr><td>{@link #validate}</td><td>before enqueueing; again while queued if asked for</td><td>held</td>
 *       <td>no</td></tr>
 *   <tr><td>{@link #beforeSleep}</td><td>once, after enqueueing</td><td>not held</td><td>yes</td></tr>
 *   <tr><td>{@link #revalidateAfterNanos}, {@link #staysOnceRequeued}</td><td>at each look from the queue</td>
 *       <td>held</td><td>no</td></tr>
 *   <tr><td>{@link #timedOut}</td><td>when the thread leaves the queue by itself</td><td>held</td><td>no</td></tr>
 *   <tr><td>{@link #wakeLost}</td><td>when a failure swallowed a wake</td><td>not held</td><td>yes</td></tr>
 * </table>
 *
 * Under a bucket lock be short, do not block, and do not call {@link ParkingLot}: that throws {@code
 * IllegalStateException}. Every key of the same bucket waits for you.
 *
 * <p>The key is passed to each method, so one stateless instance can serve all objects of a class without allocation; a
 * lambda can still capture what it likes.
 */
@FunctionalInterface
public interface ParkCallbacks {
    /** What {@link #revalidateAfterNanos} returns to say: never. */
    long NEVER = Long.MAX_VALUE;

    /**
     * Whether there still is a reason to sleep. Unparkers of the key are locked out meanwhile, so a state that an
     * unparker changes before or in its {@link UnparkCallback} cannot change unseen between this check and the
     * enqueueing. Check exactly the predicate that will be retried after the park.
     *
     * <p>If it throws, the thread is not (or no longer) queued and the throwable leaves {@code park}.
     *
     * @param base the key's object, as given to {@code park}
     * @param offset the key's offset, as given to {@code park}
     * @return true to sleep, false to return {@link ParkResult#INVALID}
     */
    boolean validate(Object base, long offset);

    /**
     * Called once between enqueueing and sleeping, without a lock: the place to release what the wait gives up, such as
     * the mutex of a condition variable. The thread can be unparked already. May call every operation of the lot.
     *
     * <p>If it throws, the thread leaves the queue ({@link #timedOut} is called as usual) or, if it has already been
     * chosen, {@link #wakeLost} is called; then the throwable leaves {@code park}.
     *
     * @param base the key's object, as given to {@code park}
     * @param offset the key's offset, as given to {@code park}
     */
    default void beforeSleep(Object base, long offset) {}

    /**
     * The thread has just left the queue without having been unparked: deadline, interrupt, failed revalidation, or a
     * throwable. The place to clear a "somebody is parked" bit. If it throws, the thread has left all the same, the
     * bucket is unlocked, and the throwable leaves {@code park}.
     *
     * @param base the object of the key in whose queue the thread was: not that given to {@code park} if it was
     *     requeued
     * @param offset the offset of that key
     * @param wasLastThread whether that queue is now empty
     */
    default void timedOut(Object base, long offset, boolean wasLastThread) {}

    /**
     * A throwable is about to leave {@code park}, from {@link #beforeSleep} or from the parker, although another thread
     * had already chosen this one: the wake that it sent would end here. Pass it on if it matters. By default the loss
     * is recorded on the throwable as a suppressed {@code IllegalStateException}, so that it is not lost in silence.
     *
     * @param base the key's object, as given to {@code park}
     * @param offset the key's offset, as given to {@code park}
     * @param unparkToken what the unparker handed over
     * @param failure the throwable that is about to be thrown
     */
    default void wakeLost(Object base, long offset, long unparkToken, Throwable failure) {
        failure.addSuppressed(new IllegalStateException("this thread had already been unparked (token " + unparkToken
                + "); the wake is lost unless you pass it on"));
    }

    /**
     * Asks for {@link #validate} to be run again while the thread stays in its place in the queue; if it then says no,
     * the thread leaves and {@code park} returns {@link ParkResult#INVALID}. For protocols in which an unparker may
     * overlook a waiter that is just arriving, and only then.
     *
     * <p>One thread of a queue has this duty; the others sleep undisturbed. A thread that parks takes it over if it
     * would look before the one that has it. So after each park, some thread looks again within the interval that the
     * parking thread gave for round 0. If the thread on duty leaves the queue by itself, the first thread in the queue
     * looks at once and takes it up, and the duty lapses if that one never revalidates. If the thread on duty is
     * unparked, the duty is free for the next thread that parks: so an unparked thread must either see to it that the
     * queue is looked at again (as a lock does that wakes the next one when it is released) or park again. A requeued
     * thread does not revalidate.
     *
     * <p>Where the system has an {@link dev.parkinglot.parkers.AsymmetricFence}, the thread on duty (unless it is
     * virtual) executes it before it looks, and need not look again; the next thread that parks has the duty. This
     * presumes that an unparker first changes the state and then reads a mark of the waiters, both at least opaque.
     *
     * <p>Asked once before the bucket is locked, and under its lock whenever the thread has woken up in its queue: so
     * it may not call the lot. If it throws, the same holds as for {@link #validate}.
     *
     * @param round how often this thread has revalidated during this park, from 0
     * @return nanoseconds until the next time, greater than 0, or {@link #NEVER}
     */
    default long revalidateAfterNanos(int round) {
        return NEVER;
    }

    /**
     * Whether the thread goes to the front of the queue instead of its end: for a thread that was unparked, lost the
     * race for what it was waiting for, and returns to its old place. Asked once, before the bucket is locked.
     *
     * @return false by default
     */
    default boolean goesFirst() {
        return false;
    }

    /**
     * Whether a thread that has been requeued stays in its new queue until it is unparked: its {@link Patience} then no
     * longer counts. For a thread whose wait has had its outcome with the requeueing, and that only waits for its turn
     * now, as one that was signalled and must lock the mutex: it would leave its place only to queue up again at the
     * end. An interrupt that comes later stays pending.
     *
     * <p>Asked under the bucket lock when a requeued thread has woken up in its queue: so it may not call the lot. If
     * it throws, the same holds as for {@link #validate}.
     *
     * @return false by default
     */
    default boolean staysOnceRequeued() {
        return false;
    }
}
