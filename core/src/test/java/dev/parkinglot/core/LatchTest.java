package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThreadKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * First in, first out, on real threads: every latch is a semaphore without permits on which all its threads wait, and
 * each single release must wake the thread that the queue shows first. The idea, and the numbers of latches, threads
 * and releases, are those of the tests of Rust's {@code parking_lot_core}; the repetitions are fewer.
 */
@ParameterizedClass
@MethodSource("kinds")
class LatchTest {
    private final ThreadKind kind;

    LatchTest(ThreadKind kind) {
        this.kind = kind;
    }

    static List<ThreadKind> kinds() {
        return ThreadKind.available();
    }

    @ParameterizedTest
    @CsvSource({
        // repetitions, latches, pause in us, threads, single releases
        "200,   1,     0,   1,   0",
        " 10,   1,     0, 100,   0",
        "200,   1,     0,   1,   1",
        "  5,   1,     0, 100, 100",
        " 10,   1,     0, 100,  50",
        " 10,   1, 5_000,   1,   0",
        "  5,   1, 5_000, 100,   0",
        "  5,   1, 5_000,   1,   1",
        "  1,   1, 2_000,  50,  50",
        "  1,   1, 2_000, 100,  50",
        "  5, 100,     0,   1,   0",
        "  1, 100, 5_000,   1,   0",
    })
    void threadsAreReleasedInTheOrderOfTheirArrival(
            int repetitions, int latches, String pauseMicros, int threadsPerLatch, int singleReleases) {
        Duration pause = Duration.ofNanos(1_000L * Long.parseLong(pauseMicros.replace("_", "")));
        for (int i = 0; i < repetitions; i++) {
            run(latches, pause, threadsPerLatch, singleReleases);
        }
    }

    private void run(int latchCount, Duration pause, int threadsPerLatch, int singleReleases) {
        List<Latch> latches = new ArrayList<>();
        try (TestThreads threads = new TestThreads(kind)) {
            for (int i = 0; i < latchCount; i++) {
                Latch latch = new Latch(threadsPerLatch);
                latches.add(latch);
                threads.start(threadsPerLatch, "latch-" + i, latch::await);
            }
            for (int i = 0; i < singleReleases; i++) {
                pause(pause); // so that sometimes all are asleep, and sometimes none is yet
                latches.forEach(Latch::releaseOne);
            }
            pause(pause);
            latches.forEach(latch -> latch.releaseRest(threadsPerLatch - singleReleases));
        }
    }

    private static void pause(Duration pause) {
        if (!pause.isZero()) {
            LockSupport.parkNanos(pause.toNanos());
        }
    }

    private static final class Latch {
        private final int threads;

        /** Below zero: how many threads wait, or have announced that they will. */
        private final AtomicInteger permits = new AtomicInteger();

        private final AtomicInteger awake = new AtomicInteger();
        private final AtomicReference<Thread> lastAwake = new AtomicReference<>();

        Latch(int threads) {
            this.threads = threads;
        }

        void await() {
            if (permits.getAndDecrement() <= 0) {
                ParkResult result = ParkingLot.park(this, 0L, () -> true);
                assertTrue(result.isUnparked());
            }
            lastAwake.set(Thread.currentThread());
            awake.incrementAndGet();
        }

        private List<Thread> queue() {
            return ParkingLot.waiters(this, 0L).stream()
                    .map(ParkedThread::thread)
                    .toList();
        }

        void releaseOne() {
            List<Thread> queue = queue();
            int awakeBefore = awake.get();
            if (permits.getAndIncrement() < 0) {
                // The thread has announced itself, but may not have parked yet.
                TestThreads.await("somebody to release", () -> ParkingLot.unparkOne(this, 0L));
            }
            TestThreads.await("a thread woke up", () -> awake.get() == awakeBefore + 1);
            if (!queue.isEmpty()) {
                assertSame(queue.get(0), lastAwake.get(), "the longest waiting");
            }
        }

        void releaseRest(int count) {
            int left = count;
            while (left > 0) {
                int waiting = queue().size();
                int awakeBefore = awake.get();
                int released = ParkingLot.unparkAll(this, 0L);
                assertTrue(released >= waiting, "all that waited before");
                assertTrue(released <= left, "nobody twice");
                TestThreads.await("they woke up", () -> awake.get() == awakeBefore + released);
                left -= released;
                Thread.yield();
            }
            assertEquals(threads, awake.get());
            assertEquals(List.of(), queue());
        }
    }
}
