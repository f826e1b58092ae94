package dev.parkinglot.locks;

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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What {@link Mutex} and {@link FairMutex} have in common, sentence by sentence of their Javadoc: with what a lock that
 * has an owner can too in {@link ExclusionContract}.
 */
abstract class MutexContract extends ExclusionContract<MutualExclusionLock> {
    @Override
    final int depth() {
        return 1;
    }

    @Override
    final void asAnother(ThrowingRunnable action) throws Throwable {
        action.run();
    }

    @ParameterizedTest
    @MethodSource("dev.parkinglot.locks.LockWay#all")
    void aFreeMutexIsLockedAtOnce(LockWay way) throws InterruptedException {
        assertTrue(way.lock(mutex));
        assertTrue(mutex.isLocked());
        mutex.unlock();
    }

    @ParameterizedTest
    @MethodSource("dev.parkinglot.locks.LockWay#interruptible")
    void aPendingInterruptPreventsAnInterruptibleLockEvenIfTheMutexIsFree(LockWay way) {
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> way.lock(mutex));
        assertFalse(Thread.currentThread().isInterrupted());
    }

    @ParameterizedTest
    @MethodSource("dev.parkinglot.locks.LockWay#interruptible")
    void aPendingInterruptIsSeenBeforeTheQueue(LockWay way) {
        mutex.lock();
        Probe.markParked(mutex);
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> way.lock(mutex));
        assertFalse(Thread.currentThread().isInterrupted());
        assertTrue(mutex.isLocked());
        assertTrue(Probe.isMarkedParked(mutex), "a park that gives up would have taken the mark away");
        mutex.unlock();
    }

    @Test
    void anUninterruptibleWaitThatTimesOutKeepsTheInterruptPending() {
        mutex.lock();
        Thread.currentThread().interrupt();
        assertFalse(mutex.tryLockFor(Delays.SHORT_DELAY));
        assertTrue(Thread.interrupted());
        mutex.unlock();
    }

    @Test
    void unlockingAFreeMutexIsRefusedAlsoWhileAThreadWaitsWithIt(TestThreads threads) {
        Condvar condvar = new Condvar();
        Thread waiter = threads.start("waiter", () -> {
            mutex.lock();
            condvar.await(mutex);
            mutex.unlock();
        });
        Probe.awaitQueue(condvar, waiter);
        TestThreads.await("await has unlocked", () -> !mutex.isLocked());
        for (ThrowingRunnable misuse : misuses()) {
            assertThrows(IllegalMonitorStateException.class, misuse::run);
            assertFalse(mutex.isLocked());
            assertEquals(List.of(waiter), Probe.queueOf(condvar));
        }
        assertTrue(condvar.signal());
    }

    @Test
    void anyThreadMayUnlock(TestThreads threads) {
        Checks.assumeThatAnyThreadMayUnlock();
        mutex.lock();
        threads.start("another", mutex::unlock);
    }

    /**
     * A spinning thread has told the lock that those who are parked can be forgotten for now; not by one who is to be
     * fair.
     */
    @OnEachKind
    void unlockFairHandsOverToTheParkedAlsoWhileAnotherThreadSpins(TestThreads threads) {
        CountDownLatch tried = new CountDownLatch(1);
        mutex.lock();
        Probe.queueUp(threads, mutex, 1, i -> () -> {
            mutex.lock();
            tried.await();
            mutex.unlock();
        });
        mutex.changeFlags(MutexProtocol.SPINNING, 0);
        mutex.unlockFair();
        assertFalse(mutex.tryLock(), "the spinning thread would have got it");
        tried.countDown();
        threads.join();
        mutex.changeFlags(0, MutexProtocol.SPINNING);
        Probe.unmarkParked(mutex); // a lock in two bits says in that case that somebody may be parked
        threads.join();
        assertFalse(mutex.isLocked());
    }

    /** The timer of a bucket runs for a millisecond at most, so after one the next unlock must be fair. */
    @ParameterizedTest
    @MethodSource(Probe.THREAD_KINDS)
    void unlockHandsOverWhenAMillisecondHasPassedWithoutAHandOver(ThreadKind kind) {
        for (int round = 0; round < 200; round++) {
            mutex.lock();
            Probe.assertHandsOver(kind, mutex, () -> {
                // Not just one: the waiter looks by itself after a millisecond, and could find the lock free for an
                // instant.
                long later = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(3L);
                TestThreads.await("a millisecond has passed", () -> System.nanoTime() - later > 0L);
                mutex.unlock();
            });
        }
    }

    @Test
    void unlockedRunsItsActionWithoutTheLockAndTheGuardHoldsItAgain() {
        IllegalArgumentException failure = new IllegalArgumentException();
        try (MutexGuard guard = mutex.guard()) {
            guard.unlocked(() -> {
                assertFalse(mutex.isLocked());
                mutex.lock(); // somebody else's hold, as far as the guard can tell
                mutex.unlock();
            });
            assertTrue(mutex.isLocked());
            LockAction<IllegalArgumentException> failing = () -> {
                assertFalse(mutex.isLocked());
                throw failure;
            };
            Probe.assertThrowsSame(failure, () -> guard.unlocked(failing));
            assertTrue(mutex.isLocked());
            guard.bump();
            assertTrue(mutex.isLocked());
            assertThrows(NullPointerException.class, () -> guard.unlocked(null));
            assertTrue(mutex.isLocked());
        }
        assertFalse(mutex.isLocked());
    }

    @Test
    void aGuardWhoseHoldHasEndedRunsNothingUnlockedAndBumpsNobody() {
        MutexGuard guard = mutex.guard();
        guard.close();
        mutex.lock();
        AtomicBoolean ran = new AtomicBoolean();
        assertThrows(IllegalMonitorStateException.class, () -> guard.unlocked(() -> ran.set(true)));
        assertThrows(IllegalMonitorStateException.class, guard::bump);
        assertFalse(ran.get());
        assertTrue(mutex.isLocked());
        mutex.unlock();
    }

    @Test
    void aBumpDoesNotReviveAnEndedGuard(TestThreads threads) {
        MutexGuard ended = mutex.guard();
        mutex.unlock();
        mutex.lock();
        Thread waiter = threads.start("waiter", this::lockAndUnlock);
        Probe.awaitQueue(mutex, waiter);
        mutex.bump();
        ended.close();
        assertTrue(mutex.isLocked());
        mutex.unlock();
    }

    @Test
    void aGuardEndsOnlyItsOwnHold() {
        MutexGuard first = mutex.guard();
        mutex.unlock();
        MutexGuard second = mutex.guard();
        first.close();
        assertTrue(mutex.isLocked(), "the hold of the second guard");
        second.close();
        Probe.assertIdle(mutex);

        MutexGuard third = mutex.guard();
        mutex.unlockFair();
        mutex.lock();
        third.close();
        assertTrue(mutex.isLocked(), "a hold without a guard");
        mutex.unlock();
    }

    @Test
    void theHoldOfAGuardThatHandsOverIsOver(TestThreads threads) {
        MutexGuard guard = mutex.guard();
        CountDownLatch tried = new CountDownLatch(1);
        Thread waiter = threads.start("waiter", () -> {
            mutex.lock();
            tried.await();
            mutex.unlock();
        });
        Probe.awaitQueue(mutex, waiter);
        mutex.unlockFair();
        guard.close();
        assertTrue(mutex.isLocked(), "the waiter's hold");
        tried.countDown();
    }

    @Test
    void moreGuardsThanThereAreStampsFollowOneAnother() {
        MutexGuard before = mutex.guard();
        before.close();
        for (int i = 0; i < 1_000; i++) {
            try (MutexGuard guard = mutex.guard()) {
                assertNotNull(guard);
                assertTrue(mutex.isLocked());
                before.close();
                assertTrue(mutex.isLocked(), "closing a closed guard");
            }
            assertFalse(mutex.isLocked());
        }
    }

    @Test
    void aGuardThatWasClosedFairlyStaysClosedWhenItsStampComesRound() {
        MutexGuard closed = mutex.guard();
        closed.closeFair();
        for (int i = 0; i < 125; i++) {
            mutex.guard().close();
        }
        MutexGuard withTheSameStamp = mutex.guard();
        closed.close();
        assertTrue(mutex.isLocked());
        withTheSameStamp.close();
    }

    @Test
    void runLockedRunsAnActionWhileHolding() {
        List<Boolean> held = new ArrayList<>();
        mutex.runLocked(() -> {
            held.add(mutex.isLocked());
        });
        assertEquals(List.of(true), held);
    }

    @Test
    void withLockReturnsWhatTheActionComputedWhileHolding() {
        assertTrue(mutex.withLock(mutex::isLocked));
    }

    @Test
    void tellsHowManyThreadsAreParkedForIt(TestThreads threads) {
        assertFalse(mutex.hasQueuedThreads());
        assertEquals(0, mutex.getQueueLength());
        mutex.lock();
        Probe.queueUp(threads, mutex, 3, i -> this::lockAndUnlock);
        assertTrue(mutex.hasQueuedThreads());
        assertEquals(3, mutex.getQueueLength());
        mutex.unlock();
        threads.join();
        assertFalse(mutex.hasQueuedThreads());
    }

    @Test
    void threadsThatASignalHasMovedAreParkedForItToo(TestThreads threads) {
        Condvar condvar = new Condvar();
        Probe.queueUp(threads, condvar, 2, i -> () -> {
            mutex.lock();
            condvar.await(mutex);
            mutex.unlock();
        });
        mutex.lock();
        assertEquals(0, mutex.getQueueLength());
        condvar.signalAll();
        assertEquals(2, mutex.getQueueLength());
        assertTrue(mutex.hasQueuedThreads());
        mutex.unlock();
        threads.join();
        assertEquals(0, mutex.getQueueLength());
    }

    @Test
    void toStringTellsClassIdentityAndState() {
        String identity = mutex.getClass().getName() + "@" + Integer.toHexString(System.identityHashCode(mutex));
        assertEquals(identity + "[Unlocked]", mutex.toString());
        mutex.lock();
        assertEquals(identity + "[Locked]", mutex.toString());
        mutex.unlock();
    }
}
