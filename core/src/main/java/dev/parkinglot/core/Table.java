package dev.parkinglot.core;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Consumer;

/* Overview.
 *
 * The hashtable. Its buckets are in an array, the current generation. When it gets crowded, or empty, a generation of
 * twice or half the size follows, and the keys move there, bucket by bucket (Resizing). Meanwhile both are in use: a
 * bucket whose keys have moved is marked as forwarded, and whoever comes to it goes on to the next generation.
 *
 * Finding the bucket of a key. A thread takes the current generation, locks the bucket to which the key's hash leads,
 * and looks whether it is forwarded. If it is, the thread unlocks it and does the same in the next generation. If it is
 * not, the key's place is here, and stays here as long as the bucket is locked, since a bucket is forwarded only under
 * its lock. It is never taken back into use. That the current generation may have been replaced meanwhile does not
 * matter: all buckets of an old one are forwarded. So one look under the lock is enough.
 *
 *   thread                                 mover
 *   G = the current generation             lock G[i]
 *   lock G[i]                              move its queues to G'[j]; G[i] is forwarded
 *   forwarded? go on in G'                 unlock G[i], then G'[j]
 *
 * The next generation is linked before any bucket is forwarded to it, and its bucket is in place before the old one
 * says so, under the old one's lock. So whoever sees "forwarded" finds both.
 *
 * A thread that leaves its queue by itself does not look its key up (it may have been requeued to another). It follows
 * entry -> queue -> bucket without a lock, locks that bucket, and looks whether both links still stand. A link changes
 * only under the lock of the bucket that it leads to or leads away from, so links that stand after locking go on
 * standing until unlocking; and where one has changed, the new link is visible soon, since whoever changed it had
 * finished or is about to. A mover changes the second link under both locks: a bucket of the next generation is born
 * locked, and unlocked when its queues are complete.
 *
 * Two buckets. Nobody waits for one while it holds another: that would be a deadlock if two threads did so the other
 * way round, and a thread that has given up its processor or carrier while it waits would keep the first bucket from
 * everybody. So a thread that needs two locks one and tries the other. If that is taken, it lets go of the first, waits
 * for the second with empty hands, and then tries the first.
 */
final class Table {
    private static final VarHandle CURRENT;

    static {
        try {
            CURRENT = MethodHandles.lookup().findVarHandle(Table.class, "current", Generation.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /**
     * Large and odd, with bits all over: 2^64 divided by the golden ratio, and the multiplier of MurmurHash's
     * finaliser.
     */
    private static final long MIX_BASE = 0x9E3779B97F4A7C15L;

    private static final long MIX_OFFSET = 0xFF51AFD7ED558CCDL;

    /** Volatile and read directly: a call after a bucket was locked may be too much for a full stack. */
    private volatile Generation current;

    private final Resizing resizing;

    /**
     * Makes an empty table.
     *
     * @param size the number of buckets, a power of two; also the least that it ever has
     */
    Table(int size) {
        current = Generation.complete(size);
        resizing = new Resizing(size);
    }

    /**
     * Enters and returns the bucket of a key. Throws {@code StackOverflowError} if there is no stack to do so, and then
     * no bucket is locked.
     */
    Bucket enter(Object base, long offset) {
        int hash = hash(base, offset);
        Generation generation = current;
        while (true) {
            Bucket bucket = generation.bucket(hash);
            if (bucket.enterIfStackAllows()) {
                return bucket;
            }
            generation = generation.nextVolatile();
        }
    }

    /** Locks the bucket of a key, without entering it, if that needs no waiting; otherwise returns null. */
    Bucket tryLock(Object base, long offset) {
        int hash = hash(base, offset);
        Generation generation = current;
        while (true) {
            Bucket bucket = generation.bucket(hash);
            if (!bucket.tryLock()) {
                return null;
            }
            if (!bucket.forwarded) {
                return bucket;
            }
            bucket.state = WordLock.FREE;
            generation = generation.nextVolatile();
        }
    }

    /** Two buckets that are locked together. */
    static final class Pair {
        Bucket first;
        Bucket second;

        void exit() {
            first.exit();
            if (second != first) {
                second.exit();
            }
        }
    }

    /** Enters the buckets of two keys, which may be the same bucket. For callers that have made sure of their stack. */
    void enterBoth(Pair pair, Object base1, long offset1, Object base2, long offset2) {
        while (true) {
            pair.first = enter(base1, offset1);
            pair.second = tryEnterBeside(pair.first, base2, offset2);
            if (pair.second != null) {
                return;
            }
            pair.first.exit();
            pair.second = enter(base2, offset2);
            pair.first = tryEnterBeside(pair.second, base1, offset1);
            if (pair.first != null) {
                return;
            }
            pair.second.exit();
        }
    }

    /** The bucket of a key, entered, unless that has been done already; null if it would have to be waited for. */
    private Bucket tryEnterBeside(Bucket entered, Object base, long offset) {
        int hash = hash(base, offset);
        Generation generation = current;
        while (true) {
            Bucket bucket = generation.bucket(hash);
            if (bucket == entered) {
                return bucket; // not forwarded, or it would not have been entered
            }
            if (!bucket.tryEnter()) {
                return null;
            }
            if (!bucket.forwarded) {
                return bucket;
            }
            bucket.exit();
            generation = generation.nextVolatile();
        }
    }

    /**
     * Enters the bucket that an entry is in; null, with nothing locked, if it is in no queue any more. For callers that
     * have made sure of their stack.
     */
    static Bucket enterBucketOf(WaitQueue.Entry entry) {
        while (true) {
            WaitQueue queue = entry.queueAcquire();
            if (queue == null) {
                return null;
            }
            Bucket bucket = (Bucket) queue.bucketAcquire();
            if (bucket == null) {
                continue; // the queue has just been closed, so the entry's own link has changed before: read it again
            }
            bucket.enter();
            if (entry.queueAcquire() == queue && queue.bucketAcquire() == bucket) {
                return bucket;
            }
            bucket.exit();
        }
    }

    // ---- size

    /** A crowded bucket asks for help: the table grows if that would spread its keys. Call it without a lock. */
    void relieve(Bucket bucket) {
        Generation generation = current;
        if (generation.nextVolatile() == null && !resizing.tryBeginToGrow(generation)) {
            bucket.lock();
            bucket.tolerateCrowd();
            bucket.unlock();
            return;
        }
        resizeFurther();
    }

    /** After a queue was closed, without a lock. Does not throw. */
    void lookAtSize(Bucket bucket) {
        try {
            Generation generation = current;
            if (generation.nextVolatile() == null && bucket.isTimeToLookAtSize()) {
                resizing.tryBeginToShrink(generation);
            }
            resizeFurther();
        } catch (StackOverflowError e) {
            // Another size would be better, but any size works. (Resizing itself survives the want of memory.)
        }
    }

    /** Does a little of the work of a change of size, if one is under way. Call it without a lock. */
    void resizeFurther() {
        Generation generation = current;
        if (generation.nextVolatile() != null && resizing.moveSome(generation)) {
            casCurrent(generation, generation.nextVolatile());
        }
    }

    // ---- inspection

    /** Calls back with every queue, each while its bucket is locked, and none while another is. */
    void forEachQueue(Consumer<WaitQueue> action) {
        Generation generation = current;
        for (int i = 0; i < generation.size(); i++) {
            visit(generation, generation.size() - 1, i, action);
        }
    }

    /**
     * Visits the queues whose hash, as far as a mask shows it, has some value: those of a bucket when the visit began,
     * wherever they are now. A bucket of a smaller generation has others, too, which are not looked at here; in a
     * larger one they are in several buckets, each of which is followed by itself.
     */
    private static void visit(Generation generation, int mask, int value, Consumer<WaitQueue> action) {
        Bucket bucket = generation.bucket(value);
        bucket.enter();
        boolean forwarded = bucket.forwarded;
        try {
            for (WaitQueue queue = bucket.queues(); queue != null; queue = queue.nextInBucket) {
                if ((hash(queue.base, queue.offset) & mask) == value) {
                    action.accept(queue);
                }
            }
        } finally {
            bucket.exit();
        }
        if (forwarded) {
            Generation next = generation.nextVolatile();
            int nextMask = Math.max(mask, next.size() - 1);
            for (int i = value; i <= nextMask; i += mask + 1) {
                visit(next, nextMask, i, action);
            }
        }
    }

    /** The bucket in which a key belongs now; for tests and for checking invariants. */
    Bucket bucketOf(Object base, long offset) {
        int hash = hash(base, offset);
        Generation generation = current;
        while (generation.bucket(hash).forwarded) {
            generation = generation.nextVolatile();
        }
        return generation.bucket(hash);
    }

    int size() {
        return current.size();
    }

    static int hash(Object base, long offset) {
        long hash = System.identityHashCode(base) * MIX_BASE + offset * MIX_OFFSET;
        hash = (hash ^ (hash >>> 32)) * MIX_BASE;
        return (int) (hash >>> 32);
    }

    private void casCurrent(Generation expected, Generation value) {
        CURRENT.compareAndSet(this, expected, value);
    }
}
