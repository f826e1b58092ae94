package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Ways between nodes, all of which are equal to each other. */
@SuppressWarnings("IdentityHashMapUsage")
class ShortestWayTest {
    /** Cannot be told apart but by identity. */
    private record Node() {}

    private final Node a = new Node();
    private final Node b = new Node();
    private final Node c = new Node();
    private final Node d = new Node();
    private final Node e = new Node();
    private final Map<Node, List<Node>> arrows = new IdentityHashMap<>();

    private void assertWay(List<Node> expected, Node from, Node to) {
        List<Node> way = ShortestWay.find(from, to, node -> arrows.getOrDefault(node, List.of()));
        assertEquals(expected.size(), way.size());
        for (int i = 0; i < way.size(); i++) {
            assertSame(expected.get(i), way.get(i));
        }
    }

    @Test
    void theShortestOfSeveralWaysAlsoIfAnotherIsTriedFirst() {
        arrows.put(a, List.of(b, c));
        arrows.put(b, List.of(c));
        arrows.put(c, List.of(d));
        assertWay(List.of(a, c), a, d);
        arrows.put(a, List.of(c, b));
        assertWay(List.of(a, c), a, d);
        arrows.put(a, List.of(b, c, d));
        assertWay(List.of(a), a, d);
    }

    @Test
    void theShortestOfTwoWaysThatHaveNothingInCommon() {
        arrows.put(b, List.of(d));
        arrows.put(c, List.of(e));
        arrows.put(e, List.of(d));
        arrows.put(a, List.of(b, c));
        assertWay(List.of(a, b), a, d);
        arrows.put(a, List.of(c, b));
        assertWay(List.of(a, b), a, d);
    }

    @Test
    void aWayBackToItsBeginningHasAtLeastOneArrow() {
        assertWay(List.of(), a, a);
        arrows.put(a, List.of(b));
        arrows.put(b, List.of(c));
        arrows.put(c, List.of(b, a));
        assertWay(List.of(a, b, c), a, a);
        assertWay(List.of(b, c), b, b);
        arrows.put(a, List.of(b, a));
        assertWay(List.of(a), a, a);
    }

    @Test
    void whereNoArrowLeadsThereIsNoWay() {
        arrows.put(a, List.of(b));
        arrows.put(b, List.of(a));
        arrows.put(d, List.of(a));
        assertWay(List.of(), a, d);
    }
}
