package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.TestThreads;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Circles of the orders in which locks are taken, of any length. */
class LockOrderTest {
    private static final int LOCKS = 6;

    private final LockOrder order = new LockOrder();
    private final List<Object> locks =
            IntStream.range(0, LOCKS).mapToObj(i -> new Object()).toList();

    private static Hold hold(Object base) {
        return new Hold(
                new Holds.Key(base, 0L), HoldMode.EXCLUSIVE, new HeldByThread(Thread.currentThread()), null, 0L);
    }

    /** A thread takes a lock while it holds another. */
    private List<LockReport> take(Object held, Object wanted) {
        return order.wanted(List.of(hold(held)), wanted, 0L);
    }

    @Test
    void twoLocksInOppositeOrders() {
        assertEquals(List.of(), take(locks.get(0), locks.get(1)));
        assertEquals(List.of(), take(locks.get(0), locks.get(1)));
        LockReport report = take(locks.get(1), locks.get(0)).get(0);
        assertEquals(LockCheck.ORDER, report.check());
        assertEquals(2, report.places().size());
        assertTrue(report.message().contains("circle of 2"), report::message);
        assertTrue(report.toString().contains("twoLocksInOppositeOrders"), report::toString);
        assertEquals(List.of(), take(locks.get(1), locks.get(0)), "once");
    }

    @Test
    void aChainOfThreeOfWhichNoTwoAreOpposite() {
        assertEquals(List.of(), take(locks.get(0), locks.get(1)));
        assertEquals(List.of(), take(locks.get(1), locks.get(2)));
        assertEquals(List.of(), take(locks.get(0), locks.get(2)));
        LockReport report = take(locks.get(2), locks.get(0)).get(0);
        assertEquals(2, report.places().size(), "the shortest circle");
        assertEquals(List.of(), take(locks.get(1), locks.get(3)));
        LockReport longer = take(locks.get(3), locks.get(0)).get(0);
        assertEquals(3, longer.places().size());
    }

    @Test
    void allLocksThatAreHeldCome() {
        assertEquals(List.of(), order.wanted(List.of(hold(locks.get(0)), hold(locks.get(1))), locks.get(2), 0L));
        assertEquals(1, take(locks.get(2), locks.get(0)).size());
        assertEquals(1, take(locks.get(2), locks.get(1)).size());
    }

    @Test
    void otherOffsetsAreOtherLocks() {
        assertEquals(List.of(), order.wanted(List.of(hold(locks.get(0))), locks.get(0), 8L));
        assertEquals(List.of(), order.wanted(List.of(hold(null)), null, 8L), "outside the heap");
    }

    /** A thread that takes the lock it holds, as a recursive reader does, says nothing about an order. */
    @Test
    void aLockThatIsHeldAlready() {
        assertEquals(List.of(), take(locks.get(0), locks.get(1)));
        Holds holds = new Holds();
        holds.begin(holds.here(), locks.get(1), 0L, HoldMode.EXCLUSIVE, false);
        holds.begin(holds.here(), locks.get(0), 0L, HoldMode.EXCLUSIVE, false);
        order.acquiring(holds.here(), locks.get(0), 0L);
        assertEquals(1, take(locks.get(1), locks.get(0)).size(), "was not noted before");
    }

    @Test
    void noLockIsKeptAlive() {
        for (int i = 0; i < 100; i++) {
            take(locks.get(0), new Object());
            take(new Object(), locks.get(1));
        }
        TestThreads.await("only the living are left", () -> {
            System.gc();
            return order.size() <= 2;
        });
        assertEquals(List.of(), take(locks.get(0), locks.get(1)));
    }

    @Property(tries = 1_000)
    void reportsExactlyTheArrowsThatCloseACircle(
            @ForAll @Size(max = 20) List<@IntRange(max = LOCKS * LOCKS - 1) Integer> arrows) {
        LockOrder graph = new LockOrder();
        Set<List<Integer>> accepted = new HashSet<>();
        Set<List<Integer>> refused = new HashSet<>();
        for (int arrow : arrows) {
            int from = arrow / LOCKS;
            int to = arrow % LOCKS;
            List<Integer> pair = List.of(from, to);
            boolean closes = from != to && !accepted.contains(pair) && isReachable(to, from, accepted);
            int expected = closes && refused.add(pair) ? 1 : 0;
            if (!closes && from != to) {
                accepted.add(pair);
            }
            List<LockReport> reports = graph.wanted(List.of(hold(locks.get(from))), locks.get(to), 0L);
            assertEquals(expected, reports.size(), arrows::toString);
        }
    }

    private static boolean isReachable(int from, int to, Set<List<Integer>> arrows) {
        List<Integer> reached = new ArrayList<>(List.of(from));
        for (int i = 0; i < reached.size(); i++) {
            for (List<Integer> arrow : arrows) {
                if (arrow.get(0).equals(reached.get(i)) && !reached.contains(arrow.get(1))) {
                    reached.add(arrow.get(1));
                }
            }
        }
        return reached.contains(to);
    }
}
