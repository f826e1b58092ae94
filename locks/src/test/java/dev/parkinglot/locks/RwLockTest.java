package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.Delays;
import dev.parkinglot.testing.TestThreads;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.openjdk.jol.info.ClassLayout;

/**
 * {@link RwLock}, sentence by sentence of its Javadoc: its state, its misuse, and changing the mode of a hold. Other
 * rooms: {@link RwLockAcquiringTest}, {@link RwLockHandOverTest}, {@link RwLockScopesTest}.
 */
class RwLockTest extends RwLockFixture {
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

    // ---- state

    /** What a lock can be in, with what its queries and its text must say. */
    @SuppressWarnings("ImmutableEnumChecker") // its functions have no state
    private enum Standing {
        FREE(0, 0, lock -> {}, lock -> {}),
        READ(0, 1, ReadersWriterLock::lockRead, ReadersWriterLock::unlockRead),
        READ_BY_TWO(
                0,
                2,
                lock -> {
                    lock.lockRead();
                    lock.lockReadRecursive();
                },
                lock -> {
                    lock.unlockRead();
                    lock.unlockRead();
                }),
        UPGRADABLE(0, 1, ReadersWriterLock::lockUpgradable, ReadersWriterLock::unlockUpgradable),
        UPGRADABLE_BESIDE_A_READER(
                0,
                2,
                lock -> {
                    lock.lockUpgradable();
                    lock.lockRead();
                },
                lock -> {
                    lock.unlockRead();
                    lock.unlockUpgradable();
                }),
        CLAIMED(0, 1, ReadersWriterLock::lockRead, ReadersWriterLock::unlockRead) {
            @Override
            void set(ReadersWriterLock lock, TestThreads threads) {
                super.set(lock, threads);
                RwProbe.startQueued(threads, lock, RwProbe.DRAIN, "drainer", () -> lock.runWrite(() -> {}));
            }
        },
        WRITE(1, 0, ReadersWriterLock::lockWrite, ReadersWriterLock::unlockWrite);

        final int writeLocks;
        final int readLocks;
        private final Consumer<ReadersWriterLock> set;
        final Consumer<ReadersWriterLock> undo;

        Standing(int writeLocks, int readLocks, Consumer<ReadersWriterLock> set, Consumer<ReadersWriterLock> undo) {
            this.writeLocks = writeLocks;
            this.readLocks = readLocks;
            this.set = set;
            this.undo = undo;
        }

        void set(ReadersWriterLock lock, TestThreads threads) {
            set.accept(lock);
        }

        boolean isHeldForReading() {
            return this == READ || this == READ_BY_TWO || this == UPGRADABLE_BESIDE_A_READER || this == CLAIMED;
        }

        boolean isHeldUpgradably() {
            return this == UPGRADABLE || this == UPGRADABLE_BESIDE_A_READER;
        }
    }

    @ParameterizedTest
    @EnumSource(Standing.class)
    void theQueriesAndTheTextTellTheState(Standing standing, TestThreads threads) {
        standing.set(lock, threads);
        assertEquals(standing != Standing.FREE, lock.isLocked());
        assertEquals(standing == Standing.WRITE || standing == Standing.CLAIMED, lock.isWriteLocked());
        assertEquals(
                lock.getClass().getName() + "@" + Integer.toHexString(System.identityHashCode(lock)) + "[Write locks = "
                        + standing.writeLocks + ", Read locks = " + standing.readLocks + "]",
                lock.toString());
        standing.undo.accept(lock);
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
            standing.undo.accept(lock);
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
    void anyThreadMayUnlock(TestThreads threads) {
        Checks.assumeThatAnyThreadMayUnlock();
        for (RwKind kind : List.of(RwKind.READ, RwKind.UPGRADABLE, RwKind.WRITE)) {
            kind.lock(lock);
            threads.start("another", () -> kind.unlock(lock));
            threads.join();
            RwProbe.assertIdle(lock);
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

    @OnEachKind
    void fromTheCallOfUpgradeOnNoNewReaderAndNoOtherWriterGetsIn(TestThreads threads) {
        Checks.assumeThatAnyThreadMayUnlock();
        lock.lockUpgradable();
        Thread writer = startWriter(threads, "writer");
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

    @Test
    void aTimedUpgradeKeepsNewReadersOutMeanwhile(TestThreads threads) {
        Checks.assumeThatAnyThreadMayUnlock();
        lock.lockUpgradable();
        lock.lockRead();
        RwProbe.startQueued(threads, lock, RwProbe.DRAIN, "upgrader", () -> {
            assertTrue(lock.tryUpgradeFor(Delays.LONG_DELAY));
            lock.unlockWrite();
        });
        assertFalse(lock.tryLockRead());
        lock.unlockRead();
    }

    // ---- memory

    @OnEachKind
    void writersAreAloneAndEverybodySeesWhatTheyWrote(TestThreads threads) {
        int each = 5_000;
        long[] values = new long[2]; // plain: only the lock orders them
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
        threads.join();
        assertEquals(3L * each, values[0]);
        assertEquals(3L * each, values[1]);
    }

    // ---- what upstream's rwlock.rs tests besides

    @Test
    void theLockCanBeTakenWhileAnExceptionUnwindsTheStack(TestThreads threads) {
        int[] value = {1}; // guarded by the lock
        threads.start(
                "holder",
                () -> assertThrows(IllegalStateException.class, () -> {
                    try {
                        throw new IllegalStateException("on purpose");
                    } finally {
                        lock.withWrite(() -> value[0]++);
                    }
                }));
        threads.join();
        lock.lockRead();
        assertEquals(2, value[0]);
        lock.unlockRead();
    }

    @OnEachKind
    void eightThreadsDowngradeAHundredTimesAndReadWhatTheyWrote(TestThreads threads) {
        int[] value = new int[1]; // guarded by the lock
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
        threads.join();
        assertEquals(800, value[0]);
    }

    @OnEachKind
    void recursiveReadingDoesNotWaitForAWriterThatWaitsForTheFirstHold(TestThreads threads) {
        lock.lockRead();
        RwProbe.startQueued(threads, lock, RwProbe.DRAIN, "writer", () -> lock.runWrite(() -> {}));
        Thread recursive = threads.start("as the same thread would", () -> {
            lock.lockReadRecursive();
            lock.unlockRead();
        });
        TestThreads.join(recursive);
        lock.unlockRead();
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
    void theLockWorksInAHandlerOfUncaughtExceptions(TestThreads threads) throws InterruptedException {
        AtomicReference<Throwable> seen = new AtomicReference<>();
        CountDownLatch handled = new CountDownLatch(1);
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
        threads.join();
        assertEquals(0L, handled.getCount());
        assertEquals("on purpose", seen.get().getMessage());
    }
}
