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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Everything at once, for a while: all ways to lock and unlock, short timeouts, interrupts, condition variables. */
@Concurrent
class LocksStressTest {
    private static final int THREADS = 6;
    private static final int TURNS = 2_000;

    private record Setup(ThreadKind kind, LockKind lock, boolean withCondvar) {}

    static List<Setup> setups() {
        List<Setup> setups = new ArrayList<>();
        for (ThreadKind kind : ThreadKind.available()) {
            for (LockKind lock : LockKind.values()) {
                if (lock != LockKind.RW_LOCK && lock != LockKind.BUFFER_RW_LOCK) { // for which see RwLockStressTest
                    setups.add(new Setup(kind, lock, false)); // so that the 1-0 exit is stressed too
                    setups.add(new Setup(kind, lock, true));
                }
            }
        }
        return setups;
    }

    @ParameterizedTest
    @MethodSource("setups")
    void theCounterIsExactAndNobodyIsLeftBehind(Setup setup) {
        Run run = new Run(setup, setup.lock().newLock());
        run.run();
        run.check();
    }

    private static final class Run {
        private final Setup setup;
        private final CondvarLock mutex;
        private final ScopedLock<?> lock; // the same
        private final Condvar condvar = new Condvar();
        private final AtomicInteger expected = new AtomicInteger();
        private final AtomicInteger running = new AtomicInteger(THREADS);

        // Guarded by the mutex, which is what this test is about.
        private int counter;
        private boolean inside;

        Run(Setup setup, CondvarLock mutex) {
            this.setup = setup;
            this.mutex = mutex;
            this.lock = (ScopedLock<?>) mutex;
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
                                turn(random, mutex instanceof ReentrantMutex ? random.nextInt(4) : 0);
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
                        if (lock.tryLockFor(Duration.ofNanos(random.nextInt(100_000)))) {
                            lock.unlock();
                        }
                    }
                });
            }
        }

        /** Locks, works, does the same once more so many times inside, and unlocks. */
        private void turn(Random random, int deeper) {
            int before = holds();
            boolean held;
            try {
                held = Exclusive.lockInSomeWay(lock, random);
            } catch (InterruptedException e) {
                held = false;
            }
            if (held) {
                assertTrue(holds() > before || !(mutex instanceof ReentrantMutex));
                work(random);
                if (deeper > 0) {
                    turn(random, deeper - 1);
                    count();
                }
                unlock(random);
            }
            assertEquals(before, holds());
            if (random.nextInt(4) == 0) {
                Thread.interrupted();
            }
        }

        /** Of this thread, if the lock counts them. */
        private int holds() {
            return mutex instanceof ReentrantMutex reentrant ? reentrant.getHoldCount() : 0;
        }

        private void work(Random random) {
            int holds = holds();
            count();
            switch (random.nextInt(setup.withCondvar() ? 8 : 3)) {
                case 0 -> lock.bump();
                case 3, 4 -> await(random);
                case 5 -> condvar.signal();
                case 6 -> condvar.signalAll();
                default -> {
                    // straight on
                }
            }
            assertEquals(holds, holds(), "all are back");
            count();
        }

        private void await(Random random) {
            try {
                condvar.awaitFor(mutex, Duration.ofNanos(random.nextInt(1_000_000)));
            } catch (InterruptedException e) {
                assertTrue(Exclusive.isLocked(mutex));
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
                lock.unlockFair();
            } else {
                lock.unlock();
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
