package dev.parkinglot.core;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The waiters of one key, longest waiting first. To be seen from outside the bucket lock only while it has a waiter; an
 * empty one waits in its bucket to be used again for some other key.
 *
 * <p>All fields are guarded by the lock of the bucket that the queue is in. {@link #bucket} alone is also read without
 * it, by a thread that wants to leave and must find out which lock to take; it takes it and reads again.
 */
final class WaitQueue {
    private static final VarHandle BUCKET;

    static {
        try {
            BUCKET = MethodHandles.lookup().findVarHandle(WaitQueue.class, "bucket", Bucket.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    Object base;
    long offset;
    Waiter first;
    Waiter last;

    /** The next queue of the same bucket. */
    WaitQueue nextInBucket;

    /** The waiter that revalidates on behalf of all, null if none does. Always in this queue. */
    Waiter sentinel;

    /** Null while the queue is not in use. Changes only under the locks of both the old and the new bucket. */
    @SuppressWarnings("unused") // through BUCKET
    private Bucket bucket;

    boolean hasKey(Object keyBase, long keyOffset) {
        return base == keyBase && offset == keyOffset;
    }

    boolean isEmpty() {
        return first == null;
    }

    void append(Waiter waiter) {
        waiter.previous = last;
        waiter.next = null;
        if (last == null) {
            first = waiter;
        } else {
            last.next = waiter;
        }
        last = waiter;
        waiter.setQueueRelease(this);
    }

    void prepend(Waiter waiter) {
        waiter.previous = null;
        waiter.next = first;
        if (first == null) {
            last = waiter;
        } else {
            first.previous = waiter;
        }
        first = waiter;
        waiter.setQueueRelease(this);
    }

    /** The one unlink. Leaves the waiter's own queue field to the caller, who knows where it goes. */
    void unlink(Waiter waiter) {
        Waiter before = waiter.previous;
        Waiter after = waiter.next;
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
        // The duty ends with the place; see ParkCallbacks.revalidateAfterNanos for who takes it up.
        if (sentinel == waiter) {
            sentinel = null;
        }
    }

    int size() {
        int size = 0;
        for (Waiter waiter = first; waiter != null; waiter = waiter.next) {
            size++;
        }
        return size;
    }

    Bucket bucketAcquire() {
        return (Bucket) BUCKET.getAcquire(this);
    }

    void setBucketRelease(Bucket value) {
        BUCKET.setRelease(this, value);
    }
}
