package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.core.ParkedQueue;
import dev.parkinglot.core.ParkingLot;
import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThreadKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Everything at once, for a while: all ways to lock and unlock, short timeouts, interrupts, condition variables. */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD) // should this thread itself be wedged
class LocksStressTest {
    private static final int THREADS = 6;
    private static final int TURNS = 2_000;

    private record Setup(ThreadKind kind, boolean fair, boolean withCondvar) {}

    static List<Setup> setups() {
        List<Setup> setups = new ArrayList<>();
        for (ThreadKind kind : ThreadKind.available()) {
            for (boolean fair : new boolean[] {false, true}) {
                setups.add(new Setup(kind, fair, false)); // so that the 1-0 exit is stressed too
                setups.add(new Setup(kind, fair, true));
            }
        }
        return setups;
    }

    MutualExclusionLock newMutex() {
        return new Mutex();
    }

    @ParameterizedTest
    @MethodSource("setups")
    void theCounterIsExactAndNobodyIsLeftBehind(Setup setup) {
        Run run = new Run(setup, setup.fair() ? new FairMutex() : newMutex());
        run.run();
        run.check();
    }

    private static final class Run {
        private final Setup setup;
        private final MutualExclusionLock mutex;
        private final Condvar condvar = new Condvar();
        private final AtomicInteger expected = new AtomicInteger();
        private final AtomicInteger running = new AtomicInteger(THREADS);

        // Guarded by the mutex, which is what this test is about.
        private int counter;
        private boolean inside;

        Run(Setup setup, MutualExclusionLock mutex) {
            this.setup = setup;
            this.mutex = mutex;
        }

        void run() {
            List<Thread> workers = new ArrayList<>();
            CountDownLatch start = new CountDownLatch(1);
            try (TestThreads threads = new TestThreads(setup.kind());
                    TestThreads others = new TestThreads()) {
                for (int i = 0; i < THREADS; i++) {
                    Random random = new Random(i);
                    workers.add(threads.start("worker-" + i, () -> {
                        try {
                            // Not by the latch itself, which an early interrupt would end.
                            TestThreads.await("the start", () -> start.getCount() == 0L);
                            for (int turn = 0; turn < TURNS; turn++) {
                                turn(random);
                            }
                        } finally {
                            running.decrementAndGet();
                        }
                    }));
                }
                start.countDown();
                others.start("interrupter", () -> {
                    Random random = new Random(-1L);
                    while (running.get() > 0) {
                        workers.get(random.nextInt(THREADS)).interrupt();
                        if (mutex.tryLockFor(Duration.ofNanos(random.nextInt(100_000)))) {
                            mutex.unlock();
                        }
                    }
                });
            }
        }

        private void turn(Random random) {
            boolean held;
            try {
                held = Exclusive.lockInSomeWay(mutex, random);
            } catch (InterruptedException e) {
                return; // not held
            }
            if (held) {
                work(random);
                unlock(random);
            }
            if (random.nextInt(4) == 0) {
                Thread.interrupted();
            }
        }

        private void work(Random random) {
            count();
            switch (random.nextInt(setup.withCondvar() ? 8 : 3)) {
                case 0 -> mutex.bump();
                case 3, 4 -> await(random);
                case 5 -> condvar.signal();
                case 6 -> condvar.signalAll();
                default -> {
                    // straight on
                }
            }
            count();
        }

        private void await(Random random) {
            try {
                condvar.awaitFor(mutex, Duration.ofNanos(random.nextInt(1_000_000)));
            } catch (InterruptedException e) {
                assertTrue(mutex.isLocked());
            }
        }

        private void count() {
            assertFalse(inside, "two threads inside");
            inside = true;
            counter++;
            for (int i = counter & 255; i > 0; i--) {
                Thread.onSpinWait(); // long enough for others to come and park
            }
            inside = false;
            expected.incrementAndGet();
        }

        private void unlock(Random random) {
            if (random.nextInt(8) == 0) {
                mutex.unlockFair();
            } else {
                mutex.unlock();
            }
        }

        void check() {
            assertEquals(expected.get(), counter);
            Probe.assertIdle(mutex);
            assertFalse(condvar.signal());
            for (ParkedQueue queue : ParkingLot.snapshot()) {
                assertFalse(queue.base() == mutex.base() || queue.base() == condvar, () -> "left behind: " + queue);
            }
        }
    }
}
