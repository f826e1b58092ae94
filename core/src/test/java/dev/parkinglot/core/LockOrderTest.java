package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.TestThreads;
import java.lang.ref.WeakReference;
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
        List<Hold> oneIsKnown = List.of(hold(locks.get(0)), hold(locks.get(3)));
        assertEquals(List.of(), order.wanted(oneIsKnown, locks.get(2), 0L));
        assertEquals(1, take(locks.get(2), locks.get(3)).size());
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

    /** Of a lock in several queues, whose holds are recorded under the key of one of them. */
    private static final HoldMode IN_QUEUE_1 = new HoldMode() {
        @Override
        public boolean keepsWaiting(long parkToken) {
            return true;
        }

        @Override
        public String purpose() {
            return "for reading";
        }

        @Override
        public long lockOffset(long offset) {
            return offset - 1L;
        }
    };

    @Test
    void aLockIsOneInAllOfItsQueues() {
        Hold reading = new Hold(
                new Holds.Key(locks.get(0), 9L), IN_QUEUE_1, new HeldByThread(Thread.currentThread()), null, 0L);
        assertEquals(List.of(), order.wanted(List.of(reading), locks.get(0), 8L));
        assertEquals(1, order.size(), "it is the same lock, and in no order to itself");
        assertEquals(List.of(), order.wanted(List.of(reading), locks.get(1), 0L));
        assertEquals(
                1, order.wanted(List.of(hold(locks.get(1))), locks.get(0), 8L).size());
    }

    @Test
    void onlyTheLockThatIsHeldAlreadyIsInNoOrder() {
        Holds holds = new Holds();
        holds.begin(holds.here(), locks.get(0), 9L, IN_QUEUE_1, false);
        holds.begin(holds.here(), locks.get(1), 0L, HoldMode.EXCLUSIVE, false);
        order.acquiring(holds.here(), locks.get(0), 8L);
        assertEquals(0, order.size(), "it is held");
        order.acquiring(holds.here(), locks.get(0), 0L);
        assertEquals(3 + 2 * 2, order.size(), "another offset");
        order.acquiring(holds.here(), locks.get(2), 8L);
        assertEquals(4 + 4 * 2, order.size(), "another object");
    }

    @Test
    void whoHoldsNothingHasNoOrder() {
        Holds holds = new Holds();
        order.acquiring(holds.here(), locks.get(0), 0L);
        assertEquals(0, order.size());
    }

    @Test
    void aReportTellsTheWholeCircle() {
        take(locks.get(0), locks.get(1));
        take(locks.get(1), locks.get(2));
        LockReport report = take(locks.get(2), locks.get(0)).get(0);
        List<String> names =
                locks.stream().map(lock -> KeyNames.describe(lock, 0L)).toList();
        assertEquals(
                "locks are taken in orders that make a circle of 3: " + names.get(0) + " before " + names.get(1)
                        + " before " + names.get(2) + " before " + names.get(0),
                report.message());
        String thread = "\"" + Thread.currentThread().getName() + "\"";
        assertEquals(
                List.of(
                        thread + " took " + names.get(0) + " while it held " + names.get(2),
                        thread + " took " + names.get(1) + " while it held " + names.get(0),
                        thread + " took " + names.get(2) + " while it held " + names.get(1)),
                report.places().stream().map(Throwable::getMessage).toList());
    }

    @Test
    void whereTheLockThatIsHeldWasTakenIsTheCause() {
        Holds holds = new Holds();
        holds.begin(holds.here(), locks.get(0), 0L, HoldMode.EXCLUSIVE, true);
        take(locks.get(1), locks.get(0));
        LockReport report =
                order.wanted(holds.here().toList(), locks.get(1), 0L).get(0);
        assertSame(holds.all().get(0).place, report.places().get(0).getCause());
    }

    @Test
    void anOrderIsToldFromWhenItWasSeenFirst() {
        for (String name : List.of("first", "second")) {
            HeldByThread by = new HeldByThread(new Thread(name));
            Hold hold = new Hold(new Holds.Key(locks.get(0), 0L), HoldMode.EXCLUSIVE, by, null, 0L);
            assertEquals(List.of(), order.wanted(List.of(hold), locks.get(1), 0L));
        }
        LockReport report = take(locks.get(1), locks.get(0)).get(0);
        assertTrue(report.places().get(1).getMessage().startsWith("\"first\" took "), report::toString);
    }

    // ---- locks that nobody uses any more

    /** Until it knows so many locks, and none of them knows of another. */
    private void awaitLocks(int count) {
        TestThreads.await("only the living are left", () -> {
            System.gc();
            return order.size() <= count;
        });
    }

    @Test
    void noLockIsKeptAlive() {
        for (int i = 0; i < 100; i++) {
            take(locks.get(0), new Object());
            take(new Object(), locks.get(1));
        }
        awaitLocks(2);
        assertEquals(List.of(), take(locks.get(0), locks.get(1)));
    }

    @Test
    void noLockIsKnownOnceItIsGoneAlsoIfItWasTakenInAWrongOrder() {
        for (int i = 0; i < 100; i++) {
            Object gone = new Object();
            take(locks.get(0), gone);
            assertEquals(1, take(gone, locks.get(0)).size());
            Object another = new Object();
            take(another, locks.get(0));
            assertEquals(1, take(locks.get(0), another).size());
        }
        awaitLocks(1);
    }

    /** Nobody can take locks in such an order any more. Tried several times: the JVM decides when an object is gone. */
    @Test
    void noWayLeadsOverALockThatIsGone() {
        TestThreads.await("it is gone, and that is known", () -> {
            Object first = new Object();
            Object last = new Object();
            WeakReference<Object> between = takeOneBetween(first, last);
            while (!between.refersTo(null)) {
                System.gc();
            }
            return take(last, first).isEmpty();
        });
    }

    private WeakReference<Object> takeOneBetween(Object first, Object last) {
        Object between = new Object();
        assertEquals(List.of(), take(first, between));
        assertEquals(List.of(), take(between, last));
        return new WeakReference<>(between);
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
