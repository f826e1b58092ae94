package dev.parkinglot.core;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/* Overview.
 *
 * The graph. A node is a thread that is parked without a deadline. An edge leads from it to each of its blockers: the
 * threads each of which must go on before it can. So a thread from which a way leads back to itself waits for ever, and
 * such threads are found as the strongly connected components of the graph, each of which is reported as one deadlock,
 * by a shortest cycle through it.
 *
 * Nothing can be stopped in order to look. First all queues are copied, then the blockers are asked for, then all
 * queues are copied again, and only threads count that are found in the same wait both times. Such a thread slept all
 * the time: it held what it holds when its blockers were asked for, and in that moment all edges between such threads
 * were there at once.
 */

/** Who waits for whom. Threads are told apart by identity, whatever a subclass makes of {@code equals}. */
@SuppressWarnings("IdentityHashMapUsage")
final class WaitGraph {
    private final Supplier<List<ParkedQueue>> snapshot;
    private final Holds holds;
    private final List<HoldSource> sources;

    WaitGraph(Supplier<List<ParkedQueue>> snapshot, Holds holds, List<HoldSource> sources) {
        this.snapshot = snapshot;
        this.holds = holds;
        this.sources = sources;
    }

    List<Deadlock> deadlocks() {
        Map<Thread, Wait> before = waits();
        Map<Thread, List<Thread>> blockers = new IdentityHashMap<>();
        before.forEach((thread, wait) -> blockers.put(thread, othersIfRequeued(thread, wait, blockersOf(wait))));
        Map<Thread, Wait> after = waits();
        before.keySet().removeIf(thread -> !before.get(thread).isSameAs(after.get(thread)));
        blockers.replaceAll(
                (thread, all) -> all.stream().filter(before::containsKey).toList());
        List<List<Thread>> cycles = cycles(blockers);
        Map<Thread, List<Hold>> held = cycles.isEmpty() ? Map.of() : holds.byThread();
        return cycles.stream()
                .map(cycle -> new Deadlock(cycle.stream()
                        .map(thread -> describe(before.get(thread), held.getOrDefault(thread, List.of())))
                        .toList()))
                .toList();
    }

    // ---- nodes and edges

    /** One wait of one thread. */
    private record Wait(Object base, long offset, ParkedThread parked) {
        /** Whether it is the same wait; nothing that a subclass of Thread overrides is called. */
        boolean isSameAs(Wait other) {
            return other != null
                    && other.base == base
                    && other.offset == offset
                    && other.parked.sinceNanos() == parked.sinceNanos()
                    && other.parked.parkToken() == parked.parkToken();
        }
    }

    private Map<Thread, Wait> waits() {
        Map<Thread, Wait> waits = new IdentityHashMap<>();
        for (ParkedQueue queue : snapshot.get()) {
            for (ParkedThread parked : queue.threads()) {
                if (!parked.timed() && parked.thread() != null) { // an entry without a thread keeps none waiting
                    waits.put(parked.thread(), new Wait(queue.base(), queue.offset(), parked));
                }
            }
        }
        return waits;
    }

    /**
     * A thread that waits for a condition is in that queue before it releases the lock, and may be moved to the lock's
     * own queue while it does. Then it does not wait for itself.
     */
    private static List<Thread> othersIfRequeued(Thread thread, Wait wait, List<Thread> blockers) {
        return !wait.parked.requeued()
                ? blockers
                : blockers.stream().filter(blocker -> blocker != thread).toList();
    }

    private List<Thread> blockersOf(Wait wait) {
        return DeadlockDetector.holders(sources, holds, wait.base, wait.offset, wait.parked);
    }

    private Deadlock.Member describe(Wait wait, List<Hold> holds) {
        Thread thread = wait.parked.thread();
        List<String> held = holds.stream()
                .map(hold -> DeadlockDetector.nameOf(sources, hold))
                .toList();
        String wants = DeadlockDetector.nameOf(sources, wait.base, wait.offset, wait.parked.parkToken());
        return new Deadlock.Member(
                thread, wait.base, wait.offset, wait.parked, wants, held, List.of(thread.getStackTrace()));
    }

    // ---- cycles

    /** One shortest cycle for each strongly connected component that has one. */
    static List<List<Thread>> cycles(Map<Thread, List<Thread>> edges) {
        List<List<Thread>> cycles = new ArrayList<>();
        for (Set<Thread> component : components(edges)) {
            Thread start = component.iterator().next();
            List<Thread> cycle = ShortestWay.find(
                    start,
                    start,
                    thread -> edges.get(thread).stream()
                            .filter(component::contains)
                            .toList());
            if (!cycle.isEmpty()) {
                cycles.add(cycle);
            }
        }
        return cycles;
    }

    /**
     * The strongly connected components: what can be reached from a thread, and what it can be reached from. Kosaraju's
     * algorithm, without recursion, since chains of waiting threads may be long.
     */
    private static List<Set<Thread>> components(Map<Thread, List<Thread>> edges) {
        Map<Thread, List<Thread>> reversed = new IdentityHashMap<>();
        edges.keySet().forEach(thread -> reversed.put(thread, new ArrayList<>()));
        edges.forEach(
                (thread, nexts) -> nexts.forEach(next -> reversed.get(next).add(thread)));
        Deque<Thread> finished = new ArrayDeque<>();
        Set<Thread> seen = identitySet();
        edges.keySet().forEach(thread -> visit(thread, edges, seen, finished));
        List<Set<Thread>> components = new ArrayList<>();
        Set<Thread> assigned = identitySet();
        while (!finished.isEmpty()) {
            Deque<Thread> component = new ArrayDeque<>();
            visit(finished.pop(), reversed, assigned, component);
            if (!component.isEmpty()) {
                Set<Thread> members = identitySet();
                members.addAll(component);
                components.add(members);
            }
        }
        return components;
    }

    /** Depth first; pushes each thread that was not seen before once all that it leads to has been pushed. */
    private static void visit(Thread start, Map<Thread, List<Thread>> edges, Set<Thread> seen, Deque<Thread> finished) {
        Deque<Thread> open = new ArrayDeque<>(List.of(start));
        Set<Thread> entered = identitySet();
        while (!open.isEmpty()) {
            Thread thread = open.peek();
            if (seen.add(thread)) {
                entered.add(thread);
                edges.get(thread).stream().filter(next -> !seen.contains(next)).forEach(open::push);
            } else {
                open.pop();
                if (entered.remove(thread)) {
                    finished.push(thread);
                }
            }
        }
    }

    private static Set<Thread> identitySet() {
        return Collections.newSetFromMap(new IdentityHashMap<>());
    }
}
