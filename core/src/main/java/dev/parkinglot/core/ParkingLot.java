package dev.parkinglot.core;

import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;

/**
 * The parking lot: a global table of wait queues, keyed by address, on which any kind of synchronizer can be built from
 * one atomic word.
 *
 * <p>A synchronizer keeps its state in a word of its own and comes here only when a thread must wait, or when the word
 * says that threads are waiting. A queue exists only while it has a waiter, so an idle lock costs nothing here. The
 * simplest one is a gate that opens once:
 *
 * <pre>{@code
 * final class Gate {
 *     private volatile boolean open;
 *
 *     void await() {
 *         while (!open) {
 *             ParkingLot.park(this, 0, () -> !open);
 *         }
 *     }
 *
 *     void open() {
 *         open = true; // the state first, then the unpark
 *         ParkingLot.unparkAll(this, 0);
 *     }
 * }
 * }</pre>
 *
 * <p><b>The rule.</b> Whoever ends a wait changes the state first, or in its callback, and then unparks. The condition
 * of {@code park}, {@link ParkCallbacks#validate validate}, is evaluated under a lock that unparks take, too. So either
 * it sees the change, or the unpark sees the thread.
 *
 * <p><b>Keys.</b> Objects move on the JVM, so an address is what {@code VarHandle} and {@code Unsafe} mean by it: a
 * base object and an offset. The base is compared by identity; it may be null for memory outside the heap, whose
 * address is then the offset. Use a base at which nobody else parks: usually {@code this}, unless the class extends a
 * lock, which parks at its own offsets 0 and 1. Those who wait for different things wait at different offsets. While
 * threads wait, the table holds the base strongly.
 *
 * <p><b>Tokens.</b> A token is a number that travels. The <em>park token</em> comes with a thread that parks and is
 * shown to the filters and callbacks of those who unpark: what the thread wants, for instance. The <em>unpark
 * token</em> is what an unparker tells the threads that it wakes ({@link ParkResult#unparkToken}), all of them the
 * same.
 *
 * <p><b>Cost</b> under the bucket lock, with <em>k</em> the number of keys that share a bucket, kept small by growing
 * the table: O(k) for {@code park}, {@code unparkOne} and leaving on timeout or interrupt; O(k + threads woken, moved
 * or looked at) for the other unparks. None depends on how many threads wait for other keys of the bucket: each key
 * has a doubly linked queue of its own ({@code GrowthBenchmark}). Nor does it matter how many wait for the same key,
 * with one exception: an unpark that gives the eldest its turn walks past those who were put before it. The table
 * grows with the keys that are waited for, and shrinks again when they have gone, a few buckets at a time and without
 * stopping anybody.
 *
 * <p><b>Order.</b> Queues are first in, first out, except that a thread may return to the front ({@link
 * ParkOptions#returning}), and requeued ones may precede others ({@link RequeueCallbacks#movedThreadsPrecede}).
 *
 * <p><b>Fairness.</b> If the eldest thread of a key has waited for more than half a millisecond, and so much time has
 * also passed since the last such turn, an unpark of one thread chooses the eldest, and says so ({@link
 * UnparkResult#beFair()}). A lock should then be handed over to it instead of being left to the fastest. So a lock that
 * heeds it is handed over about two thousand times a second at most; and a thread with n others in its queue has its
 * turn with the first unpark after n + 1 half milliseconds, in whatever order the others are woken. What other keys do
 * has no influence.
 *
 * <p><b>Memory effects.</b> Everything that a thread did before an unpark operation, and in its callback,
 * happens-before the return of {@code park} in the threads that it unparked. The callbacks of operations on one key are
 * ordered by the bucket lock: what was done before and in an earlier one is visible in a later one. A park that returns
 * {@code INVALID}, {@code TIMED_OUT} or {@code INTERRUPTED} sees what its last callback under the bucket lock saw.
 *
 * <p><b>No spurious results.</b> {@code UNPARKED} is returned only to a thread that an unpark has chosen, and each
 * choice is returned once.
 *
 * <p><b>Interrupts.</b> Unless its {@link Patience} is interruptible, {@code park} neither ends at an interrupt nor
 * swallows it. If it is, the thread leaves the queue exactly as at a timeout and returns {@link ParkResult#INTERRUPTED}
 * with the flag cleared; a thread that was unparked before it could leave returns {@link ParkResult.Kind#UNPARKED} with
 * the flag set. So does one that was requeued and stays ({@link ParkOptions#stayingOnceRequeued}).
 *
 * <p><b>Errors.</b> Whatever goes wrong in one thread stays there. A callback that throws leaves the queues as they
 * were and every bucket unlocked. An {@code OutOfMemoryError} or {@code StackOverflowError} leaves no thread queued and
 * no bucket locked, and comes before an unpark has chosen anybody; a wake that fails keeps no other thread from being
 * woken, and is then thrown, never as a {@code StackOverflowError}. Every operation throws {@code
 * IllegalStateException} if it is called from a callback that runs under a bucket lock.
 *
 * <p><b>Not a thread.</b> What waits need not be a thread: {@link QueuedEntry}.
 *
 * <p><b>One copy.</b> The queues are those of the class, so if two class loaders load it, each copy has its own, and
 * finds no thread of the other. A copy that is not the first of its process logs a warning ({@link System.Logger}
 * {@code dev.parkinglot}); the name of the first one's class loader is in the system property {@code
 * dev.parkinglot.core.loadedBy}.
 *
 * <p>Idea: WebKit's ParkingLot (Filip Pizlo, "Locking in WebKit", 2016) and Rust's {@code parking_lot_core} (Amanieu
 * d'Antras); a queue for each key as in Go's {@code semaRoot}; fairness by age, looking again, interruption and
 * exception safety are ours.
 */
public final class ParkingLot {
    /** The park token of a thread that has nothing to say about itself. */
    public static final long DEFAULT_PARK_TOKEN = 0L;

    /** The unpark token of an unparker that has nothing to say. */
    public static final long DEFAULT_UNPARK_TOKEN = 0L;

    private static final ParkCallbacks<BooleanSupplier> WHILE = new WhileTrue();

    private static final UnparkCallback<Object> NO_TOKEN = new KnownToken(DEFAULT_UNPARK_TOKEN);

    static {
        SharedLot.prepare();
    }

    private ParkingLot() {}

    /**
     * Loads everything that a wait needs, unless that has been done. To be called in the static initializer of a
     * synchronizer. It also chooses the way of sleeping ({@link dev.parkinglot.parkers.ParkerBackends}).
     *
     * <p>Cost: some 30 ms of processor time for the first call in a JVM, most of it for loading classes; nothing
     * afterwards. The {@link dev.parkinglot.parkers.AsymmetricFence} is not set up here, but when a wait first uses it.
     */
    public static void prepare() {
        // initialising this class is all there is to do
    }

    /**
     * Makes sure that the current thread has the stack that an operation of the lot takes. Each operation does so by
     * itself, before it changes anything; this is for a synchronizer that changes its own state before it comes to the
     * lot, and must not find out in the middle.
     *
     * <p>Cost: some 15 ns.
     *
     * @param calls how many calls there are at most between the caller and the operation
     * @throws StackOverflowError if there is not enough
     */
    public static void requireStack(int calls) {
        StackRoom.requireBelow(calls);
    }

    /**
     * Puts the current thread to sleep in the queue of a key until another thread unparks it, if a condition holds. An
     * interrupt has no effect on the wait and is still pending afterwards.
     *
     * @param base the key's object, null for memory outside the heap
     * @param offset the key's offset
     * @param condition whether to sleep; {@link ParkCallbacks#validate} tells its contract
     * @return {@code UNPARKED} with the unparker's token, or {@link ParkResult#INVALID} if the condition did not hold
     */
    public static ParkResult park(Object base, long offset, BooleanSupplier condition) {
        return park(base, offset, condition, Patience.ENDLESS);
    }

    /**
     * As {@link #park(Object, long, BooleanSupplier)}, for a limited time.
     *
     * @param base the key's object, null for memory outside the heap
     * @param offset the key's offset
     * @param condition whether to sleep; {@link ParkCallbacks#validate} tells its contract
     * @param patience the deadline, if any, and whether an interrupt counts
     * @return {@code UNPARKED} with the unparker's token, {@link ParkResult#INVALID} if the condition did not hold,
     *     {@link ParkResult#TIMED_OUT}, or {@link ParkResult#INTERRUPTED} with the interrupt flag cleared
     */
    public static ParkResult park(Object base, long offset, BooleanSupplier condition, Patience patience) {
        Objects.requireNonNull(condition, "condition");
        return park(base, offset, condition, WHILE, ParkOptions.NONE, DEFAULT_PARK_TOKEN, patience);
    }

    /**
     * Puts the current thread to sleep in the queue of a key until another thread unparks it, or its patience ends.
     *
     * <p>In this order: lock the bucket; {@link ParkCallbacks#validate}; enqueue; unlock; {@link
     * ParkCallbacks#beforeSleep}; sleep. If patience ends first, the thread leaves the queue and {@link
     * ParkCallbacks#timedOut} is called, both under the bucket lock; unless it was requeued and {@linkplain
     * ParkOptions#stayingOnceRequeued stays}. A deadline in the past or a pending interrupt still goes through all of
     * this.
     *
     * @param <C> the type of the context
     * @param base the key's object, null for memory outside the heap
     * @param offset the key's offset
     * @param context passed to the callbacks, usually the synchronizer
     * @param callbacks what to do at the fixed points, usually a constant
     * @param options what is unusual about this park, usually {@link ParkOptions#NONE}
     * @param parkToken shown to the filters and callbacks of unparkers and to inspection; usually {@link
     *     #DEFAULT_PARK_TOKEN}
     * @param patience the deadline, if any, and whether an interrupt counts; a deadline is made once for all parks of
     *     one wait
     * @return {@code UNPARKED} with the unparker's token, {@link ParkResult#INVALID}, {@link ParkResult#TIMED_OUT}, or
     *     {@link ParkResult#INTERRUPTED} with the interrupt flag cleared
     */
    public static <C> ParkResult park(
            Object base,
            long offset,
            C context,
            ParkCallbacks<? super C> callbacks,
            ParkOptions options,
            long parkToken,
            Patience patience) {
        Parking parking = SharedLot.toPark().parking;
        return Lot.observers == null
                ? parking.park(base, offset, context, callbacks, options, parkToken, patience)
                : WaitSpan.park(parking, base, offset, context, callbacks, options, parkToken, patience);
    }

    /**
     * Whether anybody wants to hear of waits now: an {@link Observation} or a recording of JDK Flight Recorder is under
     * way. For a synchronizer whose wait consists of several parks: only then need it open a {@link WaitSpan}.
     *
     * <p>Cost: one volatile read.
     *
     * @return false as long as nobody does
     */
    public static boolean isObserved() {
        return Lot.observers != null;
    }

    /**
     * Wakes one thread of a key: the eldest if its turn is due ("Fairness" above), otherwise the first.
     *
     * @param base the key's object, null for memory outside the heap
     * @param offset the key's offset
     * @return whether there was one
     */
    public static boolean unparkOne(Object base, long offset) {
        return unparkOne(base, offset, null, NO_TOKEN).unparkedThreads() != 0;
    }

    /**
     * Wakes one thread of a key: the eldest if its turn is due ("Fairness" above), otherwise the first.
     *
     * @param base the key's object, null for memory outside the heap
     * @param offset the key's offset
     * @param unparkToken what it is told
     * @return whether there was one
     */
    public static boolean unparkOne(Object base, long offset, long unparkToken) {
        return unparkOne(base, offset, null, new KnownToken(unparkToken)).unparkedThreads() != 0;
    }

    /**
     * Wakes one thread of a key: the eldest if its turn is due ("Fairness" above), otherwise the first.
     *
     * @param <C> the type of the context
     * @param base the key's object, null for memory outside the heap
     * @param offset the key's offset
     * @param context passed to the callback
     * @param callback called once under the bucket lock, also when nobody waits; returns the token for the thread
     * @return what was done, as the callback was told
     */
    public static <C> UnparkResult unparkOne(Object base, long offset, C context, UnparkCallback<? super C> callback) {
        return SharedLot.toUnpark().unparking.unpark(base, offset, 1, context, null, callback);
    }

    /**
     * Wakes the first threads of a key, up to some number.
     *
     * @param <C> the type of the context
     * @param base the key's object, null for memory outside the heap
     * @param offset the key's offset
     * @param limit how many to wake at most
     * @param context passed to the callback
     * @param callback called once under the bucket lock, also when nobody waits; returns the token for all of them
     * @return what was done, as the callback was told
     * @throws IllegalArgumentException if the limit is negative
     */
    public static <C> UnparkResult unparkUpTo(
            Object base, long offset, int limit, C context, UnparkCallback<? super C> callback) {
        if (limit < 0) {
            throw new IllegalArgumentException("wake 0 threads or more, not " + limit);
        }
        return SharedLot.toUnpark().unparking.unpark(base, offset, limit, context, null, callback);
    }

    /**
     * Wakes all threads of a key.
     *
     * @param base the key's object, null for memory outside the heap
     * @param offset the key's offset
     * @return how many there were
     */
    public static int unparkAll(Object base, long offset) {
        return unparkAll(base, offset, null, NO_TOKEN).unparkedThreads();
    }

    /**
     * Wakes all threads of a key.
     *
     * @param base the key's object, null for memory outside the heap
     * @param offset the key's offset
     * @param unparkToken what they are told
     * @return how many there were
     */
    public static int unparkAll(Object base, long offset, long unparkToken) {
        return unparkAll(base, offset, null, new KnownToken(unparkToken)).unparkedThreads();
    }

    /**
     * Wakes all threads of a key.
     *
     * @param <C> the type of the context
     * @param base the key's object, null for memory outside the heap
     * @param offset the key's offset
     * @param context passed to the callback
     * @param callback called once under the bucket lock, also when nobody waits; returns the token for all of them
     * @return what was done, as the callback was told
     */
    public static <C> UnparkResult unparkAll(Object base, long offset, C context, UnparkCallback<? super C> callback) {
        return SharedLot.toUnpark().unparking.unpark(base, offset, Integer.MAX_VALUE, context, null, callback);
    }

    /**
     * Wakes those threads of a key that a filter chooses by their park tokens.
     *
     * @param <C> the type of the context
     * @param base the key's object, null for memory outside the heap
     * @param offset the key's offset
     * @param context passed to the filter
     * @param filter asked for each thread in queue order until it says {@link FilterOp#STOP}
     * @return how many were woken
     */
    public static <C> int unparkFilter(Object base, long offset, C context, ParkTokenFilter<? super C> filter) {
        return unparkFilter(base, offset, context, filter, NO_TOKEN).unparkedThreads();
    }

    /**
     * Wakes those threads of a key that a filter chooses by their park tokens.
     *
     * @param <C> the type of the context
     * @param base the key's object, null for memory outside the heap
     * @param offset the key's offset
     * @param context passed to the filter and the callback
     * @param filter asked for each thread in queue order until it says {@link FilterOp#STOP}
     * @param callback called once after the filter, under the same bucket lock, also when nobody waits and the filter
     *     was not asked; returns the token for all chosen threads
     * @return what was done, as the callback was told
     */
    public static <C> UnparkResult unparkFilter(
            Object base,
            long offset,
            C context,
            ParkTokenFilter<? super C> filter,
            UnparkCallback<? super C> callback) {
        Objects.requireNonNull(filter, "filter");
        return SharedLot.toUnpark().unparking.unpark(base, offset, Integer.MAX_VALUE, context, filter, callback);
    }

    /**
     * Moves threads from one key's queue to another's without waking them, and may wake the first. What exactly, and
     * whether they go to its end, is decided under both bucket locks by {@link RequeueCallbacks}. A moved thread is
     * woken by operations on the new key; if it leaves by itself, its {@link ParkCallbacks#timedOut} is told the new
     * key, and it can decide not to leave ({@link ParkOptions#stayingOnceRequeued}). The two keys may be equal; moved
     * threads then stay in their own queue, and count among those that are left in it.
     *
     * @param <C> the type of the context
     * @param fromBase the object of the key to take threads from
     * @param fromOffset the offset of that key
     * @param toBase the object of the key to move them to
     * @param toOffset the offset of that key
     * @param context passed to the callbacks
     * @param callbacks decides what to do, and the token for the thread that is woken
     * @return what was done, as the callback was told; nothing if it was aborted
     */
    public static <C> UnparkResult unparkRequeue(
            Object fromBase,
            long fromOffset,
            Object toBase,
            long toOffset,
            C context,
            RequeueCallbacks<? super C> callbacks) {
        UnparkResult result =
                SharedLot.toRequeue().unparking.requeue(fromBase, fromOffset, toBase, toOffset, context, callbacks);
        Observers observers = Lot.observers;
        if (observers != null && result.requeuedThreads() != 0) {
            observers.requeued(fromBase, fromOffset, toBase, toOffset, result.requeuedThreads());
        }
        return result;
    }

    /**
     * Whether the longest waiting thread of a key should have its turn now: what {@link UnparkResult#beFair} would say.
     * For a lock that would otherwise not come to the lot, since somebody is awake who will take it.
     *
     * <p>Cost: one look under the bucket lock, unless another thread holds it.
     *
     * @param base the key's object, null for memory outside the heap
     * @param offset the key's offset
     * @return false if it has not waited for long, if nobody waits, or if it cannot be said without waiting
     */
    public static boolean isTurnDue(Object base, long offset) {
        return SharedLot.toInspect().unparking.isTurnDue(base, offset);
    }

    /**
     * The threads that wait on a key now, for tests and tools.
     *
     * @param base the key's object, null for memory outside the heap
     * @param offset the key's offset
     * @return in the order in which they would be woken now, but for turns: a thread that was moved or that returns may
     *     stand before older ones; empty if nobody waits
     */
    public static List<ParkedThread> waiters(Object base, long offset) {
        return SharedLot.toInspect().inspection().waiters(base, offset);
    }

    /**
     * All queues of the table, for tests and tools. Each queue is seen as it is at one moment, but not all at the same:
     * one bucket is locked at a time, and nobody is held up for longer than it takes to copy its queues.
     *
     * @return one entry for each key that has waiters, in no particular order
     */
    public static List<ParkedQueue> snapshot() {
        return SharedLot.toInspect().inspection().snapshot();
    }
}
