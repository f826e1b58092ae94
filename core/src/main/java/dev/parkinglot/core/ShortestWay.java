package dev.parkinglot.core;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Finds ways in graphs whose nodes are told apart by identity, whatever their class makes of {@code equals}. */
@SuppressWarnings("IdentityHashMapUsage")
final class ShortestWay {
    private ShortestWay() {}

    /**
     * A shortest way of at least one arrow.
     *
     * @param from where it begins
     * @param to where it leads to; may be where it begins
     * @param next where the arrows of a node lead to
     * @return the nodes on the way, without the one that it leads to; empty if there is none
     */
    static <N> List<N> find(N from, N to, Function<N, ? extends Iterable<N>> next) {
        Map<N, N> cameFrom = new IdentityHashMap<>();
        Deque<N> reached = new ArrayDeque<>(List.of(from));
        while (!reached.isEmpty()) {
            N node = reached.remove();
            for (N following : next.apply(node)) {
                if (following == to) {
                    return wayTo(node, from, cameFrom);
                }
                if (cameFrom.putIfAbsent(following, node) == null) {
                    reached.add(following);
                }
            }
        }
        return List.of();
    }

    private static <N> List<N> wayTo(N end, N start, Map<N, N> cameFrom) {
        List<N> way = new ArrayList<>();
        for (N node = end; node != start; node = cameFrom.get(node)) {
            way.add(node);
        }
        way.add(start);
        Collections.reverse(way);
        return way;
    }
}
