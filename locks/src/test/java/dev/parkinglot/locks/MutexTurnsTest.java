package dev.parkinglot.locks;

import static dev.parkinglot.locks.MutexProtocol.PARKED;
import static dev.parkinglot.locks.MutexProtocol.SHARED;
import static dev.parkinglot.locks.MutexProtocol.WAKE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThreadKind;
import dev.parkinglot.testkit.DrivenLot;
import dev.parkinglot.testkit.DrivenThread;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link Mutex}: the turn of whoever is parked, and to whom an unlock then gives the lock. */
@ParameterizedClass
@EnumSource(
        value = MutexKind.class,
        names = {"PLAIN", "IN_BUFFER"})
@Concurrent
class MutexTurnsTest {
    @Parameter
    private MutexKind kind;

    private MutualExclusionLock mutex;

    @BeforeEach
    void makeMutex() {
        mutex = kind.newMutex();
    }

    @AfterEach
    void leaveNothingBehind() {
        Probe.assertIdle(mutex);
    }

    /** Waits until it is the turn of whoever is parked for the lock: half a millisecond after it parked. */
    private void awaitTurn() {
        TestThreads.await("it is its turn", mutex::isTurnDue);
    }

    @Test
    void anUnlockHandsTheLockOverOnceItIsSomebodysTurn(TestThreads threads) {
        mutex.lock();
        Thread parked = threads.start("parked", () -> {
            mutex.lock();
            assertFalse(mutex.tryLock(), "it is held, if only by this thread");
            mutex.unlock();
        });
        Probe.awaitQueue(mutex, parked);
        awaitTurn();
        mutex.unlock();
        // Handed over, the lock was never free: so a thread that is always there cannot have got it in between.
        TestThreads.join(parked);
    }

    @Test
    void onceItIsSomebodysTurnNobodySpinsOnBehalfOfTheParked(TestThreads threads) {
        boolean atFirst;
        boolean newcomer;
        boolean woken;
        mutex.lock();
        Thread first = threads.start("first", () -> mutex.runLocked(() -> {}));
        Probe.awaitQueue(mutex, first);
        atFirst = MutexPolicy.maySpinForParked(mutex, MutexProtocol.PARKED, false) || mutex.isTurnDue();
        awaitTurn();
        newcomer = MutexPolicy.maySpinForParked(mutex, MutexProtocol.PARKED, false);
        woken = MutexPolicy.maySpinForParked(mutex, MutexProtocol.PARKED, true);
        mutex.unlock();
        threads.join();
        assertTrue(atFirst);
        assertFalse(newcomer);
        assertTrue(woken, "one that was woken does all the same");
    }

    /** Notes whether the lock was free when somebody asked for its {@code base()}, as before each look at the queue. */
    private static final class WatchedMutex extends Mutex {
        private boolean wasFree;

        @Override
        Object base() {
            wasFree |= !isLocked();
            return super.base();
        }
    }

    /** Were it free for a moment, a thread that comes in that moment could take the turn away. */
    @ParameterizedTest
    @ValueSource(longs = {0L, MutexWaitingTest.MORE_THAN_A_TURN_TAKES})
    void theLockIsNotFreeForAMomentIfItIsSomebodysTurn(long waited) {
        WatchedMutex watched = new WatchedMutex();
        try (DrivenLot lot = new DrivenLot()) {
            DrivenThread holder = lot.thread("holder", () -> {
                watched.lock();
                lot.stop("holds");
                watched.unlock();
            });
            holder.step();
            lot.start("parked", watched::lock);
            lot.clock().advance(waited);
            watched.wasFree = false; // it was asked for its key before it was locked, if holders are recorded
            assertTrue(holder.run().hasEnded());
            assertEquals(waited == 0L, watched.wasFree);
            assertEquals(waited != 0L, watched.isLocked());
        }
    }

    /**
     * With conditions nobody yields after a wake, so a thread that frees the lock and tries it at once would get it in
     * some round.
     */
    @Test
    void whoseTurnItIsOwnsTheLockAsSoonAsItIsReleased() {
        assertIsHandedOverWhenItIsItsTurn(mutex, mutex::unlock);
    }

    /** An unlock that is late takes the lock again, in order to wake somebody, and hands it over just as well. */
    @Test
    void whoseTurnItIsOwnsTheLockAlsoIfItWasFreedBeforeTheWake() {
        Mutex neverLookedAt = new Mutex() { // else who is parked might find the lock free by itself in between
                    @Override
                    boolean mayOverlookWaiters() {
                        return false;
                    }
                };
        assertIsHandedOverWhenItIsItsTurn(neverLookedAt, () -> {
            Probe.unlockOverlookingWaiters(neverLookedAt);
            neverLookedAt.wakeOne();
        });
    }

    private static void assertIsHandedOverWhenItIsItsTurn(MutualExclusionLock mutex, Runnable release) {
        for (int round = 0; round < 50; round++) {
            mutex.lock();
            mutex.share();
            Probe.assertHandsOver(ThreadKind.PLATFORM, mutex, () -> {
                TestThreads.await("it is its turn", mutex::isTurnDue);
                release.run();
            });
        }
        Probe.assertIdle(mutex);
    }

    /** The rest of an unlock, when another thread holds the lock already: what is in the queue is left to that one. */
    @Test
    void withConditionsNobodyIsWokenWhileAnotherThreadHoldsTheLock() {
        mutex.lock();
        mutex.share();
        mutex.markParked();
        mutex.wakeOne();
        assertEquals(PARKED | WAKE | SHARED, Probe.flagsOf(mutex), "it has not been to the lot");
        mutex.unlock();
    }

    /** The order is forced: a thread says that it parks between the two looks of an unlock. */
    @Test
    void anUnlockLooksAgainAfterItHasFreedTheLock() {
        Mutex late = new Mutex() {
            @Override
            void setLockedRelease(byte value) {
                markParked();
                super.setLockedRelease(value);
            }
        };
        late.lock();
        late.unlock();
        assertEquals(0, Probe.flagsOf(late), "it has been to the lot, and found nobody");
        ReentrantMutex lateReentrant = new ReentrantMutex() {
            @Override
            void setLockedRelease(byte value) {
                markParked();
                super.setLockedRelease(value);
            }
        };
        lateReentrant.lock();
        lateReentrant.unlock();
        assertEquals(0, Probe.flagsOf(lateReentrant), "it has been to the lot, and found nobody");
    }

    /** The lock is free and a thread is parked for it, as between the two looks of an unlock. */
    @Test
    void whoeverGetsAFairLockPastTheParkedPassesItOnToThem(TestThreads threads) {
        FairMutex fair = new FairMutex();
        CountDownLatch tried = new CountDownLatch(1);
        fair.lock();
        Thread parked = threads.start("parked", () -> {
            fair.lock();
            tried.await();
            fair.unlock();
        });
        Probe.awaitQueue(fair, parked);
        Probe.unlockOverlookingWaiters(fair);
        boolean taken = FairMutexQueue.tryAcquire(fair);
        if (taken) {
            fair.unlock();
        }
        tried.countDown();
        assertFalse(taken, "it was the turn of the one that is parked");
        threads.join();
        Probe.assertIdle(fair);
    }

    /** Two threads that pass the lock between them do not keep a third waiting: its turn comes. */
    @ParameterizedTest
    @MethodSource(Probe.THREAD_KINDS)
    void whoeverIsParkedGetsItsTurnThoughOthersAreAlwaysThere(ThreadKind kind) {
        int rounds = 200;
        AtomicInteger turns = new AtomicInteger();
        AtomicInteger done = new AtomicInteger();
        int hogs = 2;
        try (TestThreads threads = new TestThreads(kind)) {
            for (int i = 0; i < hogs; i++) {
                threads.start("hog-" + i, () -> {
                    while (turns.get() < rounds) {
                        mutex.lock();
                        mutex.unlock();
                        if (kind == ThreadKind.VIRTUAL) {
                            TestThreads.letOthersRun(); // or they would keep the carriers to themselves
                        }
                    }
                    done.incrementAndGet();
                });
            }
            threads.start("third", () -> {
                while (turns.get() < rounds) {
                    mutex.lock();
                    turns.incrementAndGet();
                    mutex.unlock();
                }
            });
        }
        assertEquals(hogs, done.get());
    }
}
