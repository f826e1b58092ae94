package dev.parkinglot.core;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * One slot of the table: a lock, a short chain of queues with different keys, and the timer for eventual fairness.
 * Every method needs the lock, which is the object itself, to save one object a bucket.
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

    /**
     * Fair at a random time between 0 and this many nanoseconds after the last time; random so that no rhythm evades
     * it.
     */
    private static final int FAIR_WITHIN_NANOS = 1_000_000;

    private WaitQueue queues;

    /** An empty queue to use for the next key: parking on a key that had just become empty allocates nothing. */
    private WaitQueue spare;

    /** Also read without the lock, as an estimate. */
    private int queueCount;

    private int crowdedAbove = CROWDED;
    private int seed;
    private long fairAtNanos;

    Bucket(boolean held, int seed, long nowNanos) {
        super(held);
        this.seed = seed | 1; // xorshift needs a bit to work with
        restartFairTimer(nowNanos);
    }

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
    WaitQueue findOrOpen(Object base, long offset) {
        WaitQueue queue = find(base, offset);
        if (queue == null) {
            queue = spare;
            spare = null;
            queue.base = base;
            queue.offset = offset;
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
        queue.base = null; // the table must not keep a lock from being collected
        spare = queue;
    }

    /** Takes all queues out, as a chain. For a growing table, which then abandons this bucket. */
    WaitQueue surrenderQueues() {
        WaitQueue chain = queues;
        queues = null;
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

    boolean isFairTime(long nowNanos) {
        return nowNanos - fairAtNanos > 0L;
    }

    void restartFairTimer(long nowNanos) {
        seed ^= seed << 13;
        seed ^= seed >>> 17;
        seed ^= seed << 5;
        fairAtNanos = nowNanos + Integer.remainderUnsigned(seed, FAIR_WITHIN_NANOS);
    }

    int queueCountOpaque() {
        return (int) QUEUE_COUNT.getOpaque(this);
    }

    private void setQueueCountOpaque(int value) {
        QUEUE_COUNT.setOpaque(this, value);
    }
}
