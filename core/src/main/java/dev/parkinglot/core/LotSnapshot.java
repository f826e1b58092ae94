package dev.parkinglot.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Who waits for what, since when, and who holds it: all queues of the lot, as objects, as a text ({@link #toString}),
 * and as a graph ({@link #toMermaid}).
 *
 * <p>Each queue is seen as it is at one moment, but not all at the same: nobody is held up for longer than it takes to
 * copy the queues of one bucket of the table. Holders are asked for afterwards. So an incident, in which nothing moves,
 * is shown as it is, and a busy service roughly. Whether threads wait for each other for ever is the business of {@link
 * DeadlockDetector#findDeadlocks}, which looks twice.
 *
 * @param queues one for each key that has waiters, the one with the longest wait first
 */
public record LotSnapshot(List<Queue> queues) {
    /**
     * Copies the list.
     *
     * @param queues one for each key that has waiters
     */
    public LotSnapshot {
        queues = List.copyOf(queues);
    }

    /**
     * All who wait for one key.
     *
     * @param base the key's object, null for memory outside the heap
     * @param offset the key's offset
     * @param lock what the key belongs to, for people: see {@link KeyNames#describe}
     * @param holders the known holders; empty if none is known
     * @param waiters in the order in which they would be woken; never empty
     */
    public record Queue(Object base, long offset, String lock, List<Thread> holders, List<Waiter> waiters) {
        /**
         * Copies the lists.
         *
         * @param base the key's object, null for memory outside the heap
         * @param offset the key's offset
         * @param lock what the key belongs to, for people
         * @param holders the known holders
         * @param waiters in the order in which they would be woken
         */
        public Queue {
            holders = List.copyOf(holders);
            waiters = List.copyOf(waiters);
        }
    }

    /**
     * One who waits.
     *
     * @param thread the thread; null if it is an entry without a thread ({@link QueuedEntry})
     * @param wants what it waits for, with the mode, for people
     * @param waited since how long it waits in this queue
     * @param timed whether a deadline can end the wait
     */
    public record Waiter(Thread thread, String wants, Duration waited, boolean timed) {}

    /**
     * Takes one now.
     *
     * @return all queues
     * @throws IllegalStateException if called from a callback under a bucket lock
     */
    public static LotSnapshot take() {
        List<ParkedQueue> parked = ParkingLot.snapshot();
        long now = System.nanoTime();
        List<Queue> queues = new ArrayList<>();
        for (ParkedQueue queue : parked) {
            List<Waiter> waiters = new ArrayList<>();
            for (ParkedThread waiter : queue.threads()) {
                waiters.add(new Waiter(
                        waiter.thread(),
                        DeadlockDetector.nameOf(queue.base(), queue.offset(), waiter.parkToken()),
                        Duration.ofNanos(Math.max(0L, now - waiter.sinceNanos())),
                        waiter.timed()));
            }
            queues.add(new Queue(
                    queue.base(),
                    queue.offset(),
                    KeyNames.describe(queue.base(), queue.offset()),
                    DeadlockDetector.holders(
                            queue.base(), queue.offset(), queue.threads().get(0)),
                    waiters));
        }
        queues.sort((some, other) -> longest(other).compareTo(longest(some)));
        return new LotSnapshot(queues);
    }

    private static Duration longest(Queue queue) {
        Duration longest = Duration.ZERO;
        for (Waiter waiter : queue.waiters()) {
            longest = longest.compareTo(waiter.waited()) < 0 ? waiter.waited() : longest;
        }
        return longest;
    }

    /**
     * How many threads wait.
     *
     * @return the number of all waiters
     */
    public int waitingThreads() {
        int threads = 0;
        for (Queue queue : queues) {
            threads += queue.waiters().size();
        }
        return threads;
    }

    // ---- for people

    /**
     * All of it, for people.
     *
     * @return a line for each lock and a line for each waiter
     */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder()
                .append(waitingThreads())
                .append(" thread(s) wait for ")
                .append(queues.size())
                .append(" lock(s)");
        for (Queue queue : queues) {
            text.append('\n').append(queue.lock());
            if (!queue.holders().isEmpty()) {
                text.append(", held by ");
                appendNames(text, queue.holders());
            }
            for (Waiter waiter : queue.waiters()) {
                text.append("\n    ");
                text.append(quoted(waiter.thread()))
                        .append(" waits for ")
                        .append(waiter.waited().toMillis())
                        .append(" ms");
                if (waiter.timed()) {
                    text.append(", with a deadline");
                }
                if (!waiter.wants().equals(queue.lock())) {
                    text.append(", for ").append(waiter.wants());
                }
            }
        }
        return text.toString();
    }

    private static void appendNames(StringBuilder text, List<Thread> threads) {
        for (int i = 0; i < threads.size(); i++) {
            text.append(i == 0 ? "" : ", ").append(quoted(threads.get(i)));
        }
    }

    private static String quoted(Thread threadOrNull) {
        String name = Deadlock.nameOf(threadOrNull);
        return threadOrNull == null ? name : '"' + name + '"';
    }

    /**
     * The wait graph as a flow chart in the language of <a href="https://mermaid.js.org">Mermaid</a>, which Markdown
     * viewers draw: an arrow from each thread to what it waits for, with the time, and from there to each known holder.
     *
     * @return several lines
     */
    public String toMermaid() {
        Nodes nodes = new Nodes();
        StringBuilder arrows = new StringBuilder();
        for (Queue queue : queues) {
            String lock = "L" + nodes.locks++;
            nodes.text.append("\n    ").append(lock).append("[\"");
            appendEscaped(nodes.text, queue.lock());
            nodes.text.append("\"]");
            for (Waiter waiter : queue.waiters()) {
                String mode = waiter.wants()
                        .substring(Math.min(
                                waiter.wants().length(),
                                waiter.wants().startsWith(queue.lock())
                                        ? queue.lock().length()
                                        : 0));
                arrows.append("\n    ").append(nodes.of(waiter.thread())).append(" -->|\"");
                appendEscaped(arrows, waiter.waited().toMillis() + " ms" + mode);
                arrows.append("\"| ").append(lock);
            }
            for (Thread holder : queue.holders()) {
                arrows.append("\n    ").append(lock).append(" -.->|held by| ").append(nodes.of(holder));
            }
        }
        return "flowchart LR" + nodes.text + arrows + "\n";
    }

    /** What has been given a name in a graph. Threads are told apart by identity. */
    @SuppressWarnings("IdentityHashMapUsage")
    private static final class Nodes {
        final StringBuilder text = new StringBuilder();
        final Map<Thread, String> threads = new IdentityHashMap<>();
        int locks;
        private int count;

        String of(Thread thread) {
            String node = thread == null ? null : threads.get(thread); // each entry without a thread is its own
            if (node == null) {
                node = "T" + count++;
                threads.put(thread, node);
                text.append("\n    ").append(node).append("([\"");
                appendEscaped(text, Deadlock.nameOf(thread));
                text.append("\"])");
            }
            return node;
        }
    }

    private static void appendEscaped(StringBuilder text, String label) {
        for (int i = 0; i < label.length(); i++) {
            char c = label.charAt(i);
            if (c == '"' || c == '#' || c == '<' || c == '>' || c == '&' || c == '\\' || c < ' ') {
                text.append('#').append((int) c).append(';');
            } else {
                text.append(c);
            }
        }
    }
}
