package dev.parkinglot.locks;

import static dev.parkinglot.locks.Threads.meet;
import static dev.parkinglot.locks.Threads.pauseUntil;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.core.FilterOp;
import dev.parkinglot.core.ParkingLot;
import dev.parkinglot.testing.Delays;
import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThrowingRunnable;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * Failures that other readers-writer locks had while a writer waits for the readers to leave, gives that up, or
 * announces itself. The number in a name is that of a row in the table of docs/design.md ("What is tested how").
 */
class RwLockDrainRegressionsTest extends RwLockFixture {
    // ---- R1: a writer gives up its drain just as the last reader leaves

    /** A thread in this place stands before the lock of a bucket: it is parked without a blocker. */
    private static void awaitBeforeBucket(Thread thread) {
        TestThreads.await(
                thread + " waits for a bucket",
                () -> TestThreads.isAsleep(thread) && LockSupport.getBlocker(thread) == null);
    }

    /**
     * Holds the bucket of the drain queue until both the last reader and the writer that gives up stand before it.
     * Which of the two gets it first is not ours to say: this is done in both orders of arrival.
     */
    @Test
    void r01_aWriterThatGivesUpWhileTheLastReaderIsOnItsWayToTheLotLeavesTheLockFree(TestThreads threads) {
        Checks.assumeThatAnyThreadMayUnlock();
        for (boolean readerArrivesFirst : new boolean[] {true, false}) {
            for (int round = 0; round < 10; round++) {
                lock.lockRead();
                boolean[] acquired = new boolean[1];
                Thread writer = RwProbe.startQueued(threads, lock, RwProbe.DRAIN, "writer", () -> {
                    try {
                        lock.write().lockInterruptibly();
                        acquired[0] = true;
                    } catch (InterruptedException e) {
                        acquired[0] = false;
                    }
                });
                withBucketLocked(RwProbe.DRAIN, () -> {
                    if (!readerArrivesFirst) {
                        writer.interrupt();
                        awaitBeforeBucket(writer);
                    }
                    awaitBeforeBucket(threads.start("reader", lock::unlockRead));
                    if (readerArrivesFirst) {
                        writer.interrupt();
                        awaitBeforeBucket(writer);
                    }
                });
                threads.join();
                assertEquals(acquired[0] ? RwProbe.WRITER : 0, RwProbe.state(lock));
                if (acquired[0]) {
                    lock.unlockWrite();
                }
                threads.join();
                RwProbe.assertIdle(lock);
            }
        }
    }

    @OnEachKind
    void r01_aDrainWhoseTimeIsOverAsTheLastReaderLeavesEndsInAHoldOrInNothing(TestThreads threads) throws Exception {
        Checks.assumeThatAnyThreadMayUnlock();
        int rounds = 1_000;
        Random random = new Random(1L);
        CyclicBarrier barrier = new CyclicBarrier(2);
        long[] deadline = new long[1];
        boolean[] acquired = new boolean[1];
        threads.start("writer", () -> {
            for (int i = 0; i < rounds; i++) {
                meet(barrier);
                acquired[0] = lock.write().tryLockUntil(deadline[0]);
                meet(barrier);
            }
        });
        for (int i = 0; i < rounds; i++) {
            lock.lockRead();
            deadline[0] = System.nanoTime() + 200_000L;
            meet(barrier);
            pauseUntil(deadline[0] + random.nextInt(120_000) - 20_000);
            lock.unlockRead();
            meet(barrier);
            assertEquals(acquired[0] ? RwProbe.WRITER : 0, RwProbe.state(lock));
            if (acquired[0]) {
                lock.unlockWrite();
            }
        }
    }

    @OnEachKind
    void r01_fourReadersAgainstFourWritersWithOneMillisecond(TestThreads threads) {
        int each = 300;
        AtomicInteger readers = new AtomicInteger();
        AtomicInteger writers = new AtomicInteger();
        threads.start(4, "reader", () -> {
            for (int i = 0; i < each; i++) {
                lock.lockRead();
                readers.incrementAndGet();
                pauseUntil(System.nanoTime() + 100_000L);
                assertEquals(0, writers.get());
                readers.decrementAndGet();
                lock.unlockRead();
            }
        });
        threads.start(4, "writer", () -> {
            for (int i = 0; i < each; i++) {
                if (lock.write().tryLockFor(Duration.ofMillis(1))) {
                    assertEquals(1, writers.incrementAndGet());
                    assertEquals(0, readers.get());
                    writers.decrementAndGet();
                    lock.unlockWrite();
                }
            }
        });
    }

    // ---- R2, R3: those who waited only because of a writer that gave up

    /** Starts a writer that drains, and gives up when it is interrupted. */
    private Thread startHastyWriter(TestThreads threads) {
        return startHastyWriter(threads, RwProbe.DRAIN, "hasty writer");
    }

    private Thread startHastyWriter(TestThreads threads, long queue, String name) {
        return RwProbe.startQueued(
                threads,
                lock,
                queue,
                name,
                () -> assertThrows(InterruptedException.class, lock.write()::lockInterruptibly));
    }

    @OnEachKind
    void r02_anUpgradableLockerIsAdmittedBesideTheReaderWhenTheDrainIsGivenUp(TestThreads threads) {
        lock.lockRead();
        Thread hasty = startHastyWriter(threads);
        Thread upgradable =
                RwProbe.startQueued(threads, lock, RwProbe.MAIN, "upgradable", () -> lock.runUpgradable(() -> {}));
        hasty.interrupt();
        TestThreads.join(upgradable); // while we still read
        lock.unlockRead();
    }

    @OnEachKind
    void r02_theSameByTimeout(TestThreads threads) {
        boolean claimed = false;
        // The claim may be over before anybody has seen it: then again, with more time.
        for (int attempt = 1; !claimed; attempt++) {
            Duration timeout = Delays.SHORT_DELAY.multipliedBy((long) attempt * attempt);
            lock.lockRead();
            Thread hasty =
                    threads.start("hasty writer", () -> assertFalse(lock.write().tryLockFor(timeout)));
            TestThreads.await(
                    "it has claimed the lock, or has given up", () -> lock.isWriteLocked() || !hasty.isAlive());
            claimed = lock.isWriteLocked();
            Thread upgradable = threads.start("upgradable", () -> lock.runUpgradable(() -> {}));
            TestThreads.join(upgradable);
            lock.unlockRead();
            threads.join();
        }
    }

    @OnEachKind
    void r03_aReaderIsAdmittedBesideTheReaderWhenTheDrainIsGivenUp(TestThreads threads) {
        lock.lockRead();
        Thread hasty = startHastyWriter(threads);
        Thread reader = startReader(threads, "reader");
        hasty.interrupt();
        TestThreads.join(reader); // while we still read
        lock.unlockRead();
    }

    @OnEachKind
    void r03_aReaderBehindASecondWriterIsAdmittedWhenThatOneHasGivenUpToo(TestThreads threads) {
        lock.lockRead();
        Thread hasty = startHastyWriter(threads);
        Thread second = startHastyWriter(threads, RwProbe.MAIN, "second writer");
        Thread reader = startReader(threads, "reader");
        hasty.interrupt();
        RwProbe.awaitQueue(lock, RwProbe.DRAIN, second); // it took the first one's place
        RwProbe.awaitQueue(lock, RwProbe.MAIN, reader);
        second.interrupt();
        TestThreads.join(reader); // while we still read
        lock.unlockRead();
    }

    /**
     * The second writer is chosen while it stands before the bucket in order to leave. We give up the claim of the
     * first, who is not there: so nothing but the second writer can pass this wake on.
     */
    @OnEachKind
    void r03_aWakeDoesNotEndInAWriterThatWasAboutToLeave(TestThreads threads) {
        lock.lockRead();
        RwProbe.mark(lock, RwProbe.WRITER); // the claim of the first
        Thread second = startHastyWriter(threads, RwProbe.MAIN, "second writer");
        Thread reader = startReader(threads, "reader");
        lock.unparkOne(lock, RwProbe.MAIN, (context, parkToken, result) -> {
            second.interrupt();
            awaitBeforeBucket(second);
            RwProbe.setState(lock, RwProbe.ONE_READER | RwProbe.PARKED);
            return ReadersWriterLock.RETRY;
        });
        TestThreads.join(reader); // while we still read
        lock.unlockRead();
    }

    // ---- R7: a waiter announces itself between an unlocker's read of the state and its bucket lock

    @OnEachKind
    void r07_whoAnnouncesItselfWhileTheLastReaderLeavesIsWoken(TestThreads threads) throws Exception {
        int rounds = 3_000;
        CyclicBarrier barrier = new CyclicBarrier(3);
        threads.start(2, "reader", () -> {
            for (int i = 0; i < rounds; i++) {
                lock.lockRead();
                meet(barrier);
                lock.unlockRead();
                meet(barrier);
            }
        });
        for (int i = 0; i < rounds; i++) {
            lock.lockUpgradable();
            meet(barrier);
            lock.upgrade();
            lock.unlockWrite();
            meet(barrier);
        }
    }

    /** Locks the bucket of a queue, as if to wake somebody, and runs something meanwhile. */
    private void withBucketLocked(long queue, Runnable meanwhile) {
        ParkingLot.unparkFilter(
                lock.base(),
                lock.offset() + queue,
                lock,
                (context, token) -> FilterOp.SKIP,
                (context, token, result) -> {
                    meanwhile.run();
                    return ReadersWriterLock.RETRY;
                });
    }

    @Test
    void r07_anUpgraderAndTheLastReaderBothBeforeTheBucketDoNotMissEachOther(TestThreads threads) {
        Checks.assumeThatNobodyObservesWaits();
        Checks.assumeThatAnyThreadMayUnlock();
        lock.lockRead();
        withBucketLocked(RwProbe.DRAIN, () -> {
            awaitBeforeBucket(threads.start("upgrader", () -> {
                lock.lockUpgradable();
                lock.upgrade(); // has announced itself, and is not yet queued
                lock.unlockWrite();
            }));
            awaitBeforeBucket(threads.start("reader", lock::unlockRead)); // has seen that, and comes to wake it
        });
    }

    @Test
    void r07_aWakeForAnEarlierDrainDoesNotEndALaterOneNorTakeItsMarkAway(TestThreads threads) {
        Checks.assumeThatNobodyObservesWaits();
        Checks.assumeThatAnyThreadMayUnlock();
        for (int round = 0; round < 10; round++) {
            int[] left = new int[1];
            lock.lockRead();
            RwProbe.mark(lock, RwProbe.DRAINING); // as if a writer had drained, and given up just now
            withBucketLocked(RwProbe.DRAIN, () -> {
                awaitBeforeBucket(threads.start("reader", lock::unlockRead)); // comes to wake that writer
                lock.lockRead();
                awaitBeforeBucket(threads.start("upgrader", () -> {
                    lock.lockUpgradable();
                    lock.upgrade();
                    assertEquals(1, left[0], "the second reader is still here");
                    lock.unlockWrite();
                }));
            });
            TestThreads.await(
                    "the upgrader drains, and says so",
                    () -> RwProbe.queueOf(lock, RwProbe.DRAIN).size() == 1 && RwProbe.has(lock, RwProbe.DRAINING));
            left[0] = 1;
            lock.unlockRead();
            threads.join();
            RwProbe.assertIdle(lock);
        }
    }

    @Test
    void r07_whoAnnouncesItselfBetweenAReleasersReadOfTheStateAndItsBucketLockIsNotForgotten(TestThreads threads) {
        Checks.assumeThatNobodyObservesWaits();
        Checks.assumeThatAnyThreadMayUnlock();
        for (RwKind kind : List.of(RwKind.READ, RwKind.READ_RECURSIVE, RwKind.UPGRADABLE, RwKind.WRITE)) {
            for (ThrowingRunnable release : List.<ThrowingRunnable>of(
                    lock::unlockWrite,
                    lock::unlockWriteFair,
                    () -> {
                        lock.downgrade();
                        lock.unlockRead();
                    },
                    () -> {
                        lock.downgradeToUpgradable();
                        lock.unlockUpgradable();
                    })) {
                lock.lockWrite();
                startReader(threads, "reader");
                withBucketLocked(RwProbe.MAIN, () -> {
                    Thread late = threads.start("late", () -> {
                        kind.lock(lock);
                        kind.unlock(lock);
                    });
                    awaitBeforeBucket(late);
                    awaitBeforeBucket(threads.start("releaser", release));
                });
                threads.join();
                RwProbe.assertIdle(lock);
            }
        }
    }

    /**
     * We hold the bucket, and change the state as somebody would have who held it before: so the waiter, which has
     * found itself not admitted, and has announced itself, comes to its last check when all is over.
     */
    @Test
    void r07_whoIsAdmittedMeanwhileDoesNotParkAlthoughItsAnnouncementStandsForOthers(TestThreads threads) {
        Checks.assumeThatNobodyObservesWaits();
        record Change(RwKind waiter, int state) {}

        List<Change> changes = List.of(
                new Change(RwKind.READ, RwProbe.ONE_READER | RwProbe.UPGRADABLE | RwProbe.PARKED),
                new Change(
                        RwKind.READ_RECURSIVE,
                        RwProbe.ONE_READER | RwProbe.WRITER | RwProbe.PARKED | RwProbe.RECURSIVE),
                new Change(RwKind.UPGRADABLE, RwProbe.ONE_READER | RwProbe.PARKED));
        for (Change change : changes) {
            lock.lockWrite();
            Thread[] waiter = new Thread[1];
            withBucketLocked(RwProbe.MAIN, () -> {
                waiter[0] = threads.start("waiter", () -> {
                    change.waiter.lock(lock);
                    change.waiter.unlock(lock);
                });
                awaitBeforeBucket(waiter[0]);
                RwProbe.setState(lock, change.state);
            });
            TestThreads.join(waiter[0]); // with nobody to wake it
            threads.join();
            RwProbe.setState(lock, 0);
        }
    }

    @Test
    void r07_whoseAnnouncementWasTakenAwayMeanwhileDoesNotPark(TestThreads threads) {
        Checks.assumeThatNobodyObservesWaits();
        for (RwKind kind : List.of(RwKind.READ, RwKind.READ_RECURSIVE, RwKind.UPGRADABLE, RwKind.WRITE)) {
            for (int mark : new int[] {RwProbe.PARKED, RwProbe.RECURSIVE}) {
                boolean isMade = mark == RwProbe.PARKED || kind == RwKind.READ_RECURSIVE;
                lock.lockWrite();
                withBucketLocked(RwProbe.MAIN, () -> {
                    awaitBeforeBucket(threads.start("waiter", () -> {
                        kind.lock(lock);
                        kind.unlock(lock);
                    }));
                    assertEquals(isMade, RwProbe.has(lock, mark));
                    RwProbe.setState(lock, RwProbe.state(lock) & ~mark);
                });
                TestThreads.await(
                        "it parks, announced",
                        () -> RwProbe.queueOf(lock, RwProbe.MAIN).size() == 1);
                assertEquals(isMade, RwProbe.has(lock, mark));
                lock.unlockWrite();
                threads.join();
                RwProbe.assertIdle(lock);
            }
        }
    }

    @Test
    void r07_aDrainWhoseAnnouncementWasTakenAwayMeanwhileDoesNotPark(TestThreads threads) {
        Checks.assumeThatNobodyObservesWaits();
        lock.lockRead();
        withBucketLocked(RwProbe.DRAIN, () -> {
            awaitBeforeBucket(threads.start("writer", () -> lock.runWrite(() -> {})));
            assertTrue(RwProbe.has(lock, RwProbe.DRAINING));
            // As by a reader that had come to wake an earlier writer.
            RwProbe.setState(lock, RwProbe.state(lock) & ~RwProbe.DRAINING);
        });
        TestThreads.await(
                "it parks, announced",
                () -> RwProbe.queueOf(lock, RwProbe.DRAIN).size() == 1);
        assertTrue(RwProbe.has(lock, RwProbe.DRAINING));
        lock.unlockRead();
    }

    // ---- R20: interrupts and stray permits

    private static void awaitAsleep(Thread thread) {
        TestThreads.await(thread + " sleeps", () -> TestThreads.isAsleep(thread));
    }

    @OnEachKind
    void r20_aPendingInterruptAndStrayPermitsNeitherKeepALockerAwakeNorLetItIn(TestThreads threads) {
        for (RwKind kind : RwKind.values()) {
            boolean drains = kind == RwKind.WRITE || kind == RwKind.UPGRADE;
            RwKind blocker = drains ? RwKind.READ : RwKind.WRITE;
            long queue = drains ? RwProbe.DRAIN : RwProbe.MAIN;
            AtomicBoolean free = new AtomicBoolean();
            blocker.lock(lock);
            Thread waiter = RwProbe.startQueued(threads, lock, queue, "waiter", () -> {
                kind.prepare(lock);
                kind.lock(lock);
                assertTrue(free.get(), "acquired too early");
                assertTrue(Thread.currentThread().isInterrupted());
                kind.unlock(lock);
            });
            waiter.interrupt();
            TestThreads.awaitInterruptNoticed(waiter);
            awaitAsleep(waiter); // one that spins, because the pending interrupt ends every park, always runs
            for (int i = 0; i < 1_000; i++) {
                LockSupport.unpark(waiter);
            }
            awaitAsleep(waiter);
            RwProbe.awaitQueue(lock, queue, waiter);
            free.set(true);
            blocker.unlock(lock);
            threads.join();
            RwProbe.assertIdle(lock);
        }
    }

    // ---- R27: what readers did is seen by the writer that waited for them

    @OnEachKind
    void r27_aDrainingWriterSeesWhatEveryReaderDidBefore(TestThreads threads) throws Exception {
        int rounds = 2_000;
        CyclicBarrier barrier = new CyclicBarrier(3);
        int[] done = new int[64]; // plain; each reader has a place of its own
        for (int i = 0; i < 2; i++) {
            int place = 32 * i;
            threads.start("reader-" + i, () -> {
                for (int round = 1; round <= rounds; round++) {
                    lock.lockRead();
                    meet(barrier);
                    done[place] = round;
                    lock.unlockRead(); // both at once: one compare-and-set fails now and then
                    meet(barrier);
                }
            });
        }
        for (int round = 1; round <= rounds; round++) {
            meet(barrier);
            lock.lockWrite();
            assertEquals(round, done[0]);
            assertEquals(round, done[32]);
            lock.unlockWrite();
            meet(barrier);
        }
    }
}
