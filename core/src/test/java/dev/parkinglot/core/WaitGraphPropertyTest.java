package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Cycles of random graphs, against what a table of all ways says. */
@SuppressWarnings("IdentityHashMapUsage")
class WaitGraphPropertyTest {
    private static final int NODES = 8;

    private final List<Thread> nodes =
            IntStream.range(0, NODES).mapToObj(i -> new Thread("node-" + i)).toList();

    @Property(tries = 2_000)
    void eachComponentWithACycleIsReportedOnceByAShortestCycle(
            @ForAll @Size(max = 14) List<@IntRange(max = NODES * NODES - 1) Integer> edges) {
        boolean[][] edge = new boolean[NODES][NODES];
        Map<Thread, List<Thread>> graph = new IdentityHashMap<>();
        nodes.forEach(node -> graph.put(node, new ArrayList<>()));
        for (int number : new HashSet<>(edges)) {
            edge[number / NODES][number % NODES] = true;
            graph.get(nodes.get(number / NODES)).add(nodes.get(number % NODES));
        }
        boolean[][] way = ways(edge);
        Set<Set<Integer>> expected = new HashSet<>();
        for (int i = 0; i < NODES; i++) {
            if (way[i][i]) {
                int node = i;
                expected.add(Set.copyOf(IntStream.range(0, NODES)
                        .filter(other -> way[node][other] && way[other][node])
                        .boxed()
                        .toList()));
            }
        }
        Set<Set<Integer>> found = new HashSet<>();
        List<List<Thread>> cycles = WaitGraph.cycles(graph);
        for (List<Thread> cycle : cycles) {
            List<Integer> numbers = cycle.stream().map(nodes::indexOf).toList();
            for (int i = 0; i < numbers.size(); i++) {
                assertTrue(edge[numbers.get(i)][numbers.get((i + 1) % numbers.size())], numbers::toString);
            }
            assertEquals(numbers.size(), new HashSet<>(numbers).size(), numbers::toString);
            found.addAll(
                    expected.stream().filter(all -> all.containsAll(numbers)).toList());
        }
        assertEquals(expected, found);
        assertEquals(expected.size(), cycles.size());
    }

    private static boolean[][] ways(boolean[][] edge) {
        boolean[][] way = new boolean[NODES][];
        for (int i = 0; i < NODES; i++) {
            way[i] = edge[i].clone();
        }
        for (int middle = 0; middle < NODES; middle++) {
            for (int from = 0; from < NODES; from++) {
                for (int to = 0; to < NODES; to++) {
                    way[from][to] |= way[from][middle] && way[middle][to];
                }
            }
        }
        return way;
    }
}
