package dev.parkinglot.locks;

import static dev.parkinglot.locks.Exclusive.guard;
import static dev.parkinglot.locks.Exclusive.isLocked;
import static dev.parkinglot.locks.Exclusive.isOurs;
import static dev.parkinglot.locks.Exclusive.lock;
import static dev.parkinglot.locks.Exclusive.unlock;
import static dev.parkinglot.locks.Exclusive.unlockFair;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.Delays;
import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThreadKind;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@link Condvar}, sentence by sentence of its Javadoc, with any lock that it works with. */
abstract class CondvarContract extends CondvarSignalsContract {
    // ---- waiting for a condition

    @Test
    void aConditionThatDoesNotHoldIsEvaluatedOnceAndNotWaitedFor() throws InterruptedException {
        AtomicInteger looks = new AtomicInteger();
        lock(mutex);
        condvar.awaitWhile(mutex, () -> {
            assertTrue(isLocked(mutex));
            looks.incrementAndGet();
            return false;
        });
        assertTrue(condvar.awaitWhileFor(mutex, () -> looks.incrementAndGet() == 0, Duration.ZERO));
        assertTrue(condvar.awaitWhileUntil(mutex, () -> looks.incrementAndGet() == 0, System.nanoTime()));
        assertEquals(3, looks.get());
        assertFalse(Probe.isShared(mutex), "there was a wait");
        unlock(mutex);
    }

    @OnEachKind
    void aConditionIsEvaluatedOnceForEverySignalWithTheMutexHeld(TestThreads threads) {
        int signals = 5;
        AtomicInteger looks = new AtomicInteger();
        for (int form = 0; form < 3; form++) {
            looks.set(0);
            int chosenForm = form;
            Thread waiter = threads.start("waiter", () -> {
                lock(mutex);
                BooleanSupplier condition = () -> {
                    assertTrue(isLocked(mutex));
                    return looks.incrementAndGet() <= signals;
                };
                switch (chosenForm) {
                    case 0 -> condvar.awaitWhile(mutex, condition);
                    case 1 -> assertTrue(condvar.awaitWhileFor(mutex, condition, Delays.LONG_DELAY));
                    default ->
                        assertTrue(condvar.awaitWhileUntil(mutex, condition, System.nanoTime() + LockWay.FAR_NANOS));
                }
                assertTrue(isLocked(mutex));
                unlock(mutex);
            });
            for (int i = 1; i <= signals; i++) {
                Probe.awaitQueue(condvar, waiter);
                lock(mutex);
                assertEquals(i, looks.get());
                assertTrue(condvar.signal());
                unlock(mutex);
            }
            threads.join();
            assertEquals(signals + 1, looks.get());
        }
    }

    @Test
    void aConditionThatStillHoldsAtTheDeadlineIsReported() throws InterruptedException {
        lock(mutex);
        assertFalse(condvar.awaitWhileFor(mutex, () -> true, Delays.SHORT_DELAY));
        assertTrue(isLocked(mutex));
        assertFalse(condvar.awaitWhileUntil(mutex, () -> true, System.nanoTime() + Delays.SHORT_DELAY.toNanos()));
        assertTrue(isLocked(mutex));
        unlock(mutex);
    }

    @Test
    void aConditionIsLookedAtOnceMoreWhenTheTimeIsOver() throws InterruptedException {
        AtomicInteger looks = new AtomicInteger();
        lock(mutex);
        assertTrue(condvar.awaitWhileFor(mutex, () -> looks.incrementAndGet() == 1, Duration.ZERO));
        assertEquals(2, looks.get());
        unlock(mutex);
    }

    @Test
    void whatAConditionThrowsLeavesWithTheMutexHeld() {
        IllegalArgumentException failure = new IllegalArgumentException("on purpose");
        lock(mutex);
        BooleanSupplier failing = () -> {
            throw failure;
        };
        Probe.assertThrowsSame(failure, () -> condvar.awaitWhile(mutex, failing));
        assertTrue(isLocked(mutex));
        assertEquals(List.of(), Probe.queueOf(condvar));
        unlock(mutex);
    }

    @Test
    void anInterruptEndsTheWaitForACondition(TestThreads threads) {
        AtomicBoolean taken = new AtomicBoolean();
        Thread waiter = threads.start("waiter", () -> {
            lock(mutex);
            assertThrows(InterruptedException.class, () -> condvar.awaitWhile(mutex, () -> true));
            taken.set(true);
            assertThrows(InterruptedException.class, () -> condvar.awaitWhileFor(mutex, () -> true, Delays.LONG_DELAY));
            assertTrue(isLocked(mutex));
            unlock(mutex);
        });
        Probe.awaitQueue(condvar, waiter);
        waiter.interrupt();
        TestThreads.await("the interrupt was taken", taken::get);
        Probe.awaitQueue(condvar, waiter);
        waiter.interrupt();
    }

    // ---- interrupts

    @ParameterizedTest
    @MethodSource("interruptibleWays")
    void aPendingInterruptEndsTheWaitWithTheMutexHeld(Way way) {
        lock(mutex);
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> way.await(condvar, mutex));
        assertFalse(Thread.currentThread().isInterrupted());
        assertTrue(isOurs(mutex), "the mutex is ours still");
        unlock(mutex);
    }

    @ParameterizedTest
    @MethodSource("interruptibleWays")
    void anInterruptBeforeTheSignalEndsTheWaitWithTheMutexHeld(Way way) {
        for (ThreadKind kind : ThreadKind.available()) {
            try (TestThreads threads = new TestThreads(kind)) {
                Thread waiter = threads.start("waiter", () -> {
                    lock(mutex);
                    assertThrows(InterruptedException.class, () -> way.await(condvar, mutex));
                    assertFalse(Thread.currentThread().isInterrupted());
                    assertTrue(isOurs(mutex), "the mutex is ours again");
                    unlock(mutex);
                });
                Probe.awaitQueue(condvar, waiter);
                waiter.interrupt();
            }
        }
    }

    @OnEachKind
    void aSignalGoesToTheNextIfTheFirstWasInterruptedBeforeIt(TestThreads threads) {
        Thread interrupted = threads.start("interrupted", () -> {
            lock(mutex);
            assertThrows(InterruptedException.class, () -> condvar.await(mutex));
            order.add(0);
            unlock(mutex);
        });
        Probe.awaitQueue(condvar, interrupted);
        Thread next = threads.start("next", waiter(1, AWAIT));
        Probe.awaitQueue(condvar, interrupted, next);
        lock(mutex);
        interrupted.interrupt();
        Probe.awaitQueue(mutex, interrupted);
        assertTrue(condvar.signal());
        assertEquals(
                mutex.signalledThreadsPrecede() ? List.of(next, interrupted) : List.of(interrupted, next),
                Probe.queueOf(mutex));
        unlock(mutex);
        threads.join();
        assertEquals(Set.of(0, 1), Set.copyOf(order)); // who came first may be the eldest, and have its turn
    }

    @ParameterizedTest
    @MethodSource("interruptibleWays")
    void anInterruptAfterTheSignalStaysPendingAndTheThreadKeepsItsPlace(Way way) {
        for (ThreadKind kind : ThreadKind.available()) {
            try (TestThreads threads = new TestThreads(kind)) {
                Thread waiter = threads.start("waiter", () -> {
                    lock(mutex);
                    assertTrue(way.await(condvar, mutex));
                    assertTrue(Thread.currentThread().isInterrupted());
                    unlock(mutex);
                });
                Probe.awaitQueue(condvar, waiter);
                lock(mutex);
                assertTrue(condvar.signal());
                Thread behind = threads.start("behind", () -> {
                    lock(mutex);
                    unlock(mutex);
                });
                Probe.awaitQueue(mutex, waiter, behind);
                waiter.interrupt();
                TestThreads.awaitInterruptNoticed(waiter);
                Probe.awaitQueue(mutex, waiter, behind);
                unlock(mutex);
            }
        }
    }

    @Test
    void anInterruptDoesNotEndAnUninterruptibleWaitAndStaysPending() {
        for (ThreadKind kind : ThreadKind.available()) {
            for (boolean pendingBefore : new boolean[] {true, false}) {
                try (TestThreads threads = new TestThreads(kind)) {
                    AtomicBoolean signalled = new AtomicBoolean();
                    Thread waiter = threads.start("waiter", () -> {
                        lock(mutex);
                        if (pendingBefore) {
                            Thread.currentThread().interrupt();
                        }
                        condvar.awaitUninterruptibly(mutex);
                        assertTrue(signalled.get(), "returned without a signal");
                        assertTrue(Thread.currentThread().isInterrupted());
                        unlock(mutex);
                    });
                    Probe.awaitQueue(condvar, waiter);
                    if (!pendingBefore) {
                        waiter.interrupt();
                    }
                    TestThreads.awaitInterruptNoticed(waiter);
                    Probe.awaitQueue(condvar, waiter);
                    lock(mutex);
                    signalled.set(true);
                    assertTrue(condvar.signal());
                    unlock(mutex);
                }
            }
        }
    }

    // ---- misuse

    @ParameterizedTest
    @MethodSource("allWays")
    void waitingWithoutTheMutexIsRefusedAndChangesNothing(Way way) {
        assertThrows(IllegalMonitorStateException.class, () -> way.await(condvar, mutex));
        Probe.assertIdle(mutex);
        assertFalse(Probe.isShared(mutex));
        assertEquals(List.of(), Probe.queueOf(condvar));
    }

    @Test
    void waitingForAConditionWithoutTheMutexIsRefusedBeforeItIsEvaluated() {
        BooleanSupplier never = () -> {
            throw new AssertionError("evaluated");
        };
        assertThrows(IllegalMonitorStateException.class, () -> condvar.awaitWhile(mutex, never));
        assertThrows(IllegalMonitorStateException.class, () -> condvar.awaitWhileFor(mutex, never, Duration.ZERO));
        assertThrows(IllegalMonitorStateException.class, () -> condvar.awaitWhileUntil(mutex, never, 0L));
    }

    @ParameterizedTest
    @MethodSource("allWays")
    void aSecondMutexIsRefusedAndBothStayAsTheyAre(Way way, TestThreads threads) {
        CondvarLock second = newMutex();
        Thread waiter = threads.start("waiter", waiter(0, AWAIT));
        Probe.awaitQueue(condvar, waiter);
        lock(mutex);
        lock(second);
        assertThrows(IllegalMonitorStateException.class, () -> way.await(condvar, second));
        assertTrue(isLocked(second));
        assertTrue(isLocked(mutex));
        assertEquals(List.of(waiter), Probe.queueOf(condvar));
        unlock(second);
        Probe.assertIdle(second);
        assertTrue(condvar.signal());
        assertEquals(List.of(waiter), Probe.queueOf(mutex));
        unlock(mutex);
        threads.join();
        assertEquals(List.of(0), order);
    }

    @Test
    void anotherMutexMayBeUsedOnceAllThreadsHaveLeft(TestThreads threads) throws InterruptedException {
        CondvarLock second = newMutex();
        lock(second);
        // By a signal that wakes, one that moves, a deadline, and an interrupt.
        startWaiters(threads, 1);
        assertTrue(condvar.signal());
        assertFalse(condvar.awaitFor(second, Duration.ZERO));

        startWaiters(threads, 1);
        lock(mutex);
        assertTrue(condvar.signal());
        assertFalse(condvar.awaitFor(second, Duration.ZERO), "moved threads do not wait on it any more");
        unlock(mutex);
        threads.join();

        lock(mutex);
        assertFalse(condvar.awaitFor(mutex, Delays.SHORT_DELAY));
        unlock(mutex);
        assertFalse(condvar.awaitFor(second, Duration.ZERO));

        Thread interrupted = threads.start("interrupted", () -> {
            lock(mutex);
            assertThrows(InterruptedException.class, () -> condvar.await(mutex));
            unlock(mutex);
        });
        Probe.awaitQueue(condvar, interrupted);
        interrupted.interrupt();
        TestThreads.join(interrupted);
        assertFalse(condvar.awaitFor(second, Duration.ZERO));
        threads.join();
        unlock(second);
        Probe.assertIdle(second);
    }

    @Test
    void aSecondMutexIsRefusedAsLongAsOneOfSeveralThreadsWaits(TestThreads threads) throws InterruptedException {
        CondvarLock second = newMutex();
        lock(second);
        Thread[] waiters = startWaiters(threads, 2);
        assertTrue(condvar.signal());
        TestThreads.join(waiters[0]);
        assertThrows(IllegalMonitorStateException.class, () -> condvar.awaitFor(second, Duration.ZERO));
        assertTrue(condvar.signal());
        TestThreads.join(waiters[1]);
        assertFalse(condvar.awaitFor(second, Duration.ZERO));
        threads.join();
        unlock(second);
    }

    // ---- guards

    @OnEachKind
    void aGuardStaysValidOverAWait(TestThreads threads) {
        Probe.queueUp(threads, condvar, 3, i -> () -> {
            AutoCloseable guard = guard(mutex);
            condvar.await(mutex);
            order.add(i);
            guard.close(); // without effect if the hold is not its own, and then nobody gets in behind
        });
        // The first is woken, the others are moved: whatever the way back, it is the guard's hold again.
        awaitUnlocked();
        assertEquals(3, condvar.signalAll());
        threads.join();
        assertEquals(List.of(0, 1, 2), order);
    }

    @Test
    void aGuardStaysValidOverAHandOver(TestThreads threads) {
        Thread waiter = threads.start("waiter", () -> {
            AutoCloseable guard = guard(mutex);
            condvar.await(mutex);
            guard.close();
            assertFalse(isLocked(mutex), "the guard did not know its hold again");
        });
        Probe.awaitQueue(condvar, waiter);
        lock(mutex);
        assertTrue(condvar.signal());
        unlockFair(mutex);
    }

    @Test
    void aGuardStaysValidOverATimeout() throws Exception {
        AutoCloseable guard = guard(mutex);
        assertFalse(condvar.awaitFor(mutex, Duration.ZERO));
        guard.close();
        assertFalse(isLocked(mutex), "the guard did not know its hold again");
    }
}
