package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThreadKind;
import dev.parkinglot.testing.ThrowingRunnable;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the tests of upstream's {@code rwlock.rs} check, as far as Java has it: there is no value inside the lock,
 * nothing to unwrap or to serialize, and a lock is never poisoned.
 */
class RwLockUpstreamTest {
    private final ReadersWriterLock lock = newLock();

    /** Of what kind of lock all this is true: overridden. */
    ReadersWriterLock newLock() {
        return new RwLock();
    }

    @AfterEach
    void leaveNothingBehind() {
        RwProbe.assertIdle(lock);
    }

    @Test
    void everyModeCanBeLockedInTurnAndReadersTogether() {
        for (RwKind kind : List.of(RwKind.READ, RwKind.WRITE, RwKind.UPGRADABLE)) {
            kind.lock(lock);
            kind.unlock(lock);
        }
        for (RwKind second : List.of(RwKind.READ, RwKind.UPGRADABLE)) {
            lock.lockRead();
            second.lock(lock);
            second.unlock(lock);
            lock.unlockRead();
        }
        lock.lockWrite();
        lock.unlockWrite();
    }

    @ParameterizedTest
    @MethodSource(RwProbe.THREAD_KINDS)
    void tenThreadsThatMostlyReadAndSometimesWriteComeToAnEnd(ThreadKind kind) {
        int count = 10;
        int each = 1_000;
        try (TestThreads threads = new TestThreads(kind)) {
            for (int i = 0; i < count; i++) {
                Random random = new Random(i);
                threads.start("thread-" + i, () -> {
                    for (int j = 0; j < each; j++) {
                        RwKind mode = random.nextInt(count) == 0 ? RwKind.WRITE : RwKind.READ;
                        mode.lock(lock);
                        mode.unlock(lock);
                    }
                });
            }
        }
    }

    @Test
    void anExceptionOfOneHolderDoesNotSpoilTheLockForTheNext() {
        Runnable failing = () -> {
            throw new IllegalStateException("on purpose");
        };
        List<ThrowingRunnable> first = List.of(() -> lock.runWrite(failing::run), () -> lock.runRead(failing::run));
        List<RwKind> next = List.of(RwKind.READ, RwKind.WRITE);
        for (ThrowingRunnable holder : first) {
            for (RwKind kind : next) {
                try (TestThreads threads = new TestThreads()) {
                    threads.start("holder", () -> assertThrows(IllegalStateException.class, holder::run));
                }
                assertTrue(kind.tryLock(lock));
                kind.unlock(lock);
            }
        }
    }

    @Test
    void theLockCanBeTakenWhileAnExceptionUnwindsTheStack() {
        int[] value = {1}; // guarded by the lock
        try (TestThreads threads = new TestThreads()) {
            threads.start(
                    "holder",
                    () -> assertThrows(IllegalStateException.class, () -> {
                        try {
                            throw new IllegalStateException("on purpose");
                        } finally {
                            lock.withWrite(() -> value[0]++);
                        }
                    }));
        }
        lock.lockRead();
        assertEquals(2, value[0]);
        lock.unlockRead();
    }

    /** One writes in two steps, with a scandalous value in between; nobody else may ever see that. */
    @ParameterizedTest
    @MethodSource(RwProbe.THREAD_KINDS)
    void readersNeverCatchAWriterInTheAct(ThreadKind kind) {
        int[] value = new int[1]; // guarded by the lock
        try (TestThreads threads = new TestThreads(kind)) {
            threads.start("writer", () -> {
                lock.lockWrite();
                for (int i = 0; i < 10; i++) {
                    writeInTwoSteps(value);
                }
                lock.unlockWrite();
            });
            threads.start(5, "reader", () -> {
                lock.lockRead();
                assertTrue(value[0] >= 0);
                lock.unlockRead();
            });
        }
        assertEquals(10, value[0]);
    }

    @ParameterizedTest
    @MethodSource(RwProbe.THREAD_KINDS)
    void upgradersNeverCatchAWriterInTheActAndFindWhatTheyHaveRead(ThreadKind kind) {
        int[] value = new int[1]; // guarded by the lock
        try (TestThreads threads = new TestThreads(kind)) {
            threads.start("writer", () -> {
                for (int i = 0; i < 10; i++) {
                    lock.lockWrite();
                    writeInTwoSteps(value);
                    lock.unlockWrite();
                }
            });
            threads.start(5, "upgrader", () -> {
                lock.lockUpgradable();
                int before = value[0];
                assertTrue(before >= 0);
                Thread.yield();
                lock.upgrade();
                assertEquals(before, value[0]);
                writeInTwoSteps(value);
                lock.unlockWrite();
            });
            threads.start(5, "reader", () -> {
                lock.lockRead();
                assertTrue(value[0] >= 0);
                lock.unlockRead();
            });
        }
        assertEquals(15, value[0]);
    }

    private static void writeInTwoSteps(int[] value) {
        int before = value[0];
        value[0] = -1;
        Thread.yield();
        value[0] = before + 1;
    }

    @Test
    void eachTryLockAnswersForEachHold() {
        record Expectation(RwKind held, RwKind tried, boolean succeeds) {}

        List<Expectation> expectations = List.of(
                new Expectation(RwKind.READ, RwKind.READ, true),
                new Expectation(RwKind.UPGRADABLE, RwKind.READ, true),
                new Expectation(RwKind.WRITE, RwKind.READ, false),
                new Expectation(RwKind.READ, RwKind.WRITE, false),
                new Expectation(RwKind.UPGRADABLE, RwKind.WRITE, false),
                new Expectation(RwKind.WRITE, RwKind.WRITE, false),
                new Expectation(RwKind.READ, RwKind.UPGRADABLE, true),
                new Expectation(RwKind.UPGRADABLE, RwKind.UPGRADABLE, false),
                new Expectation(RwKind.WRITE, RwKind.UPGRADABLE, false));
        for (Expectation expectation : expectations) {
            expectation.held.lock(lock);
            assertEquals(expectation.succeeds, expectation.tried.tryLock(lock), expectation.toString());
            assertTrue(lock.isLocked());
            assertEquals(expectation.held == RwKind.WRITE, lock.isWriteLocked());
            if (expectation.succeeds) {
                expectation.tried.unlock(lock);
            }
            expectation.held.unlock(lock);
            assertFalse(lock.isLocked());
        }
    }

    @ParameterizedTest
    @MethodSource(RwProbe.THREAD_KINDS)
    void eightThreadsDowngradeAHundredTimesAndReadWhatTheyWrote(ThreadKind kind) {
        int[] value = new int[1]; // guarded by the lock
        try (TestThreads threads = new TestThreads(kind)) {
            threads.start(8, "writer", () -> {
                for (int i = 0; i < 100; i++) {
                    lock.lockWrite();
                    int written = ++value[0];
                    Thread.yield(); // others come, and wait
                    lock.downgrade();
                    assertEquals(written, value[0], "a writer got in between");
                    lock.unlockRead();
                }
            });
        }
        assertEquals(800, value[0]);
    }

    @ParameterizedTest
    @MethodSource(RwProbe.THREAD_KINDS)
    void recursiveReadingDoesNotWaitForAWriterThatWaitsForTheFirstHold(ThreadKind kind) {
        try (TestThreads threads = new TestThreads(kind)) {
            lock.lockRead();
            RwProbe.startQueued(threads, lock, RwProbe.DRAIN, "writer", () -> {
                lock.lockWrite();
                lock.unlockWrite();
            });
            Thread recursive = threads.start("as the same thread would", () -> {
                lock.lockReadRecursive();
                lock.unlockRead();
            });
            TestThreads.join(recursive);
            lock.unlockRead();
        }
    }

    /** Upstream's issue 430: the second time came to grief. */
    @Test
    void withUpgradedTwiceInARowLeavesTheHoldUpgradable() {
        lock.lockUpgradable();
        for (int i = 0; i < 2; i++) {
            lock.runUpgraded(() -> assertTrue(RwProbe.has(lock, RwProbe.WRITER)));
            assertEquals(RwProbe.ONE_READER | RwProbe.UPGRADABLE, RwProbe.state(lock));
        }
        lock.unlockUpgradable();
    }

    /**
     * Upstream's issue 203: a lock that is used in a destructor of thread-local data. Here: after everything else of a
     * thread.
     */
    @Test
    void theLockWorksInAHandlerOfUncaughtExceptions() throws InterruptedException {
        AtomicReference<Throwable> seen = new AtomicReference<>();
        CountDownLatch handled = new CountDownLatch(1);
        try (TestThreads threads = new TestThreads()) {
            threads.start("starter", () -> {
                Thread dying = new Thread(() -> {
                    throw new IllegalStateException("on purpose");
                });
                dying.setUncaughtExceptionHandler((thread, failure) -> {
                    lock.runWrite(() -> seen.set(failure));
                    handled.countDown();
                });
                dying.start();
                TestThreads.join(dying);
            });
        }
        assertEquals(0L, handled.getCount());
        assertEquals("on purpose", seen.get().getMessage());
    }
}
