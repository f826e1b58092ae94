package dev.parkinglot.core;

import java.util.List;

/**
 * The parking lot: a global table of wait queues, keyed by address, on which any kind of synchronizer can be built from
 * one atomic word.
 *
 * <p>A synchronizer keeps its state in a word of its own and comes here only when a thread must wait, or when the word
 * says that threads are waiting. A queue exists only while it has a waiter, so an idle lock costs nothing here.
 *
 * <p><b>Keys.</b> Objects move on the JVM, so an address is what {@code VarHandle} and {@code Unsafe} mean by it: a
 * base object and an offset. The base is compared by identity; it may be null for memory outside the heap, whose
 * address is then the offset. Use a base that nobody else can use ({@code this}), and several offsets for several
 * queues. While threads wait, the table holds the base strongly.
 *
 * <p><b>Cost.</b> With <em>k</em> the number of keys that share a bucket, kept small by growing the table:
 *
 * <table>
 *   <caption>Cost of the operations</caption>
 *   <tr><th>operation</th><th>under the bucket lock</th></tr>
 *   <tr><td>{@code park}, {@code unparkOne}, leaving on timeout or interrupt</td><td>O(k)</td></tr>
 *   <tr><td>{@code unparkAll}, {@code unparkFilter}, {@code unparkRequeue}</td><td>O(k + threads woken, moved or looked
 *       at)</td></tr>
 * </table>
 *
 * None depends on how many threads wait in front or behind, on this key or another of the bucket: each key has a doubly
 * linked queue of its own. (With one flat list a bucket, <em>n</em> timeouts on one key cost O(n<sup>2</sup>); the Go
 * runtime had that in golang/go#17953.) The benchmark {@code GrowthBenchmark} guards this.
 *
 * <p><b>Order.</b> Queues are first in, first out, except that a thread may return to the front ({@link
 * ParkCallbacks#goesFirst}). Requeued threads go behind those that are already there.
 *
 * <p><b>Fairness.</b> Each bucket has a timer that runs out at a random time, at most one millisecond after it last
 * did. The first unpark after that carries {@link UnparkResult#beFair()}: a lock should then be handed over to the
 * woken thread instead of being left to the fastest. So a lock that heeds it is handed over about two thousand times a
 * second at most, and no waiter at the front is overtaken for much longer than a millisecond.
 *
 * <p><b>Memory effects.</b> Everything that a thread did before an unpark operation, and in its callback,
 * happens-before the return of {@code park} in the threads that it unparked. The callbacks of operations on one key,
 * and on all keys of a bucket, are ordered by the bucket lock.
 *
 * <p><b>Interrupts.</b> Unless its {@link Patience} is interruptible, {@code park} neither ends at an interrupt nor
 * swallows it. If it is, the thread leaves the queue exactly as at a timeout and returns {@link ParkResult#INTERRUPTED}
 * with the flag cleared; a thread that was unparked before it could leave returns {@link ParkResult.Kind#UNPARKED} with
 * the flag set. So does one that was requeued and stays ({@link ParkCallbacks#staysOnceRequeued}).
 *
 * <p><b>Errors.</b> A callback that throws leaves the queues as they were and every bucket unlocked. An {@code
 * OutOfMemoryError} in any operation leaves no thread queued. Calling the lot from a callback that runs under a bucket
 * lock throws {@code IllegalStateException}.
 *
 * <p>Idea: WebKit's ParkingLot (Filip Pizlo, "Locking in WebKit", 2016) and Rust's {@code parking_lot_core} (Amanieu
 * d'Antras); a queue for each key as in Go's {@code semaRoot}; revalidation, interruption and exception safety are
 * ours.
 */
public final class ParkingLot {
    /** The park token of a thread that has nothing to say about itself. */
    public static final long DEFAULT_PARK_TOKEN = 0L;

    /** The unpark token of an unparker that has nothing to say. */
    public static final long DEFAULT_UNPARK_TOKEN = 0L;

    private static final Lot LOT = new Lot();

    private ParkingLot() {}

    /**
     * Puts the current thread to sleep in the queue of a key until another thread unparks it. An interrupt has no
     * effect on the wait and is still pending afterwards.
     *
     * @param base the key's object, null for memory outside the heap
     * @param offset the key's offset
     * @param callbacks what to do at the fixed points
     * @param parkToken shown to {@link #unparkFilter} and to inspection
     * @return {@code UNPARKED} with the unparker's token, or {@link ParkResult#INVALID}
     * @throws IllegalStateException if called from a callback under a bucket lock
     */
    public static ParkResult park(Object base, long offset, ParkCallbacks callbacks, long parkToken) {
        return LOT.park(base, offset, callbacks, parkToken, Patience.ENDLESS);
    }

    /**
     * Puts the current thread to sleep in the queue of a key until another thread unparks it, or its patience ends.
     *
     * <p>In this order: lock the bucket; {@link ParkCallbacks#validate}; enqueue; unlock; {@link
     * ParkCallbacks#beforeSleep}; sleep. If patience ends first, the thread leaves the queue and {@link
     * ParkCallbacks#timedOut} is called, both under the bucket lock; unless it was requeued and {@linkplain
     * ParkCallbacks#staysOnceRequeued stays}. A deadline in the past or a pending interrupt still goes through all of
     * this.
     *
     * @param base the key's object, null for memory outside the heap
     * @param offset the key's offset
     * @param callbacks what to do at the fixed points
     * @param parkToken shown to {@link #unparkFilter} and to inspection
     * @param patience the deadline, if any, and whether an interrupt counts
     * @return {@code UNPARKED} with the unparker's token, {@link ParkResult#INVALID}, {@link ParkResult#TIMED_OUT}, or
     *     {@link ParkResult#INTERRUPTED} with the interrupt flag cleared
     * @throws IllegalStateException if called from a callback under a bucket lock
     */
    public static ParkResult park(
            Object base, long offset, ParkCallbacks callbacks, long parkToken, Patience patience) {
        return LOT.park(base, offset, callbacks, parkToken, patience);
    }

    /**
     * Wakes the longest waiting thread of a key.
     *
     * @param base the key's object, null for memory outside the heap
     * @param offset the key's offset
     * @param callback called once under the bucket lock, also when nobody waits; returns the token for the thread
     * @return what was done, as the callback was told
     * @throws IllegalStateException if called from a callback under a bucket lock
     */
    public static UnparkResult unparkOne(Object base, long offset, UnparkCallback callback) {
        return LOT.unparkOne(base, offset, callback);
    }

    /**
     * Wakes all threads of a key.
     *
     * @param base the key's object, null for memory outside the heap
     * @param offset the key's offset
     * @param unparkToken what they are told
     * @return how many there were
     * @throws IllegalStateException if called from a callback under a bucket lock
     */
    public static int unparkAll(Object base, long offset, long unparkToken) {
        return LOT.unparkAll(base, offset, unparkToken);
    }

    /**
     * Wakes those threads of a key that a filter chooses by their park tokens.
     *
     * @param base the key's object, null for memory outside the heap
     * @param offset the key's offset
     * @param filter asked for each thread in queue order until it says {@link FilterOp#STOP}
     * @param callback called once after the filter, under the same bucket lock; returns the token for all chosen
     *     threads
     * @return what was done, as the callback was told
     * @throws IllegalStateException if called from a callback under a bucket lock
     */
    public static UnparkResult unparkFilter(Object base, long offset, ParkTokenFilter filter, UnparkCallback callback) {
        return LOT.unparkFilter(base, offset, filter, callback);
    }

    /**
     * Moves threads from one key's queue to the end of another's without waking them, and may wake the first. What
     * exactly is decided under both bucket locks by {@link RequeueCallbacks#validate}. A moved thread is woken by
     * operations on the new key; if it leaves by itself, its {@link ParkCallbacks#timedOut} is told the new key, and it
     * can decide not to leave ({@link ParkCallbacks#staysOnceRequeued}). The two keys may be equal; moved threads then
     * go to the end of their own queue.
     *
     * @param fromBase the object of the key to take threads from
     * @param fromOffset the offset of that key
     * @param toBase the object of the key to move them to
     * @param toOffset the offset of that key
     * @param callbacks decides what to do, and the token for the thread that is woken
     * @return what was done, as the callback was told; nothing if it was aborted
     * @throws IllegalStateException if called from a callback under a bucket lock
     */
    public static UnparkResult unparkRequeue(
            Object fromBase, long fromOffset, Object toBase, long toOffset, RequeueCallbacks callbacks) {
        return LOT.unparkRequeue(fromBase, fromOffset, toBase, toOffset, callbacks);
    }

    /**
     * The threads that wait on a key now, for tests and tools. Stale as soon as it returns.
     *
     * @param base the key's object, null for memory outside the heap
     * @param offset the key's offset
     * @return longest waiting first; empty if nobody waits
     * @throws IllegalStateException if called from a callback under a bucket lock
     */
    public static List<ParkedThread> waiters(Object base, long offset) {
        return LOT.waiters(base, offset);
    }

    /**
     * All queues of the table at one moment, for tests and tools. Locks every bucket while it copies, so it holds
     * everybody up: not for use in a loop.
     *
     * @return one entry for each key that has waiters, in no particular order
     * @throws IllegalStateException if called from a callback under a bucket lock
     */
    public static List<ParkedQueue> snapshot() {
        return LOT.snapshot();
    }
}
