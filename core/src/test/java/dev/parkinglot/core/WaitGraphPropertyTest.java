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

    /** Threads that hold what others want, some with a deadline; of three ways to hold and to want, one keeps none. */
    @Property(tries = 2_000)
    void theDeadlocksOfRandomHoldsAndWaitsAreFound(
            @ForAll @Size(max = 16) List<@IntRange(max = NODES * NODES - 1) Integer> held,
            @ForAll @Size(NODES) List<@IntRange(max = 2 * NODES - 1) Integer> wanted,
            @ForAll @Size(NODES) List<@IntRange(max = 2) Integer> tokens) {
        List<Object> keys =
                IntStream.range(0, NODES).mapToObj(i -> new Object()).toList();
        HoldMode notForToken2 = new HoldMode() {
            @Override
            public boolean keepsWaiting(long parkToken) {
                return parkToken != 2L;
            }

            @Override
            public String purpose() {
                return "";
            }
        };
        Holds holds = new Holds();
        List<HeldByThread> threads = nodes.stream().map(HeldByThread::new).toList();
        held.forEach(hold -> holds.begin(threads.get(hold / NODES), keys.get(hold % NODES), 0L, notForToken2, false));
        List<ParkedQueue> queues = new ArrayList<>();
        boolean[][] edge = new boolean[NODES][NODES];
        for (int i = 0; i < NODES; i++) {
            boolean timed = wanted.get(i) >= NODES;
            int key = wanted.get(i) % NODES;
            queues.add(new ParkedQueue(
                    keys.get(key), 0L, List.of(new ParkedThread(nodes.get(i), tokens.get(i), i, timed))));
            for (int hold : held) {
                int holder = hold / NODES;
                edge[i][holder] |= !timed && tokens.get(i) != 2 && hold % NODES == key && wanted.get(holder) < NODES;
            }
        }
        boolean[][] way = ways(edge);
        List<Deadlock> found = new WaitGraph(() -> queues, holds, List.of()).deadlocks();
        Set<Set<Integer>> expected = new HashSet<>();
        for (int i = 0; i < NODES; i++) {
            int node = i;
            if (way[i][i]) {
                expected.add(Set.copyOf(IntStream.range(0, NODES)
                        .filter(other -> way[node][other] && way[other][node])
                        .boxed()
                        .toList()));
            }
        }
        assertEquals(expected.size(), found.size());
        for (Deadlock deadlock : found) {
            List<Integer> ring = deadlock.threads().stream()
                    .map(member -> nodes.indexOf(member.thread()))
                    .toList();
            assertEquals(
                    1, expected.stream().filter(all -> all.containsAll(ring)).count(), ring::toString);
            for (int i = 0; i < ring.size(); i++) {
                assertTrue(edge[ring.get(i)][ring.get((i + 1) % ring.size())], ring::toString);
            }
        }
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
