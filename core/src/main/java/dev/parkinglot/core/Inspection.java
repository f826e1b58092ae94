package dev.parkinglot.core;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Looks at queues, for tests and tools. A queue is seen as it is at one moment, under the lock of its bucket; no two
 * buckets are locked at the same time, so two queues may be seen at different moments, and nobody else waits for longer
 * than it takes to copy the queues of one bucket.
 */
final class Inspection {
    private final Table table;

    Inspection(Table table) {
        this.table = table;
    }

    List<ParkedThread> waiters(Object base, long offset) {
        CallbackScope.requireOutside();
        StackRoom.require();
        Bucket bucket = table.enter(base, offset);
        try {
            WaitQueue queue = bucket.find(base, offset);
            return queue == null ? List.of() : threadsOf(queue);
        } finally {
            bucket.exit();
        }
    }

    List<ParkedQueue> snapshot() {
        CallbackScope.requireOutside();
        StackRoom.require();
        Copies copies = new Copies();
        table.forEachQueue(copies);
        return List.copyOf(copies.all);
    }

    /** Of all queues that it is given. */
    private static final class Copies implements Consumer<WaitQueue> {
        final List<ParkedQueue> all = new ArrayList<>();

        @Override
        public void accept(WaitQueue queue) {
            all.add(new ParkedQueue(queue.base, queue.offset, threadsOf(queue)));
        }
    }

    private static List<ParkedThread> threadsOf(WaitQueue queue) {
        List<ParkedThread> threads = new ArrayList<>();
        for (WaitQueue.Entry entry = queue.first; entry != null; entry = entry.next) {
            threads.add(new ParkedThread(
                    entry.thread(), entry.token, entry.sinceNanos, entry.canTimeOut(), entry.requeued));
        }
        return List.copyOf(threads);
    }
}
