package dev.parkinglot.examples.synchronizers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.core.ParkingLot;
import dev.parkinglot.core.Patience;
import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThreadKind;
import dev.parkinglot.testing.ThrowingRunnable;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each synchronizer with many threads, in the shared lot. */
class SynchronizersStressTest {
    private static final int THREADS = 4;
    private static final int ROUNDS = 500;
    private static final Patience FOREVER = Patience.ENDLESS;

    static List<ThreadKind> kinds() {
        return ThreadKind.available();
    }

    private static void rounds(ThreadKind kind, ThrowingRunnable round) {
        try (TestThreads threads = new TestThreads(kind)) {
            threads.start(THREADS, "thread", () -> {
                for (int i = 0; i < ROUNDS; i++) {
                    round.run();
                    if (i % 8 == 0) {
                        TestThreads.letOthersRun();
                    }
                }
            });
        }
    }

    /** Now and then somebody gives up. */
    private static Patience mixed(AtomicInteger turns) {
        return turns.getAndIncrement() % 3 == 0 ? Patience.within(Duration.ofNanos(20_000)) : FOREVER;
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void theSemaphoreGivesOutWhatItHas(ThreadKind kind) {
        FairSemaphore semaphore = new FairSemaphore(3);
        AtomicInteger out = new AtomicInteger();
        AtomicInteger turns = new AtomicInteger();
        rounds(kind, () -> {
            int permits = 1 + turns.get() % 3;
            if (semaphore.acquire(permits, mixed(turns))) {
                assertTrue(out.addAndGet(permits) <= 3);
                out.addAndGet(-permits);
                semaphore.release(permits);
            }
        });
        assertEquals(3, semaphore.permits());
        assertEquals(List.of(), ParkingLot.waiters(semaphore, 0));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void theTurnstilePassesARightFromHandToHand(ThreadKind kind) {
        AutoResetEvent turnstile = new AutoResetEvent();
        turnstile.set();
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger turns = new AtomicInteger();
        rounds(kind, () -> {
            if (turnstile.await(mixed(turns))) {
                assertEquals(1, inside.incrementAndGet());
                inside.decrementAndGet();
                turnstile.set();
            }
        });
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void nobodyIsAheadOfTheBarrierByMoreThanARound(ThreadKind kind) {
        AtomicInteger round = new AtomicInteger();
        Barrier barrier = new Barrier(THREADS, round::incrementAndGet);
        try (TestThreads threads = new TestThreads(kind)) {
            threads.start(THREADS, "party", () -> {
                for (int i = 0; i < ROUNDS; i++) {
                    assertEquals(i, round.get());
                    barrier.await(FOREVER);
                }
            });
        }
        assertEquals(ROUNDS, round.get());
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void doorsAndLatchesLetEverybodyPass(ThreadKind kind) throws InterruptedException {
        for (int i = 0; i < 50; i++) {
            Latch latch = new Latch(THREADS);
            ManualResetEvent door = new ManualResetEvent();
            Gate gate = new Gate();
            try (TestThreads threads = new TestThreads(kind)) {
                threads.start(THREADS, "thread", () -> {
                    gate.await();
                    latch.countDown();
                    assertTrue(latch.await(FOREVER));
                    assertTrue(door.await(FOREVER));
                });
                gate.open();
                assertTrue(latch.await(FOREVER));
                door.set();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void aLockOfFutexesExcludes(ThreadKind kind) {
        int[] word = new int[1];
        long[] count = new long[1];
        rounds(kind, () -> {
            while (!Futex.ELEMENT.compareAndSet(word, 0, 0, 1)) {
                Futex.await(word, 0, 1, FOREVER);
            }
            count[0]++;
            Futex.ELEMENT.setVolatile(word, 0, 0);
            Futex.wake(word, 0, 1);
        });
        assertEquals((long) THREADS * ROUNDS, count[0]);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void theKeyLockExcludesForEachKey(ThreadKind kind) {
        KeyLock<Integer> locks = new KeyLock<>();
        long[] counts = new long[2];
        AtomicLong passed = new AtomicLong();
        AtomicInteger turns = new AtomicInteger();
        rounds(kind, () -> {
            int key = turns.get() & 1;
            if (locks.lock(key, mixed(turns))) {
                counts[key]++;
                passed.incrementAndGet();
                locks.unlock(key);
            }
        });
        assertEquals(passed.get(), counts[0] + counts[1]);
        assertTrue(locks.isEmpty());
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void whatIsExchangedAddsUp(ThreadKind kind) {
        Exchange<Integer> exchange = new Exchange<>();
        AtomicInteger given = new AtomicInteger();
        AtomicLong taken = new AtomicLong();
        int all = THREADS * ROUNDS;
        try (TestThreads threads = new TestThreads(kind)) {
            threads.start(THREADS, "thread", () -> {
                // as many as there are in all: a number for each thread could leave one without a partner
                for (int mine = given.incrementAndGet(); mine <= all; mine = given.incrementAndGet()) {
                    taken.addAndGet(exchange.exchange(mine, FOREVER));
                }
            });
        }
        assertEquals(all * (all + 1L) / 2L, taken.get());
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void theQueueLosesAndDoublesNothing(ThreadKind kind) {
        BoundedMpmcQueue<Integer> queue = new BoundedMpmcQueue<>(3);
        AtomicLong taken = new AtomicLong();
        int each = THREADS * ROUNDS;
        try (TestThreads threads = new TestThreads(kind)) {
            threads.start(2, "producer", () -> {
                for (int i = 1; i <= each; i++) {
                    assertTrue(queue.put(i, FOREVER));
                }
            });
            threads.start(2, "consumer", () -> {
                for (int i = 0; i < each; i++) {
                    taken.addAndGet(queue.take(FOREVER));
                }
            });
        }
        assertEquals((long) each * (each + 1), taken.get());
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void thePrioritySemaphoreExcludes(ThreadKind kind) {
        PrioritySemaphore semaphore = new PrioritySemaphore(1);
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger turns = new AtomicInteger();
        rounds(kind, () -> {
            if (semaphore.acquire(turns.get() % 4, mixed(turns))) {
                assertEquals(1, inside.incrementAndGet());
                inside.decrementAndGet();
                semaphore.release();
            }
        });
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void readersAndWritersExcludeEachOther(ThreadKind kind) {
        for (boolean preferWriters : new boolean[] {true, false}) {
            PreferenceRwLock lock = new PreferenceRwLock(preferWriters);
            AtomicInteger inside = new AtomicInteger();
            AtomicInteger turns = new AtomicInteger();
            rounds(kind, () -> {
                if (turns.get() % 2 == 0) {
                    if (lock.lockRead(mixed(turns))) {
                        assertTrue(inside.incrementAndGet() > 0);
                        inside.decrementAndGet();
                        lock.unlockRead();
                    }
                } else if (lock.lockWrite(mixed(turns))) {
                    assertTrue(inside.compareAndSet(0, -1000));
                    inside.set(0);
                    lock.unlockWrite();
                }
            });
        }
    }
}
