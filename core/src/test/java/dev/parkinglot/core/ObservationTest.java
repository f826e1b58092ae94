package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.core.FinishedWait.Outcome;
import dev.parkinglot.testing.TestThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

/** What observers are told. Only of the test's own keys: other tests of this JVM may leave threads that wait. */
@SuppressWarnings("try") // observations are there to be closed
class ObservationTest {
    private static final long HANDED_OVER = 5L;

    private final Object base = new Object();
    private final Holds holds = new Holds();
    private final List<FinishedWait> waits = new CopyOnWriteArrayList<>();

    private final WaitObserver collector = wait -> {
        if (wait.base() == base) {
            waits.add(wait);
        }
    };

    private FinishedWait onlyWait() {
        assertEquals(1, waits.size(), waits::toString);
        return waits.get(0);
    }

    private ParkResult parkUntilWoken() {
        return ParkingLot.park(base, 0L, () -> true);
    }

    /** Starts a thread that waits, lets it be queued, wakes it with a token, and joins it. */
    private Thread withOneWaiter(Runnable wait, long token) {
        try (TestThreads threads = new TestThreads()) {
            Thread waiter = threads.start("waiter", wait::run);
            TestThreads.await("queued", () -> ParkingLot.waiters(base, 0L).size() == 1);
            ParkingLot.unparkOne(base, 0L, token);
            return waiter;
        }
    }

    // ---- a park by itself

    @Test
    void aParkIsAWait() {
        try (Observation observation = Observation.start(collector)) {
            assertTrue(ParkingLot.isObserved());
            Thread waiter = withOneWaiter(this::parkUntilWoken, 0L);
            FinishedWait wait = onlyWait();
            assertSame(waiter, wait.thread());
            assertEquals(0L, wait.offset());
            assertEquals("park", wait.mode());
            assertEquals(1, wait.parks());
            assertEquals(Outcome.ACQUIRED, wait.outcome());
            assertFalse(wait.handedOver());
            assertNull(wait.holder());
            assertTrue(wait.nanos() > 0L);
            assertTrue(wait.awakeNanos() <= wait.nanos());
        }
    }

    @Test
    void aParkThatTimesOutIsAWait() {
        try (Observation observation = Observation.start(collector)) {
            // The time begins to run before the wait does: a thread that is held up in between has waited for less.
            for (int tries = 100; tries > 0 && waits.stream().allMatch(wait -> wait.nanos() < 1_000_000L); tries--) {
                waits.clear();
                ParkingLot.park(base, 0L, () -> true, Patience.within(Duration.ofMillis(1)));
            }
        }
        assertEquals(Outcome.TIMED_OUT, onlyWait().outcome());
        assertTrue(onlyWait().nanos() >= 1_000_000L);
    }

    @Test
    void aParkThatIsInterruptedIsAWait() {
        try (Observation observation = Observation.start(collector)) {
            Thread.currentThread().interrupt();
            ParkingLot.park(base, 0L, () -> true, Patience.INTERRUPTIBLE);
        }
        assertEquals(Outcome.INTERRUPTED, onlyWait().outcome());
    }

    @Test
    void aParkThatThrowsIsAWaitThatHasFailed() {
        try (Observation observation = Observation.start(collector)) {
            assertThrows(
                    IllegalStateException.class,
                    () -> ParkingLot.park(base, 0L, () -> {
                        throw new IllegalStateException();
                    }));
        }
        assertEquals(Outcome.FAILED, onlyWait().outcome());
    }

    @Test
    void whoNeedNotParkHasNotWaited() {
        try (Observation observation = Observation.start(collector)) {
            ParkingLot.park(base, 0L, () -> false);
            ParkingLot.park(base, 0L, () -> false);
        }
        assertEquals(List.of(), waits);
    }

    // ---- a longer wait

    @Test
    void allParksOfASpanAreOneWait() {
        Runnable twoParks = () -> {
            WaitSpan span = WaitSpan.begin(base, 7L, "gate", HANDED_OVER);
            ParkingLot.park(base, 1L, () -> true, Patience.within(Duration.ofMillis(1)));
            parkUntilWoken();
            span.end(Outcome.ACQUIRED);
        };
        try (Observation observation = Observation.start(collector)) {
            withOneWaiter(twoParks, HANDED_OVER);
        }
        FinishedWait wait = onlyWait();
        assertEquals(7L, wait.offset());
        assertEquals("gate", wait.mode());
        assertEquals(2, wait.parks());
        assertTrue(wait.handedOver());
        assertTrue(wait.nanos() >= 1_000_000L);
    }

    @Test
    void aWaitThatWasWokenWithAnotherTokenWasNotHandedOver() {
        Runnable park = () -> {
            WaitSpan span = WaitSpan.begin(base, 0L, "gate", HANDED_OVER);
            parkUntilWoken();
            span.end(Outcome.ACQUIRED);
        };
        try (Observation observation = Observation.start(collector)) {
            withOneWaiter(park, HANDED_OVER + 1L);
        }
        assertFalse(onlyWait().handedOver());
    }

    @Test
    void aSpanInsideAnotherIsAPartOfIt() {
        try (Observation observation = Observation.start(collector)) {
            WaitSpan outer = WaitSpan.begin(base, 0L, "outer", HANDED_OVER);
            WaitSpan inner = WaitSpan.begin(base, 0L, "inner", HANDED_OVER);
            inner.end(Outcome.ACQUIRED);
            assertEquals(List.of(), waits);
            outer.end(Outcome.TIMED_OUT);
            assertEquals("outer", onlyWait().mode());
            WaitSpan.begin(base, 0L, "next", HANDED_OVER).end(Outcome.ACQUIRED);
            assertEquals(2, waits.size());
        }
    }

    @Test
    void aSpanKnowsTheHolderWhereOneIsKnown() {
        Thread holder = new Thread("holder");
        HoldSource source = new KnownHolder(base, () -> holder);
        DeadlockDetector.addSource(source);
        try (Observation observation = Observation.start(collector)) {
            WaitSpan.begin(base, 0L, "gate", HANDED_OVER).end(Outcome.ACQUIRED);
        }
        assertSame(holder, onlyWait().holder());
    }

    @Test
    void withoutAnybodyWhoLooksASpanIsNothing() {
        WaitSpan.begin(base, 0L, "gate", HANDED_OVER).end(Outcome.ACQUIRED);
        assertEquals(List.of(), waits);
    }

    // ---- observers

    @Test
    void anObservationThatWasClosedHearsNothingMore() {
        Observation observation = Observation.start(collector);
        try (Observation other = Observation.start(wait -> {})) {
            observation.close();
            observation.close();
            WaitSpan.begin(base, 0L, "gate", HANDED_OVER).end(Outcome.ACQUIRED);
        }
        assertEquals(List.of(), waits);
    }

    @Test
    void anObserverThatThrowsHarmsNeitherTheWaitNorTheOthers() {
        try (Observation throwing = Observation.start(wait -> {
                    throw new AssertionError("an observer of this test");
                });
                Observation observation = Observation.start(collector)) {
            withOneWaiter(this::parkUntilWoken, 0L);
        }
        assertEquals(1, onlyWait().parks());
    }

    @Test
    void theWaitsOfAnObserverAreNotObserved() {
        WaitObserver waiting = wait -> {
            collector.waited(wait);
            if (waits.size() < 3) {
                ParkingLot.park(base, 1L, () -> true, Patience.within(Duration.ofMillis(1)));
            }
        };
        try (Observation observation = Observation.start(waiting)) {
            WaitSpan.begin(base, 0L, "gate", HANDED_OVER).end(Outcome.ACQUIRED);
        }
        assertEquals(0L, onlyWait().offset());
    }

    @Test
    void aCallbackThatParksIsRefusedAlsoIfSomebodyLooks() {
        try (Observation observation = Observation.start(collector)) {
            assertThrows(IllegalStateException.class, () -> ParkingLot.park(base, 0L, () -> parkUntilWoken() != null));
        }
    }

    // ---- what else happens

    @Test
    void movedThreadsAreTold() {
        List<List<Object>> told = new ArrayList<>();
        WaitObserver moves = new WaitObserver() {
            @Override
            public void waited(FinishedWait wait) {}

            @Override
            public void requeued(Object fromBase, long fromOffset, Object toBase, long toOffset, int threads) {
                told.add(List.of(fromBase, fromOffset, toBase, toOffset, threads));
            }
        };
        try (Observation observation = Observation.start(moves);
                TestThreads threads = new TestThreads()) {
            threads.start("waiter", this::parkUntilWoken);
            TestThreads.await("queued", () -> ParkingLot.waiters(base, 0L).size() == 1);
            ParkingLot.unparkRequeue(base, 0L, base, 1L, null, new FixedRequeue(RequeueOp.REQUEUE_ALL));
            ParkingLot.unparkRequeue(base, 0L, base, 1L, null, new FixedRequeue(RequeueOp.REQUEUE_ALL));
            ParkingLot.unparkAll(base, 1L);
        }
        assertEquals(List.of(List.of(base, 0L, base, 1L, 1)), told);
    }

    @Test
    void growthIsTold() {
        List<String> told = new ArrayList<>();
        WaitObserver sizes = new WaitObserver() {
            @Override
            public void waited(FinishedWait wait) {}

            @Override
            public void resized(int fromBuckets, int toBuckets) {
                told.add(fromBuckets + " to " + toBuckets);
            }
        };
        KeyedLot lot = Sleepless.lot(1);
        try (Observation observation = Observation.start(sizes)) {
            for (int i = 0; i < 100; i++) {
                Sleepless.enqueue(lot, Key.fresh());
            }
        }
        assertTrue(told.contains("1 to 2") && told.contains("2 to 4"), told::toString);
    }

    @Test
    void deadlocksAreTold() {
        AtomicReference<Deadlock> told = new AtomicReference<>();
        WaitObserver deadlocks = new WaitObserver() {
            @Override
            public void waited(FinishedWait wait) {}

            @Override
            public void deadlockFound(Deadlock deadlock) {
                told.set(deadlock);
            }
        };
        Deadlock deadlock = new Deadlock(List.of());
        try (Observation observation = Observation.start(deadlocks)) {
            Lot.observers.deadlocksFound(List.of(deadlock));
        }
        assertSame(deadlock, told.get());
    }

    @Test
    void holdsAreToldWhereTheyAreRecordedButNotThoseOfObservers() {
        List<List<Object>> told = new ArrayList<>();
        WaitObserver holding = new WaitObserver() {
            @Override
            public void waited(FinishedWait wait) {}

            @Override
            public void held(Object held, long offset, Thread holder, long nanos) {
                assertTrue(nanos > 0L);
                told.add(List.of(held, offset, holder));
                holdOnce();
            }
        };
        beginHold();
        try (Observation observation = Observation.start(holding)) {
            endHold(); // nobody wanted to hear of it when it began
            assertEquals(List.of(), told);
            holdOnce();
            beginHold();
            holdOnce();
        }
        endHold();
        assertEquals(Collections.nCopies(2, List.of(base, 3L, Thread.currentThread())), told);
        holdOnce();
        assertEquals(2, told.size());
    }

    private void holdOnce() {
        beginHold();
        endHold();
    }

    private void beginHold() {
        holds.begin(holds.here(), base, 3L, HoldMode.EXCLUSIVE, false);
    }

    private void endHold() {
        WaitSpan.tellHold(holds.endOrNull(holds.here(), base, 3L, HoldMode.EXCLUSIVE));
    }

    // ---- logs

    @Test
    void slowWaitsAndHoldsAreLogged() {
        CollectingLogger logger = new CollectingLogger();
        SlowWaits slow = new SlowWaits(Duration.ofMillis(200), Duration.ofMillis(300), logger);
        Thread thread = new Thread("worker");
        Object lock = KeyNames.name(new Object(), "accounts");
        FinishedWait wait = new FinishedWait(
                lock, 0L, "read", thread, new Thread("boss"), 199_999_999L, 0L, 1, false, Outcome.TIMED_OUT);
        slow.waited(wait);
        slow.held(lock, 8L, thread, 299_999_999L);
        assertEquals(List.of(), logger.lines);
        slow.waited(new FinishedWait(
                lock, 0L, "read", thread, wait.holder(), 200_000_000L, 0L, 1, false, Outcome.TIMED_OUT));
        slow.held(lock, 8L, thread, 300_000_000L);
        String name = KeyNames.describe(lock, 0L);
        assertEquals(
                List.of(
                        "\"worker\" has waited 200.0 ms (read, TIMED_OUT) for " + name
                                + ", which \"boss\" held when the wait began",
                        "\"worker\" has held " + KeyNames.describe(lock, 8L) + " for 300.0 ms"),
                logger.lines);
    }

    @Test
    void aThresholdMayBeLongerThanNanosecondsCanTell() {
        CollectingLogger logger = new CollectingLogger();
        SlowWaits slow = new SlowWaits(Duration.ofSeconds(Long.MAX_VALUE), Duration.ofMillis(1), logger);
        Thread thread = new Thread("worker");
        slow.waited(new FinishedWait(
                new Object(), 0L, "lock", thread, null, Long.MAX_VALUE - 1L, 0L, 1, false, Outcome.ACQUIRED));
        SlowWaits slowHolds = new SlowWaits(Duration.ofMillis(1), Duration.ofSeconds(Long.MAX_VALUE), logger);
        slowHolds.held(new Object(), 0L, thread, Long.MAX_VALUE - 1L);
        assertEquals(List.of(), logger.lines);
    }

    @Test
    void oneThresholdIsThatOfWaitsAndOfHolds() {
        List<LogRecord> records = new ArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord line) {
                records.add(line);
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger logger = Logger.getLogger("dev.parkinglot");
        logger.addHandler(handler);
        try {
            SlowWaits slow = new SlowWaits(Duration.ofNanos(200L));
            Thread thread = new Thread("slow");
            slow.waited(new FinishedWait(base, 0L, "lock", thread, null, 199L, 0L, 1, false, Outcome.ACQUIRED));
            slow.held(base, 0L, thread, 199L);
            assertEquals(0, records.size());
            slow.waited(new FinishedWait(base, 0L, "lock", thread, null, 200L, 0L, 1, false, Outcome.ACQUIRED));
            slow.held(base, 0L, thread, 200L);
        } finally {
            logger.removeHandler(handler);
        }
        assertEquals(
                List.of(Level.WARNING, Level.WARNING),
                records.stream().map(LogRecord::getLevel).toList());
        assertTrue(records.get(0).getMessage().startsWith("\"slow\" has waited 2.0E-4 ms (lock, ACQUIRED) for "));
        assertFalse(records.get(0).getMessage().contains("held"), "nobody knows who held it");
    }
}
