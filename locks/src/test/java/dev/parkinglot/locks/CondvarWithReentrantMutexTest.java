package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.Delays;
import dev.parkinglot.testing.TestThreads;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The same as of a Mutex, and that all holds are given up for the wait and come back, whatever ends it. */
class CondvarWithReentrantMutexTest extends CondvarContract {
    private static final int DEPTH = 3;

    private ReentrantMutex reentrant;

    @Override
    ReentrantMutex newMutex() {
        return new ReentrantMutex();
    }

    @BeforeEach
    void nameMutex() {
        reentrant = (ReentrantMutex) mutex;
    }

    private void lockDeep() {
        for (int i = 0; i < DEPTH; i++) {
            reentrant.lock();
        }
    }

    private void assertHoldsAreBackAndEndThem() {
        for (int holds = DEPTH; holds > 0; holds--) {
            assertEquals(holds, reentrant.getHoldCount());
            reentrant.unlock();
        }
        assertFalse(reentrant.isHeldByCurrentThread());
    }

    private Thread startDeepWaiter(TestThreads threads) {
        Thread waiter = threads.start("deep waiter", () -> {
            lockDeep();
            condvar.await(reentrant);
            assertHoldsAreBackAndEndThem();
        });
        Probe.awaitQueue(condvar, waiter);
        return waiter;
    }

    @OnEachKind
    void holdsComeBackWhenWokenWithTheMutexFree(TestThreads threads) {
        startDeepWaiter(threads);
        TestThreads.await("all holds are given up", () -> !reentrant.isLocked());
        assertTrue(condvar.signal());
    }

    @OnEachKind
    void holdsComeBackWhenMovedAndTheSignallersHoldsAreItsOwn(TestThreads threads) {
        for (boolean fair : new boolean[] {false, true}) {
            Thread waiter = startDeepWaiter(threads);
            reentrant.lock(); // succeeds since all three holds are given up
            reentrant.lock();
            assertEquals(2, reentrant.getHoldCount());
            assertTrue(condvar.signal());
            assertEquals(List.of(waiter), Probe.queueOf(reentrant));
            reentrant.unlock();
            if (fair) {
                reentrant.unlockFair();
            } else {
                reentrant.unlock();
            }
            threads.join();
        }
    }

    @Test
    void holdsComeBackAfterATimeout() throws InterruptedException {
        for (Duration timeout : new Duration[] {Duration.ofNanos(-1L), Duration.ZERO, Delays.SHORT_DELAY}) {
            lockDeep();
            assertFalse(condvar.awaitFor(reentrant, timeout));
            assertHoldsAreBackAndEndThem();
        }
    }

    @Test
    void holdsComeBackAfterAnInterruptAndStayIfItWasPending(TestThreads threads) {
        Thread waiter = threads.start("waiter", () -> {
            lockDeep();
            assertThrows(InterruptedException.class, () -> condvar.await(reentrant));
            assertHoldsAreBackAndEndThem();
            lockDeep();
            Thread.currentThread().interrupt();
            assertThrows(InterruptedException.class, () -> condvar.await(reentrant));
            assertHoldsAreBackAndEndThem();
        });
        Probe.awaitQueue(condvar, waiter);
        waiter.interrupt();
    }

    @Test
    void holdsStayWhenAWaitIsRefusedOrItsConditionThrows(TestThreads threads) {
        IllegalArgumentException failure = new IllegalArgumentException("on purpose");
        lockDeep();
        BooleanSupplier failing = () -> {
            throw failure;
        };
        Probe.assertThrowsSame(failure, () -> condvar.awaitWhile(reentrant, failing));
        assertEquals(DEPTH, reentrant.getHoldCount());

        Mutex other = new Mutex();
        Thread waiter = threads.start("waiter", () -> {
            other.lock();
            condvar.await(other);
            other.unlock();
        });
        Probe.awaitQueue(condvar, waiter);
        assertThrows(IllegalMonitorStateException.class, () -> condvar.await(reentrant));
        assertTrue(condvar.signal());
        threads.join();
        assertHoldsAreBackAndEndThem();
    }

    @Test
    @SuppressWarnings("WaitNotInLoop") // a single wait is what is tested
    void holdsComeBackAfterAWaitThroughACondition() throws InterruptedException {
        Condition condition = reentrant.newCondition();
        lockDeep();
        assertTrue(condition.awaitNanos(0L) <= 0L);
        assertHoldsAreBackAndEndThem();
    }

    @Test
    void aMutexHeldByAnotherThreadIsRefused(TestThreads threads) {
        reentrant.lock();
        threads.start("another", () -> {
            assertThrows(IllegalMonitorStateException.class, () -> condvar.await(reentrant));
            assertThrows(IllegalMonitorStateException.class, () -> condvar.awaitWhile(reentrant, () -> true));
            assertThrows(
                    IllegalMonitorStateException.class,
                    () -> reentrant.newCondition().signal());
        });
        threads.join();
        assertEquals(1, reentrant.getHoldCount());
        assertEquals(List.of(), Probe.queueOf(condvar));
        reentrant.unlock();
    }
}
