package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.Delays;
import dev.parkinglot.testing.TestThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The lot that everybody shares, and its convenience methods. */
class ParkingLotTest {
    private final Object base = new Object();
    private final List<ParkResult> results = new CopyOnWriteArrayList<>();

    /** Parks so many threads, one after the other, with the park tokens 0, 1, 2, ...; runs an action; joins them. */
    private void withWaiters(int count, Runnable action) {
        try (TestThreads threads = new TestThreads()) {
            for (int i = 0; i < count; i++) {
                int number = i;
                ParkCallbacks<Object> callbacks = (context, token) -> true;
                threads.start(
                        "waiter-" + i,
                        () -> results.add(ParkingLot.park(
                                base, 3L, this, callbacks, ParkOptions.NONE, number, Patience.ENDLESS)));
                TestThreads.await("queued", () -> ParkingLot.waiters(base, 3L).size() == number + 1);
            }
            try {
                action.run();
            } finally {
                ParkingLot.unparkAll(base, 3L, -1L);
            }
        }
    }

    private void assertTold(long token, int times) {
        assertEquals(
                times,
                results.stream().filter(result -> result.unparkToken() == token).count(),
                results::toString);
    }

    // ---- unpark

    @Test
    void unparkOneWakesOneAndSaysWhetherThereWasOne() {
        withWaiters(2, () -> {
            assertTrue(ParkingLot.unparkOne(base, 3L));
            assertTrue(ParkingLot.unparkOne(base, 3L, 17L));
            assertFalse(ParkingLot.unparkOne(base, 3L));
            assertFalse(ParkingLot.unparkOne(base, 3L, 17L));
            assertFalse(ParkingLot.unparkOne(base, 4L));
        });
        assertTold(ParkingLot.DEFAULT_UNPARK_TOKEN, 1);
        assertTold(17L, 1);
    }

    private int upTo(int limit, long unparkToken) {
        return ParkingLot.unparkUpTo(base, 3L, limit, null, (context, parkToken, result) -> unparkToken)
                .unparkedThreads();
    }

    @Test
    void unparkUpToWakesSoManyAndCountsThem() {
        withWaiters(3, () -> {
            assertEquals(0, upTo(0, 17L));
            assertEquals(2, upTo(2, 17L));
            assertEquals(1, upTo(2, 18L));
            assertEquals(0, upTo(2, 18L));
            assertThrows(IllegalArgumentException.class, () -> upTo(-1, 17L));
        });
        assertTold(17L, 2);
        assertTold(18L, 1);
    }

    @Test
    void unparkAllWakesAllAndCountsThem() {
        withWaiters(3, () -> assertEquals(3, ParkingLot.unparkAll(base, 3L)));
        assertTold(ParkingLot.DEFAULT_UNPARK_TOKEN, 3);
        results.clear();
        withWaiters(2, () -> assertEquals(2, ParkingLot.unparkAll(base, 3L, 17L)));
        assertTold(17L, 2);
        assertEquals(0, ParkingLot.unparkAll(base, 3L));
    }

    @Test
    void unparkFilterWithoutACallbackWakesWhomItChooses() {
        List<Object> contexts = new ArrayList<>();
        withWaiters(3, () -> {
            int woken = ParkingLot.unparkFilter(base, 3L, this, (context, token) -> {
                contexts.add(context);
                return token == 1L ? FilterOp.SKIP : FilterOp.UNPARK;
            });
            assertEquals(2, woken);
            assertEquals(1L, ParkingLot.waiters(base, 3L).get(0).parkToken());
        });
        assertEquals(List.of(this, this, this), contexts);
        assertTold(ParkingLot.DEFAULT_UNPARK_TOKEN, 2);
    }

    @Test
    void contextAndResultReachTheCallbacks() {
        List<Object> contexts = new ArrayList<>();
        List<UnparkResult> told = new ArrayList<>();
        UnparkCallback<Object> callback = (context, token, result) -> {
            contexts.add(context);
            told.add(result);
            return 17L;
        };
        List<UnparkResult> returned = new ArrayList<>();
        withWaiters(5, () -> {
            returned.add(ParkingLot.unparkOne(base, 3L, "one", callback));
            returned.add(ParkingLot.unparkUpTo(base, 3L, 2, "up to", callback));
            returned.add(ParkingLot.unparkFilter(base, 3L, "filter", (context, token) -> FilterOp.STOP, callback));
            returned.add(ParkingLot.unparkAll(base, 3L, "all", callback));
        });
        assertEquals(List.of("one", "up to", "filter", "all"), contexts);
        assertEquals(returned, told);
        assertEquals(
                List.of(1, 2, 0, 2),
                returned.stream().map(UnparkResult::unparkedThreads).toList());
        assertTold(17L, 5);
        assertThrows(IllegalArgumentException.class, () -> ParkingLot.unparkUpTo(base, 3L, -1, "negative", callback));
    }

    @Test
    void requeueMovesAndTells() {
        withWaiters(2, () -> {
            UnparkResult result =
                    ParkingLot.unparkRequeue(base, 3L, base, 4L, this, new FixedRequeue(RequeueOp.REQUEUE_ALL));
            assertEquals(new UnparkResult(0, 2, false, false), result);
            assertFalse(ParkingLot.unparkOne(base, 3L));
            assertEquals(2, ParkingLot.unparkAll(base, 4L, 17L));
        });
        assertTold(17L, 2);
    }

    // ---- park

    @Test
    void parkSleepsWhileTheConditionHolds() {
        assertSame(ParkResult.INVALID, ParkingLot.park(base, 3L, () -> false));
        AtomicBoolean closed = new AtomicBoolean(true);
        try (TestThreads threads = new TestThreads()) {
            threads.start("waiter", () -> results.add(ParkingLot.park(base, 3L, closed::get)));
            TestThreads.await("queued", () -> !ParkingLot.waiters(base, 3L).isEmpty());
            assertEquals(
                    ParkingLot.DEFAULT_PARK_TOKEN,
                    ParkingLot.waiters(base, 3L).get(0).parkToken());
            closed.set(false);
            assertTrue(ParkingLot.unparkOne(base, 3L, 17L));
        }
        assertEquals(List.of(ParkResult.unparked(17L)), results);
        assertThrows(NullPointerException.class, () -> ParkingLot.park(base, 3L, null));
    }

    static Stream<Arguments> patienceThatHasEnded() {
        return Stream.of(
                        Patience.until(System.nanoTime()),
                        Patience.within(Duration.ZERO),
                        Patience.within(Duration.ofNanos(-1L)),
                        Patience.within(Duration.ofSeconds(Long.MIN_VALUE)),
                        Patience.within(Delays.SHORT_DELAY),
                        Patience.interruptiblyWithin(Delays.SHORT_DELAY))
                .map(Arguments::of);
    }

    @ParameterizedTest
    @MethodSource("patienceThatHasEnded")
    void parkEndsWhenPatienceDoes(Patience patience) {
        assertSame(ParkResult.TIMED_OUT, ParkingLot.park(base, 3L, () -> true, patience));
        assertEquals(List.of(), ParkingLot.waiters(base, 3L));
    }

    @Test
    void patienceWithinATimeIsADeadline() {
        long before = System.nanoTime();
        Patience patience = Patience.within(Duration.ofHours(1L));
        long after = System.nanoTime();
        long hour = Duration.ofHours(1L).toNanos();
        assertTrue(patience.timed() && !patience.interruptible());
        assertTrue(patience.deadlineNanos() - before >= hour);
        assertTrue(patience.deadlineNanos() - after <= hour);
        assertTrue(Patience.interruptiblyWithin(Duration.ofHours(1L)).interruptible());
        for (Duration century : List.of(Duration.ofSeconds(Long.MAX_VALUE), Duration.ofNanos(Long.MAX_VALUE))) {
            assertTrue(Patience.within(century).deadlineNanos() - after > Long.MAX_VALUE >> 2, "far ahead");
        }
    }

    @Test
    void interruptEndsAParkThatIsInterruptible() {
        Thread.currentThread().interrupt();
        Patience patience = Patience.interruptiblyWithin(Delays.LONG_DELAY);
        assertSame(ParkResult.INTERRUPTED, ParkingLot.park(base, 3L, () -> true, patience));
        assertFalse(Thread.interrupted());
    }

    // ---- inspection

    @Test
    void threadsTellSinceWhenTheyWait() {
        long before = System.nanoTime();
        withWaiters(2, () -> {
            long after = System.nanoTime();
            List<ParkedThread> waiters = ParkingLot.waiters(base, 3L);
            for (ParkedThread waiter : waiters) {
                assertTrue(waiter.sinceNanos() - before >= 0L && after - waiter.sinceNanos() >= 0L);
            }
            assertTrue(waiters.get(1).sinceNanos() - waiters.get(0).sinceNanos() >= 0L, "in order");
            assertEquals(
                    List.of(waiters),
                    ParkingLot.snapshot().stream()
                            .filter(queue -> queue.base() == base)
                            .map(ParkedQueue::threads)
                            .toList());
            ParkingLot.unparkRequeue(base, 3L, base, 3L, this, new FixedRequeue(RequeueOp.REQUEUE_ONE));
            assertTrue(ParkingLot.waiters(base, 3L).get(1).sinceNanos() - after >= 0L, "it begins anew");
        });
    }

    @Test
    void turnIsDueOnlyWhereSomebodyHasWaitedForLong() {
        assertFalse(ParkingLot.isTurnDue(base, 3L));
        withWaiters(1, () -> TestThreads.await("the turn is due", () -> ParkingLot.isTurnDue(base, 3L)));
    }

    @Test
    void everythingCanBeLoadedAndAskedForBeforehand() {
        ParkingLot.prepare();
        ParkingLot.requireStack(3);
        assertFalse(ParkingLot.snapshot().stream().anyMatch(queue -> queue.base() == base), "and that leaves nothing");
    }
}
