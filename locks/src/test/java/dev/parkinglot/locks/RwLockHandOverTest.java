package dev.parkinglot.locks;

import static dev.parkinglot.locks.Threads.pauseUntil;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.Delays;
import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThreadKind;
import dev.parkinglot.testing.ThrowingRunnable;
import dev.parkinglot.testkit.DrivenLot;
import dev.parkinglot.testkit.DrivenThread;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@link RwLock}: to whom a hold goes that is given up, by fair unlocks and bumps, and when readers are too many. */
class RwLockHandOverTest extends RwLockFixture {
    /** Of tests of the fair unlocks: any other is fair as well, now and then. */
    private static final int ROUNDS = 20;

    @OnEachKind
    void unlockWriteFairHandsOverToAllReadersUpToTheFirstWriterAndToThatWriter(TestThreads threads) {
        for (int round = 0; round < ROUNDS; round++) {
            CountDownLatch over = new CountDownLatch(1);
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
            Thread second = RwProbe.startQueued(
                    threads, lock, RwProbe.MAIN, "second upgradable", () -> lock.runUpgradable(() -> {}));
            Thread writer = startWriter(threads, "writer");
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
            threads.join();
        }
    }

    @OnEachKind
    void aWriterToWhomTheClaimWasHandedStillWaitsForTheReadersToWhomTheirsWas(TestThreads threads) {
        for (int round = 0; round < ROUNDS; round++) {
            CountDownLatch over = new CountDownLatch(1);
            int[] left = new int[1];
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
            Thread behind = startReader(threads, "reader");
            RwProbe.useUpFairness(lock);
            lock.unlockWriteFair();
            assertTrue(RwProbe.has(lock, RwProbe.ONE_READER | RwProbe.WRITER), "both hold at once");
            assertFalse(lock.tryLockRead());
            RwProbe.awaitQueue(lock, RwProbe.DRAIN, writer);
            assertEquals(List.of(behind), RwProbe.queueOf(lock, RwProbe.MAIN));
            over.countDown();
            threads.join();
        }
    }

    @OnEachKind
    void unlockUpgradableFairHandsOver(TestThreads threads) {
        for (int round = 0; round < ROUNDS; round++) {
            CountDownLatch over = new CountDownLatch(1);
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
            threads.join();
        }
    }

    private void writeOnce() {
        lock.lockWrite();
        lock.unlockWrite();
    }

    /** While a woken writer is on its way, a release leaves the others to that one. A fair one does not. */
    @Test
    void unlockWriteFairHandsOverAlsoWhileAWokenWriterIsOnItsWay() {
        try (DrivenLot lot = new DrivenLot()) {
            lock.lockWrite();
            DrivenThread woken = lot.start("woken", this::writeOnce);
            lock.unlockWrite();
            assertTrue(lock.tryLockWrite(), "before the woken one");
            DrivenThread parked = lot.start("parked", this::writeOnce);
            assertEquals(RwProbe.WOKEN, RwProbe.rawState(lock) & RwProbe.WOKEN, "it is on its way");
            lock.unlockWriteFair();
            assertTrue(lock.isWriteLocked(), "it was free");
            assertTrue(parked.run().hasEnded());
            assertTrue(woken.run().hasEnded());
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
    @OnEachKind
    void aboutOnceAMillisecondAReleaseHandsTheLockOver(TestThreads threads) {
        for (RwKind kind : List.of(RwKind.WRITE, RwKind.UPGRADABLE)) {
            for (int round = 0; round < ROUNDS; round++) {
                CountDownLatch over = new CountDownLatch(1);
                kind.lock(lock);
                RwProbe.startQueued(threads, lock, RwProbe.MAIN, "next", () -> {
                    kind.lock(lock);
                    await(over);
                    kind.unlock(lock);
                });
                pauseUntil(System.nanoTime() + 1_000_000L);
                kind.unlock(lock);
                assertEquals(kind.hold, RwProbe.state(lock), "it was free in between");
                over.countDown();
                threads.join();
            }
        }
    }

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

    @OnEachKind
    void bumpReadLetsADrainingWriterInAndComesBack(TestThreads threads) {
        Checks.assumeThatAnyThreadMayUnlock();
        int[] written = new int[1];
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

    @ParameterizedTest
    @MethodSource(Probe.THREAD_KINDS)
    void bumpUpgradableLetsTheNextUpgradableOrWritingThreadInAndComesBack(ThreadKind threadKind) {
        assertLetsInAndComesBack(
                threadKind,
                RwKind.UPGRADABLE,
                ReadersWriterLock::bumpUpgradable,
                List.of(RwKind.UPGRADABLE, RwKind.WRITE));
    }

    @ParameterizedTest
    @MethodSource(Probe.THREAD_KINDS)
    void bumpWriteLetsWaitingThreadsInAndComesBack(ThreadKind threadKind) {
        assertLetsInAndComesBack(
                threadKind,
                RwKind.WRITE,
                ReadersWriterLock::bumpWrite,
                List.of(RwKind.READ, RwKind.READ_RECURSIVE, RwKind.UPGRADABLE, RwKind.WRITE));
    }

    private void assertLetsInAndComesBack(
            ThreadKind threadKind, RwKind held, Consumer<ReadersWriterLock> bump, List<RwKind> wanted) {
        Checks.assumeThatAnyThreadMayUnlock();
        for (int round = 0; round < ROUNDS; round++) {
            for (RwKind kind : wanted) {
                boolean[] seen = new boolean[1];
                try (TestThreads threads = new TestThreads(threadKind)) {
                    held.lock(lock);
                    RwProbe.startDecoy(threads, lock);
                    RwProbe.startQueued(threads, lock, RwProbe.MAIN, "next", () -> {
                        kind.lock(lock);
                        seen[0] = true;
                        kind.unlock(lock);
                    });
                    RwProbe.useUpFairness(lock);
                    threads.start("bumper", () -> {
                        bump.accept(lock);
                        assertTrue(seen[0]);
                    });
                    threads.join();
                    assertTrue(RwProbe.has(lock, held.hold));
                    assertEquals(held == RwKind.WRITE ? 0 : 1, RwProbe.readers(lock));
                    held.unlock(lock);
                }
            }
        }
    }

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
    void anUpgraderThatGivesUpFindsRoomForItsHoldHoweverManyRecursiveReadersCame(TestThreads threads) {
        RwProbe.setState(lock, RwProbe.readHolds(RwProbe.MAX_READERS - 2));
        lock.lockUpgradable();
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
        threads.join();
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
    void aHandOverOfMoreReadersThanFitDoesNotOverflow(TestThreads threads) {
        lock.lockWrite();
        RwProbe.startQueued(threads, lock, RwProbe.MAIN, "reader", () -> assertThrows(Error.class, lock::lockRead));
        RwProbe.startQueued(
                threads, lock, RwProbe.MAIN, "upgradable", () -> assertThrows(Error.class, lock::lockUpgradable));
        // As after an upgrade that was given up beside as many recursive readers as there can be.
        RwProbe.setState(lock, RwProbe.readHolds(RwProbe.MAX_READERS + 1) | RwProbe.UPGRADABLE | RwProbe.PARKED);
        lock.unlockUpgradableFair();
        threads.join();
        assertEquals(RwProbe.readHolds(RwProbe.MAX_READERS), RwProbe.state(lock));
        RwProbe.setState(lock, RwProbe.ONE_READER);
        lock.unlockRead();
    }
}
