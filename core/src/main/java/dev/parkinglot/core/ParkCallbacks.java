package dev.parkinglot.core;

/**
 * What a parking thread does, or is asked, at the fixed points of a park. All methods are called on the parking thread,
 * with one exception: the check {@link LockCheck#LOST_WAKE}, where it is switched on, asks {@link #validate} of threads
 * that sleep.
 *
 * <table>
 *   <caption>When, and under what</caption>
 *   <tr><th>method</th><th>when</th><th>bucket lock</th><th>may call the lot</th></tr>
 *   <tr><td>{@link #validate}</td><td>before enqueueing; again while queued if asked for</td><td>held</td>
 *       <td>no</td></tr>
 *   <tr><td>{@link #beforeSleep}</td><td>once, after enqueueing</td><td>not held</td><td>yes</td></tr>
 *   <tr><td>{@link #yieldsBeforeSleep}</td><td>once, after that</td><td>not held</td><td>yes</td></tr>
 *   <tr><td>{@link #timedOut}</td><td>when the thread leaves the queue by itself</td><td>held</td><td>no</td></tr>
 *   <tr><td>{@link #wakeLost}</td><td>when a failure swallowed a wake</td><td>not held</td><td>yes</td></tr>
 * </table>
 *
 * Under a bucket lock be short, do not block, and do not call {@link ParkingLot}: that throws {@code
 * IllegalStateException}. Every key of the same bucket waits for you.
 *
 * <p><b>The context</b> is whatever the caller of {@code park} wants its callbacks to know, usually the synchronizer.
 * So one stateless instance of this interface can serve all synchronizers of a class, wherever their state lies,
 * without allocation and without a cast. A lambda can capture what it likes instead.
 *
 * @param <C> the type of the context
 */
@FunctionalInterface
public interface ParkCallbacks<C> {
    /**
     * Whether there still is a reason to sleep. Unparkers of the key are locked out meanwhile, so a state that an
     * unparker changes before it calls the lot, or in its {@link UnparkCallback}, cannot change unseen between this
     * check and the enqueueing. Check exactly the predicate that will be retried after the park; and that the bit for
     * "somebody is parked" is still set, if the state has one.
     *
     * <p>It may be asked several times for one park, so it must not take anything.
     *
     * <p>If it throws, the thread is not (or no longer) queued and the throwable leaves {@code park}.
     *
     * @param context as given to {@code park}
     * @param parkToken as given to {@code park}
     * @return true to sleep, false to return {@link ParkResult#INVALID}
     */
    boolean validate(C context, long parkToken);

    /**
     * Called once between enqueueing and sleeping, without a lock: the place to release what the wait gives up, such as
     * the mutex of a condition variable. The thread can be unparked already. May call every operation of the lot.
     *
     * <p>If it throws, the thread leaves the queue ({@link #timedOut} is called as usual) or, if it has already been
     * chosen, {@link #wakeLost} is called; then the throwable leaves {@code park}.
     *
     * @param context as given to {@code park}
     */
    default void beforeSleep(C context) {}

    /**
     * Whether the thread calls {@link Thread#yield()} once before it sleeps, unless it has been unparked by then. Asked
     * once, right after {@link #beforeSleep}, and like that. Worth it where whoever will unpark the thread is often
     * ready to run on this very processor: then the unpark finds the thread awake, and neither of the two has to call
     * the system to sleep or to wake. In vain it costs a third of a microsecond, and on a busy processor the time for
     * which others run.
     *
     * @param context as given to {@code park}
     * @return false by default
     */
    default boolean yieldsBeforeSleep(C context) {
        return false;
    }

    /**
     * The thread has just left the queue without having been unparked: deadline, interrupt, a validate that said no
     * when it was asked again, or a throwable. The place to clear a "somebody is parked" bit. Whoever is to be woken
     * since this thread has gone is woken after the park, in a {@code finally}. If this throws, the thread has left all
     * the same, the bucket is unlocked, and the throwable leaves {@code park}.
     *
     * @param context as given to {@code park}
     * @param base the object of the key in whose queue the thread was: not that given to {@code park} if it was
     *     requeued
     * @param offset the offset of that key
     * @param wasLastThread whether that queue is now empty
     */
    default void timedOut(C context, Object base, long offset, boolean wasLastThread) {}

    /**
     * A throwable is about to leave {@code park}, although another thread had already chosen this one: the wake that it
     * sent would end here. Pass it on if it matters. The throwable comes from {@link #beforeSleep}, from the parker, or
     * from the JVM, which may have no memory for a result with a token other than 0 to 7. By default the loss is
     * recorded on the throwable as a suppressed {@code IllegalStateException}, memory permitting, so that it is not
     * lost in silence.
     *
     * @param context as given to {@code park}
     * @param unparkToken what the unparker handed over
     * @param failure the throwable that is about to be thrown
     */
    default void wakeLost(C context, long unparkToken, Throwable failure) {
        failure.addSuppressed(new IllegalStateException("this thread had already been unparked (token " + unparkToken
                + "); the wake is lost unless you pass it on"));
    }
}
