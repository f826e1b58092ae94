package dev.parkinglot.core;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Consumer;

/* Overview.
 *
 * The hashtable: an array of buckets that is replaced by a larger one when it gets crowded, and never shrinks.
 *
 * Locking. A bucket is found through the current array and then locked; meanwhile the array may have been replaced.
 *
 *   thread                                 grower
 *   buckets = the current array            lock every bucket of the old array
 *   lock buckets[i]                        move all queues; publish the new array; unlock all
 *   is the array still current?
 *
 * If the thread's lock comes before the grower's lock of the same bucket, the grower cannot publish before the thread
 * has unlocked: the recheck says yes and stays true. If it comes after the grower's unlock, that unlock makes the new
 * array visible: the recheck says no, and the thread starts over. So one recheck after locking is enough.
 *
 * A waiter that leaves by itself does not look its key up (it may have been requeued to another); it follows waiter ->
 * queue -> bucket without a lock, locks that bucket, and looks whether both links still stand. A link changes only
 * under the lock of the bucket that it leads to or leads away from, so links that stand after locking go on standing
 * until unlocking; and where one has changed, the new link is visible soon, since whoever changed it had finished or is
 * about to. Growing redirects the second link under the locks of both arrays: a bucket of the new array is born locked,
 * so nobody can enter it before the array is complete and published.
 *
 * Order. Whoever needs two buckets, or all, locks them by index. Threads with an outdated array lock old buckets only,
 * which nobody locks together with new ones but the grower, whose new ones nobody holds yet. So there is no cycle.
 *
 * When to grow. Only keys can be spread, so only keys count. A bucket that has more than eight asks, before it takes
 * another, for the number of keys in the whole table, and the table grows if there are more than half as many as
 * buckets. If there are not (two objects may have the same identity hash, and no table separates them; or chance has
 * piled keys up), the bucket does not ask again before it has twice as many. So counting costs O(1) a key amortised, no
 * counter is shared by all threads, and neither the number of threads nor that of waiters on one key makes the table
 * grow. Requeueing never asks: its threads have parked on some key before.
 */
final class Table {
    private static final VarHandle BUCKETS;

    static {
        try {
            BUCKETS = MethodHandles.lookup().findVarHandle(Table.class, "buckets", Bucket[].class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final int MAX_BUCKETS = 1 << 26;

    /**
     * Large and odd, with bits all over: 2^64 divided by the golden ratio, and the multiplier of MurmurHash's
     * finaliser.
     */
    private static final long MIX_BASE = 0x9E3779B97F4A7C15L;

    private static final long MIX_OFFSET = 0xFF51AFD7ED558CCDL;

    @SuppressWarnings("unused") // through BUCKETS
    private Bucket[] buckets;

    /**
     * Makes an empty table.
     *
     * @param size the number of buckets, a power of two
     */
    Table(int size) {
        setBucketsRelease(newBuckets(size, false));
    }

    /** Locks and returns the bucket of a key. */
    Bucket lock(Object base, long offset) {
        while (true) {
            Bucket[] current = bucketsAcquire();
            Bucket bucket = current[index(base, offset, current.length)];
            bucket.lock();
            if (bucketsAcquire() == current) {
                return bucket;
            }
            bucket.unlock();
        }
    }

    /** Locks the buckets of two keys, which may be the same bucket. */
    Pair lockPair(Object base1, long offset1, Object base2, long offset2) {
        while (true) {
            Bucket[] current = bucketsAcquire();
            int index1 = index(base1, offset1, current.length);
            int index2 = index(base2, offset2, current.length);
            Pair pair = new Pair(current[index1], current[index2], index1 > index2);
            pair.lock();
            if (bucketsAcquire() == current) {
                return pair;
            }
            pair.unlock();
        }
    }

    /** Two buckets, locked together. */
    record Pair(Bucket from, Bucket to, boolean toFirst) {
        private void lock() {
            (toFirst ? to : from).lock();
            if (from != to) {
                (toFirst ? from : to).lock();
            }
        }

        void unlock() {
            from.unlock();
            if (from != to) {
                to.unlock();
            }
        }
    }

    /** Locks the bucket that a waiter is in; null, with nothing locked, if it is in no queue any more. */
    static Bucket lockBucketOf(Waiter waiter) {
        while (true) {
            WaitQueue queue = waiter.queueAcquire();
            if (queue == null) {
                return null;
            }
            Bucket bucket = queue.bucketAcquire();
            if (bucket == null) {
                continue; // the queue has just been closed, so the waiter's own link has changed before: read it again
            }
            bucket.lock();
            if (waiter.queueAcquire() == queue && queue.bucketAcquire() == bucket) {
                return bucket;
            }
            bucket.unlock();
        }
    }

    /** A crowded bucket asks for help: grows the table if that would spread its keys. Call it without a lock. */
    void relieve(Bucket bucket) {
        Bucket[] current = bucketsAcquire();
        long keys = 0L;
        for (Bucket each : current) {
            keys += each.queueCountOpaque();
        }
        if (keys > current.length / 2 && current.length < MAX_BUCKETS && tryGrow(current, keys)) {
            return;
        }
        bucket.lock();
        bucket.tolerateCrowd();
        bucket.unlock();
    }

    private boolean tryGrow(Bucket[] old, long keys) {
        int size = old.length * 2;
        while (size < MAX_BUCKETS && keys > size / 2) {
            size *= 2;
        }
        Bucket[] larger;
        try {
            larger = newBuckets(size, true);
        } catch (OutOfMemoryError e) {
            return false; // a crowded table works, only slower
        }
        lockAll(old);
        boolean current = bucketsAcquire() == old;
        if (current) {
            for (Bucket bucket : old) {
                moveQueues(bucket.surrenderQueues(), larger);
            }
            setBucketsRelease(larger);
            unlockAll(larger);
        }
        unlockAll(old);
        return true;
    }

    private static void moveQueues(WaitQueue chain, Bucket[] target) {
        WaitQueue queue = chain;
        while (queue != null) {
            WaitQueue next = queue.nextInBucket;
            target[index(queue.base, queue.offset, target.length)].adopt(queue);
            queue = next;
        }
    }

    /** Calls back with every bucket in turn while all of them are locked: one consistent view of the whole table. */
    void forEachLocked(Consumer<Bucket> action) {
        while (true) {
            Bucket[] current = bucketsAcquire();
            lockAll(current);
            try {
                if (bucketsAcquire() == current) {
                    for (Bucket bucket : current) {
                        action.accept(bucket);
                    }
                    return;
                }
            } finally {
                unlockAll(current);
            }
        }
    }

    /** The bucket in which a key belongs now; for tests and for checking invariants. */
    Bucket bucketOf(Object base, long offset) {
        Bucket[] current = bucketsAcquire();
        return current[index(base, offset, current.length)];
    }

    int size() {
        return bucketsAcquire().length;
    }

    private static int index(Object base, long offset, int size) {
        long hash = System.identityHashCode(base) * MIX_BASE + offset * MIX_OFFSET;
        hash = (hash ^ (hash >>> 32)) * MIX_BASE;
        return (int) (hash >>> 32) & (size - 1);
    }

    private static Bucket[] newBuckets(int size, boolean held) {
        long now = System.nanoTime();
        Bucket[] result = new Bucket[size];
        for (int i = 0; i < size; i++) {
            result[i] = new Bucket(held, (int) ((i * MIX_BASE) >>> 32), now);
        }
        return result;
    }

    private static void lockAll(Bucket[] all) {
        for (Bucket bucket : all) {
            bucket.lock();
        }
    }

    private static void unlockAll(Bucket[] all) {
        for (Bucket bucket : all) {
            bucket.unlock();
        }
    }

    private Bucket[] bucketsAcquire() {
        return (Bucket[]) BUCKETS.getAcquire(this);
    }

    private void setBucketsRelease(Bucket[] value) {
        BUCKETS.setRelease(this, value);
    }
}
