package dev.parkinglot.examples.synchronizers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.core.ParkResult;
import dev.parkinglot.core.ParkingLot;
import dev.parkinglot.core.Patience;
import dev.parkinglot.testkit.DrivenLot;
import dev.parkinglot.testkit.DrivenThread;
import dev.parkinglot.testkit.DrivenThread.Position;
import dev.parkinglot.testkit.Schedules;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What waits without a thread, or in several queues: {@link AsyncSemaphore} and {@link FirstOf}. */
@SuppressWarnings("FutureReturnValueIgnored") // stages are known by what they do
class WithoutThreadsTest {
    private static final Duration HOUR = Duration.ofHours(1);

    // ---- the semaphore

    @Test
    void threadsAndFuturesAreServedInTheOrderOfTheirArrival() {
        List<String> served = new ArrayList<>();
        try (DrivenLot lot = new DrivenLot()) {
            AsyncSemaphore semaphore = new AsyncSemaphore(0);
            for (int i = 0; i < 3; i++) {
                String number = "" + i;
                semaphore.acquireAsync(1, Runnable::run).thenRun(() -> served.add("future " + number));
                lot.start("thread", () -> {
                    semaphore.acquire(1, Patience.ENDLESS);
                    served.add("thread " + number);
                });
            }
            for (int i = 0; i < 6; i++) {
                assertEquals(i, served.size());
                semaphore.release(1);
                lot.runAll();
            }
        }
        assertEquals(List.of("future 0", "thread 0", "future 1", "thread 1", "future 2", "thread 2"), served);
    }

    @Test
    void permitsThatAreThereAreHadAtOnce() {
        AsyncSemaphore semaphore = new AsyncSemaphore(2);
        assertTrue(semaphore.acquireAsync(2, Runnable::run).isDone());
        assertEquals(0, semaphore.permits());
        assertFalse(semaphore.acquireAsync(1, Runnable::run).isDone());
    }

    @Test
    void whoGivesUpLetsOthersPassThatWantLess() {
        AsyncSemaphore semaphore = new AsyncSemaphore(1);
        CompletableFuture<Void> two = semaphore.acquireAsync(2, Runnable::run);
        CompletableFuture<Void> one = semaphore.acquireAsync(1, Runnable::run);
        assertFalse(one.isDone());
        assertTrue(two.cancel(false));
        assertTrue(one.isDone());
        assertEquals(0, semaphore.permits());
        assertEquals(List.of(), ParkingLot.waiters(semaphore, 0));
    }

    /** Rule 5: somebody who wants more has said that it waits, but the future arrives first. */
    @Test
    void futureThatArrivesFirstIsServedFirst() {
        try (DrivenLot lot = new DrivenLot()) {
            AsyncSemaphore semaphore = new AsyncSemaphore(1);
            DrivenThread two = lot.thread("two", () -> semaphore.acquire(2, Patience.ENDLESS));
            two.runUntil(Position.AT_PARK);
            assertTrue(semaphore.acquireAsync(1, Runnable::run).isDone());
            semaphore.release(2);
            lot.runAll();
            assertTrue(two.hasEnded());
        }
    }

    @Test
    void timeoutIsAWayToGiveUp() {
        AsyncSemaphore semaphore = new AsyncSemaphore(1);
        CompletableFuture<Void> two = semaphore.acquireAsync(2, Runnable::run);
        CompletableFuture<Void> one = semaphore.acquireAsync(1, Runnable::run);
        two.orTimeout(1L, TimeUnit.NANOSECONDS);
        assertThrows(CompletionException.class, two::join);
        one.join();
        assertEquals(List.of(), ParkingLot.waiters(semaphore, 0));
    }

    @Test
    void whoGivesUpAfterItWasServedGivesThePermitsBack() {
        AsyncSemaphore semaphore = new AsyncSemaphore(0);
        List<Runnable> tasks = new ArrayList<>();
        CompletableFuture<Void> future = semaphore.acquireAsync(3, tasks::add);
        semaphore.release(3);
        assertTrue(future.cancel(false));
        assertEquals(0, semaphore.permits());
        tasks.get(0).run();
        assertEquals(3, semaphore.permits());
        tasks.get(0).run();
        assertEquals(3, semaphore.permits(), "once");
    }

    @Test
    void refusedTaskGivesThePermitsToTheNext() {
        AsyncSemaphore semaphore = new AsyncSemaphore(0);
        RuntimeException refused = new RejectedExecutionException("injected");
        CompletableFuture<Void> future = semaphore.acquireAsync(1, task -> {
            throw refused;
        });
        CompletableFuture<Void> next = semaphore.acquireAsync(1, Runnable::run);
        semaphore.release(1);
        assertSame(
                refused, assertThrows(CompletionException.class, future::join).getCause());
        assertTrue(next.isDone());
    }

    /** A future, a thread, and one that cancels the future, in every order. */
    @Test
    void permitIsNeverLostInAnyOrder() {
        int orders = Schedules.all(lot -> {
            AsyncSemaphore semaphore = new AsyncSemaphore(0);
            AtomicReference<CompletableFuture<Void>> future = new AtomicReference<>(new CompletableFuture<>());
            lot.thread("asks", () -> future.set(semaphore.acquireAsync(1, Runnable::run)));
            DrivenThread thread = lot.thread("acquires", () -> semaphore.acquire(1, Patience.ENDLESS));
            lot.thread("releases", () -> semaphore.release(1));
            lot.thread("cancels", () -> future.get().cancel(false));
            return () -> {
                boolean byFuture = future.get().isDone() && !future.get().isCancelled();
                int had = (byFuture ? 1 : 0) + (thread.hasEnded() ? 1 : 0) + semaphore.permits();
                assertEquals(1, had, "the permit is somewhere, once");
                boolean waits = !future.get().isDone() || !thread.hasEnded();
                assertFalse(waits && semaphore.permits() != 0, "nobody waits beside a permit");
                semaphore.release(1);
                lot.runAll();
                assertTrue(thread.hasEnded());
            };
        });
        assertTrue(orders > 20, "the premise: " + orders);
    }

    // ---- the first of several

    private static FirstOf.Source source(Object base) {
        return new FirstOf.Source(base, 0L, () -> true);
    }

    private static DrivenThread start(
            DrivenLot lot, AtomicReference<FirstOf.Outcome> outcome, Patience patience, Object... bases) {
        List<FirstOf.Source> sources = new ArrayList<>();
        for (Object base : bases) {
            sources.add(source(base));
        }
        return lot.start("waits for any", () -> outcome.set(FirstOf.await(sources, patience)));
    }

    private static void assertNobodyWaits(Object... bases) {
        for (Object base : bases) {
            assertEquals(List.of(), ParkingLot.waiters(base, 0));
        }
    }

    @Test
    void firstWakeWinsAndTheOtherQueuesAreLeft() {
        AtomicReference<FirstOf.Outcome> outcome = new AtomicReference<>();
        try (DrivenLot lot = new DrivenLot()) {
            DrivenThread waiter = start(lot, outcome, Patience.ENDLESS, "a", "b", "c");
            assertTrue(ParkingLot.unparkOne("b", 0, 7L));
            waiter.run();
            assertEquals(new FirstOf.Outcome(1, new ParkResult(ParkResult.Kind.UNPARKED, 7L)), outcome.get());
            assertNobodyWaits("a", "b", "c");
        }
    }

    @Test
    void wakeThatComesSecondIsPassedOn() {
        AtomicReference<FirstOf.Outcome> outcome = new AtomicReference<>();
        AtomicReference<ParkResult> passedOn = new AtomicReference<>();
        try (DrivenLot lot = new DrivenLot()) {
            DrivenThread waiter = start(lot, outcome, Patience.ENDLESS, "a", "b");
            DrivenThread next = lot.start("next", () -> passedOn.set(ParkingLot.park("a", 0, () -> true)));
            assertTrue(ParkingLot.unparkOne("b", 0, 1L));
            assertTrue(ParkingLot.unparkOne("a", 0, 2L)); // the entry of the waiter is still there, in front
            lot.runAll();
            assertTrue(waiter.hasEnded() && next.hasEnded());
            assertEquals(1, outcome.get().index());
            assertEquals(2L, passedOn.get().unparkToken());
        }
    }

    @Test
    void sourceThatNeedNotBeWaitedForIsFound() {
        FirstOf.Source ready = new FirstOf.Source("b", 0, () -> false);
        assertEquals(
                new FirstOf.Outcome(1, ParkResult.INVALID),
                FirstOf.await(List.of(source("a"), ready, source("c")), Patience.ENDLESS));
        assertNobodyWaits("a", "b", "c");
    }

    @Test
    void timeEndsTheWait() {
        AtomicReference<FirstOf.Outcome> outcome = new AtomicReference<>();
        try (DrivenLot lot = new DrivenLot()) {
            DrivenThread waiter = start(lot, outcome, Patience.within(HOUR), "a", "b");
            lot.clock().advance(HOUR.multipliedBy(2).toNanos());
            waiter.run();
            assertEquals(new FirstOf.Outcome(-1, ParkResult.TIMED_OUT), outcome.get());
            assertNobodyWaits("a", "b");
        }
    }

    @Test
    void interruptEndsTheWait() {
        AtomicReference<FirstOf.Outcome> outcome = new AtomicReference<>();
        try (DrivenLot lot = new DrivenLot()) {
            start(lot, outcome, Patience.INTERRUPTIBLE, "a", "b").interrupt();
            assertEquals(new FirstOf.Outcome(-1, ParkResult.INTERRUPTED), outcome.get());
            assertNobodyWaits("a", "b");
        }
    }

    @Test
    void conditionThatThrowsLeavesNobodyBehind() {
        FirstOf.Source broken = new FirstOf.Source("b", 0, () -> {
            throw new IllegalArgumentException("injected");
        });
        assertThrows(
                IllegalArgumentException.class, () -> FirstOf.await(List.of(source("a"), broken), Patience.ENDLESS));
        assertNobodyWaits("a", "b");
    }

    /**
     * One waits for either of two keys, in front of a thread that waits for the first. Whatever the order of two wakes
     * and of what the thread does when it is woken: if it was woken by the second key, the wake of the first is not
     * its, and reaches the other thread.
     */
    @Test
    void noWakeIsLostInAnyOrder() {
        int[] winners = new int[2];
        Schedules.all(lot -> {
            Object[] keys = {new Object(), new Object()};
            AtomicReference<FirstOf.Outcome> outcome = new AtomicReference<>();
            DrivenThread waiter = start(lot, outcome, Patience.ENDLESS, keys);
            DrivenThread next = lot.start("next", () -> ParkingLot.park(keys[0], 0, () -> true));
            lot.thread("wakes the first", () -> ParkingLot.unparkOne(keys[0], 0));
            lot.thread("wakes the second", () -> ParkingLot.unparkOne(keys[1], 0));
            return () -> {
                assertTrue(waiter.hasEnded());
                winners[outcome.get().index()]++;
                assertEquals(outcome.get().index() == 1, next.hasEnded());
                ParkingLot.unparkAll(keys[0], 0);
                lot.runAll();
            };
        });
        assertTrue(winners[0] > 0 && winners[1] > 0, "the premise");
    }

    /** Waits for either of two turnstiles, or has no time. A passage that it does not take is there for others. */
    @Test
    void noPassageIsLostInAnyOrder() {
        int[] winners = new int[3];
        for (Patience patience : List.of(Patience.ENDLESS, Patience.within(Duration.ZERO))) {
            Schedules.all(lot -> {
                List<AutoResetEvent> turnstiles = List.of(new AutoResetEvent(), new AutoResetEvent());
                AtomicReference<FirstOf.Outcome> outcome = new AtomicReference<>();
                List<FirstOf.Source> sources =
                        turnstiles.stream().map(AutoResetEvent::source).toList();
                lot.thread("waiter", () -> outcome.set(FirstOf.await(sources, patience)));
                turnstiles.forEach(turnstile -> lot.thread("setter", turnstile::set));
                return () -> {
                    Schedules.requireAllEnded(lot);
                    int passed =
                            outcome.get().result().isUnparked() ? outcome.get().index() : -1;
                    winners[passed + 1]++;
                    for (int i = 0; i < 2; i++) {
                        AutoResetEvent turnstile = turnstiles.get(i);
                        DrivenThread next = lot.start("next", () -> turnstile.await(Patience.ENDLESS));
                        assertEquals(i != passed, next.hasEnded());
                    }
                };
            });
        }
        assertTrue(winners[0] > 0 && winners[1] > 0 && winners[2] > 0, "the premise");
    }
}
