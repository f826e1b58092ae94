package dev.parkinglot.core;

import java.util.Objects;
import java.util.function.BooleanSupplier;

/* Overview.
 *
 * How something waits that is not a thread. Its life is that of a thread's wait (Parking, overview) without the arrows
 * that a thread takes by itself:
 *
 *   NEW --validate says yes--> QUEUED --chosen by an unpark--> CHOSEN       told unparked, once
 *    |                          |  ^
 *    |                          |  +-- requeued
 *    +--validate says no        +--cancel--> LEFT                           told timedOut, once
 *
 * Cancelling against being chosen. Whoever cancels finds the entry's bucket as a thread does that leaves (Table,
 * overview), and locks it. If the entry is in no queue any more, it is too late:
 *
 *   canceller                              unparker
 *   queue of the entry?                    lock bucket; choose; queue = null; unlock
 *   lock bucket                            complete: unparked
 *   still its queue? no, null: false
 *
 * The other way round, the unparker does not find it. Of two cancellers the second sees null, as well.
 *
 * Completing. The unparker tells the entries that it has chosen when no bucket is locked and all threads have been
 * woken, one after another, whatever becomes of the others (Completions). What this needs of stack is made sure of
 * before anything is chosen (StackRoom), since it is more than waking a thread: a task is handed to an executor, and
 * if that fails, the wake is passed on, which is one more operation of the lot.
 */

/** The operations on entries that are not threads. Loaded with the first of them. */
final class Enqueuing {
    static {
        try {
            rehearse();
        } catch (RuntimeException | Error e) {
            // What has not been done here is done with the first entry.
        }
    }

    private Enqueuing() {}

    static void prepare() {
        // initialising this class is all there is to do
    }

    static <C> QueuedEntry enqueue(
            Lot lot,
            Object base,
            long offset,
            C context,
            EntryCallbacks<? super C> callbacks,
            ParkOptions options,
            long parkToken) {
        Objects.requireNonNull(callbacks, "callbacks");
        if (options.looksAgain()) {
            throw new IllegalArgumentException("an entry that is not a thread cannot look again: let no unparker"
                    + " overlook it, or let a thread wait");
        }
        CallbackScope.requireOutside();
        StackRoom.require();
        lot.table.resizeFurther();
        long since = options.returns() ? options.sinceNanos() : lot.parking.now();
        CallbackEntry<C> entry = new CallbackEntry<>(context, callbacks, parkToken, since);
        entry.waitAs(options, false);
        Bucket bucket = lot.parking.enterToEnqueue(base, offset);
        try {
            if (!callbacks.validate(context, parkToken)) {
                return null;
            }
            WaitQueue queue = bucket.findOrOpen(base, offset, since);
            queue.completes = true;
            if (options.returns()) {
                queue.prepend(entry);
            } else {
                queue.append(entry);
            }
        } finally {
            bucket.exit();
        }
        try {
            callbacks.beforeSleep(context);
        } catch (Throwable failure) {
            abandon(lot, entry, context, callbacks, failure);
            throw failure;
        }
        return entry;
    }

    /** A throwable is on its way out of enqueue: the caller gets no entry that it could cancel. */
    private static <C> void abandon(
            Lot lot, CallbackEntry<C> entry, C context, EntryCallbacks<? super C> callbacks, Throwable failure) {
        try {
            Bucket bucket = Table.enterBucketOf(entry);
            if (bucket != null) {
                lot.parking.leave(bucket, entry, context, callbacks);
            }
        } catch (Throwable second) {
            Failures.add(failure, second);
        }
    }

    static <C> boolean cancel(Lot lot, CallbackEntry<C> entry, C context, EntryCallbacks<? super C> callbacks) {
        CallbackScope.requireOutside();
        if (entry.isOutOfQueue()) {
            return false;
        }
        StackRoom.require();
        Bucket bucket = Table.enterBucketOf(entry);
        if (bucket == null) {
            return false;
        }
        if (entry.requeued && entry.staysOnceRequeued()) {
            bucket.exit();
            return false;
        }
        lot.parking.leave(bucket, entry, context, callbacks);
        return true;
    }

    /** Does once all that is done with an entry, in a lot of its own, so that nothing is left to load or link. */
    private static void rehearse() {
        Rehearsed entry = new Rehearsed();
        Lot lot = new Lot(1, Lot.Real.INSTANCE, Lot.Real.INSTANCE, entry);
        enqueue(lot, entry, 0L, entry, entry, ParkOptions.NONE, 0L);
        lot.unparking.unpark(entry, 0L, Integer.MAX_VALUE, entry, null, entry);
        QueuedEntry queued = enqueue(lot, entry, 0L, entry, entry, ParkOptions.NONE, 0L);
        cancel(lot, (CallbackEntry<?>) queued, null, entry);
    }

    /** The callbacks of the rehearsal. No lambda: see {@link Rehearsal}. */
    private static final class Rehearsed implements EntryCallbacks<Object>, UnparkCallback<Object>, BooleanSupplier {
        @Override
        public boolean validate(Object context, long parkToken) {
            return true;
        }

        @Override
        public void unparked(Object context, long unparkToken) {
            throw new IllegalStateException("rehearsed");
        }

        @Override
        public void wakeLost(Object context, long unparkToken, Throwable failure) {}

        @Override
        public long unparking(Object context, long parkToken, UnparkResult result) {
            return 0L;
        }

        /** No fence. */
        @Override
        public boolean getAsBoolean() {
            return false;
        }
    }
}
