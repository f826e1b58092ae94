package dev.parkinglot.core;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/* Overview.
 *
 * A graph. A node is a lock, an arrow from one lock to another says that some thread has once wanted the second while
 * it held the first. A circle says that threads have taken these locks in orders with which they may wait for each
 * other for ever, one day: each holds one, and wants the next. It may be of any length, and so be found although no two
 * of the threads have ever taken the same two locks in opposite orders.
 *
 * An arrow that would close a circle is reported once, with where each arrow of the circle came from, and kept apart,
 * so that the graph never has a circle and the next report is about another mistake.
 *
 * The graph keeps no lock alive. When the object of a lock is collected, its node goes, and the arrows with it.
 *
 * Idea: Linux's lockdep, which looks at classes of locks; here it is single locks, so that the locks of, say, accounts
 * may be taken in the order of their numbers.
 */

/** In which order locks are taken, over all threads. */
final class LockOrder {
    /** Also a key of the map: equal to nothing but itself and a {@link Probe} of the same lock. */
    private static final class Node extends WeakReference<Object> {
        final int hash;
        final long offset;
        final boolean outsideTheHeap;
        final Map<Node, HoldPlace> next = new HashMap<>();
        final Set<Node> before = new HashSet<>();

        /** Where arrows would lead that close a circle. */
        final Set<Node> refused = new HashSet<>();

        Node(Probe probe, ReferenceQueue<Object> collected) {
            super(probe.base, probe.base == null ? null : collected);
            hash = probe.hash;
            offset = probe.offset;
            outsideTheHeap = probe.base == null;
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return hash;
        }

        boolean isOf(Object base, long otherOffset) {
            return offset == otherOffset && (base == null ? outsideTheHeap : refersTo(base));
        }

        String name() {
            Object base = get();
            return base == null && !outsideTheHeap
                    ? "a lock that is gone"
                    : DeadlockDetector.nameOf(base, offset, ParkingLot.DEFAULT_PARK_TOKEN);
        }
    }

    /** Looks a node up. */
    private static final class Probe {
        final Object base;
        final long offset;
        final int hash;

        Probe(Object base, long offset) {
            this.base = base;
            this.offset = offset;
            hash = new Holds.Key(base, offset).hashCode();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Node node && node.isOf(base, offset);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    private final Map<Object, Node> nodes = new HashMap<>();
    private final ReferenceQueue<Object> collected = new ReferenceQueue<>();

    /** A thread wants a lock, and holds some. Never throws for want of memory. */
    void acquiring(HeldByThread by, Object base, long offset) {
        if (by.isEmpty()) {
            return;
        }
        try {
            List<Hold> held = by.toList();
            if (held.stream().noneMatch(hold -> isHoldOf(hold, base, offset))) {
                for (LockReport report : wanted(held, base, offset)) {
                    Reports.add(report);
                }
            }
        } catch (OutOfMemoryError | StackOverflowError e) {
            // then this is not noted
        }
    }

    private static boolean isHoldOf(Hold hold, Object base, long offset) {
        return hold.key.base() == base && hold.mode.lockOffset(hold.key.offset()) == offset;
    }

    /** Notes that a lock is wanted by whoever has these holds; returns what is wrong with that. */
    synchronized List<LockReport> wanted(List<Hold> held, Object base, long offset) {
        try {
            return noteWanted(held, base, offset);
        } finally {
            Reference.reachabilityFence(base);
        }
    }

    private List<LockReport> noteWanted(List<Hold> held, Object base, long offset) {
        forgetCollected();
        List<LockReport> reports = new ArrayList<>();
        Node to = nodeOf(base, offset);
        for (Hold hold : held) {
            Node from = nodeOf(hold.key.base(), hold.mode.lockOffset(hold.key.offset()));
            if (from.equals(to) || from.next.containsKey(to) || from.refused.contains(to)) {
                continue;
            }
            HoldPlace arrow = new HoldPlace(
                    "\"" + hold.by.thread.getName() + "\" took " + to.name() + " while it held " + from.name(),
                    hold.place);
            List<Node> way = way(to, from);
            if (way.isEmpty()) {
                from.next.put(to, arrow);
                to.before.add(from);
            } else {
                from.refused.add(to);
                reports.add(report(way, arrow));
            }
        }
        return reports;
    }

    private Node nodeOf(Object base, long offset) {
        Probe probe = new Probe(base, offset);
        Node found = nodes.get(probe);
        if (found == null) {
            found = new Node(probe, collected);
            nodes.put(found, found);
        }
        return found;
    }

    private void forgetCollected() {
        for (Object gone = collected.poll(); gone != null; gone = collected.poll()) {
            Node node = (Node) gone;
            nodes.remove(node);
            node.before.forEach(from -> {
                from.next.remove(node);
                from.refused.remove(node);
            });
            node.next.keySet().forEach(to -> to.before.remove(node));
        }
    }

    /** A shortest way along arrows; empty if there is none. */
    private static List<Node> way(Node from, Node to) {
        Map<Node, Node> cameFrom = new HashMap<>();
        Deque<Node> reached = new ArrayDeque<>(List.of(from));
        while (!reached.isEmpty()) {
            Node node = reached.remove();
            if (node.equals(to)) {
                return wayBack(node, from, cameFrom);
            }
            for (Node next : node.next.keySet()) {
                if (cameFrom.putIfAbsent(next, node) == null) {
                    reached.add(next);
                }
            }
        }
        return List.of();
    }

    private static List<Node> wayBack(Node end, Node start, Map<Node, Node> cameFrom) {
        List<Node> way = new ArrayList<>(List.of(end));
        for (Node node = end; !node.equals(start); node = cameFrom.get(node)) {
            way.add(cameFrom.get(node));
        }
        Collections.reverse(way);
        return way;
    }

    private static LockReport report(List<Node> way, HoldPlace closing) {
        List<Throwable> places = new ArrayList<>(List.of(closing));
        StringBuilder message = new StringBuilder("locks are taken in orders that make a circle of ")
                .append(way.size())
                .append(": ");
        for (int i = 0; i < way.size(); i++) {
            message.append(way.get(i).name()).append(" before ");
            if (i + 1 < way.size()) {
                places.add(way.get(i).next.get(way.get(i + 1)));
            }
        }
        message.append(way.get(0).name());
        return new LockReport(LockCheck.ORDER, message.toString(), places);
    }

    /** How many locks it knows. */
    synchronized int size() {
        forgetCollected();
        return nodes.size();
    }
}
