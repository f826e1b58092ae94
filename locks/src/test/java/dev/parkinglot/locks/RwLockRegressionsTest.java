package dev.parkinglot.locks;

import static dev.parkinglot.locks.Threads.pauseUntil;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.Delays;
import dev.parkinglot.testing.TestThreads;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * Failures that other readers-writer locks had. The number in a name is that of a row in the table of docs/design.md
 * ("What is tested how"). Those of a writer that drains: {@link RwLockDrainRegressionsTest}.
 */
class RwLockRegressionsTest extends RwLockFixture {
    // ---- R8: plain readers and an upgradable holder

    @OnEachKind
    void r08_aReaderIsNotBlockedByAnUpgradableHolderNorByThoseWhoWaitForIt(TestThreads threads) {
        lock.lockUpgradable();
        RwProbe.startQueued(threads, lock, RwProbe.MAIN, "second upgradable", () -> lock.runUpgradable(() -> {}));
        startWriter(threads, "writer");
        Thread reader = threads.start("reader", () -> {
            assertTrue(lock.tryLockRead());
            lock.unlockRead();
            lock.lockRead();
            lock.unlockRead();
        });
        TestThreads.join(reader); // while the upgradable hold goes on
        lock.unlockUpgradable();
    }

    /** So often a writer must lose, which is decided by who is faster. */
    private static final int LOSSES = 20;

    /**
     * A writer is woken, and before it runs another thread takes the upgradable hold: the writer waits again, but the
     * reader that had waited behind it must not, since now there is nobody but the upgradable holder.
     */
    private boolean losesToAnUpgradableHolder(Thread readerBehindIt) {
        lock.unlockWrite();
        boolean loses = lock.tryLockUpgradable();
        if (loses) {
            TestThreads.join(readerBehindIt); // while we hold it upgradably
            lock.unlockUpgradable();
        }
        return loses;
    }

    @OnEachKind
    void r08_aReaderBehindAWriterThatLosesToAnUpgradableHolderIsAdmitted(TestThreads threads) {
        for (int lost = 0; lost < LOSSES; ) {
            lock.lockWrite();
            startWriter(threads, "writer");
            lost += losesToAnUpgradableHolder(startReader(threads, "reader")) ? 1 : 0;
            threads.join();
        }
    }

    @OnEachKind
    void r08_theSameIfTheWriterComesFromACondition(TestThreads threads) {
        for (int lost = 0; lost < LOSSES; ) {
            Condvar condvar = new Condvar();
            Thread waiter = threads.start("waiter", () -> lock.runWrite(() -> condvar.awaitUninterruptibly(lock)));
            Probe.awaitQueue(condvar, waiter);
            lock.lockWrite();
            assertTrue(condvar.signal());
            RwProbe.awaitQueue(lock, RwProbe.MAIN, waiter);
            lost += losesToAnUpgradableHolder(startReader(threads, "reader")) ? 1 : 0;
            threads.join();
        }
    }

    // ---- R9: upgrade, downgrade, upgrade within one hold

    @OnEachKind
    void r09_noWriterIntrudesBetweenUpgradesOfOneHoldAndTheModeIsRestoredWhenTheActionThrows(TestThreads threads) {
        int[] value = new int[1]; // guarded by the lock
        IllegalStateException failure = new IllegalStateException("on purpose");
        lock.lockUpgradable();
        Thread writer = RwProbe.startQueued(threads, lock, RwProbe.MAIN, "writer", () -> {
            lock.lockWrite();
            value[0] = -1;
            lock.unlockWrite();
        });
        for (int i = 0; i < 10; i++) {
            int before = i;
            assertEquals(before, value[0], "a writer intruded");
            Runnable action = () -> {
                assertTrue(RwProbe.has(lock, RwProbe.WRITER));
                assertEquals(before, value[0], "a writer intruded");
                value[0]++;
                if (before % 2 == 0) {
                    throw failure;
                }
            };
            if (before % 2 == 0) {
                Probe.assertThrowsSame(failure, () -> lock.runUpgraded(action::run));
            } else {
                lock.runUpgraded(action::run);
            }
            assertEquals(RwProbe.ONE_READER | RwProbe.UPGRADABLE | RwProbe.PARKED, RwProbe.state(lock));
            assertEquals(List.of(writer), RwProbe.queueOf(lock, RwProbe.MAIN));
            assertTrue(lock.tryLockRead(), "readers come in between");
            lock.unlockRead();
        }
        assertEquals(10, value[0]);
        lock.unlockUpgradable();
        threads.join();
        assertEquals(-1, value[0]);
    }

    @OnEachKind
    void r09_noWriterIntrudesIntoAnUpgradeThatHasToWait(TestThreads threads) {
        int[] value = new int[1]; // guarded by the lock
        lock.lockRead();
        Thread upgrader = RwProbe.startQueued(threads, lock, RwProbe.DRAIN, "upgrader", () -> {
            lock.lockUpgradable();
            lock.upgrade();
            assertEquals(0, value[0]++, "a writer intruded");
            lock.downgradeToUpgradable();
            assertEquals(1, value[0], "a writer intruded");
            lock.upgrade();
            assertEquals(1, value[0], "a writer intruded");
            lock.unlockWrite();
        });
        RwProbe.startQueued(threads, lock, RwProbe.MAIN, "writer", () -> {
            lock.lockWrite();
            value[0]++;
            lock.unlockWrite();
        });
        lock.unlockRead();
        TestThreads.join(upgrader);
    }

    // ---- R12: woken threads and spinning ones

    @OnEachKind
    void r12_wokenThreadsAndSpinnersReadTheStateAgainInEveryRound(TestThreads threads) {
        int each = 5_000;
        int[] value = new int[2]; // guarded by the lock
        threads.start(2, "writer", () -> {
            for (int i = 0; i < each; i++) {
                lock.lockWrite();
                value[0]++;
                value[1]++;
                if ((i & 63) == 0) {
                    lock.unlockWriteFair(); // so that there are woken threads among the spinning ones
                } else {
                    lock.unlockWrite();
                }
            }
        });
        threads.start(2, "reader", () -> {
            for (int i = 0; i < each; i++) {
                lock.lockRead();
                assertEquals(value[0], value[1], "beside a writer");
                lock.unlockRead();
            }
        });
        threads.join();
        assertEquals(2 * each, value[0]);
    }

    // ---- R13: bumping readers

    @OnEachKind
    void r13_aWriterGetsInWhenThreeReadersBump(TestThreads threads) {
        CountDownLatch reading = new CountDownLatch(3);
        CountDownLatch draining = new CountDownLatch(1);
        int[] written = new int[1]; // guarded by the lock
        threads.start(3, "reader", () -> {
            lock.lockRead();
            reading.countDown();
            await(draining);
            lock.bumpRead();
            assertEquals(1, written[0], "came back before the writer");
            lock.unlockRead();
        });
        TestThreads.await("all read", () -> reading.getCount() == 0L);
        RwProbe.startQueued(threads, lock, RwProbe.DRAIN, "writer", () -> {
            lock.lockWrite();
            written[0] = 1;
            lock.unlockWrite();
        });
        draining.countDown();
    }

    // ---- R15: reading again while a writer waits

    @OnEachKind
    void r15_readingAgainBehindAWriterBlocksUnlessItIsRecursive(TestThreads threads) {
        lock.lockRead();
        RwProbe.startQueued(threads, lock, RwProbe.DRAIN, "writer", () -> lock.runWrite(() -> {}));
        assertFalse(lock.tryLockRead());
        assertFalse(lock.read().tryLockFor(Delays.SHORT_DELAY));
        assertFalse(lock.read().tryLockUntil(System.nanoTime() + Delays.SHORT_DELAY.toNanos()));
        assertTrue(lock.tryLockReadRecursive());
        lock.lockReadRecursive();
        assertEquals(3, RwProbe.readers(lock));
        lock.unlockRead();
        lock.unlockRead();
        lock.unlockRead();
    }

    // ---- R16: a recursive reader that is parked when other readers get in

    @OnEachKind
    void r16_aParkedRecursiveReaderIsAdmittedAsSoonAsReadersHoldTheLock(TestThreads threads) {
        for (boolean fair : new boolean[] {false, true}) {
            for (int round = 0; round < 20; round++) {
                CountDownLatch secondReads = new CountDownLatch(1);
                lock.lockWrite();
                RwProbe.startQueued(threads, lock, RwProbe.MAIN, "R1", () -> {
                    lock.lockRead();
                    await(secondReads);
                    lock.unlockRead();
                });
                startWriter(threads, "W");
                RwProbe.startQueued(threads, lock, RwProbe.MAIN, "R2", () -> {
                    lock.lockReadRecursive();
                    secondReads.countDown();
                    lock.unlockRead();
                });
                if (fair) {
                    lock.unlockWriteFair();
                } else {
                    lock.unlockWrite();
                }
                threads.join();
                RwProbe.assertIdle(lock);
            }
        }
    }

    @OnEachKind
    void r16_theSameBesideTheReaderThatTheWriterBecomes(TestThreads threads) {
        CountDownLatch secondReads = new CountDownLatch(1);
        lock.lockWrite();
        startWriter(threads, "W");
        RwProbe.startQueued(threads, lock, RwProbe.MAIN, "R2", () -> {
            lock.lockReadRecursive();
            secondReads.countDown();
            lock.unlockRead();
        });
        lock.downgrade(); // wakes W, which claims the lock
        TestThreads.await("R2 reads", () -> secondReads.getCount() == 0L); // while we read
        lock.unlockRead();
    }

    // ---- R19: odd timeouts

    @OnEachKind
    void r19_anExpiredDrainIsGivenUpEvenIfTheClaimCameWithTheLastWake(TestThreads threads) {
        lock.lockUpgradable();
        lock.lockRead();
        long deadline = System.nanoTime() + Delays.SHORT_DELAY.toNanos();
        Thread writer = threads.start("writer", () -> assertFalse(lock.write().tryLockUntil(deadline)));
        pauseUntil(deadline);
        lock.unlockUpgradableFair(); // perhaps hands the claim to one whose time is over
        TestThreads.join(writer);
        assertEquals(RwProbe.ONE_READER, RwProbe.state(lock));
        lock.unlockRead();
    }

    // (0, negative, huge and expired timeouts of every form: RwLockAcquiringTest)
}
