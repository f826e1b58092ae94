package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.parkinglot.core.HandDrivenLot.Parked;
import dev.parkinglot.core.ParkResult.Kind;
import dev.parkinglot.parkers.ParkerBackends;
import dev.parkinglot.testing.Delays;
import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThreadKind;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Failures that other lots had. The number in a name is that of a row in the table of docs/design.md ("What is tested
 * how"). What throws in the middle of an operation is in {@link ExceptionSafetyTest}.
 */
class RegressionsTest {
    static List<ThreadKind> kinds() {
        return ThreadKind.available();
    }

    // ---- R5: a thread is chosen while its timeout, or an interrupt, makes it leave

    static Stream<Arguments> r05Cases() {
        return Stream.of(true, false)
                .flatMap(all -> Stream.of(true, false).map(interrupt -> Arguments.of(all, interrupt)));
    }

    private static int unpark(KeyedLot lot, Key key, boolean all) {
        return all ? lot.unparkAll(key, 7L) : lot.unparkOne(key, 7L).unparkedThreads();
    }

    @ParameterizedTest
    @MethodSource("r05Cases")
    void r05_threadChosenBeforeItCouldLeaveKeepsTheHandoff(boolean all, boolean interrupt) {
        try (HandDrivenLot lot = new HandDrivenLot()) {
            Key key = Key.fresh();
            Parked thread = lot.park(key, Patience.interruptiblyUntil(lot.clock.in(0L)));
            assertEquals(1, unpark(lot, key, all));
            if (interrupt) {
                thread.thread().interrupt();
            }
            assertEquals(ParkResult.unparked(7L), thread.returnFromPark().result());
            assertEquals(interrupt, thread.interruptedAfterwards());
        }
    }

    @ParameterizedTest
    @MethodSource("r05Cases")
    void r05_threadThatLeftFirstIsNotHandedAnything(boolean all, boolean interrupt) {
        try (HandDrivenLot lot = new HandDrivenLot()) {
            Key key = Key.fresh();
            Parked thread = lot.park(key, Patience.interruptiblyUntil(lot.clock.in(0L)));
            if (interrupt) {
                thread.thread().interrupt();
            }
            thread.returnFromPark();
            assertEquals(0, unpark(lot, key, all));
            assertSame(interrupt ? ParkResult.INTERRUPTED : ParkResult.TIMED_OUT, thread.result());
        }
    }

    /** The same race on real threads: whatever the order, the unparker and the thread agree. */
    @ParameterizedTest
    @MethodSource("kinds")
    void r05_unparkerAndThreadAgreeWhetherItWasChosen(ThreadKind kind) {
        int rounds = 1_000;
        KeyedLot lot = KeyedLot.real(4);
        Key key = Key.fresh();
        int[] chosen = new int[rounds];
        boolean[] unparked = new boolean[rounds];
        CyclicBarrier start = new CyclicBarrier(2);
        try (TestThreads threads = new TestThreads(kind)) {
            threads.start("waiter", () -> {
                for (int i = 0; i < rounds; i++) {
                    long deadline = System.nanoTime() + 50_000L;
                    unparked[i] = lot.parkHere(key, Patience.until(deadline)).isUnparked();
                    start.await();
                }
            });
            threads.start("unparker", () -> {
                for (int i = 0; i < rounds; i++) {
                    LockSupport.parkNanos(1_000L * ThreadLocalRandom.current().nextInt(50));
                    chosen[i] = unpark(lot, key, i % 2 != 0);
                    start.await();
                }
            });
        }
        for (int i = 0; i < rounds; i++) {
            assertEquals(chosen[i] == 1, unparked[i], "round " + i);
        }
        assertEquals(List.of(), lot.snapshot());
    }

    // ---- R6: "was I the last?" where somebody without a deadline waits in front

    @Test
    void r06_lastThreadFlagSeesAThreadWithoutDeadlineInFront() {
        try (HandDrivenLot lot = new HandDrivenLot()) {
            Key key = Key.fresh();
            Parked endless = lot.park(key);
            ScriptedCallbacks callbacks = new ScriptedCallbacks();
            Parked timed = lot.park(key, callbacks, Patience.until(lot.clock.in(0L)));
            assertSame(ParkResult.TIMED_OUT, timed.returnFromPark().result());
            assertEquals(Call.timedOut(key, false), callbacks.calls.get(2));
            assertEquals(1, lot.unparkOne(key, 1L).unparkedThreads());
            assertTrue(endless.wokenResult().isUnparked());
        }
    }

    @Test
    void r06_lastThreadFlagIgnoresThreadsOfOtherKeysInTheBucket() {
        try (HandDrivenLot lot = new HandDrivenLot()) { // one bucket
            Key key = Key.fresh();
            Key neighbour = Key.fresh();
            Parked stranger = lot.park(neighbour);
            ScriptedCallbacks callbacks = new ScriptedCallbacks();
            Parked timed = lot.park(key, callbacks, Patience.until(lot.clock.in(0L)));
            assertSame(ParkResult.TIMED_OUT, timed.returnFromPark().result());
            assertEquals(Call.timedOut(key, true), callbacks.calls.get(2));
            lot.assertQueue(neighbour, List.of(stranger));
        }
    }

    // ---- R18: growth, requeue and timeouts together

    @ParameterizedTest
    @MethodSource("kinds")
    void r18_thousandsOfThreadsOnHundredsOfKeysLoseNoWake(ThreadKind kind) {
        int threadCount = kind == ThreadKind.VIRTUAL ? 10_000 : 600;
        int keyCount = threadCount / 10;
        KeyedLot lot = KeyedLot.real(2);
        List<Key> keys = Stream.generate(Key::fresh).limit(keyCount).toList();
        AtomicInteger running = new AtomicInteger(threadCount);
        AtomicInteger woken = new AtomicInteger();
        AtomicInteger left = new AtomicInteger();
        AtomicInteger timedOutCalls = new AtomicInteger();
        ParkCallbacks<Object> callbacks = new LeaveCounter(timedOutCalls);
        AtomicInteger next = new AtomicInteger();
        int unparked = 0;
        int largest = 0;
        try (TestThreads threads = new TestThreads(kind)) {
            threads.start(threadCount, "parker", () -> {
                int number = next.getAndIncrement();
                Key key = keys.get(number % keyCount);
                // A third has no deadline: if its wake were lost, the test would not end.
                Patience patience = number % 3 == 0
                        ? Patience.ENDLESS
                        : Patience.until(System.nanoTime() + 10_000L * (number % 1_000));
                boolean wasWoken = lot.parkHere(key, callbacks, ParkOptions.NONE, number, patience)
                        .isUnparked();
                (wasWoken ? woken : left).incrementAndGet();
                running.decrementAndGet();
            });
            long giveUp = System.nanoTime() + Delays.LONG_DELAY.toNanos();
            for (int i = 0; running.get() > 0 && System.nanoTime() - giveUp < 0L; i++) {
                largest = Math.max(largest, lot.tableSize());
                Key key = keys.get(i % keyCount);
                Key target = keys.get((i + 1) % keyCount);
                unparked += lot.requeue(key, target, new FixedRequeue(RequeueOp.UNPARK_ONE_REQUEUE_REST))
                        .unparkedThreads();
                unparked += lot.unparkOne(target, 0L).unparkedThreads();
                if (i % 7 == 0) {
                    unparked += lot.unparkAll(key, 0L);
                }
            }
        }
        lot.checkInvariants();
        assertEquals(List.of(), lot.snapshot());
        assertEquals(threadCount, woken.get() + left.get());
        assertEquals(unparked, woken.get());
        assertEquals(timedOutCalls.get(), left.get());
        assertTrue(largest > 2, "it has grown");
    }

    // ---- R19: extreme deadlines, with real parkers

    @ParameterizedTest
    @ValueSource(longs = {0L, -1L, -1_000_000_000L, Long.MIN_VALUE >> 1})
    void r19_deadlineThatHasPassedTimesOut(long nanosAhead) {
        KeyedLot lot = KeyedLot.real(4);
        Key key = Key.fresh();
        try (TestThreads threads = new TestThreads()) {
            threads.start("parker", () -> {
                Patience patience = Patience.until(System.nanoTime() + nanosAhead);
                assertSame(ParkResult.TIMED_OUT, lot.parkHere(key, patience));
            });
        }
        assertEquals(List.of(), lot.snapshot());
    }

    @ParameterizedTest
    @ValueSource(longs = {60_000_000_000L, Long.MAX_VALUE >> 1, Long.MAX_VALUE - 1_000_000_000L})
    void r19_deadlineFarAheadDoesNotTimeOut(long nanosAhead) {
        KeyedLot lot = KeyedLot.real(4);
        Key key = Key.fresh();
        try (TestThreads threads = new TestThreads()) {
            Thread parker = threads.start("parker", () -> {
                Patience patience = Patience.until(System.nanoTime() + nanosAhead);
                assertEquals(ParkResult.unparked(3L), lot.parkHere(key, patience));
            });
            awaitAsleep(parker);
            lot.unparkOne(key, 3L);
        }
    }

    // ---- R20: an interrupt and a storm of stray permits during an uninterruptible park

    @Test
    void r20_interruptAndStrayPermitsNeitherEndAnUninterruptibleParkNorMakeItSpin() {
        assumeFalse(ParkerBackends.chosen().name().equals("spin"), "it spins, as it says");
        KeyedLot lot = KeyedLot.real(4);
        Key key = Key.fresh();
        AtomicBoolean returned = new AtomicBoolean();
        try (TestThreads threads = new TestThreads()) {
            Thread parker = threads.start("parker", () -> {
                ParkResult result = lot.parkHere(key, Patience.ENDLESS);
                returned.set(true);
                assertEquals(ParkResult.unparked(3L), result);
                assertTrue(Thread.interrupted(), "the flag is restored");
            });
            awaitAsleep(parker);
            parker.interrupt();
            for (int i = 0; i < 1_000; i++) {
                LockSupport.unpark(parker);
            }
            awaitAsleep(parker);
            TestThreads.awaitIdle(parker);
            assertTrue(!returned.get(), "still parked");
            lot.unparkOne(key, 3L);
        }
    }

    private static void awaitAsleep(Thread thread) {
        TestThreads.await("asleep", () -> TestThreads.isAsleep(thread) || !thread.isAlive());
    }

    // ---- R25: two hot keys in one bucket, with many waiters

    @Test
    void r25_operationsOnTwoHotKeysOfOneBucketDoNotSlowDownWithTheNumberOfWaiters() {
        // A list that is walked would make the ratio about a thousand. Caches and the collector make it some small
        // number.
        long few = bestTime(10);
        long many = bestTime(10_000);
        assertTrue(many < 50L * few, () -> few + " ns with 10 waiters, " + many + " ns with 10 000");
    }

    private static long bestTime(int waiters) {
        HotBucket bucket = new HotBucket(waiters);
        long best = Long.MAX_VALUE;
        for (int i = 0; i < 10; i++) {
            long start = System.nanoTime();
            for (int j = 0; j < 300; j++) {
                bucket.operate();
            }
            best = Math.min(best, System.nanoTime() - start);
        }
        bucket.lot.checkInvariants();
        return best;
    }

    /** Two keys in the one bucket of a table; their waiters are queued without threads, since nobody is to sleep. */
    private static final class HotBucket {
        private final KeyedLot lot = Sleepless.lot(1);
        private final List<Key> keys = List.of(Key.fresh(), Key.fresh());

        HotBucket(int waiters) {
            for (int i = 0; i < waiters; i++) {
                Sleepless.enqueue(lot, keys.get(i % 2));
            }
        }

        /** Wakes one and enqueues one, times out at the end, and moves the first to the other queue, on both keys. */
        void operate() {
            for (int i = 0; i < 2; i++) {
                Key key = keys.get(i);
                assertTrue(lot.unparkOne(key, KeyedLot.NO_TOKEN).haveMoreThreads());
                Sleepless.enqueue(lot, key);
                Patience expired = Patience.until(System.nanoTime());
                assertSame(ParkResult.TIMED_OUT, lot.parkHere(key, expired));
                assertEquals(
                        1,
                        lot.requeue(key, keys.get(1 - i), new FixedRequeue(RequeueOp.REQUEUE_ONE))
                                .requeuedThreads());
            }
        }
    }

    // ---- R26: a waiter enqueues then checks, a notifier publishes then looks for waiters

    @ParameterizedTest
    @MethodSource("kinds")
    void r26_waiterAndNotifierNeverBothMiss(ThreadKind kind) {
        int rounds = 5_000;
        KeyedLot lot = KeyedLot.real(4);
        Key key = Key.fresh();
        AtomicInteger published = new AtomicInteger(); // opaque accesses: the bucket lock must do the ordering
        CyclicBarrier start = new CyclicBarrier(2);
        try (TestThreads threads = new TestThreads(kind)) {
            threads.start("waiter", () -> {
                for (int i = 1; i <= rounds; i++) {
                    int round = i;
                    ParkCallbacks<Object> callbacks = (context, token) -> published.getOpaque() != round;
                    Patience patience = Patience.until(System.nanoTime() + Delays.LONG_DELAY.toNanos());
                    Kind ended = lot.parkHere(key, callbacks, ParkOptions.NONE, 0L, patience)
                            .kind();
                    assertTrue(ended == Kind.UNPARKED || ended == Kind.INVALID, () -> "round " + round + ": " + ended);
                    start.await();
                }
            });
            threads.start("notifier", () -> {
                for (int i = 1; i <= rounds; i++) {
                    published.setOpaque(i);
                    lot.unparkOne(key, 0L);
                    start.await();
                }
            });
        }
    }

    // ---- R28: growth while a thread is timing out of a bucket of the old table

    @Test
    void r28_threadThatIsInTimedOutWhenTheTableGrowsLeavesOnce() {
        for (int round = 0; round < 20; round++) {
            KeyedLot lot = KeyedLot.real(1);
            Key key = Key.fresh();
            CountDownLatch inTimedOut = new CountDownLatch(1);
            CountDownLatch mayLeave = new CountDownLatch(1);
            AtomicInteger timedOutCalls = new AtomicInteger();
            try (TestThreads threads = new TestThreads()) {
                Crowd crowd = new Crowd(lot, threads, 8);
                ScriptedCallbacks callbacks = new ScriptedCallbacks().on("timedOut", () -> {
                    timedOutCalls.incrementAndGet();
                    inTimedOut.countDown();
                    awaitLatch(mayLeave);
                });
                startLeaver(threads, lot, key, callbacks);
                awaitLatch(inTimedOut);
                // The leaver holds the only bucket. These want it too, and the last of them will want the table to
                // grow.
                Crowd late = new Crowd(lot, threads);
                late.begin(4);
                mayLeave.countDown();
                late.awaitQueued();
                assertTrue(lot.tableSize() > 1, "it has grown");
                assertEquals(1, timedOutCalls.get());
                crowd.release();
                late.release();
            }
            lot.checkInvariants();
            assertEquals(List.of(), lot.snapshot());
        }
    }

    @Test
    void r28_threadThatTimesOutWhileTheTableGrowsLeavesOnce() {
        for (int round = 0; round < 20; round++) {
            KeyedLot lot = KeyedLot.real(1);
            Key key = Key.fresh();
            AtomicInteger timedOutCalls = new AtomicInteger();
            CountDownLatch mayValidate = new CountDownLatch(1);
            CountDownLatch inValidate = new CountDownLatch(1);
            try (TestThreads threads = new TestThreads()) {
                Crowd crowd = new Crowd(lot, threads, 8);
                ScriptedCallbacks callbacks = new ScriptedCallbacks()
                        .on("timedOut", timedOutCalls::incrementAndGet)
                        .on("beforeSleep", () -> awaitLatch(inValidate));
                Thread leaver = startLeaver(threads, lot, key, callbacks);
                TestThreads.await(
                        "the leaver is queued", () -> !lot.waiters(key).isEmpty());
                // Somebody holds the only bucket, in validate; behind it the leaver and those who make the table grow
                // queue up.
                ParkCallbacks<Object> holding = (context, token) -> {
                    inValidate.countDown();
                    awaitLatch(mayValidate);
                    return false;
                };
                threads.start(
                        "holder", () -> lot.parkHere(Key.fresh(), holding, ParkOptions.NONE, 0L, Patience.ENDLESS));
                Crowd late = new Crowd(lot, threads);
                late.begin(4);
                awaitAsleep(leaver);
                mayValidate.countDown();
                late.awaitQueued();
                TestThreads.join(leaver);
                assertTrue(lot.tableSize() > 1, "it has grown");
                assertEquals(1, timedOutCalls.get());
                crowd.release();
                late.release();
            }
            lot.checkInvariants();
            assertEquals(List.of(), lot.snapshot());
        }
    }

    private static void awaitLatch(CountDownLatch latch) {
        TestThreads.await("the latch is open", () -> latch.getCount() == 0L);
    }

    /** A thread that leaves the queue of its key at once. */
    private static Thread startLeaver(TestThreads threads, KeyedLot lot, Key key, ScriptedCallbacks callbacks) {
        return threads.start("leaver", () -> {
            Patience patience = Patience.until(System.nanoTime());
            assertSame(ParkResult.TIMED_OUT, lot.parkHere(key, callbacks, ParkOptions.NONE, 0L, patience));
        });
    }

    /** Threads that park on keys of their own, to fill the table. */
    private static final class Crowd {
        private final KeyedLot lot;
        private final TestThreads threads;
        private final List<Key> keys = new ArrayList<>();

        Crowd(KeyedLot lot, TestThreads threads) {
            this.lot = lot;
            this.threads = threads;
        }

        Crowd(KeyedLot lot, TestThreads threads, int size) {
            this(lot, threads);
            begin(size);
            awaitQueued();
        }

        void begin(int size) {
            for (int i = 0; i < size; i++) {
                Key key = Key.fresh();
                keys.add(key);
                threads.start(
                        "crowd-" + i,
                        () -> assertTrue(lot.parkHere(key, Patience.ENDLESS).isUnparked()));
            }
        }

        void awaitQueued() {
            for (Key key : keys) {
                TestThreads.await("queued", () -> !lot.waiters(key).isEmpty());
            }
        }

        void release() {
            keys.forEach(key -> assertEquals(1, lot.unparkAll(key, 0L)));
        }
    }

    // ---- R29: an untimed park right after a timed one, which some builds of JDK 25 get wrong on virtual threads

    @ParameterizedTest
    @MethodSource("kinds")
    void r29_untimedParkRightAfterATimedOneIsWoken(ThreadKind kind) {
        int rounds = 1_000;
        KeyedLot lot = KeyedLot.real(4);
        Key key = Key.fresh();
        AtomicBoolean done = new AtomicBoolean();
        try (TestThreads threads = new TestThreads(kind)) {
            threads.start("parker", () -> {
                try {
                    for (int i = 0; i < rounds; i++) {
                        Patience brief = Patience.until(System.nanoTime() + 20_000L);
                        lot.parkHere(key, brief);
                        assertTrue(lot.parkHere(key, Patience.ENDLESS).isUnparked());
                    }
                } finally {
                    done.set(true);
                }
            });
            TestThreads.await("all rounds are done", () -> {
                lot.unparkOne(key, 0L);
                LockSupport.parkNanos(10_000L); // so that some of the timed parks do time out
                return done.get();
            });
        }
    }
}
