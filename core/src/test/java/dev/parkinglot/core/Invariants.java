package dev.parkinglot.core;

/** What must hold of a bucket whenever its lock is free. Used by tests, on the table that they have been abusing. */
final class Invariants {
    private Invariants() {}

    /** Throws {@code AssertionError} if a link of a locked bucket is wrong. */
    static void check(Table table, Bucket bucket) {
        int queues = 0;
        for (WaitQueue queue = bucket.queues(); queue != null; queue = queue.nextInBucket) {
            queues++;
            require(queue.bucketAcquire() == bucket, "a queue knows its bucket");
            require(table.bucketOf(queue.base, queue.offset) == bucket, "a queue is where its key belongs");
            require(bucket.find(queue.base, queue.offset) == queue, "a key has one queue");
            checkWaiters(queue);
        }
        require(queues == bucket.queueCountOpaque(), "a bucket counts its queues");
    }

    private static void checkWaiters(WaitQueue queue) {
        require(!queue.isEmpty(), "a queue exists only while it has a waiter");
        boolean hasSentinel = false;
        Waiter before = null;
        for (Waiter waiter = queue.first; waiter != null; waiter = waiter.next) {
            require(waiter.previous == before, "neighbours know each other");
            require(waiter.queueAcquire() == queue, "a waiter knows its queue");
            hasSentinel |= waiter == queue.sentinel;
            before = waiter;
        }
        require(queue.last == before, "the last waiter ends the chain");
        require(queue.sentinel == null || hasSentinel, "whoever revalidates is in the queue");
    }

    private static void require(boolean holds, String invariant) {
        if (!holds) {
            throw new AssertionError("broken: " + invariant);
        }
    }
}
