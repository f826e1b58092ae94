package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.Delays;
import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThreadKind;
import dev.parkinglot.testing.ThrowingRunnable;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.openjdk.jol.info.ClassLayout;

/** {@link RwLock}, sentence by sentence of its Javadoc, but for the forms of acquiring: {@link RwLockAcquiringTest}. */
class RwLockTest {
    /** Of tests of the fair unlocks: any other is fair as well, now and then. */
    private static final int ROUNDS = 20;

    private final ReadersWriterLock lock = newLock();

    /** Of what kind of lock all this is true: overridden. */
    ReadersWriterLock newLock() {
        return new RwLock();
    }

    @AfterEach
    void leaveNothingBehind() {
        assertFalse(Thread.interrupted(), "the test thread's interrupt flag");
        RwProbe.assertIdle(lock);
    }

    private static void await(CountDownLatch latch) throws InterruptedException {
        assertTrue(latch.await(Delays.LONG_DELAY.toNanos(), TimeUnit.NANOSECONDS));
    }

    private Thread startWriter(TestThreads threads, long queue) {
        return RwProbe.startQueued(threads, lock, queue, "writer", () -> {
            lock.lockWrite();
            lock.unlockWrite();
        });
    }

    private Thread startReader(TestThreads threads) {
        return RwProbe.startQueued(threads, lock, RwProbe.MAIN, "reader", () -> {
            lock.lockRead();
            lock.unlockRead();
        });
    }

    // ---- the object

    @Test
    void takesSixteenBytes() {
        assertEquals(16L, ClassLayout.parseClass(RwLock.class).instanceSize());
    }

    private static final class Ledger extends RwLock {
        long balance;
    }

    @Test
    void aSubclassIsItsOwnLock() {
        Ledger ledger = new Ledger();
        ledger.runWrite(() -> {
            ledger.balance += 10L;
        });
        long balance = ledger.withRead(() -> ledger.balance);
        assertEquals(10L, balance);
        assertEquals(
                16L + Long.BYTES,
                ClassLayout.parseClass(Ledger.class).instanceSize(),
                "a lock costs no object of its own");
        assertTrue(ledger.toString().contains("Ledger"));
        RwProbe.assertIdle(ledger);
    }

    @Test
    void isAReadWriteLock() {
        ReadWriteLock readWriteLock = lock;
        readWriteLock.readLock().lock();
        assertFalse(readWriteLock.writeLock().tryLock());
        assertTrue(readWriteLock.readLock().tryLock());
        readWriteLock.readLock().unlock();
        readWriteLock.readLock().unlock();
        readWriteLock.writeLock().lock();
        assertFalse(readWriteLock.readLock().tryLock());
        readWriteLock.writeLock().unlock();
    }

    // ---- state

    /** What a lock can be in, with what its queries and its text must say. */
    private enum Standing {
        FREE(0, 0) {
            @Override
            void set(ReadersWriterLock lock, TestThreads threads) {}

            @Override
            void undo(ReadersWriterLock lock) {}
        },
        READ(0, 1) {
            @Override
            void set(ReadersWriterLock lock, TestThreads threads) {
                lock.lockRead();
            }

            @Override
            void undo(ReadersWriterLock lock) {
                lock.unlockRead();
            }
        },
        READ_BY_TWO(0, 2) {
            @Override
            void set(ReadersWriterLock lock, TestThreads threads) {
                lock.lockRead();
                lock.lockReadRecursive();
            }

            @Override
            void undo(ReadersWriterLock lock) {
                lock.unlockRead();
                lock.unlockRead();
            }
        },
        UPGRADABLE(0, 1) {
            @Override
            void set(ReadersWriterLock lock, TestThreads threads) {
                lock.lockUpgradable();
            }

            @Override
            void undo(ReadersWriterLock lock) {
                lock.unlockUpgradable();
            }
        },
        UPGRADABLE_BESIDE_A_READER(0, 2) {
            @Override
            void set(ReadersWriterLock lock, TestThreads threads) {
                lock.lockUpgradable();
                lock.lockRead();
            }

            @Override
            void undo(ReadersWriterLock lock) {
                lock.unlockRead();
                lock.unlockUpgradable();
            }
        },
        CLAIMED(0, 1) {
            @Override
            void set(ReadersWriterLock lock, TestThreads threads) {
                lock.lockRead();
                RwProbe.startQueued(threads, lock, RwProbe.DRAIN, "drainer", () -> {
                    lock.lockWrite();
                    lock.unlockWrite();
                });
            }

            @Override
            void undo(ReadersWriterLock lock) {
                lock.unlockRead();
            }
        },
        WRITE(1, 0) {
            @Override
            void set(ReadersWriterLock lock, TestThreads threads) {
                lock.lockWrite();
            }

            @Override
            void undo(ReadersWriterLock lock) {
                lock.unlockWrite();
            }
        };

        final int writeLocks;
        final int readLocks;

        Standing(int writeLocks, int readLocks) {
            this.writeLocks = writeLocks;
            this.readLocks = readLocks;
        }

        abstract void set(ReadersWriterLock lock, TestThreads threads);

        abstract void undo(ReadersWriterLock lock);

        boolean isHeldForReading() {
            return this == READ || this == READ_BY_TWO || this == UPGRADABLE_BESIDE_A_READER || this == CLAIMED;
        }

        boolean isHeldUpgradably() {
            return this == UPGRADABLE || this == UPGRADABLE_BESIDE_A_READER;
        }
    }

    @ParameterizedTest
    @EnumSource(Standing.class)
    void theQueriesAndTheTextTellTheState(Standing standing) {
        try (TestThreads threads = new TestThreads()) {
            standing.set(lock, threads);
            assertEquals(standing != Standing.FREE, lock.isLocked());
            assertEquals(standing == Standing.WRITE || standing == Standing.CLAIMED, lock.isWriteLocked());
            assertEquals(
                    lock.getClass().getName() + "@" + Integer.toHexString(System.identityHashCode(lock))
                            + "[Write locks = " + standing.writeLocks + ", Read locks = " + standing.readLocks + "]",
                    lock.toString());
            standing.undo(lock);
        }
    }

    // ---- misuse

    private record Misuse(String name, Call call) {
        @Override
        public String toString() {
            return name;
        }
    }

    private interface Call {
        void run(ReadersWriterLock lock) throws InterruptedException;
    }

    private static void never() {
        throw new AssertionError("the action ran");
    }

    static Stream<Misuse> endsOfAReadHold() {
        return Stream.of(
                new Misuse("unlockRead", ReadersWriterLock::unlockRead),
                new Misuse("bumpRead", ReadersWriterLock::bumpRead),
                new Misuse("readLock().unlock", lock -> lock.readLock().unlock()));
    }

    static Stream<Misuse> endsOfAnUpgradableHold() {
        return Stream.of(
                new Misuse("unlockUpgradable", ReadersWriterLock::unlockUpgradable),
                new Misuse("unlockUpgradableFair", ReadersWriterLock::unlockUpgradableFair),
                new Misuse("bumpUpgradable", ReadersWriterLock::bumpUpgradable),
                new Misuse("downgradeUpgradable", ReadersWriterLock::downgradeUpgradable),
                new Misuse("upgrade", ReadersWriterLock::upgrade),
                new Misuse("upgradeInterruptibly", ReadersWriterLock::upgradeInterruptibly),
                new Misuse("tryUpgrade", ReadersWriterLock::tryUpgrade),
                new Misuse("tryUpgradeFor", lock -> lock.tryUpgradeFor(Delays.LONG_DELAY)),
                new Misuse("tryUpgradeUntil", lock -> lock.tryUpgradeUntil(System.nanoTime())),
                new Misuse("runUpgraded", lock -> lock.runUpgraded(RwLockTest::never)),
                new Misuse("upgradableLock().unlock", lock -> lock.upgradable().unlock()));
    }

    @SuppressWarnings("WaitNotInLoop") // it must not even begin to wait
    static Stream<Misuse> endsOfAWriteHold() {
        return Stream.of(
                new Misuse("unlockWrite", ReadersWriterLock::unlockWrite),
                new Misuse("unlockWriteFair", ReadersWriterLock::unlockWriteFair),
                new Misuse("bumpWrite", ReadersWriterLock::bumpWrite),
                new Misuse("downgrade", ReadersWriterLock::downgrade),
                new Misuse("downgradeToUpgradable", ReadersWriterLock::downgradeToUpgradable),
                new Misuse("writeLock().unlock", lock -> lock.writeLock().unlock()),
                new Misuse("await", lock -> condition(lock).await()),
                new Misuse("awaitUninterruptibly", lock -> condition(lock).awaitUninterruptibly()),
                new Misuse("signal", lock -> condition(lock).signal()),
                new Misuse("signalAll", lock -> condition(lock).signalAll()));
    }

    private static Condition condition(ReadersWriterLock lock) {
        return lock.writeLock().newCondition();
    }

    private void assertRefused(Standing standing, Misuse misuse) {
        try (TestThreads threads = new TestThreads()) {
            standing.set(lock, threads);
            int before = RwProbe.state(lock);
            List<Thread> drainers = RwProbe.queueOf(lock, RwProbe.DRAIN);
            Thread misuser = threads.start(
                    "misuser",
                    () -> assertThrows(
                            IllegalMonitorStateException.class,
                            () -> misuse.call.run(lock),
                            misuse + " while " + standing));
            TestThreads.join(misuser);
            assertEquals(before, RwProbe.state(lock), "state after " + misuse + " while " + standing);
            assertEquals(drainers, RwProbe.queueOf(lock, RwProbe.DRAIN));
            standing.undo(lock);
        }
        RwProbe.assertIdle(lock);
    }

    @ParameterizedTest
    @MethodSource("endsOfAReadHold")
    void whatEndsAReadHoldIsRefusedIfNobodyReads(Misuse misuse) {
        Stream.of(Standing.values())
                .filter(standing -> !standing.isHeldForReading())
                .forEach(standing -> assertRefused(standing, misuse));
    }

    @ParameterizedTest
    @MethodSource("endsOfAnUpgradableHold")
    void whatEndsOrNeedsAnUpgradableHoldIsRefusedIfNobodyHasIt(Misuse misuse) {
        Stream.of(Standing.values())
                .filter(standing -> !standing.isHeldUpgradably())
                .forEach(standing -> assertRefused(standing, misuse));
    }

    @ParameterizedTest
    @MethodSource("endsOfAWriteHold")
    void whatEndsOrNeedsAWriteHoldIsRefusedIfNobodyHasIt(Misuse misuse) {
        Stream.of(Standing.values())
                .filter(standing -> standing != Standing.WRITE)
                .forEach(standing -> assertRefused(standing, misuse));
    }

    @Test
    void anUpgradeThatIsRefusedLeavesTheInterruptPending() {
        Thread.currentThread().interrupt();
        assertThrows(IllegalMonitorStateException.class, lock::upgradeInterruptibly);
        assertTrue(Thread.interrupted());
    }

    @Test
    void anyThreadMayUnlock() {
        Checks.assumeThatAnyThreadMayUnlock();
        for (RwKind kind : List.of(RwKind.READ, RwKind.UPGRADABLE, RwKind.WRITE)) {
            kind.lock(lock);
            try (TestThreads threads = new TestThreads()) {
                threads.start("another", () -> kind.unlock(lock));
            }
            RwProbe.assertIdle(lock);
        }
    }

    // ---- too many readers

    private static Stream<RwKind> readingKinds() {
        return Stream.of(RwKind.READ, RwKind.READ_RECURSIVE, RwKind.UPGRADABLE);
    }

    @ParameterizedTest
    @MethodSource("readingKinds")
    void oneReaderTooManyIsRefusedWithAnErrorAndTheLockIsIntact(RwKind kind) {
        RwProbe.setState(lock, RwProbe.readHolds(RwProbe.MAX_READERS - 1));
        assertTrue(kind.tryLock(lock));
        List<ThrowingRunnable> forms = List.of(
                () -> kind.lock(lock),
                () -> kind.lockInterruptibly(lock),
                () -> kind.tryLock(lock),
                () -> kind.tryLockFor(lock, Delays.LONG_DELAY),
                () -> kind.tryLockUntil(lock, System.nanoTime()));
        if (kind == RwKind.UPGRADABLE) {
            lock.downgradeUpgradable(); // or it would be refused for another reason
        }
        int before = RwProbe.state(lock);
        for (ThrowingRunnable form : forms) {
            assertThrows(Error.class, form::run);
            assertEquals(before, RwProbe.state(lock));
        }
        assertFalse(lock.tryLockWrite());
        lock.unlockRead();
        assertTrue(kind.tryLock(lock), "there is room again");
        kind.unlock(lock);
        RwProbe.setState(lock, RwProbe.ONE_READER);
        lock.unlockRead();
    }

    @Test
    void anUpgraderThatGivesUpFindsRoomForItsHoldHoweverManyRecursiveReadersCame() {
        RwProbe.setState(lock, RwProbe.readHolds(RwProbe.MAX_READERS - 2));
        lock.lockUpgradable();
        try (TestThreads threads = new TestThreads()) {
            Thread upgrader = RwProbe.startQueued(
                    threads,
                    lock,
                    RwProbe.DRAIN,
                    "upgrader",
                    () -> assertThrows(InterruptedException.class, lock::upgradeInterruptibly));
            assertTrue(lock.tryLockReadRecursive());
            assertTrue(lock.tryLockReadRecursive());
            assertThrows(Error.class, lock::tryLockReadRecursive);
            upgrader.interrupt();
            TestThreads.join(upgrader);
        }
        assertEquals(
                RwProbe.readHolds(RwProbe.MAX_READERS + 1) | RwProbe.UPGRADABLE,
                RwProbe.state(lock),
                "its hold is one more than others may have");
        assertThrows(Error.class, lock::tryLockRead);
        lock.unlockUpgradable();
        RwProbe.setState(lock, RwProbe.ONE_READER);
        lock.unlockRead();
    }

    @Test
    void aHandOverOfMoreReadersThanFitDoesNotOverflow() {
        try (TestThreads threads = new TestThreads()) {
            lock.lockWrite();
            RwProbe.startQueued(threads, lock, RwProbe.MAIN, "reader", () -> assertThrows(Error.class, lock::lockRead));
            RwProbe.startQueued(
                    threads, lock, RwProbe.MAIN, "upgradable", () -> assertThrows(Error.class, lock::lockUpgradable));
            // As after an upgrade that was given up beside as many recursive readers as there can be.
            RwProbe.setState(lock, RwProbe.readHolds(RwProbe.MAX_READERS + 1) | RwProbe.UPGRADABLE | RwProbe.PARKED);
            lock.unlockUpgradableFair();
        }
        assertEquals(RwProbe.readHolds(RwProbe.MAX_READERS), RwProbe.state(lock));
        RwProbe.setState(lock, RwProbe.ONE_READER);
        lock.unlockRead();
    }

    // ---- handing over

    @ParameterizedTest
    @MethodSource(RwProbe.THREAD_KINDS)
    void unlockWriteFairHandsOverToAllReadersUpToTheFirstWriterAndToThatWriter(ThreadKind kind) {
        for (int round = 0; round < ROUNDS; round++) {
            CountDownLatch over = new CountDownLatch(1);
            try (TestThreads threads = new TestThreads(kind)) {
                lock.lockWrite();
                RwProbe.startDecoy(threads, lock);
                for (int i = 0; i < 2; i++) {
                    RwProbe.startQueued(threads, lock, RwProbe.MAIN, "reader-" + i, () -> {
                        lock.lockRead();
                        await(over);
                        lock.unlockRead();
                    });
                }
                RwProbe.startQueued(threads, lock, RwProbe.MAIN, "upgradable", () -> {
                    lock.lockUpgradable();
                    await(over);
                    lock.unlockUpgradable();
                });
                Thread second = RwProbe.startQueued(threads, lock, RwProbe.MAIN, "second upgradable", () -> {
                    lock.lockUpgradable();
                    lock.unlockUpgradable();
                });
                Thread writer = startWriter(threads, RwProbe.MAIN);
                RwProbe.startQueued(threads, lock, RwProbe.MAIN, "reader behind", () -> {
                    lock.lockRead();
                    await(over);
                    lock.unlockRead();
                });
                // The upgradable one keeps out the second and the writer, who therefore does not keep out the reader
                // behind.
                RwProbe.useUpFairness(lock);
                lock.unlockWriteFair();
                assertEquals(
                        4 * RwProbe.ONE_READER | RwProbe.UPGRADABLE | RwProbe.PARKED,
                        RwProbe.state(lock),
                        "they hold it before any of them runs");
                assertEquals(List.of(second, writer), RwProbe.queueOf(lock, RwProbe.MAIN));
                over.countDown();
            }
        }
    }

    @ParameterizedTest
    @MethodSource(RwProbe.THREAD_KINDS)
    void aWriterToWhomTheClaimWasHandedStillWaitsForTheReadersToWhomTheirsWas(ThreadKind kind) {
        for (int round = 0; round < ROUNDS; round++) {
            CountDownLatch over = new CountDownLatch(1);
            int[] left = new int[1];
            try (TestThreads threads = new TestThreads(kind)) {
                lock.lockWrite();
                RwProbe.startDecoy(threads, lock);
                RwProbe.startQueued(threads, lock, RwProbe.MAIN, "reader", () -> {
                    lock.lockRead();
                    await(over);
                    left[0] = 1;
                    lock.unlockRead();
                });
                Thread writer = RwProbe.startQueued(threads, lock, RwProbe.MAIN, "writer", () -> {
                    lock.lockWrite();
                    assertEquals(1, left[0], "beside a reader");
                    lock.unlockWrite();
                });
                Thread behind = startReader(threads);
                RwProbe.useUpFairness(lock);
                lock.unlockWriteFair();
                assertTrue(RwProbe.has(lock, RwProbe.ONE_READER | RwProbe.WRITER), "both hold at once");
                assertFalse(lock.tryLockRead());
                RwProbe.awaitQueue(lock, RwProbe.DRAIN, writer);
                assertEquals(List.of(behind), RwProbe.queueOf(lock, RwProbe.MAIN));
                over.countDown();
            }
        }
    }

    @ParameterizedTest
    @MethodSource(RwProbe.THREAD_KINDS)
    void unlockUpgradableFairHandsOver(ThreadKind kind) {
        for (int round = 0; round < ROUNDS; round++) {
            CountDownLatch over = new CountDownLatch(1);
            try (TestThreads threads = new TestThreads(kind)) {
                lock.lockUpgradable();
                RwProbe.startDecoy(threads, lock);
                RwProbe.startQueued(threads, lock, RwProbe.MAIN, "next", () -> {
                    lock.lockUpgradable();
                    await(over);
                    lock.unlockUpgradable();
                });
                RwProbe.useUpFairness(lock);
                lock.unlockUpgradableFair();
                assertFalse(lock.tryLockUpgradable(), "it was free in between");
                assertTrue(RwProbe.has(lock, RwProbe.UPGRADABLE));
                assertEquals(1, RwProbe.readers(lock));
                over.countDown();
            }
        }
    }

    @Test
    void aFairUnlockWithNobodyWaitingIsAnUnlock() {
        lock.lockWrite();
        lock.unlockWriteFair();
        RwProbe.assertIdle(lock);
        lock.lockUpgradable();
        lock.unlockUpgradableFair();
        RwProbe.assertIdle(lock);
        // Also if the mark says that somebody waits.
        lock.lockWrite();
        RwProbe.mark(lock, RwProbe.PARKED);
        lock.unlockWriteFair();
        RwProbe.assertIdle(lock);
        lock.lockUpgradable();
        RwProbe.mark(lock, RwProbe.PARKED);
        lock.unlockUpgradableFair();
    }

    /**
     * The timer of a bucket runs for a millisecond at most. If it has run out, whoever is woken has the lock already.
     */
    @ParameterizedTest
    @MethodSource(RwProbe.THREAD_KINDS)
    void aboutOnceAMillisecondAReleaseHandsTheLockOver(ThreadKind threadKind) {
        for (RwKind kind : List.of(RwKind.WRITE, RwKind.UPGRADABLE)) {
            for (int round = 0; round < ROUNDS; round++) {
                CountDownLatch over = new CountDownLatch(1);
                try (TestThreads threads = new TestThreads(threadKind)) {
                    kind.lock(lock);
                    RwProbe.startQueued(threads, lock, RwProbe.MAIN, "next", () -> {
                        kind.lock(lock);
                        await(over);
                        kind.unlock(lock);
                    });
                    long end = System.nanoTime() + 1_000_000L;
                    while (System.nanoTime() - end < 0L) {
                        Thread.onSpinWait();
                    }
                    kind.unlock(lock);
                    assertEquals(kind.hold, RwProbe.state(lock), "it was free in between");
                    over.countDown();
                }
            }
        }
    }

    // ---- bumps

    @Test
    void aBumpWithNobodyWaitingDoesNothing() {
        lock.lockRead();
        lock.bumpRead();
        assertEquals(RwProbe.ONE_READER, RwProbe.state(lock));
        lock.unlockRead();
        lock.lockUpgradable();
        lock.bumpUpgradable();
        assertEquals(RwProbe.ONE_READER | RwProbe.UPGRADABLE, RwProbe.state(lock));
        lock.unlockUpgradable();
        lock.lockWrite();
        lock.bumpWrite();
        assertEquals(RwProbe.WRITER, RwProbe.state(lock));
        lock.unlockWrite();
    }

    @ParameterizedTest
    @MethodSource(RwProbe.THREAD_KINDS)
    void bumpReadLetsADrainingWriterInAndComesBack(ThreadKind kind) {
        Checks.assumeThatAnyThreadMayUnlock();
        int[] written = new int[1];
        try (TestThreads threads = new TestThreads(kind)) {
            lock.lockRead();
            RwProbe.startQueued(threads, lock, RwProbe.DRAIN, "writer", () -> {
                lock.lockWrite();
                written[0]++;
                lock.unlockWrite();
            });
            threads.start("bumper", () -> {
                lock.bumpRead();
                assertEquals(1, written[0]);
            });
            threads.join();
            assertEquals(RwProbe.ONE_READER, RwProbe.state(lock));
            lock.unlockRead();
        }
    }

    @ParameterizedTest
    @MethodSource(RwProbe.THREAD_KINDS)
    void bumpUpgradableLetsTheNextUpgradableOrWritingThreadInAndComesBack(ThreadKind threadKind) {
        Checks.assumeThatAnyThreadMayUnlock();
        for (int round = 0; round < ROUNDS; round++) {
            for (RwKind kind : List.of(RwKind.UPGRADABLE, RwKind.WRITE)) {
                boolean[] seen = new boolean[1];
                try (TestThreads threads = new TestThreads(threadKind)) {
                    lock.lockUpgradable();
                    RwProbe.startDecoy(threads, lock);
                    RwProbe.startQueued(threads, lock, RwProbe.MAIN, "next", () -> {
                        kind.lock(lock);
                        seen[0] = true;
                        kind.unlock(lock);
                    });
                    RwProbe.useUpFairness(lock);
                    threads.start("bumper", () -> {
                        lock.bumpUpgradable();
                        assertTrue(seen[0]);
                    });
                    threads.join();
                    assertTrue(RwProbe.has(lock, RwProbe.UPGRADABLE));
                    lock.unlockUpgradable();
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource(RwProbe.THREAD_KINDS)
    void bumpWriteLetsWaitingThreadsInAndComesBack(ThreadKind threadKind) {
        Checks.assumeThatAnyThreadMayUnlock();
        for (int round = 0; round < ROUNDS; round++) {
            for (RwKind kind : List.of(RwKind.READ, RwKind.READ_RECURSIVE, RwKind.UPGRADABLE, RwKind.WRITE)) {
                boolean[] seen = new boolean[1];
                try (TestThreads threads = new TestThreads(threadKind)) {
                    lock.lockWrite();
                    RwProbe.startDecoy(threads, lock);
                    RwProbe.startQueued(threads, lock, RwProbe.MAIN, "next", () -> {
                        kind.lock(lock);
                        seen[0] = true;
                        kind.unlock(lock);
                    });
                    RwProbe.useUpFairness(lock);
                    threads.start("bumper", () -> {
                        lock.bumpWrite();
                        assertTrue(seen[0]);
                    });
                    threads.join();
                    assertTrue(RwProbe.has(lock, RwProbe.WRITER));
                    assertEquals(0, RwProbe.readers(lock));
                    lock.unlockWrite();
                }
            }
        }
    }

    // ---- upgrading and downgrading

    @Test
    void everyConversionExchangesExactlyTheHold() {
        lock.lockUpgradable();
        lock.upgrade();
        assertEquals(RwProbe.WRITER, RwProbe.state(lock));
        lock.downgradeToUpgradable();
        assertEquals(RwProbe.ONE_READER | RwProbe.UPGRADABLE, RwProbe.state(lock));
        assertTrue(lock.tryUpgrade());
        assertEquals(RwProbe.WRITER, RwProbe.state(lock));
        lock.downgrade();
        assertEquals(RwProbe.ONE_READER, RwProbe.state(lock));
        lock.unlockRead();
        lock.lockUpgradable();
        lock.lockRead();
        lock.downgradeUpgradable();
        assertEquals(2 * RwProbe.ONE_READER, RwProbe.state(lock));
        lock.unlockRead();
        lock.unlockRead();
    }

    @ParameterizedTest
    @MethodSource(RwProbe.THREAD_KINDS)
    void fromTheCallOfUpgradeOnNoNewReaderAndNoOtherWriterGetsIn(ThreadKind kind) {
        Checks.assumeThatAnyThreadMayUnlock();
        try (TestThreads threads = new TestThreads(kind)) {
            lock.lockUpgradable();
            Thread writer = startWriter(threads, RwProbe.MAIN);
            lock.lockRead();
            int[] order = new int[1];
            Thread upgrader = RwProbe.startQueued(threads, lock, RwProbe.DRAIN, "upgrader", () -> {
                lock.upgrade();
                assertEquals(0, order[0]++, "another writer came first");
                lock.unlockWrite();
            });
            assertFalse(lock.tryLockRead());
            assertFalse(lock.tryLockWrite());
            assertFalse(lock.tryLockUpgradable());
            assertEquals(List.of(writer), RwProbe.queueOf(lock, RwProbe.MAIN));
            lock.unlockRead();
            TestThreads.join(upgrader);
        }
    }

    @Test
    void tryUpgradeFailsBesideAReaderAndKeepsNobodyOut() {
        lock.lockUpgradable();
        lock.lockRead();
        int before = RwProbe.state(lock);
        assertFalse(lock.tryUpgrade());
        assertEquals(before, RwProbe.state(lock));
        assertTrue(lock.tryLockRead());
        lock.unlockRead();
        lock.unlockRead();
        assertTrue(lock.tryUpgrade());
        lock.unlockWrite();
    }

    @Test
    void aTimedUpgradeKeepsNewReadersOutMeanwhile() {
        Checks.assumeThatAnyThreadMayUnlock();
        try (TestThreads threads = new TestThreads()) {
            lock.lockUpgradable();
            lock.lockRead();
            RwProbe.startQueued(threads, lock, RwProbe.DRAIN, "upgrader", () -> {
                assertTrue(lock.tryUpgradeFor(Delays.LONG_DELAY));
                lock.unlockWrite();
            });
            assertFalse(lock.tryLockRead());
            lock.unlockRead();
        }
    }

    // ---- with

    private enum Form {
        READ(RwProbe.ONE_READER) {
            @Override
            <T> T with(ReadersWriterLock lock, LockCall<T, RuntimeException> action) {
                return lock.withRead(action);
            }

            @Override
            void with(ReadersWriterLock lock, LockAction<RuntimeException> action) {
                lock.runRead(action);
            }
        },
        UPGRADABLE(RwProbe.ONE_READER | RwProbe.UPGRADABLE) {
            @Override
            <T> T with(ReadersWriterLock lock, LockCall<T, RuntimeException> action) {
                return lock.withUpgradable(action);
            }

            @Override
            void with(ReadersWriterLock lock, LockAction<RuntimeException> action) {
                lock.runUpgradable(action);
            }
        },
        UPGRADED(RwProbe.WRITER) {
            @Override
            <T> T with(ReadersWriterLock lock, LockCall<T, RuntimeException> action) {
                return lock.withUpgraded(action);
            }

            @Override
            void with(ReadersWriterLock lock, LockAction<RuntimeException> action) {
                lock.runUpgraded(action);
            }

            @Override
            void prepare(ReadersWriterLock lock) {
                lock.lockUpgradable();
            }

            @Override
            void undo(ReadersWriterLock lock) {
                lock.unlockUpgradable();
            }
        },
        WRITE(RwProbe.WRITER) {
            @Override
            <T> T with(ReadersWriterLock lock, LockCall<T, RuntimeException> action) {
                return lock.withWrite(action);
            }

            @Override
            void with(ReadersWriterLock lock, LockAction<RuntimeException> action) {
                lock.runWrite(action);
            }
        };

        final int hold;

        Form(int hold) {
            this.hold = hold;
        }

        abstract <T> T with(ReadersWriterLock lock, LockCall<T, RuntimeException> action);

        abstract void with(ReadersWriterLock lock, LockAction<RuntimeException> action);

        void prepare(ReadersWriterLock lock) {}

        void undo(ReadersWriterLock lock) {}
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void anActionRunsUnderItsHoldAndItsResultAndExceptionsComeOutAfterIt(Form form) {
        form.prepare(lock);
        int before = RwProbe.state(lock);
        Object result = new Object();
        IllegalArgumentException failure = new IllegalArgumentException("on purpose");

        assertSame(result, form.with(lock, () -> {
            assertEquals(form.hold, RwProbe.state(lock));
            return result;
        }));
        assertEquals(before, RwProbe.state(lock));

        int[] runs = new int[1];
        form.with(lock, () -> {
            assertEquals(form.hold, RwProbe.state(lock));
            runs[0]++;
        });
        assertEquals(1, runs[0]);
        assertEquals(before, RwProbe.state(lock));

        LockAction<RuntimeException> failing = () -> {
            throw failure;
        };
        LockCall<Object, RuntimeException> failingCall = () -> {
            throw failure;
        };
        assertSame(failure, assertThrows(IllegalArgumentException.class, () -> form.with(lock, failing)));
        assertEquals(before, RwProbe.state(lock));
        assertSame(failure, assertThrows(IllegalArgumentException.class, () -> form.with(lock, failingCall)));
        assertEquals(before, RwProbe.state(lock));
        form.undo(lock);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void anActionMustBeGiven(Form form) {
        form.prepare(lock);
        int before = RwProbe.state(lock);
        assertThrows(NullPointerException.class, () -> form.with(lock, (LockAction<RuntimeException>) null));
        assertThrows(NullPointerException.class, () -> form.with(lock, (LockCall<Object, RuntimeException>) null));
        assertEquals(before, RwProbe.state(lock));
        form.undo(lock);
    }

    // ---- guards

    private enum Guarded {
        READ(RwKind.READ) {
            @Override
            RwLockGuard guard(ReadersWriterLock lock) {
                return lock.read().guard();
            }
        },
        UPGRADABLE(RwKind.UPGRADABLE) {
            @Override
            RwLockGuard guard(ReadersWriterLock lock) {
                return lock.upgradable().guard();
            }
        },
        WRITE(RwKind.WRITE) {
            @Override
            RwLockGuard guard(ReadersWriterLock lock) {
                return lock.write().guard();
            }
        };

        final RwKind kind;

        Guarded(RwKind kind) {
            this.kind = kind;
        }

        abstract RwLockGuard guard(ReadersWriterLock lock);
    }

    @ParameterizedTest
    @EnumSource(Guarded.class)
    @SuppressWarnings("try") // the guard is there to be closed
    void aGuardHoldsTheLockUntilItIsClosed(Guarded guarded) {
        try (RwLockGuard guard = guarded.guard(lock)) {
            assertEquals(guarded.kind.hold, RwProbe.state(lock));
        }
        RwProbe.assertIdle(lock);
    }

    @ParameterizedTest
    @EnumSource(Guarded.class)
    void closingTwiceDoesNothing(Guarded guarded) {
        RwLockGuard guard = guarded.guard(lock);
        guard.close();
        guard.close();
        RwProbe.assertIdle(lock);
        guarded.kind.lock(lock);
        guard.close();
        assertEquals(guarded.kind.hold, RwProbe.state(lock), "the hold of another");
        guarded.kind.unlock(lock);
    }

    @ParameterizedTest
    @EnumSource(Guarded.class)
    void closingAfterAnExplicitUnlockDoesNothing(Guarded guarded) {
        RwLockGuard guard = guarded.guard(lock);
        guarded.kind.unlock(lock);
        assertDoesNotThrow(guard::close);
        RwProbe.assertIdle(lock);
    }

    @ParameterizedTest
    @EnumSource(Guarded.class)
    void closingWhenTheLockIsHeldInOtherModesDoesNothing(Guarded guarded) {
        for (RwKind other : List.of(RwKind.READ, RwKind.UPGRADABLE, RwKind.WRITE)) {
            if (other != guarded.kind) {
                RwLockGuard guard = guarded.guard(lock);
                guarded.kind.unlock(lock);
                other.lock(lock);
                guard.close();
                assertEquals(other.hold, RwProbe.state(lock));
                other.unlock(lock);
            }
        }
    }

    @Test
    void aGuardClosesAHoldThatWasConvertedAndConvertedBack() {
        RwLockGuard guard = lock.upgradable().guard();
        lock.upgrade();
        lock.downgradeToUpgradable();
        guard.close();
        RwProbe.assertIdle(lock);
    }

    @Test
    void aGuardWhoseHoldWasConvertedLeavesItAlone() {
        RwLockGuard guard = lock.write().guard();
        lock.downgrade();
        guard.close();
        assertEquals(RwProbe.ONE_READER, RwProbe.state(lock));
        lock.unlockRead();
    }

    // ---- memory

    @ParameterizedTest
    @MethodSource(RwProbe.THREAD_KINDS)
    void writersAreAloneAndEverybodySeesWhatTheyWrote(ThreadKind kind) {
        int each = 5_000;
        long[] values = new long[2]; // plain: only the lock orders them
        try (TestThreads threads = new TestThreads(kind)) {
            threads.start(2, "writer", () -> {
                for (int i = 0; i < each; i++) {
                    lock.lockWrite();
                    values[0]++;
                    values[1]++;
                    lock.unlockWrite();
                }
            });
            threads.start("upgrader", () -> {
                for (int i = 0; i < each; i++) {
                    lock.lockUpgradable();
                    long before = values[0];
                    lock.upgrade();
                    assertEquals(before, values[0], "a writer got in between");
                    values[0]++;
                    values[1]++;
                    lock.downgrade();
                    assertEquals(before + 1, values[1]);
                    lock.unlockRead();
                }
            });
            threads.start(2, "reader", () -> {
                long last = 0L;
                for (int i = 0; i < each; i++) {
                    lock.lockRead();
                    assertEquals(values[0], values[1], "half of a write");
                    assertTrue(values[0] >= last, "back in time");
                    last = values[0];
                    lock.unlockRead();
                }
            });
        }
        assertEquals(3L * each, values[0]);
        assertEquals(3L * each, values[1]);
    }
}
