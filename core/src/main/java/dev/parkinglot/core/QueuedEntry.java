package dev.parkinglot.core;

/**
 * A wait that is not a thread: what waits is in a queue of the lot, among the threads that park, and is told when it is
 * its turn. For what a thread cannot do: to wait without blocking, or in several queues at a time.
 *
 * <pre>{@code
 * QueuedEntry entry = QueuedEntry.enqueue(gate, 0, future, CALLBACKS, ParkOptions.NONE, 0); // null if it is open
 * ...
 * gate.open(); // unparks; then CALLBACKS.unparked(future, token) is called
 * }</pre>
 *
 * <p><b>One queue.</b> All operations that choose threads choose such entries, too: first come, first served, by their
 * turns ({@link UnparkResult#beFair}), by their park tokens, and requeued to other keys. In an {@link UnparkResult}
 * they count as threads. An unparker that must know what it has chosen can tell by the park token.
 *
 * <p><b>The rule</b> of {@link ParkingLot} holds: {@link EntryCallbacks#validate} runs under the bucket lock, and
 * either it sees what an unparker has changed, or the unparker sees the entry. But an entry has nobody to look again
 * ({@link ParkOptions#lookingAgain}). So it must not wait where an unparker may overlook a waiter that is just
 * arriving.
 *
 * <p><b>Chosen or cancelled.</b> As a thread returns from {@code park} once, an entry ends once: it is chosen, and is
 * told so ({@link EntryCallbacks#unparked}), or it is {@linkplain #cancel cancelled}. Both need the bucket lock, so
 * they exclude each other. A time limit is a timer that cancels. If what the entry stands for is given up after the
 * entry was chosen, but before that could be used, pass the wake on as a thread would that gives up
 * (docs/synchronizers.md, rule 6).
 *
 * <p><b>Memory effects.</b> Everything that a thread did before an unpark operation, and in its callback,
 * happens-before {@code unparked} of the entries that it chose, which it calls itself. What happened before {@code
 * enqueue} does, too. A {@link #cancel} sees what the last callback under the bucket lock saw.
 *
 * <p><b>Errors.</b> As in {@link ParkingLot}: {@code enqueue} and {@code cancel} have not begun, or are completed, and
 * what one entry throws keeps no other waiter from being woken ({@link EntryCallbacks#wakeLost}).
 *
 * <p><b>Cost.</b> 64 bytes for each entry, with compressed pointers, and the time that {@code park} takes under the
 * bucket lock. No thread, and no time while it waits. An entry is seen by {@link ParkingLot#waiters} and {@link
 * ParkingLot#snapshot}, as a {@link ParkedThread} without a thread; an {@link Observation} is not told of it.
 *
 * <p>Idea: {@code Atomics.waitAsync} of JavaScript, which has threads and promises in one list; and Kotlin's {@code
 * CancellableContinuation}, whose prompt cancellation gives back what has been handed over too late.
 */
public sealed interface QueuedEntry permits CallbackEntry {
    /**
     * Loads everything that such a wait needs, unless that has been done: as {@link ParkingLot#prepare}. To be called
     * in the static initializer of a synchronizer, lest that be done by the first entry.
     */
    static void prepare() {
        ParkingLot.prepare();
        Enqueuing.prepare();
    }

    /**
     * Puts an entry into the queue of a key, if a condition holds, and returns. In this order: lock the bucket; {@link
     * EntryCallbacks#validate}; enqueue; unlock; {@link EntryCallbacks#beforeSleep}. The entry may have been chosen
     * before this returns.
     *
     * @param <C> the type of the context
     * @param base the key's object, null for memory outside the heap
     * @param offset the key's offset
     * @param context passed to the callbacks
     * @param callbacks what to do at the fixed points
     * @param options what is unusual about this wait: {@link ParkOptions#returning}, or {@link
     *     ParkOptions#stayingOnceRequeued}, after which it cannot be cancelled once it was requeued; compensating means
     *     nothing here
     * @param parkToken shown to the callbacks of unparkers and to inspection
     * @return the entry; null if {@code validate} said no
     * @throws IllegalArgumentException if the options say that it looks again
     * @throws IllegalStateException if called from a callback under a bucket lock
     */
    static <C> QueuedEntry enqueue(
            Object base,
            long offset,
            C context,
            EntryCallbacks<? super C> callbacks,
            ParkOptions options,
            long parkToken) {
        return Enqueuing.enqueue(SharedLot.toPark(), base, offset, context, callbacks, options, parkToken);
    }

    /**
     * Takes the entry out of its queue, if it has not been chosen; then {@link EntryCallbacks#timedOut} is called under
     * the bucket lock, and {@code unparked} will not be. On any thread, at any time, as often as one likes.
     *
     * <p>If {@code timedOut} throws, the entry has left all the same, and the throwable leaves this method.
     *
     * @return whether this call has taken it out. If not, it was chosen, and {@code unparked} was called or is about
     *     to be; or it has been cancelled before; or it was requeued, and {@linkplain ParkOptions#stayingOnceRequeued
     *     stays}
     * @throws IllegalStateException if called from a callback under a bucket lock
     */
    boolean cancel();

    /** {@return whether it is in a queue; the answer may be stale when it is looked at, if it is yes} */
    boolean isQueued();
}
