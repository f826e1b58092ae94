package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.Delays;
import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThreadKind;
import dev.parkinglot.testing.ThrowingRunnable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a lock that one thread holds at a time promises, whether or not its holder may lock it again: as many holds at
 * once as {@link #depth} says.
 */
@Concurrent
abstract class ExclusionContract<L extends MutexProtocol & ScopedLock<?>> {
    L mutex;

    abstract L newMutex();

    /** How many holds the tests take where more than one may matter. */
    abstract int depth();

    /** Does as one who does not hold the lock: on this thread if the lock does not know its owner. */
    abstract void asAnother(ThrowingRunnable action) throws Throwable;

    @BeforeEach
    void makeMutex() {
        mutex = newMutex();
    }

    @AfterEach
    void assertFree() {
        Probe.assertIdle(mutex);
    }

    /** That the calling thread holds the lock this often, as far as can be told. */
    void assertHeld(int holds) {
        if (holds == 0) {
            assertFree();
        } else {
            assertTrue(Exclusive.isLocked(mutex));
        }
    }

    /** That the calling thread does not hold the lock, which another one holds, as far as can be told. */
    void assertHeldByAnother() {
        assertTrue(Exclusive.isLocked(mutex));
    }

    final void lock(int times) {
        for (int i = 0; i < times; i++) {
            mutex.lock();
        }
    }

    final void unlock(int times) {
        for (int i = 0; i < times; i++) {
            mutex.unlock();
        }
    }

    /** Locks and unlocks: a waiter who wants nothing else. */
    final void lockAndUnlock() {
        mutex.lock();
        mutex.unlock();
    }

    /** What only the holder may do. */
    final List<ThrowingRunnable> misuses() {
        return List.of(() -> mutex.unlock(), () -> mutex.unlockFair(), () -> mutex.bump());
    }

    final void assertCannotBeTaken() {
        boolean taken = mutex.tryLock();
        if (taken) {
            mutex.unlock(); // or the failure would leave others waiting
        }
        assertFalse(taken, "could be taken");
    }

    // ---- locking

    @ParameterizedTest
    @MethodSource("dev.parkinglot.locks.LockWay#immediate")
    void aHeldMutexIsRefusedAtOnceWithoutGoingToTheLot(LockWay way) throws Throwable {
        mutex.lock();
        Probe.markParked(mutex);
        asAnother(() -> {
            assertFalse(way.lock(mutex));
            assertHeldByAnother();
        });
        assertTrue(Probe.isMarkedParked(mutex), "a park that gives up would have taken the mark away");
        assertHeld(1);
        mutex.unlock();
    }

    @ParameterizedTest
    @MethodSource("dev.parkinglot.locks.LockWay#brief")
    void aTimeoutIsNotEarlyAndLeavesTheMutexAsItWas(LockWay way) throws Throwable {
        lock(depth());
        asAnother(() -> {
            long deadline = System.nanoTime() + Delays.SHORT_DELAY.toNanos();
            assertFalse(way.lock(mutex));
            assertTrue(System.nanoTime() - deadline >= 0L, "too early");
            assertHeldByAnother();
        });
        assertFalse(Probe.isMarkedParked(mutex), "the last to leave clears the mark");
        assertHeld(depth());
        unlock(depth());
    }

    @ParameterizedTest
    @MethodSource("dev.parkinglot.locks.LockWay#endless")
    void aWaiterGetsTheLockOnceWhenItIsUnlocked(LockWay way) {
        for (ThreadKind kind : ThreadKind.available()) {
            try (TestThreads threads = new TestThreads(kind)) {
                AtomicBoolean unlocked = new AtomicBoolean();
                lock(depth());
                Thread waiter = threads.start("waiter", () -> {
                    assertTrue(way.lock(mutex));
                    assertTrue(unlocked.get(), "acquired while the lock was held");
                    assertHeld(1);
                    mutex.unlock();
                });
                Probe.awaitQueue(mutex, waiter);
                unlock(depth() - 1);
                unlocked.set(true);
                mutex.unlock();
            }
            assertFree();
        }
    }

    @OnEachKind
    void oneThreadAtATimeHoldsTheLockAndSeesWhatTheOthersWrote(TestThreads threads) {
        int each = 10_000;
        long[] counter = new long[1]; // plain: only the lock orders it
        threads.start(4, "incrementer", () -> {
            for (int i = 0; i < each; i++) {
                int holds = i % depth() + 1;
                lock(holds);
                counter[0]++;
                assertHeld(holds);
                unlock(holds);
            }
        });
        threads.join();
        assertEquals(4L * each, counter[0]);
    }

    @Test
    void timeoutsAndUnitsMustBeGiven() {
        assertThrows(NullPointerException.class, () -> mutex.tryLock(1L, null));
        assertThrows(NullPointerException.class, () -> mutex.tryLockFor(null));
    }

    @Test
    void theBlockerOfAWaiterIsTheMutex(TestThreads threads) {
        mutex.lock();
        Thread waiter = threads.start("waiter", this::lockAndUnlock);
        TestThreads.await("the blocker", () -> Blockers.isBlocker(waiter, mutex.base()));
        mutex.unlock();
    }

    // ---- interrupts

    @Test
    void aPendingInterruptCountsForATryLockWithoutTime() {
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> mutex.tryLock(0L, TimeUnit.SECONDS));
        assertFalse(Thread.currentThread().isInterrupted());
    }

    @ParameterizedTest
    @MethodSource("dev.parkinglot.locks.LockWay#interruptible")
    void anInterruptEndsAnInterruptibleWait(LockWay way) {
        for (ThreadKind kind : ThreadKind.available()) {
            try (TestThreads threads = new TestThreads(kind)) {
                mutex.lock();
                Thread waiter = threads.start("waiter", () -> {
                    assertThrows(InterruptedException.class, () -> way.lock(mutex));
                    assertFalse(Thread.currentThread().isInterrupted());
                    assertHeldByAnother();
                });
                Probe.awaitQueue(mutex, waiter);
                waiter.interrupt();
                TestThreads.join(waiter);
                assertHeld(1);
                assertFalse(Probe.isMarkedParked(mutex), "the last to leave clears the mark");
                mutex.unlock();
                assertFree();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.parkinglot.locks.LockWay#uninterruptible")
    void anInterruptNeitherEndsAnUninterruptibleWaitNorIsItLost(LockWay way) {
        for (ThreadKind kind : ThreadKind.available()) {
            for (boolean pendingBefore : new boolean[] {true, false}) {
                try (TestThreads threads = new TestThreads(kind)) {
                    mutex.lock();
                    AtomicBoolean unlocked = new AtomicBoolean();
                    Thread waiter = threads.start("waiter", () -> {
                        if (pendingBefore) {
                            Thread.currentThread().interrupt();
                        }
                        assertTrue(way.lock(mutex));
                        assertTrue(unlocked.get(), "acquired while the lock was held");
                        assertTrue(Thread.currentThread().isInterrupted());
                        assertHeld(1);
                        mutex.unlock();
                    });
                    Probe.awaitQueue(mutex, waiter);
                    if (!pendingBefore) {
                        waiter.interrupt();
                    }
                    // The parker takes the flag away in order to sleep, and gives it back when it leaves.
                    TestThreads.awaitInterruptNoticed(waiter);
                    Probe.awaitQueue(mutex, waiter);
                    unlocked.set(true);
                    mutex.unlock();
                }
            }
        }
    }

    // ---- unlocking

    @Test
    void unlockingAFreeMutexIsRefusedAndChangesNothing() {
        for (ThrowingRunnable misuse : misuses()) {
            assertThrows(IllegalMonitorStateException.class, misuse::run);
            assertFree();
        }
        mutex.lock();
        assertHeld(1);
        mutex.unlock();
    }

    @OnEachKind
    void everyUnlockSeesToItThatTheNextOneGetsTheLock(TestThreads threads) {
        List<Integer> order = new ArrayList<>();
        lock(depth());
        Probe.queueUp(threads, mutex, 5, i -> () -> {
            lock(depth());
            order.add(i);
            unlock(depth());
        });
        unlock(depth());
        threads.join();
        // In this order, except that whoever looks again just when a woken thread is on its way may overtake it.
        assertEquals(List.of(0, 1, 2, 3, 4), order.stream().sorted().toList());
    }

    @OnEachKind
    void theLastUnlockFairHandsOverInOrderAlsoWhenTheTimerOfTheBucketDoesNotAskForIt(TestThreads threads) {
        int count = 50; // in quick succession, so that most hand-overs come long before a millisecond is over
        List<Integer> order = new ArrayList<>();
        AtomicInteger got = new AtomicInteger();
        CountDownLatch over = new CountDownLatch(1);
        lock(depth());
        Thread[] queue = Probe.queueUp(threads, mutex, count, i -> () -> {
            lock(depth());
            order.add(i);
            if (got.incrementAndGet() == count) {
                over.await();
            }
            unlockFairButOnce();
            mutex.unlockFair();
        });
        unlockFairButOnce();
        assertEquals(List.of(queue), Probe.queueOf(mutex), "an inner unlock lets nobody in");
        mutex.unlockFair();
        while (got.get() < count) {
            assertCannotBeTaken();
        }
        over.countDown();
        threads.join();
        assertEquals(Stream.iterate(0, i -> i + 1).limit(count).toList(), order);
    }

    /** Ends all holds but one. */
    private void unlockFairButOnce() {
        for (int left = depth() - 1; left > 0; left--) {
            mutex.unlockFair();
            assertHeld(left);
        }
    }

    @Test
    void unlockFairWithoutWaitersUnlocks() {
        mutex.lock();
        mutex.unlockFair();
    }

    @Test
    void unlockFairUnlocksIfTheWaiterHasJustGoneAway() {
        mutex.lock();
        Probe.markParked(mutex);
        mutex.unlockFair();
    }

    // ---- bump

    @OnEachKind
    void bumpLetsTheLongestWaitingInAndReturnsWithAllHolds(TestThreads threads) {
        for (int holds = 1; holds <= depth(); holds++) {
            List<String> order = new ArrayList<>();
            lock(holds);
            Probe.queueUp(threads, mutex, 2, i -> () -> {
                lock(depth());
                assertHeld(depth());
                order.add("waiter " + i);
                unlockFairButOnce();
                mutex.unlockFair();
            });
            mutex.bump();
            order.add("bumper");
            assertHeld(holds);
            assertEquals(List.of("waiter 0", "waiter 1", "bumper"), order, "the bumper queues up behind the others");
            for (int left = holds - 1; left > 0; left--) {
                mutex.unlock();
                assertHeld(left);
            }
            mutex.unlock();
            threads.join();
            assertFree();
        }
    }

    @ParameterizedTest
    @MethodSource(Probe.THREAD_KINDS)
    void bumpHandsOverSoThatNobodyElseGetsInBetween(ThreadKind kind) {
        int turns = 200; // in quick succession: the timer of the bucket alone would hand over once a millisecond
        Thread bumper = Thread.currentThread();
        AtomicInteger taken = new AtomicInteger();
        AtomicBoolean over = new AtomicBoolean();
        try (TestThreads threads = new TestThreads(kind);
                TestThreads watchers = new TestThreads()) {
            lock(depth());
            Thread waiter = threads.start("waiter", () -> {
                for (int i = 0; i < turns; i++) {
                    mutex.lock();
                    taken.incrementAndGet();
                    try {
                        Probe.awaitQueue(mutex, bumper);
                    } finally {
                        mutex.unlockFair();
                    }
                }
            });
            watchers.start("watcher", () -> {
                while (!over.get()) {
                    assertCannotBeTaken();
                }
            });
            for (int i = 1; i <= turns; i++) {
                Probe.awaitQueue(mutex, waiter);
                mutex.bump();
                assertEquals(i, taken.get(), "the waiter was let in");
            }
            over.set(true);
            watchers.join();
            assertHeld(depth());
            unlock(depth());
        }
    }

    @Test
    void bumpWithoutWaitersGoesOnHolding() {
        lock(depth());
        mutex.bump();
        assertHeld(depth());
        Probe.markParked(mutex); // somebody has just gone away
        mutex.bump();
        assertHeld(depth());
        unlock(depth());
    }

    @Test
    void bumpKeepsAnInterruptPending(TestThreads threads) {
        mutex.lock();
        Thread waiter = threads.start("waiter", this::lockAndUnlock);
        Probe.awaitQueue(mutex, waiter);
        Thread.currentThread().interrupt();
        mutex.bump();
        assertTrue(Thread.interrupted());
        assertHeld(1);
        mutex.unlock();
    }

    // ---- guards and withLock

    @Test
    void r10_aGuardClosedTwiceDoesNothingAlsoWhenTheMutexIsHeldAgain() {
        LockGuard guard = mutex.guard();
        guard.close();
        guard.close();
        guard.closeFair();
        assertFree();
        mutex.lock();
        guard.close();
        guard.closeFair();
        assertHeld(1);
        mutex.unlock();
    }

    @Test
    void r10_aGuardClosedAfterAnExplicitUnlockDoesNothing() {
        for (ThrowingRunnable unlock : List.<ThrowingRunnable>of(() -> mutex.unlock(), () -> mutex.unlockFair())) {
            LockGuard guard = mutex.guard();
            assertDoesNotThrow(unlock::run);
            assertDoesNotThrow(guard::close);
            assertDoesNotThrow(guard::closeFair);
            assertFree();
        }
    }

    @ParameterizedTest
    @MethodSource(Probe.THREAD_KINDS)
    void closeFairHandsOver(ThreadKind kind) {
        // Many rounds: an unfair unlock hands over too, but only about once a millisecond.
        for (int round = 0; round < 100; round++) {
            LockGuard guard = mutex.guard();
            Probe.assertHandsOver(kind, mutex, guard::closeFair);
        }
    }

    @Test
    void aGuardStaysValidOverABump(TestThreads threads) {
        int outer = depth() - 1;
        lock(outer);
        LockGuard guard = mutex.guard();
        Thread waiter = threads.start("waiter", () -> {
            try (LockGuard inner = mutex.guard()) {
                assertNotNull(inner);
            }
        });
        Probe.awaitQueue(mutex, waiter);
        mutex.bump();
        TestThreads.join(waiter);
        assertHeld(depth());
        guard.close();
        assertHeld(outer); // the guard knew its hold again
        unlock(outer);
    }

    @Test
    void whatAnActionThrowsLeavesAfterItsHoldWasEnded() {
        IllegalArgumentException failure = new IllegalArgumentException("on purpose");
        LockAction<IllegalArgumentException> action = () -> {
            throw failure;
        };
        LockCall<String, IllegalArgumentException> computation = () -> {
            throw failure;
        };
        int outer = depth() - 1;
        lock(outer);
        Probe.assertThrowsSame(failure, () -> mutex.runLocked(action));
        assertHeld(outer);
        Probe.assertThrowsSame(failure, () -> mutex.withLock(computation));
        assertHeld(outer);
        unlock(outer);
    }

    @Test
    void anActionMustBeGiven() {
        assertThrows(NullPointerException.class, () -> mutex.runLocked(null));
        assertThrows(NullPointerException.class, () -> mutex.withLock(null));
    }
}
