package dev.parkinglot.core;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * One size of the table: an array of buckets, and the generation that follows it once it is to be replaced. See {@link
 * Table}.
 */
final class Generation {
    private static final VarHandle NEXT;

    static {
        try {
            NEXT = MethodHandles.lookup().findVarHandle(Generation.class, "next", Generation.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /**
     * A power of two of them. Those of a generation that is being filled are made as they are needed; each is there
     * before the bucket from which it is reached says so.
     */
    final Bucket[] buckets;

    /** How many indexes have been moved to the next generation. Guarded by {@link Resizing}. */
    int moved;

    @SuppressWarnings("unused") // through NEXT
    private volatile Generation next;

    Generation(int size) {
        buckets = new Bucket[size];
    }

    /** One whose buckets are all there. */
    static Generation complete(int size) {
        Generation generation = new Generation(size);
        for (int i = 0; i < size; i++) {
            generation.buckets[i] = new Bucket(false, i);
        }
        return generation;
    }

    int size() {
        return buckets.length;
    }

    int index(int hash) {
        return hash & (buckets.length - 1);
    }

    Bucket bucket(int hash) {
        return buckets[index(hash)];
    }

    /** How many queues there are, if nothing changes meanwhile. */
    long countQueues() {
        long queues = 0L;
        for (Bucket bucket : buckets) {
            queues += bucket.queueCountOpaque();
        }
        return queues;
    }

    /** The generation to which keys move, null if none do. */
    Generation nextVolatile() {
        return next;
    }

    boolean casNext(Generation value) {
        return NEXT.compareAndSet(this, (Generation) null, value);
    }
}
