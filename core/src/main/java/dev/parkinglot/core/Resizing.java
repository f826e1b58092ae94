package dev.parkinglot.core;

import java.util.concurrent.atomic.AtomicBoolean;

/* Overview.
 *
 * When the table changes its size, and how. Table says why both sizes can be in use meanwhile.
 *
 * When to grow. Only keys can be spread, so only keys count. A bucket that has more than eight asks, before it takes
 * another, for the number of keys in the whole table, and the table grows if there are more than half as many as
 * buckets. If there are not (two objects may have the same identity hash, and no table separates them; or chance has
 * piled keys up), the bucket does not ask again before it has twice as many. So counting costs O(1) a key amortised, no
 * counter is shared by all threads, and neither the number of threads nor that of waiters on one key makes the table
 * grow. Requeueing never asks: its threads have parked on some key before.
 *
 * When to shrink. One of sixteen closed queues has a look at 64 buckets. If these have fewer than four keys, a
 * sixteenth of their number, the table is halved, but not below the size that it began with. Between half and a
 * sixteenth there is room enough that a table does not grow and shrink by turns.
 *
 * How. The next generation begins without buckets. Moving goes index by index, where a step is
 *
 *   growing    make two buckets, locked; lock the old one; distribute its queues; forward it; unlock all three
 *   shrinking  make one bucket, locked; lock the two old ones; move all their queues; forward both; unlock all three
 *
 * The buckets that a step makes are known to nobody before it is over; a step waits for the old ones with empty hands.
 * Memory is needed before the old bucket is locked, so a step happens or it does not.
 *
 * Who does it. One thread at a time, in passing: each park and each closed queue does some steps, so nobody is held up
 * for long. If a thread stops in the middle of its steps (it may run out of memory, or be a virtual thread that has
 * lost its carrier), the rest remains to be done by others, and the table works meanwhile as it always does. When the
 * last index has been moved, the next generation is the current one.
 */
final class Resizing {
    private static final int MAX_BUCKETS = 1 << 26;

    /** How many steps a thread does in passing: some microseconds. */
    private static final int STEPS = 64;

    /** How many buckets are looked at in order to estimate how full the table is, and how few queues are few. */
    private static final int SAMPLE = 64;

    private static final int FEW = SAMPLE / 16;

    private final int smallest;

    /** Whether a thread is moving. Guards {@link Generation#moved}. */
    private final AtomicBoolean busy = new AtomicBoolean();

    /**
     * Makes one for a table.
     *
     * @param smallest the number of buckets below which the table does not shrink
     */
    Resizing(int smallest) {
        this.smallest = smallest;
    }

    /**
     * Whether a generation is being replaced by a larger one now, if that is worth while and there is memory for it.
     */
    boolean tryBeginToGrow(Generation generation) {
        int size = generation.size();
        return size < MAX_BUCKETS && generation.countQueues() > size / 2 && tryBegin(generation, 2 * size);
    }

    void tryBeginToShrink(Generation generation) {
        if (generation.size() > smallest && isNearlyEmpty(generation)) {
            tryBegin(generation, generation.size() / 2);
        }
    }

    private static boolean isNearlyEmpty(Generation generation) {
        int step = Math.max(1, generation.size() / SAMPLE);
        int queues = 0;
        for (int i = 0; i < generation.size() && queues < FEW; i += step) {
            queues += generation.buckets[i].queueCountOpaque();
        }
        return queues < FEW;
    }

    private static boolean tryBegin(Generation generation, int nextSize) {
        try {
            boolean first = generation.casNext(new Generation(nextSize));
            Observers observers = Lot.observers;
            if (first && observers != null) {
                observers.resized(generation.size(), nextSize);
            }
            return true;
        } catch (OutOfMemoryError e) {
            return false; // a crowded table works, only slower
        }
    }

    /** Moves some keys to the next generation. True if that was the rest, and the caller should make it current. */
    boolean moveSome(Generation generation) {
        StackRoom.require();
        if (busy.get() || !busy.compareAndSet(false, true)) {
            return false;
        }
        try {
            Generation next = generation.nextVolatile();
            int indexes = Math.min(generation.size(), next.size());
            int end = Math.min(indexes, generation.moved + STEPS);
            while (generation.moved < end) {
                moveOne(generation, next, generation.moved);
                generation.moved++;
            }
            return generation.moved == indexes;
        } catch (OutOfMemoryError e) {
            return false;
        } finally {
            busy.set(false);
        }
    }

    private static void moveOne(Generation generation, Generation next, int index) {
        if (next.size() > generation.size()) {
            split(generation.buckets[index], next, index, index + generation.size());
        } else {
            merge(generation.buckets[index], generation.buckets[index + next.size()], next, index);
        }
    }

    private static void split(Bucket old, Generation next, int low, int high) {
        Bucket lowBucket = new Bucket(true, low);
        Bucket highBucket = new Bucket(true, high);
        old.lock();
        next.buckets[low] = lowBucket;
        next.buckets[high] = highBucket;
        moveQueues(old.forward(), next);
        old.unlock();
        lowBucket.unlock();
        highBucket.unlock();
    }

    private static void merge(Bucket low, Bucket high, Generation next, int index) {
        Bucket bucket = new Bucket(true, index);
        lockBoth(low, high);
        next.buckets[index] = bucket;
        moveQueues(low.forward(), next);
        moveQueues(high.forward(), next);
        low.unlock();
        high.unlock();
        bucket.unlock();
    }

    /** Waits for either with empty hands. */
    private static void lockBoth(Bucket low, Bucket high) {
        while (true) {
            low.lock();
            if (high.tryLock()) {
                return;
            }
            low.unlock();
            high.lock();
            if (low.tryLock()) {
                return;
            }
            high.unlock();
        }
    }

    private static void moveQueues(WaitQueue chain, Generation next) {
        WaitQueue queue = chain;
        while (queue != null) {
            WaitQueue following = queue.nextInBucket;
            next.bucket(Table.hash(queue.base, queue.offset)).adopt(queue);
            queue = following;
        }
    }
}
