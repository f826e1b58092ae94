package dev.parkinglot.core;

import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
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
    /** One lock. */
    private static final class Node {
        /** Null for memory outside the heap. */
        private final WeakReference<Object> object;

        private final long offset;
        final Map<Node, HoldPlace> next = new HashMap<>();

        /** Where arrows would lead that close a circle. */
        final Set<Node> refused = new HashSet<>();

        /** From where arrows lead here, or would. */
        final Set<Node> before = new HashSet<>();

        Node(Object base, long offset) {
            object = base == null ? null : new WeakReference<>(base);
            this.offset = offset;
        }

        String name() {
            Object base = object == null ? null : object.get();
            return base == null && object != null
                    ? "a lock that is gone"
                    : DeadlockDetector.nameOf(base, offset, ParkingLot.DEFAULT_PARK_TOKEN);
        }

        /** The lock is gone, and with it its arrows. */
        void leave() {
            before.forEach(from -> {
                from.next.remove(this);
                from.refused.remove(this);
            });
            next.keySet().forEach(to -> to.before.remove(this));
            refused.forEach(to -> to.before.remove(this));
        }
    }

    private final WeakKeyMap<Node> nodes = new WeakKeyMap<>(Node::leave);

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
        nodes.forget(); // or a way might lead through a lock that has gone
        List<LockReport> reports = new ArrayList<>();
        Node to = nodeOf(base, offset);
        for (Hold hold : held) {
            Node from = nodeOf(hold.key.base(), hold.mode.lockOffset(hold.key.offset()));
            if (from.equals(to) || from.next.containsKey(to) || from.refused.contains(to)) {
                continue;
            }
            HoldPlace arrow = new HoldPlace(
                    "\"" + Deadlock.nameOf(hold.by.thread) + "\" took " + to.name() + " while it held " + from.name(),
                    hold.place);
            List<Node> way = ShortestWay.find(to, from, node -> node.next.keySet());
            to.before.add(from);
            if (way.isEmpty()) {
                from.next.put(to, arrow);
            } else {
                from.refused.add(to);
                reports.add(report(way, from, arrow));
            }
        }
        return reports;
    }

    private Node nodeOf(Object base, long offset) {
        return nodes.computeIfAbsent(base, offset, () -> new Node(base, offset));
    }

    /** An arrow would lead from the end back to the beginning of a way. */
    private static LockReport report(List<Node> way, Node end, HoldPlace closing) {
        List<Node> circle = new ArrayList<>(way);
        circle.add(end);
        List<Throwable> places = new ArrayList<>(List.of(closing));
        StringBuilder message = new StringBuilder("locks are taken in orders that make a circle of ")
                .append(circle.size())
                .append(": ");
        for (int i = 0; i < circle.size(); i++) {
            message.append(circle.get(i).name()).append(" before ");
            if (i + 1 < circle.size()) {
                places.add(circle.get(i).next.get(circle.get(i + 1)));
            }
        }
        message.append(circle.get(0).name());
        return new LockReport(LockCheck.ORDER, message.toString(), places);
    }

    /** How many locks it knows, and how often one of them knows of another. */
    synchronized int size() {
        int[] size = {nodes.size()};
        nodes.forEach((base, offset, node) -> size[0] += node.next.size() + node.refused.size() + node.before.size());
        return size[0];
    }
}
