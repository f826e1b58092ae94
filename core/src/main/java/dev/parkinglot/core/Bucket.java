package dev.parkinglot.core;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * One slot of the table: a lock and a short chain of queues with different keys. The lock is the object itself, which
 * saves one object a bucket.
 *
 * <p>Whoever may run a callback enters the bucket instead of only locking it: then the thread is known to be inside,
 * and a callback that calls the lot is found out. Every other method needs the lock, but for those that say otherwise.
 */
final class Bucket extends WordLock {
    private static final VarHandle QUEUE_COUNT;

    static {
        try {
            QUEUE_COUNT = MethodHandles.lookup().findVarHandle(Bucket.class, "queueCount", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** More keys than this in one bucket, and the bucket asks whether the table should grow. */
    static final int CROWDED = 8;

    /** One closed queue in so many asks whether the table should shrink; a power of two. */
    private static final int CLOSINGS = 16;

    private WaitQueue queues;

    /** An empty queue to use for the next key: parking on a key that had just become empty allocates nothing. */
    private WaitQueue spare;

    /** Also read without the lock, as an estimate. */
    private int queueCount;

    private int crowdedAbove = CROWDED;

    /** The slot in {@link CallbackScope} of the thread that has entered; {@code NO_SLOT} if it has only locked. */
    int scope = CallbackScope.NO_SLOT;

    /** Whether the keys of this bucket are in the next generation of the table, for good. */
    boolean forwarded;

    private byte closings;

    /**
     * Makes an empty one.
     *
     * @param held whether it is locked from the start
     * @param seed anything that differs from bucket to bucket
     */
    Bucket(boolean held, int seed) {
        super(held);
        closings = (byte) seed;
    }

    // ---- the lock, for operations that may run callbacks

    /** Locks and enters. For callers that have made sure of their stack. */
    void enter() {
        lock();
        scope = CallbackScope.enter();
    }

    /**
     * Locks and enters, unless the bucket is forwarded; then it is unlocked, and the answer is false. If this throws,
     * for want of stack, the bucket is not locked either.
     */
    boolean enterIfStackAllows() {
        if (!tryLock()) {
            StackRoom.require();
            lockSlow();
        }
        try {
            if (forwarded) {
                unlock();
                return false;
            }
            scope = CallbackScope.enter();
            return true;
        } catch (Throwable failure) {
            boolean interrupt = interrupted;
            interrupted = false;
            state = FREE; // without a call before, see WordLock
            if (interrupt) {
                try {
                    Thread.currentThread().interrupt();
                } catch (Throwable e) {
                    // Somebody else's code, or no stack for it: what counts is why the bucket was freed by hand.
                }
            }
            throw failure;
        }
    }

    /** Locks and enters if that needs no waiting. */
    boolean tryEnter() {
        if (!tryLock()) {
            return false;
        }
        scope = CallbackScope.tryEnter();
        if (scope == CallbackScope.NO_SLOT) {
            unlock();
            return false;
        }
        return true;
    }

    /** Leaves and unlocks. If it throws, for want of stack, the bucket is still locked: see {@link WordLock}. */
    void exit() {
        int slot = scope;
        scope = CallbackScope.NO_SLOT;
        CallbackScope.INSIDE[slot] = null;
        unlock();
    }

    // ---- the queues

    WaitQueue find(Object base, long offset) {
        WaitQueue queue = queues;
        while (queue != null && !queue.hasKey(base, offset)) {
            queue = queue.nextInBucket;
        }
        return queue;
    }

    boolean hasSpare() {
        return spare != null;
    }

    void stock(WaitQueue empty) {
        spare = empty;
    }

    /** The queue of a key, opened if there is none; needs a spare then. Close it again if it stays empty. */
    WaitQueue findOrOpen(Object base, long offset, long sinceNanos) {
        WaitQueue queue = find(base, offset);
        if (queue == null) {
            queue = spare;
            spare = null;
            queue.base = base;
            queue.offset = offset;
            Turns.begin(queue, sinceNanos);
            adopt(queue);
        }
        return queue;
    }

    /** Puts a queue into the chain of this bucket. */
    void adopt(WaitQueue queue) {
        queue.nextInBucket = queues;
        queues = queue;
        setQueueCountOpaque(queueCount + 1);
        queue.setBucketRelease(this);
    }

    /** Takes a queue that has become empty out of the chain. O(keys in the bucket). */
    void closeIfEmpty(WaitQueue queue) {
        if (!queue.isEmpty()) {
            return;
        }
        if (queues == queue) {
            queues = queue.nextInBucket;
        } else {
            WaitQueue before = queues;
            while (before.nextInBucket != queue) {
                before = before.nextInBucket;
            }
            before.nextInBucket = queue.nextInBucket;
        }
        setQueueCountOpaque(queueCount - 1);
        queue.setBucketRelease(null);
        queue.nextInBucket = null;
        queue.completes = false;
        queue.base = null; // the table must not keep a lock from being collected
        spare = queue;
        closings++;
    }

    /** Takes all queues out, as a chain, and leaves this bucket to those who are still on their way to it. */
    WaitQueue forward() {
        WaitQueue chain = queues;
        queues = null;
        spare = null;
        setQueueCountOpaque(0);
        forwarded = true;
        return chain;
    }

    WaitQueue queues() {
        return queues;
    }

    boolean isCrowded() {
        return queueCount > crowdedAbove;
    }

    /** Growing does not help here now: ask again at twice the number of keys. */
    void tolerateCrowd() {
        crowdedAbove = Math.max(crowdedAbove, 2 * queueCount);
    }

    /**
     * Whether this is one of the closings, one in sixteen, after which the table should look at its size. An estimate,
     * without the lock.
     */
    boolean isTimeToLookAtSize() {
        return (closings & (CLOSINGS - 1)) == 0;
    }

    int queueCountOpaque() {
        return (int) QUEUE_COUNT.getOpaque(this);
    }

    private void setQueueCountOpaque(int value) {
        QUEUE_COUNT.setOpaque(this, value);
    }
}
