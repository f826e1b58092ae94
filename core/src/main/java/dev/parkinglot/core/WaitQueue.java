package dev.parkinglot.core;

import dev.parkinglot.parkers.UnparkHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The entries of one key, in the order in which they are to be woken: first those that were given precedence, then
 * those that were appended, longest waiting first. Those with precedence come in batches: a batch is what one thread
 * has moved here while no other thread moved anything and no entry of this queue was chosen. The latest batch is in
 * front; within a batch, the order is that in which they were moved. To be seen from outside the bucket lock only while
 * it has an entry; an empty one waits in its bucket to be used again for some other key.
 *
 * <p>All fields are guarded by the lock of the bucket that the queue is in. {@link #bucket} alone is also read without
 * it, by a thread that wants to leave and must find out which lock to take; it takes it and reads again.
 */
final class WaitQueue {
    private static final VarHandle BUCKET;
    private static final VarHandle QUEUE;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            BUCKET = lookup.findVarHandle(WaitQueue.class, "bucket", WordLock.class);
            QUEUE = lookup.findVarHandle(Entry.class, "queue", WaitQueue.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /**
     * What waits: a place in a queue, a token, an age, and a way to be woken. That a thread sleeps there is the
     * business of the subclass; the table moves and chooses entries of any kind.
     *
     * <p>An entry belongs to one wait and not to a thread, so nothing per thread is kept, and a nested park is no
     * special case. Fields without an accessor are guarded by the lock of the bucket in whose queue the entry is; once
     * it was chosen, by nobody but the thread that has chosen it.
     */
    abstract static class Entry {
        /** The value of {@link #lookAtNanos} of an entry that does not look again. */
        static final long NO_LOOK = 0L;

        private static final int MAY_LOOK = 1;
        private static final int TIMED = 2;
        private static final int STAYS = 4;

        /**
         * The queue that this entry is in; null before it is enqueued and after it was chosen or left. Written under
         * the bucket lock, read without it by the waiting thread, which locks the bucket and reads again.
         */
        @SuppressWarnings("unused") // through QUEUE
        private WaitQueue queue;

        /** Neighbours in the queue. Of entries that were chosen together, {@code next} is the next to be woken. */
        Entry previous;

        Entry next;

        /** What remains to be done to wake it, once chosen. Null if even asking for it has failed. */
        UnparkHandle handle;

        /**
         * What the waiter says of itself as long as it is queued, and what it is told once it is chosen. Written before
         * {@link #queue} is cleared, read after it was seen null.
         */
        long token;

        /** Since when it waits, for what it waits for now. */
        long sinceNanos;

        /** When it looks again, on behalf of its queue: see {@link Duty}. */
        long lookAtNanos = NO_LOOK;

        /** A sum of {@link #MAY_LOOK}, {@link #TIMED} and {@link #STAYS}, in one byte, as there are many entries. */
        private byte traits;

        /** How often it has undertaken to look again. */
        byte lookRounds;

        /**
         * Marks the entries that an operation chooses, from the choice on. An entry out of its queue without it left.
         */
        boolean chosen;

        /** Whether another thread has moved it to a queue that it did not choose. */
        boolean requeued;

        Entry(long token, long sinceNanos) {
            this.token = token;
            this.sinceNanos = sinceNanos;
        }

        /** Says, before it is enqueued, what may end the wait besides an unpark. */
        final void waitAs(ParkOptions options, boolean timed) {
            traits = (byte) ((options.looksAgain() ? MAY_LOOK : 0)
                    | (timed ? TIMED : 0)
                    | (options.staysOnceRequeued() ? STAYS : 0));
        }

        /** Whether it can be asked to look again. */
        final boolean mayLook() {
            return (traits & MAY_LOOK) != 0;
        }

        /** Another thread has moved it to a queue that it did not choose: there it does not look again. */
        final void moved() {
            requeued = true;
            traits &= ~MAY_LOOK;
        }

        /** Whether it cannot leave by itself once it was requeued. */
        final boolean staysOnceRequeued() {
            return (traits & STAYS) != 0;
        }

        /** Whether a deadline can end the wait. */
        final boolean canTimeOut() {
            return (traits & TIMED) != 0 && !(requeued && staysOnceRequeued());
        }

        /** Marks the waiter unparked, under the bucket lock; returns what is left to do after it. */
        abstract UnparkHandle unparkLock();

        /** Lets the waiter look round, under the bucket lock; returns what is left to do after it. */
        abstract UnparkHandle nudgeLock();

        /** The thread that waits, for inspection. */
        abstract Thread thread();

        /** Hands over the token, under the bucket lock. From here on the waiter may go on at any time. */
        final void choose(long unparkToken) {
            token = unparkToken;
            setQueueRelease(null);
            try {
                handle = unparkLock();
            } catch (Throwable e) {
                handle = null; // against its contract; tried again in wake, where a failure has a way out
            }
        }

        /** Wakes the waiter that was chosen, without a lock. */
        final void wake() {
            UnparkHandle chosenHandle = handle;
            (chosenHandle == null ? unparkLock() : chosenHandle).unpark();
        }

        /** Matches the release in {@link #choose}: whoever sees null sees the token. */
        final boolean isOutOfQueue() {
            return queueAcquire() == null;
        }

        final WaitQueue queueAcquire() {
            return (WaitQueue) QUEUE.getAcquire(this);
        }

        private void setQueueRelease(WaitQueue value) {
            QUEUE.setRelease(this, value);
        }
    }

    Object base;
    long offset;
    Entry first;
    Entry last;

    /** The first of those that were appended, null if there are none. Only entries with precedence are before it. */
    private Entry firstAppended;

    /** The end of the latest batch of those with precedence, null if the next one begins a batch of its own. */
    private Entry endOfBatch;

    /** The thread that has moved the latest batch here, null if there is no {@link #endOfBatch}. */
    private Thread mover;

    /** The next queue of the same bucket. */
    WaitQueue nextInBucket;

    /** The entry that looks again on behalf of all, null if none does. Always in this queue. See {@link Duty}. */
    Entry onDuty;

    /** From when on the time until the next fair turn is counted. See {@link Turns}. */
    long turnsFromNanos;

    /** Whether there may be entries that are not threads. Cleared when the queue is closed. */
    boolean completes;

    /** The bucket, null while the queue is not in use. Changes only under the locks of both the old and the new one. */
    @SuppressWarnings("unused") // through BUCKET
    private WordLock bucket;

    boolean hasKey(Object keyBase, long keyOffset) {
        return base == keyBase && offset == keyOffset;
    }

    boolean isEmpty() {
        return first == null;
    }

    void append(Entry entry) {
        entry.previous = last;
        entry.next = null;
        if (last == null) {
            first = entry;
        } else {
            last.next = entry;
        }
        last = entry;
        if (firstAppended == null) {
            firstAppended = entry;
        }
        entry.setQueueRelease(this);
    }

    void prepend(Entry entry) {
        entry.previous = null;
        entry.next = first;
        if (first == null) {
            last = entry;
        } else {
            first.previous = entry;
        }
        first = entry;
        entry.setQueueRelease(this);
    }

    /** The one unlink. Leaves the entry's own queue field to the caller, who knows where it goes. */
    void unlink(Entry entry) {
        Entry before = entry.previous;
        Entry after = entry.next;
        if (firstAppended == entry) {
            firstAppended = after;
        }
        if (endOfBatch == entry) {
            continueBatchAfter(before);
        }
        if (before == null) {
            first = after;
        } else {
            before.next = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.previous = before;
        }
        // A dead entry must not lead to living ones: grown old, it would drag them all into the old generation.
        entry.previous = null;
        entry.next = null;
        if (onDuty == entry) {
            onDuty = null; // the duty ends with the place; Duty says who takes it up
        }
    }

    /** Takes out an entry that leaves by itself. */
    void remove(Entry entry) {
        unlink(entry);
        entry.setQueueRelease(null);
    }

    /** Adds an entry to those with precedence: to the latest batch if that is of the same thread, or before it. */
    void insertWithPrecedence(Entry entry, Thread by) {
        if (mover == by) {
            insertAfter(endOfBatch, entry);
        } else {
            prepend(entry);
            mover = by;
        }
        endOfBatch = entry;
    }

    private void insertAfter(Entry before, Entry entry) {
        Entry after = before.next;
        entry.previous = before;
        entry.next = after;
        before.next = entry;
        if (after == null) {
            last = entry;
        } else {
            after.previous = entry;
        }
        entry.setQueueRelease(this);
    }

    /** An entry was chosen: whatever gets precedence from now on goes before all that is here. */
    void closeBatch() {
        continueBatchAfter(null);
    }

    private void continueBatchAfter(Entry entryOrNull) {
        endOfBatch = entryOrNull;
        if (entryOrNull == null) {
            mover = null;
        }
    }

    /**
     * The eldest of three: the first of all, the last with precedence, and the first of the others. In a queue that is
     * not empty. Why no other can be much older: {@link Turns}.
     */
    Entry eldest() {
        Entry lastBefore = firstAppended == null ? last : firstAppended.previous;
        return older(older(first, lastBefore), firstAppended);
    }

    private static Entry older(Entry entry, Entry otherOrNull) {
        return otherOrNull != null && otherOrNull.sinceNanos - entry.sinceNanos < 0L ? otherOrNull : entry;
    }

    int size() {
        int size = 0;
        for (Entry entry = first; entry != null; entry = entry.next) {
            size++;
        }
        return size;
    }

    WordLock bucketAcquire() {
        return (WordLock) BUCKET.getAcquire(this);
    }

    void setBucketRelease(WordLock value) {
        BUCKET.setRelease(this, value);
    }
}
