package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.Delays;
import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThrowingRunnable;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What people rely on in the conditions of a {@code ReentrantLock}. */
@SuppressWarnings({"JavaUtilDate", "WaitNotInLoop"}) // the interface has Date; a single wait is what is tested
class ReentrantLockConditionConformanceTest extends LockConformance {
    private Condition condition;

    @BeforeEach
    void makeCondition() {
        condition = lock.newCondition();
    }

    // ---- signals

    @Test
    void waitingGivesUpAllHoldsAndRestoresThem(TestThreads threads) {
        Thread waiter = threads.start("waiter", () -> {
            lock.lock();
            lock.lock();
            lock.lock();
            condition.await();
            assertHeld(lock, 3);
            lock.unlock();
            lock.unlock();
            lock.unlock();
        });
        awaitWaiting(lock, condition, waiter);
        TestThreads.await("it is asleep", () -> TestThreads.isAsleep(waiter));
        assertNotNull(LockSupport.getBlocker(waiter), "what it waits for");
        assertTrue(lock.tryLock());
        condition.signal();
        assertHeld(lock, 1);
        lock.unlock();
        threads.join();
        assertFree(lock);
    }

    @Test
    void signalsAreFirstInFirstOut(TestThreads threads) {
        List<Integer> order = new ArrayList<>();
        waitUp(threads, lock, condition, 5, order::add);
        lock.lock();
        condition.signal();
        condition.signal();
        condition.signalAll();
        lock.unlock();
        threads.join();
        assertEquals(List.of(0, 1, 2, 3, 4), order);
        assertFree(lock);
    }

    @Test
    void fromTheSignalOnTheThreadIsQueuedForTheLock(TestThreads threads) {
        for (int round = 0; round < 200; round++) {
            LockMembers lock = row.newLock();
            Condition condition = lock.newCondition();
            List<Thread> waiting = waitUp(threads, lock, condition, 2, i -> {});
            lock.lock();
            assertEquals(2, lock.getWaitQueueLength(condition));
            condition.signal();
            assertTrue(lock.hasQueuedThread(waiting.get(0)), "round " + round);
            assertFalse(lock.hasQueuedThread(waiting.get(1)));
            assertEquals(List.of(waiting.get(1)), List.copyOf(lock.getWaitingThreads(condition)));
            condition.signalAll();
            for (int look = 0; look < 20; look++) {
                assertEquals(2, lock.getQueueLength(), "round " + round);
                Thread.yield();
            }
            assertFalse(lock.hasWaiters(condition));
            assertTrue(waiting.stream().allMatch(Thread::isAlive));
            lock.unlock();
            threads.join();
            assertFree(lock);
        }
    }

    /** The waiter's unlock, which is not over when others see it waiting, must not wake the waiter itself. */
    @Test
    void aThreadSignalledWhileItIsStillFallingAsleepIsQueuedForTheLock(TestThreads threads) {
        AtomicBoolean done = new AtomicBoolean();
        Thread waiter = threads.start("waiter", () -> {
            lock.lock();
            while (!done.get()) {
                condition.await();
            }
            lock.unlock();
        });
        // Others who come for the lock make the waiter's unlock look after the queue.
        threads.start(2, "other", () -> {
            while (!done.get()) {
                lock.lock();
                lock.unlock();
            }
        });
        for (int signals = 0; signals < 2_000; ) {
            lock.lock();
            try {
                if (lock.hasWaiters(condition)) {
                    condition.signal();
                    signals++;
                    for (int look = 0; look < 5; look++) {
                        assertTrue(lock.hasQueuedThread(waiter), "after " + signals + " signals");
                    }
                }
            } finally {
                lock.unlock();
            }
        }
        lock.lock();
        done.set(true);
        condition.signal();
        lock.unlock();
        threads.join();
        assertFree(lock);
    }

    @Test
    void conditionsOfOneLockAreIndependent(TestThreads threads) {
        Condition first = lock.newCondition();
        Condition second = lock.newCondition();
        List<Integer> order = new ArrayList<>();
        waitUp(threads, lock, first, 1, i -> order.add(1));
        waitUp(threads, lock, second, 1, i -> order.add(2));
        lock.lock();
        second.signalAll();
        assertTrue(lock.hasWaiters(first));
        assertFalse(lock.hasWaiters(second));
        lock.unlock();
        TestThreads.await("the second is through", () -> {
            lock.lock();
            try {
                return order.equals(List.of(2));
            } finally {
                lock.unlock();
            }
        });
        lock.lock();
        first.signal();
        lock.unlock();
        threads.join();
        assertEquals(List.of(2, 1), order);
    }

    @Test
    void signallingNobodyDoesNothing() {
        lock.lock();
        condition.signal();
        condition.signalAll();
        assertHeld(lock, 1);
        lock.unlock();
        assertFree(lock);
    }

    // ---- misuse

    @Test
    void aConditionNeedsTheLock() {
        List<ThrowingRunnable> uses = List.of(
                condition::signal,
                condition::signalAll,
                condition::await,
                condition::awaitUninterruptibly,
                () -> condition.awaitNanos(1L),
                () -> condition.await(1L, TimeUnit.NANOSECONDS),
                () -> condition.awaitUntil(new Date()),
                () -> lock.hasWaiters(condition),
                () -> lock.getWaitQueueLength(condition),
                () -> lock.getWaitingThreads(condition));
        for (ThrowingRunnable use : uses) {
            assertThrows(IllegalMonitorStateException.class, use::run);
        }
        assertFree(lock);
        lock.lock();
        elsewhere(() -> {
            for (ThrowingRunnable use : uses) {
                assertThrows(IllegalMonitorStateException.class, use::run);
            }
        });
        assertHeld(lock, 1);
        lock.unlock();
        assertFree(lock);
    }

    @Test
    void aPendingInterruptIsReportedBeforeTheMissingLock() {
        elsewhere(() -> {
            Condition condition = row.newLock().newCondition();
            List<ThrowingRunnable> waits = List.of(
                    condition::await,
                    () -> condition.awaitNanos(1L),
                    () -> condition.await(1L, TimeUnit.NANOSECONDS),
                    () -> condition.awaitUntil(new Date()));
            for (ThrowingRunnable wait : waits) {
                Thread.currentThread().interrupt();
                assertThrows(InterruptedException.class, wait::run);
                assertFalse(Thread.currentThread().isInterrupted());
            }
            Thread.currentThread().interrupt();
            assertThrows(IllegalMonitorStateException.class, condition::awaitUninterruptibly);
            assertTrue(Thread.interrupted());
        });
    }

    @Test
    void foreignAndNullConditionsAreRefused() {
        Stream.of(
                        row.newLock().newCondition(),
                        new java.util.concurrent.locks.ReentrantLock().newCondition(),
                        new dev.parkinglot.locks.ReentrantMutex().newCondition())
                .forEach(foreign -> {
                    assertThrows(IllegalArgumentException.class, () -> lock.hasWaiters(foreign));
                    assertThrows(IllegalArgumentException.class, () -> lock.getWaitQueueLength(foreign));
                    assertThrows(IllegalArgumentException.class, () -> lock.getWaitingThreads(foreign));
                });
        assertThrows(NullPointerException.class, () -> lock.hasWaiters(null));
        assertThrows(NullPointerException.class, () -> lock.getWaitQueueLength(null));
        assertThrows(NullPointerException.class, () -> lock.getWaitingThreads(null));
        assertThrows(NullPointerException.class, () -> condition.await(1L, null));
        assertThrows(NullPointerException.class, () -> condition.awaitUntil(null));
    }

    // ---- time

    @Test
    void aWaitEndsWhenTheTimeIsOverWithTheLockHeld() {
        elsewhere(() -> {
            lock.lock();
            lock.lock();
            for (long nanos : new long[] {SHORT_NANOS, 1L, 0L, -1L, Long.MIN_VALUE}) {
                long start = System.nanoTime();
                assertTrue(condition.awaitNanos(nanos) <= 0L);
                assertFalse(condition.await(nanos, TimeUnit.NANOSECONDS));
                assertTrue(System.nanoTime() - start >= nanos);
                assertHeld(lock, 2);
                assertFalse(lock.hasWaiters(condition));
            }
            assertFalse(condition.awaitUntil(new Date(0L)));
            assertFalse(condition.awaitUntil(new Date(Long.MIN_VALUE)));
            Date soon = new Date(System.currentTimeMillis() + Delays.SHORT_DELAY.toMillis());
            assertFalse(condition.awaitUntil(soon));
            assertTrue(System.currentTimeMillis() >= soon.getTime());
            assertHeld(lock, 2);
        });
    }

    @Test
    void aWaitThatIsSignalledInTimeTellsTheTimeThatIsLeft(TestThreads threads) {
        for (long nanos : new long[] {LONG_NANOS, Long.MAX_VALUE}) {
            LockMembers lock = row.newLock();
            Condition condition = lock.newCondition();
            Thread waiter = threads.start("waiter", () -> {
                lock.lock();
                long start = System.nanoTime();
                long left = condition.awaitNanos(nanos);
                long waited = System.nanoTime() - start;
                assertTrue(left <= nanos && nanos - left <= waited && left > 0L, left + " left of " + nanos);
                assertTrue(condition.await(nanos, TimeUnit.NANOSECONDS));
                assertTrue(condition.awaitUntil(new Date(System.currentTimeMillis() + Delays.LONG_DELAY.toMillis())));
                assertTrue(condition.awaitUntil(new Date(Long.MAX_VALUE)));
                assertHeld(lock, 1);
                lock.unlock();
            });
            for (int signals = 0; signals < 4; signals++) {
                awaitWaiting(lock, condition, waiter);
                lock.lock();
                condition.signal();
                lock.unlock();
            }
            threads.join();
        }
    }

    @Test
    void aTimeThatIsOverAfterTheSignalDoesNotTurnItIntoATimeout() {
        long nanos = SHORT_NANOS;
        while (!isSignalledInTime(nanos)) {
            nanos *= 2L; // the signal came too late: then again, with more time
        }
    }

    private boolean isSignalledInTime(long nanos) {
        AtomicBoolean signalled = new AtomicBoolean();
        AtomicBoolean waits = new AtomicBoolean();
        List<Integer> order = new ArrayList<>();
        try (TestThreads threads = new TestThreads(row.kind())) {
            Thread waiter = threads.start("waiter", () -> {
                lock.lock();
                waits.set(true);
                signalled.set(condition.await(nanos, TimeUnit.NANOSECONDS));
                order.add(0);
                lock.unlock();
            });
            TestThreads.await("it waits", waits::get);
            lock.lock();
            try {
                if (!lock.hasWaiters(condition)) {
                    return false;
                }
                condition.signal();
                if (!lock.hasQueuedThread(waiter)) {
                    return false; // timed out in between
                }
                queueUp(threads, lock, 1, i -> lockAndNote(lock, order, 1));
                TestThreads.awaitSleepWithoutDeadline(waiter);
                assertTrue(lock.hasQueuedThread(waiter));
            } finally {
                lock.unlock();
            }
        }
        assertTrue(signalled.get());
        assertInQueueOrder(order);
        return true;
    }

    // ---- interrupts

    @Test
    void anInterruptBeforeTheSignalEndsTheWaitWithTheLockHeld(TestThreads threads) {
        List<ThrowingWait> waits = List.of(
                Condition::await,
                condition -> condition.awaitNanos(LONG_NANOS),
                condition -> condition.await(LONG_NANOS, TimeUnit.NANOSECONDS),
                condition -> condition.awaitUntil(new Date(Long.MAX_VALUE)));
        for (ThrowingWait wait : waits) {
            for (boolean pending : new boolean[] {false, true}) {
                LockMembers lock = row.newLock();
                Condition condition = lock.newCondition();
                Thread waiter = threads.start("waiter", () -> {
                    lock.lock();
                    lock.lock();
                    if (pending) {
                        Thread.currentThread().interrupt();
                    }
                    assertThrows(InterruptedException.class, () -> wait.on(condition));
                    assertFalse(Thread.currentThread().isInterrupted());
                    assertHeld(lock, 2);
                    assertFalse(lock.hasWaiters(condition));
                    lock.unlock();
                    lock.unlock();
                });
                if (!pending) {
                    awaitWaiting(lock, condition, waiter);
                    waiter.interrupt();
                }
                threads.join();
                assertFree(lock);
            }
        }
    }

    private interface ThrowingWait {
        void on(Condition condition) throws InterruptedException;
    }

    @Test
    void anInterruptAfterTheSignalStaysPendingAndTheThreadKeepsItsPlace(TestThreads threads) {
        List<Integer> order = new ArrayList<>();
        Thread waiter = threads.start("waiter", () -> {
            lock.lock();
            condition.await();
            assertTrue(Thread.interrupted());
            order.add(0);
            lock.unlock();
        });
        awaitWaiting(lock, condition, waiter);
        lock.lock();
        condition.signal();
        queueUp(threads, lock, 1, i -> lockAndNote(lock, order, 1));
        waiter.interrupt();
        TestThreads.awaitInterruptNoticed(waiter);
        awaitQueued(lock, waiter);
        lock.unlock();
        threads.join();
        assertInQueueOrder(order);
    }

    /** Of an unfair lock the order is open: the second may be on duty to look again, and find the lock free. */
    private void assertInQueueOrder(List<Integer> order) {
        assertEquals(List.of(0, 1), row.fair() ? order : order.stream().sorted().toList());
    }

    @Test
    void anInterruptedThreadTakesNoSignalFromTheOthers(TestThreads threads) {
        Thread first = threads.start("first", () -> {
            lock.lock();
            assertThrows(InterruptedException.class, condition::await);
            lock.unlock();
        });
        awaitWaiting(lock, condition, first);
        Thread second = waitUp(threads, lock, condition, 1, i -> {}).get(0);
        lock.lock();
        first.interrupt();
        TestThreads.await(
                "the first has left", () -> !lock.getWaitingThreads(condition).contains(first));
        condition.signal();
        assertTrue(lock.hasQueuedThread(second));
        lock.unlock();
    }

    @Test
    void anInterruptDoesNotEndAwaitUninterruptibly(TestThreads threads) {
        Thread waiter = threads.start("waiter", () -> {
            lock.lock();
            condition.awaitUninterruptibly();
            assertTrue(Thread.interrupted());
            assertHeld(lock, 1);
            lock.unlock();
        });
        awaitWaiting(lock, condition, waiter);
        waiter.interrupt();
        TestThreads.await("it sleeps on", () -> TestThreads.isAsleep(waiter));
        awaitWaiting(lock, condition, waiter);
        lock.lock();
        condition.signal();
        lock.unlock();
    }

    private static void lockAndNote(LockMembers lock, List<Integer> order, int number) {
        lock.lock();
        order.add(number);
        lock.unlock();
    }
}
