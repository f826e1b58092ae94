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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Everything at once: all modes in all forms with timeouts of up to a millisecond, conversions, fair unlocks, bumps, a
 * condition variable, interrupts; in every second round with the lock biased towards readers. Rounds of a fixed number
 * of turns, three of each kind, or as many as fit into the time given:
 *
 * <pre>
 *   mvn -q test -pl locks -am -Dtest=RwLockStressTest -Dsurefire.failIfNoSpecifiedTests=false \
 *       -Dtest.jvm.args=-Dparkinglot.stress.seconds=180
 * </pre>
 */
@ParameterizedClass
@EnumSource(value = RwLockKind.class, names = "BIASED", mode = EnumSource.Mode.EXCLUDE) // biased in every second round
class RwLockStressTest {
    private static final int WORKERS = 6;
    private static final int TURNS = 1_000;
    private static final int ROUNDS = 3;
    private static final int MAX_NANOS = 1_000_000;

    @Parameter
    private RwLockKind lockKind;

    @ParameterizedTest
    @MethodSource(Probe.THREAD_KINDS)
    void nobodyHoldsWhatTheyMayNotAndNobodyIsLeftBehind(ThreadKind kind) {
        long nanos = TimeUnit.SECONDS.toNanos(Integer.getInteger("parkinglot.stress.seconds", 0))
                / ThreadKind.available().size();
        long end = System.nanoTime() + nanos;
        for (int round = 0; round < ROUNDS || System.nanoTime() - end < 0L; round++) {
            Round run = new Round(lockKind.newLock(), kind, round);
            run.run();
            run.check();
        }
    }

    private static final class Round {
        private final ThreadKind kind;
        private final long seed;
        private final ReadersWriterLock lock;
        private final Condvar condvar = new Condvar();
        private final AtomicInteger running = new AtomicInteger(WORKERS);

        // Who holds the lock, as the workers tell: later than the lock when they come, and before it when they go.
        private final AtomicInteger readers = new AtomicInteger();
        private final AtomicInteger upgradables = new AtomicInteger();
        private final AtomicInteger writers = new AtomicInteger();
        private final AtomicInteger writes = new AtomicInteger();

        // Guarded by the lock, which is what this test is about.
        private int value;
        private int sameValue;

        Round(ReadersWriterLock lock, ThreadKind kind, long seed) {
            this.lock = lock;
            this.kind = kind;
            this.seed = seed;
        }

        void run() {
            List<Thread> workers = new ArrayList<>();
            try (TestThreads threads = new TestThreads(kind);
                    TestThreads others = new TestThreads()) {
                for (int i = 0; i < WORKERS; i++) {
                    Worker worker = new Worker(new Random(seed * WORKERS + i));
                    workers.add(threads.start("worker-" + i, worker::run));
                }
                others.start("interrupter", () -> {
                    Random random = new Random(-seed);
                    while (running.get() > 0) {
                        workers.get(random.nextInt(WORKERS)).interrupt();
                        // Also the pace of the interrupts.
                        if (lock.write().tryLockFor(Duration.ofNanos(random.nextInt(MAX_NANOS)))) {
                            lock.unlockWrite();
                        }
                        condvar.signal();
                        if (seed % 2 == 1) {
                            RwProbe.bias(lock); // again, after each writer
                        }
                    }
                });
            }
        }

        void check() {
            assertEquals(0, readers.get());
            assertEquals(0, upgradables.get());
            assertEquals(0, writers.get());
            assertEquals(writes.get(), value);
            assertEquals(writes.get(), sameValue);
            assertFalse(condvar.signal());
            RwProbe.assertIdle(lock);
            for (ParkedQueue queue : ParkingLot.snapshot()) {
                assertFalse(queue.base() == lock.base() || queue.base() == condvar, () -> "left behind: " + queue);
            }
        }

        private final class Worker {
            private final Random random;

            Worker(Random random) {
                this.random = random;
            }

            void run() {
                try {
                    for (int turn = 0; turn < TURNS; turn++) {
                        turn();
                    }
                } finally {
                    running.decrementAndGet();
                }
            }

            private void turn() {
                RwKind wanted = switch (random.nextInt(8)) {
                    case 0, 1 -> RwKind.WRITE;
                    case 2, 3 -> RwKind.UPGRADABLE;
                    case 4 -> RwKind.READ_RECURSIVE;
                    default -> RwKind.READ;
                };
                if (acquire(wanted)) {
                    switch (wanted) {
                        case WRITE -> holdForWriting();
                        case UPGRADABLE -> {
                            assertEquals(1, upgradables.incrementAndGet());
                            holdUpgradably();
                        }
                        default -> {
                            readers.incrementAndGet();
                            holdForReading();
                        }
                    }
                }
                if (random.nextInt(4) == 0) {
                    Thread.interrupted();
                }
            }

            /** In one of its forms. */
            private boolean acquire(RwKind wanted) {
                long nanos = random.nextInt(random.nextInt(MAX_NANOS) + 1); // more often little time than much
                try {
                    switch (random.nextInt(6)) {
                        case 0 -> wanted.lockInterruptibly(lock);
                        case 1 -> {
                            return wanted.tryLock(lock);
                        }
                        case 2 -> {
                            return wanted.tryLockFor(lock, Duration.ofNanos(nanos));
                        }
                        case 3 -> {
                            return wanted.tryLockUntil(lock, System.nanoTime() + nanos);
                        }
                        case 4 -> {
                            if (wanted.view(lock) != null) {
                                return wanted.view(lock).tryLock(nanos, TimeUnit.NANOSECONDS);
                            }
                            wanted.lock(lock);
                        }
                        default -> wanted.lock(lock);
                    }
                    return true;
                } catch (InterruptedException e) {
                    return false;
                }
            }

            private void holdForReading() {
                look();
                switch (random.nextInt(4)) {
                    case 0 -> {
                        readers.decrementAndGet();
                        lock.bumpRead();
                        readers.incrementAndGet();
                    }
                    case 1 -> {
                        lock.lockReadRecursive();
                        look();
                        lock.unlockRead();
                    }
                    default -> {
                        // straight on
                    }
                }
                look();
                readers.decrementAndGet();
                lock.unlockRead();
            }

            private void holdUpgradably() {
                look();
                int before = value;
                switch (random.nextInt(8)) {
                    case 0 -> {
                        upgradables.decrementAndGet();
                        lock.bumpUpgradable();
                        assertEquals(1, upgradables.incrementAndGet());
                        unlockUpgradable();
                    }
                    case 1 -> {
                        readers.incrementAndGet();
                        upgradables.decrementAndGet();
                        lock.downgradeUpgradable();
                        holdForReading();
                    }
                    case 2, 3, 4, 5 -> {
                        upgradables.decrementAndGet();
                        boolean upgraded = acquire(RwKind.UPGRADE);
                        assertEquals(before, value, "a writer got in between");
                        if (upgraded) {
                            holdForWriting();
                        } else {
                            assertEquals(1, upgradables.incrementAndGet());
                            unlockUpgradable();
                        }
                    }
                    default -> unlockUpgradable();
                }
            }

            private void unlockUpgradable() {
                look();
                upgradables.decrementAndGet();
                if (random.nextInt(4) == 0) {
                    lock.unlockUpgradableFair();
                } else {
                    lock.unlockUpgradable();
                }
            }

            private void holdForWriting() {
                write();
                switch (random.nextInt(10)) {
                    case 0 -> lock.bumpWrite();
                    case 1 -> awaitSignal();
                    case 2 -> condvar.signal();
                    case 3 -> condvar.signalAll();
                    default -> {
                        // straight on
                    }
                }
                write();
                switch (random.nextInt(6)) {
                    case 0 -> {
                        readers.incrementAndGet();
                        lock.downgrade();
                        holdForReading();
                    }
                    case 1 -> {
                        assertEquals(1, upgradables.incrementAndGet());
                        lock.downgradeToUpgradable();
                        holdUpgradably();
                    }
                    case 2 -> lock.unlockWriteFair();
                    default -> lock.unlockWrite();
                }
            }

            private void awaitSignal() {
                try {
                    condvar.awaitFor(lock, Duration.ofNanos(random.nextInt(MAX_NANOS)));
                } catch (InterruptedException e) {
                    assertTrue(lock.isWriteLocked());
                }
            }

            /** Under any hold. */
            private void look() {
                assertEquals(0, writers.get(), "beside a writer");
                assertEquals(value, sameValue, "half of a write");
                linger();
                assertEquals(0, writers.get(), "beside a writer");
            }

            private void write() {
                assertEquals(1, writers.incrementAndGet(), "two writers");
                assertEquals(0, readers.get(), "beside a reader");
                assertEquals(0, upgradables.get(), "beside an upgradable holder");
                value++;
                linger();
                sameValue++;
                writes.incrementAndGet();
                writers.decrementAndGet();
            }

            /** Now and then long enough for others to come, park, and lose patience. */
            private void linger() {
                if (random.nextInt(4) != 0) {
                    return;
                }
                long end = System.nanoTime() + random.nextInt(MAX_NANOS / 4);
                while (System.nanoTime() - end < 0L) {
                    Thread.yield();
                }
            }
        }
    }
}
