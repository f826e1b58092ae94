package dev.parkinglot.core;

/**
 * What an entry without a thread is asked and told: see {@link QueuedEntry}. In place of the return of {@code park}, it
 * has {@link #unparked}.
 *
 * <table>
 *   <caption>When, on which thread, and under what</caption>
 *   <tr><th>method</th><th>when</th><th>thread</th><th>bucket lock</th><th>may call the lot</th></tr>
 *   <tr><td>{@link #validate}</td><td>before enqueueing</td><td>that enqueues</td><td>held</td><td>no</td></tr>
 *   <tr><td>{@link #beforeSleep}</td><td>once, after enqueueing</td><td>that enqueues</td><td>not held</td>
 *       <td>yes</td></tr>
 *   <tr><td>{@link #timedOut}</td><td>when it is cancelled</td><td>that cancels</td><td>held</td><td>no</td></tr>
 *   <tr><td>{@link #unparked}</td><td>once, if the entry was chosen</td><td>that unparks</td><td>not held</td>
 *       <td>yes</td></tr>
 *   <tr><td>{@link #wakeLost}</td><td>when {@code unparked} has thrown</td><td>that unparks</td><td>not held</td>
 *       <td>yes</td></tr>
 * </table>
 *
 * <p>An entry is told either {@code unparked} or {@code timedOut}, never both, and each once at most. {@link
 * #yieldsBeforeSleep} is not asked, since nobody sleeps.
 *
 * @param <C> the type of the context
 */
public interface EntryCallbacks<C> extends ParkCallbacks<C> {
    /**
     * Called once between enqueueing and the return of {@code enqueue}, without a lock. The entry can be chosen
     * already. May call every operation of the lot.
     *
     * <p>If it throws, the entry leaves the queue ({@link #timedOut} is called as usual), unless it has been chosen, in
     * which case {@link #unparked} is called as usual; then the throwable leaves {@code enqueue}.
     *
     * @param context as given to {@code enqueue}
     */
    @Override
    default void beforeSleep(C context) {}

    /**
     * The entry was chosen. Called on the thread that unparks, when the bucket is unlocked and all threads that were
     * chosen together with this entry have been woken. May call every operation of the lot.
     *
     * <p>That thread has something else to do: it may be in the middle of an unlock. So be short and do not block;
     * complete something, or hand a task to an {@link java.util.concurrent.Executor}. Of entries that are chosen, each
     * is told in turn, and what is chosen by a call of the lot in here is told when this method has returned. So it is
     * never nested, however long a chain of entries that unpark each other is; and blocking in here keeps the others
     * from being told.
     *
     * <p>There is stack for some hundred calls, or the unpark has not begun.
     *
     * @param context as given to {@code enqueue}
     * @param unparkToken what the unparker handed over
     */
    void unparked(C context, long unparkToken);

    /**
     * {@link #unparked} has thrown, so that the wake would end here. Pass it on if it matters, since nobody else will.
     * What this method throws is thrown by the operation that has chosen the entry, when it has tried everything else.
     * So does the failure itself by default. To keep a failure from the unparker, do not throw it.
     *
     * @param context as given to {@code enqueue}
     * @param unparkToken what the unparker handed over
     * @param failure what {@code unparked} has thrown
     */
    @Override
    default void wakeLost(C context, long unparkToken, Throwable failure) {
        Failures.throwUnchecked(failure);
        throw new IllegalStateException("the wake of an entry was lost", failure);
    }
}
