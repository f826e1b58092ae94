package dev.parkinglot.core;

import java.util.List;

/** A queue as it travels through JMX: see {@link LotSnapshot.Queue}. */
public final class QueueInfo {
    private final String lock;
    private final List<String> holders;
    private final List<WaiterInfo> waiters;

    QueueInfo(String lock, List<String> holders, List<WaiterInfo> waiters) {
        this.lock = lock;
        this.holders = List.copyOf(holders);
        this.waiters = List.copyOf(waiters);
    }

    /**
     * What the queue belongs to, for people.
     *
     * @return class, identity and name: see {@link KeyNames#describe}
     */
    public String getLock() {
        return lock;
    }

    /**
     * Who holds it.
     *
     * @return the names of the known holders; empty if none is known
     */
    public List<String> getHolders() {
        return holders;
    }

    /**
     * Who waits.
     *
     * @return in the order in which they would be woken; never empty
     */
    public List<WaiterInfo> getWaiters() {
        return waiters;
    }

    /** A waiter as it travels through JMX: see {@link LotSnapshot.Waiter}. */
    public static final class WaiterInfo {
        private final String thread;
        private final long threadId;
        private final String wants;
        private final long waitedMillis;
        private final boolean timed;

        WaiterInfo(String thread, long threadId, String wants, long waitedMillis, boolean timed) {
            this.thread = thread;
            this.threadId = threadId;
            this.wants = wants;
            this.waitedMillis = waitedMillis;
            this.timed = timed;
        }

        /**
         * Which thread.
         *
         * @return its name
         */
        public String getThread() {
            return thread;
        }

        /**
         * Which thread, for {@code ThreadMXBean}.
         *
         * @return its identifier; 0 for an entry without a thread
         */
        public long getThreadId() {
            return threadId;
        }

        /**
         * What it waits for, with the mode, for people.
         *
         * @return such as "RwLock@1b2c for writing"
         */
        public String getWants() {
            return wants;
        }

        /**
         * Since how long it waits in this queue.
         *
         * @return milliseconds
         */
        public long getWaitedMillis() {
            return waitedMillis;
        }

        /**
         * Whether a deadline can end the wait.
         *
         * @return false if it may last for ever
         */
        public boolean isTimed() {
            return timed;
        }
    }
}
