package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.TestThreads;
import java.time.Duration;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** No look misses a reader that is there all the time, however its hold moves between the state and the row. */
@Concurrent
class WhoReadsTest {
    private static final int ROUNDS = 300;

    /** A lock that tells each change of its state before it happens, and the next look at it afterwards. */
    private static final class Observed extends RwAcquiring {
        private final AtomicInteger state = new AtomicInteger();
        private Runnable beforeChange = () -> {};
        private Runnable afterLook = () -> {};
        private Runnable afterOpaqueLook = () -> {};

        @Override
        boolean readersMayShareNothing() {
            return true;
        }

        @Override
        int stateOpaque() {
            int now = state.getOpaque();
            Runnable after = afterOpaqueLook;
            afterOpaqueLook = () -> {};
            after.run();
            return now;
        }

        @Override
        int stateVolatile() {
            int now = state.get();
            Runnable after = afterLook;
            afterLook = () -> {};
            after.run();
            return now;
        }

        @Override
        boolean casState(int expected, int value) {
            beforeChange.run();
            return state.compareAndSet(expected, value);
        }

        @Override
        void set(int bits) {
            state.getAndUpdate(now -> now | bits);
        }

        @Override
        void clear(int bits) {
            state.getAndUpdate(now -> now & ~bits);
        }
    }

    private static Observed biasedAndObserved() {
        while (true) {
            Observed lock = new Observed();
            if (VisibleReaders.rowOfOrNew(lock) != VisibleReaders.NO_ROW) {
                assertTrue(lock.startBias());
                return lock;
            }
            System.gc(); // the rows of earlier tests' locks are in the way
        }
    }

    @Test
    void aHoldThatMovesIsInTheStateBeforeItHasLeftTheRow() {
        Observed lock = biasedAndObserved();
        for (int i = 0; i < 3; i++) {
            assertTrue(lock.tryReadOnce());
        }
        int[] changes = new int[1];
        lock.beforeChange = () -> {
            changes[0]++;
            assertTrue(lock.readHolds() >= 3, "a hold is nowhere");
        };
        lock.revoke();
        assertTrue(changes[0] > 0);
        assertEquals(3, RwWord.countOf(lock.stateVolatile()));
        assertEquals(3, lock.readHolds());
    }

    @Test
    void aLookThatFindsNobodyHasEndedTheBias() {
        Observed lock = biasedAndObserved();
        assertFalse(lock.isReadHeld());
        assertEquals(RwWord.ROW, lock.stateVolatile());
    }

    @Test
    void aLookThatFindsSomebodyDoesNotEndTheBias() {
        Observed lock = biasedAndObserved();
        assertTrue(lock.tryReadOnce());
        assertTrue(lock.isReadHeld());
        assertEquals(RwWord.ROW | RwWord.BIASED, lock.stateVolatile());
    }

    @Test
    void aLookThatEndsTheBiasLooksOnceMore() {
        Observed lock = biasedAndObserved();
        lock.beforeChange = () -> assertTrue(VisibleReaders.enter(VisibleReaders.placeOf(lock)));
        assertTrue(lock.isReadHeld(), "a hold that came behind the first look");
    }

    @Test
    void aLookFindsAHoldThatMovesToTheStateMeanwhile() {
        Observed lock = biasedAndObserved();
        assertTrue(lock.tryReadOnce());
        assertTrue(lock.casState(RwProbe.BIASED | RwProbe.ROW, RwProbe.WRITER | RwProbe.ROW)); // claimed just now
        lock.afterLook = lock::revoke; // when the state has been looked at, and the row has not
        assertTrue(lock.isReadHeld());
        assertEquals(RwProbe.WRITER | RwProbe.ROW | RwProbe.ONE_READER, lock.stateVolatile());
    }

    @Test
    void aReleaseFindsAHoldThatMovesToTheStateMeanwhile() {
        Observed lock = biasedAndObserved();
        assertTrue(lock.tryReadOnce());
        lock.afterOpaqueLook = () -> {
            assertTrue(lock.casState(RwProbe.BIASED | RwProbe.ROW, RwProbe.WRITER | RwProbe.ROW));
            lock.revoke();
        };
        assertTrue(lock.releaseReadIfHeld(), "as a guard asks that is closed");
        assertEquals(RwProbe.WRITER | RwProbe.ROW, lock.stateVolatile());
    }

    @Test
    void aRecursiveReaderIsAdmittedBesideAClaimerThatHasNotLookedIntoTheRow() {
        RwLock lock = RwProbe.biased();
        lock.lockRead();
        assertTrue(lock.casState(RwProbe.BIASED | RwProbe.ROW, RwProbe.WRITER | RwProbe.ROW)); // claimed just now
        assertFalse(lock.tryLockRead());
        assertTrue(lock.tryLockReadRecursive());
        assertTrue(lock.isReadBesideClaim(RwProbe.WRITER | RwProbe.ROW));
        lock.revoke();
        assertTrue(lock.isReadBesideClaim(RwProbe.WRITER | RwProbe.ROW), "the holds have moved since that was seen");
        lock.clear(RwProbe.WRITER | RwProbe.ROW);
        lock.unlockRead();
        lock.unlockRead();
        RwProbe.assertIdle(lock);
    }

    @Test
    void aClaimerThatHasNotLookedIntoTheRowDoesNotWrite() {
        RwLock lock = RwProbe.biased();
        RwLockGuard guard = lock.write().guard();
        lock.unlockWrite();
        assertTrue(lock.startBias());
        lock.lockRead();
        assertTrue(lock.casState(RwProbe.BIASED | RwProbe.ROW, RwProbe.WRITER | RwProbe.ROW)); // claimed just now
        assertThrows(IllegalMonitorStateException.class, lock::unlockWrite);
        guard.close();
        assertTrue(lock.isWriteLocked());
        lock.revoke();
        lock.clear(RwProbe.WRITER | RwProbe.ROW);
        lock.unlockRead();
        RwProbe.assertIdle(lock);
    }

    @SuppressWarnings("ImmutableEnumChecker") // these functions are
    private enum Look {
        IS_LOCKED(RwLock::isLocked),
        BUMP(lock -> {
            lock.bumpRead();
            return true;
        }),
        TO_RELEASE(lock -> {
            lock.unlockRead();
            lock.lockRead();
            return true;
        });

        final Predicate<RwLock> findsReaders;

        Look(Predicate<RwLock> findsReaders) {
            this.findsReaders = findsReaders;
        }
    }

    /** Two threads read hand over hand, so that there is always one, but in turn in one place and in another. */
    @ParameterizedTest
    @EnumSource
    void aLookFindsReadersWhoRelieveEachOther(Look look, TestThreads threads) {
        Checks.assumeThatAnyThreadMayUnlock();
        RwLock lock = RwProbe.biased();
        AtomicInteger turn = new AtomicInteger();
        AtomicBoolean over = new AtomicBoolean();
        lock.lockRead(); // until the first of them reads
        for (int i = 0; i < 2; i++) {
            int mine = i;
            threads.start("reader-" + i, () -> {
                while (awaitTurn(turn, mine, over)) {
                    lock.lockRead();
                    turn.incrementAndGet(); // the other comes in, and then
                    if (!awaitTurn(turn, mine, over)) {
                        return; // in the end whoever reads keeps its hold
                    }
                    lock.unlockRead();
                }
            });
        }
        TestThreads.await("both read", () -> turn.get() > 2);
        lock.unlockRead();
        try {
            for (int round = 0; round < ROUNDS; round++) {
                for (int i = 0; i < 1_000; i++) {
                    assertTrue(look.findsReaders.test(lock));
                }
            }
        } finally {
            over.set(true);
        }
        threads.join();
        while (lock.readHolds() != 0) {
            lock.unlockRead();
        }
        assertTrue(lock.tryLockWrite());
        lock.unlockWrite();
        RwProbe.assertIdle(lock);
    }

    /** Spins until it is this thread's turn; false as soon as all is over, whosever turn it is. */
    private static boolean awaitTurn(AtomicInteger turn, int mine, AtomicBoolean over) {
        while (!over.get()) {
            if (turn.get() % 2 == mine) {
                return true;
            }
            Thread.onSpinWait();
        }
        return false;
    }

    /** Another reader keeps the lock biased, and a writer claims it again and again. */
    @Test
    void whoReadsIsNeverRefusedToReadAgain(TestThreads threads) {
        RwLock lock = RwProbe.biased();
        AtomicBoolean over = new AtomicBoolean();
        threads.start("reader", () -> {
            try {
                for (int round = 0; round < 100 * ROUNDS; round++) {
                    readAgainAndAgain(lock);
                }
            } finally {
                over.set(true);
            }
        });
        threads.start("other reader", () -> {
            while (!over.get()) {
                lock.lockRead();
                lock.unlockRead();
            }
        });
        threads.start("writer", () -> {
            while (!over.get()) {
                if (lock.write().tryLockFor(Duration.ofNanos(20_000L))) {
                    lock.unlockWrite();
                }
            }
        });
        threads.join();
        RwProbe.assertIdle(lock);
    }

    private static void readAgainAndAgain(RwLock lock) {
        lock.startBias();
        lock.lockRead();
        for (int i = 0; i < 20; i++) {
            assertTrue(lock.tryLockReadRecursive());
            lock.unlockRead();
            assertTrue(lock.isLocked());
        }
        lock.unlockRead();
    }

    /** Guards that are closed by other threads than made them: each ends one hold. */
    @Test
    void aGuardThatIsClosedHasEndedItsHoldWhereverThatIs(TestThreads threads) {
        Checks.assumeThatAnyThreadMayUnlock();
        RwLock lock = RwProbe.biased();
        SynchronousQueue<RwLockGuard> guards = new SynchronousQueue<>();
        int turns = 50 * ROUNDS;
        for (int i = 0; i < 2; i++) {
            threads.start("opener-" + i, () -> {
                for (int turn = 0; turn < turns; turn++) {
                    lock.startBias();
                    guards.put(lock.read().guard());
                }
            });
            threads.start("closer-" + i, () -> {
                for (int turn = 0; turn < turns; turn++) {
                    guards.take().close();
                }
            });
        }
        threads.join();
        assertEquals(0, lock.readHolds());
        assertTrue(lock.tryLockWrite());
        lock.unlockWrite();
        RwProbe.assertIdle(lock);
    }

    /** Who has been woken and is refused wakes those whom its wake would have reached. */
    @Test
    void anUpgradableLockerThatIsRefusedLeavesItsWakeToTheWriterBehindIt(TestThreads threads) {
        RwLock lock = new RwLock();
        lock.lockUpgradable();
        RwProbe.startQueued(threads, lock, RwProbe.MAIN, "upgradable", () -> {
            assertThrows(Error.class, lock::lockUpgradable);
        });
        Thread writer = RwProbe.startQueued(threads, lock, RwProbe.MAIN, "writer", () -> lock.runWrite(() -> {}));
        int full = RwProbe.readHolds(RwProbe.MAX_READERS) | RwProbe.UPGRADABLE | RwProbe.PARKED;
        RwProbe.setState(lock, full);
        lock.downgradeUpgradable();
        RwProbe.awaitQueue(lock, RwProbe.MAIN);
        RwProbe.awaitQueue(lock, RwProbe.DRAIN, writer);
        RwProbe.setState(lock, RwProbe.ONE_READER | RwProbe.WRITER | RwProbe.DRAINING);
        lock.unlockRead();
        threads.join();
        RwProbe.assertIdle(lock);
    }
}
