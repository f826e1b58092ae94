package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.Delays;
import dev.parkinglot.testing.TestThreads;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A park of the only worker of a pool, ended by a task of the same pool. */
class CompensationTest {
    private static final ParkOptions COMPENSATING = ParkOptions.NONE.compensating();

    private final KeyedLot lot = KeyedLot.real(4);
    private final Key key = Key.fresh();
    private ForkJoinPool pool = new ForkJoinPool(1);

    @AfterEach
    void shutDown() throws InterruptedException {
        pool.shutdown();
        assertTrue(pool.awaitTermination(Delays.LONG_DELAY.toMillis(), TimeUnit.MILLISECONDS));
        lot.checkInvariants();
        assertTrue(lot.snapshot().isEmpty());
    }

    private ParkResult park(ParkOptions options, Patience patience) {
        return lot.parkHere(key, KeyedLot.VALID, options, 0L, patience);
    }

    private static <T> T resultOf(ForkJoinTask<T> task) throws Exception {
        return task.get(Delays.LONG_DELAY.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Test
    void parkThatCompensatesDoesNotKeepThePoolFromRunningTheTaskThatEndsIt() throws Exception {
        ForkJoinTask<ParkResult> waiting = pool.submit(() -> park(COMPENSATING, Patience.ENDLESS));
        TestThreads.await("queued", () -> lot.queue(key).size() == 1);
        ForkJoinTask<Integer> waking = pool.submit(() -> lot.unparkAll(key, 5L));
        assertEquals(1, resultOf(waking));
        assertEquals(ParkResult.unparked(5L), resultOf(waiting));
    }

    @Test
    void parkThatDoesNotCompensateGetsNoSubstitute() throws Exception {
        AtomicReference<Thread> worker = new AtomicReference<>();
        ForkJoinTask<ParkResult> waiting = pool.submit(() -> {
            worker.set(Thread.currentThread());
            return park(ParkOptions.NONE, Patience.ENDLESS);
        });
        TestThreads.await("queued", () -> lot.queue(key).size() == 1);
        CountDownLatch ran = new CountDownLatch(1);
        pool.execute(ran::countDown);
        TestThreads.await("the only worker sleeps", () -> TestThreads.isAsleep(worker.get()));
        // A substitute is made before the worker falls asleep, if at all.
        assertEquals(1, pool.getPoolSize());
        assertEquals(1L, ran.getCount());
        assertEquals(1, lot.unparkAll(key, 5L));
        assertEquals(ParkResult.unparked(5L), resultOf(waiting));
        assertTrue(ran.await(Delays.LONG_DELAY.toMillis(), TimeUnit.MILLISECONDS));
    }

    @Test
    void poolThatHasNoSubstituteToOfferDoesNotMatter() throws Exception {
        pool.shutdown();
        ForkJoinPool.ForkJoinWorkerThreadFactory threads = ForkJoinPool.defaultForkJoinWorkerThreadFactory;
        pool = new ForkJoinPool(1, threads, null, false, 1, 1, 1, null, 1L, TimeUnit.MINUTES);
        ForkJoinTask<ParkResult> waiting = pool.submit(() -> park(COMPENSATING, Patience.ENDLESS));
        TestThreads.await("queued", () -> lot.queue(key).size() == 1);
        assertEquals(1, lot.unparkAll(key, 5L));
        assertEquals(ParkResult.unparked(5L), resultOf(waiting));
    }

    @Test
    void poolThatHasNoMemoryForASubstituteDoesNotMatter() throws Exception {
        AtomicInteger refusals = new AtomicInteger();
        ForkJoinPool.ForkJoinWorkerThreadFactory threads = theirs -> {
            if (theirs.getPoolSize() > 1) {
                refusals.incrementAndGet();
                throw new OutOfMemoryError("injected");
            }
            return ForkJoinPool.defaultForkJoinWorkerThreadFactory.newThread(theirs);
        };
        // Nobody waits for its end: a pool miscounts its workers when one could not be made.
        ForkJoinPool poor = new ForkJoinPool(1, threads, null, false);
        ForkJoinTask<ParkResult> waiting = poor.submit(() -> park(COMPENSATING, Patience.ENDLESS));
        TestThreads.await("queued", () -> lot.queue(key).size() == 1);
        TestThreads.await("asked for a substitute", () -> refusals.get() == 1);
        assertEquals(1, lot.unparkAll(key, 5L));
        assertEquals(ParkResult.unparked(5L), resultOf(waiting));
        poor.shutdownNow();
    }

    @Test
    void deadlineAndInterruptEndAParkThatCompensates() throws Exception {
        Patience brief = Patience.within(Delays.SHORT_DELAY);
        assertSame(ParkResult.TIMED_OUT, resultOf(pool.submit(() -> park(COMPENSATING, brief))));
        AtomicReference<Thread> worker = new AtomicReference<>();
        ForkJoinTask<Boolean> waiting = pool.submit(() -> {
            worker.set(Thread.currentThread());
            assertSame(ParkResult.INTERRUPTED, park(COMPENSATING, Patience.INTERRUPTIBLE));
            return Thread.interrupted();
        });
        TestThreads.await("queued", () -> lot.queue(key).size() == 1);
        worker.get().interrupt();
        assertFalse(resultOf(waiting), "the result stands for the flag");
    }

    @Test
    void threadThatBelongsToNoPoolParksAsUsual() {
        Patience brief = Patience.within(Delays.SHORT_DELAY);
        assertSame(ParkResult.TIMED_OUT, park(COMPENSATING, brief));
    }
}
