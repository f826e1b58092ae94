package dev.parkinglot.core;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/** What must hold of a table whenever no operation is under way. Used by tests, on the table that they have abused. */
final class Invariants {
    private static final VarHandle CURRENT;

    static {
        try {
            CURRENT = MethodHandles.privateLookupIn(Table.class, MethodHandles.lookup())
                    .findVarHandle(Table.class, "current", Generation.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private Invariants() {}

    static Generation currentGeneration(Table table) {
        return (Generation) CURRENT.getVolatile(table);
    }

    /** All buckets that there are, also those from which all keys have moved, and those of a coming generation. */
    static List<Bucket> buckets(Table table) {
        List<Bucket> buckets = new ArrayList<>();
        for (Generation generation = currentGeneration(table); generation != null; ) {
            for (Bucket bucket : generation.buckets) {
                if (bucket != null) {
                    buckets.add(bucket);
                }
            }
            generation = generation.nextVolatile();
        }
        return buckets;
    }

    /** Throws {@code AssertionError} if a bucket is locked, or if a link is wrong. */
    static void check(Table table) {
        checkNothingIsLocked(table);
        IdentityHashMap<WaitQueue, Bucket> queues = new IdentityHashMap<>();
        table.forEachQueue(queue -> {
            require(queues.put(queue, (Bucket) queue.bucketAcquire()) == null, "a look at all queues sees each once");
            checkQueue(table, queue);
        });
        for (Bucket bucket : buckets(table)) {
            int count = 0;
            for (WaitQueue queue = bucket.queues(); queue != null; queue = queue.nextInBucket) {
                require(queues.remove(queue) == bucket, "a look at all queues sees every one, in its bucket");
                count++;
            }
            require(count == bucket.queueCountOpaque(), "a bucket counts its queues");
            require(!bucket.forwarded || count == 0, "a bucket whose keys have moved is empty");
        }
        require(queues.isEmpty(), "every queue is in a bucket");
        checkNothingIsLocked(table);
    }

    static void checkNothingIsLocked(Table table) {
        for (Bucket bucket : buckets(table)) {
            require(!bucket.isHeld(), "no bucket is locked");
            require(bucket.scope == CallbackScope.NO_SLOT, "nobody has entered a bucket");
        }
    }

    /** Throws {@code AssertionError} if a thread counts as being inside a callback. */
    static void checkNobodyIsInside() {
        for (Thread thread : CallbackScope.INSIDE) {
            require(thread == null, "nobody is inside a callback");
        }
    }

    private static void checkQueue(Table table, WaitQueue queue) {
        Bucket bucket = table.bucketOf(queue.base, queue.offset);
        require(queue.bucketAcquire() == bucket, "a queue knows its bucket, and is where its key belongs");
        require(bucket.find(queue.base, queue.offset) == queue, "a key has one queue");
        require(!queue.isEmpty(), "a queue exists only while it has a waiter");
        boolean hasHolder = false;
        int size = 0;
        WaitQueue.Entry before = null;
        for (WaitQueue.Entry entry = queue.first; entry != null; entry = entry.next) {
            require(entry.previous == before, "neighbours know each other");
            require(entry.queueAcquire() == queue, "an entry knows its queue");
            require(!entry.chosen, "whoever is chosen is in no queue");
            hasHolder |= entry == queue.onDuty;
            before = entry;
            size++;
        }
        require(queue.eldest().queueAcquire() == queue, "the eldest is in the queue");
        require(queue.last == before, "the last entry ends the chain");
        require(queue.size() == size, "the chain has one end");
        require(queue.onDuty == null || hasHolder, "whoever is on duty is in the queue");
        require(queue.onDuty == null || queue.onDuty.mayLook(), "whoever is on duty may look");
        require(
                queue.onDuty == null || queue.onDuty.lookAtNanos != WaitQueue.Entry.NO_LOOK,
                "whoever is on duty has a time to look");
    }

    private static void require(boolean holds, String invariant) {
        if (!holds) {
            throw new AssertionError("broken: " + invariant);
        }
    }
}
