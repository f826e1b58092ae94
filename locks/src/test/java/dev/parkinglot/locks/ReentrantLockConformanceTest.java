package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.locks.Origin.Row;
import dev.parkinglot.testing.Delays;
import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThrowingRunnable;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What people rely on in a {@code ReentrantLock}, on ours and on the JDK's, fair and unfair, on platform and virtual
 * threads.
 */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD) // should this thread itself be wedged
@SuppressWarnings({"JavaUtilDate", "WaitNotInLoop"}) // the interface has Date; a single wait is what is tested
class ReentrantLockConformanceTest {
    private static final long LONG_NANOS = Delays.LONG_DELAY.toNanos();
    private static final long SHORT_NANOS = Delays.SHORT_DELAY.toNanos();

    @Retention(RetentionPolicy.RUNTIME)
    @ParameterizedTest
    @MethodSource("dev.parkinglot.locks.Origin#rows")
    @interface OnEveryRow {}

    // ---- tools

    private static void assertFree(LockMembers lock) {
        assertAll(
                () -> assertFalse(lock.isLocked()),
                () -> assertFalse(lock.isHeldByCurrentThread()),
                () -> assertEquals(0, lock.getHoldCount()),
                () -> assertNull(lock.getOwner()),
                () -> assertFalse(lock.hasQueuedThreads()),
                () -> assertEquals(0, lock.getQueueLength()),
                () -> assertTrue(lock.toString().endsWith("[Unlocked]"), lock::toString));
    }

    private static void assertHeld(LockMembers lock, int holds) {
        assertAll(
                () -> assertTrue(lock.isLocked()),
                () -> assertTrue(lock.isHeldByCurrentThread()),
                () -> assertEquals(holds, lock.getHoldCount()),
                () -> assertSame(Thread.currentThread(), lock.getOwner()),
                () -> assertTrue(
                        lock.toString()
                                .endsWith("[Locked by thread "
                                        + Thread.currentThread().getName() + "]"),
                        lock::toString));
    }

    private static void elsewhere(Row row, ThrowingRunnable action) {
        try (TestThreads threads = new TestThreads(row.kind())) {
            threads.start("elsewhere", action);
        }
    }

    private static void awaitQueued(LockMembers lock, Thread thread) {
        TestThreads.await(thread + " is queued and asleep", () -> lock.hasQueuedThread(thread) && isAsleep(thread));
    }

    private static boolean isAsleep(Thread thread) {
        return TestThreads.isAsleep(thread);
    }

    /** Starts threads one by one, each when those before it wait for the lock. */
    private static List<Thread> queueUp(TestThreads threads, LockMembers lock, int count, Consumer<Integer> body) {
        List<Thread> queued = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int number = i;
            queued.add(threads.start("queued-" + i, () -> body.accept(number)));
            awaitQueued(lock, queued.get(i));
        }
        return queued;
    }

    private static void awaitWaiting(LockMembers lock, Condition condition, Thread thread) {
        TestThreads.await(thread + " waits", () -> {
            lock.lock();
            try {
                return lock.getWaitingThreads(condition).contains(thread);
            } finally {
                lock.unlock();
            }
        });
    }

    /** Starts threads one by one, each when those before it wait for the condition. */
    private static List<Thread> waitUp(
            TestThreads threads, LockMembers lock, Condition condition, int count, Consumer<Integer> afterwards) {
        List<Thread> waiting = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int number = i;
            waiting.add(threads.start("waiting-" + i, () -> {
                lock.lock();
                try {
                    condition.await();
                    afterwards.accept(number);
                } finally {
                    lock.unlock();
                }
            }));
            awaitWaiting(lock, condition, waiting.get(i));
        }
        return waiting;
    }

    // ---- locking

    @OnEveryRow
    void aNewLockIsFree(Row row) {
        LockMembers lock = row.newLock();
        assertFree(lock);
        assertEquals(row.fair(), lock.isFair());
    }

    @OnEveryRow
    void theOwnerLocksAgainAndUnlocksAsOften(Row row) {
        elsewhere(row, () -> {
            LockMembers lock = row.newLock();
            lock.lock();
            assertHeld(lock, 1);
            assertTrue(lock.tryLock());
            assertHeld(lock, 2);
            assertTrue(lock.tryLock(0L, TimeUnit.SECONDS));
            lock.lockInterruptibly();
            assertHeld(lock, 4);
            for (int holds = 3; holds > 0; holds--) {
                lock.unlock();
                assertHeld(lock, holds);
            }
            lock.unlock();
            assertFree(lock);
        });
    }

    @OnEveryRow
    void unlockWithoutTheLockThrowsAndChangesNothing(Row row) {
        LockMembers lock = row.newLock();
        assertThrows(IllegalMonitorStateException.class, lock::unlock);
        assertFree(lock);
        lock.lock();
        elsewhere(row, () -> {
            assertThrows(IllegalMonitorStateException.class, lock::unlock);
            assertEquals(0, lock.getHoldCount());
            assertFalse(lock.isHeldByCurrentThread());
            assertTrue(lock.isLocked());
        });
        assertHeld(lock, 1);
        lock.unlock();
        assertThrows(IllegalMonitorStateException.class, lock::unlock);
        assertFree(lock);
    }

    @OnEveryRow
    void tryLockOnALockedLockFailsAtOnceOrWhenTheTimeIsOver(Row row) {
        LockMembers lock = row.newLock();
        lock.lock();
        elsewhere(row, () -> {
            assertFalse(lock.tryLock());
            for (long time : new long[] {0L, -1L, Long.MIN_VALUE, 1L, SHORT_NANOS}) {
                long start = System.nanoTime();
                assertFalse(lock.tryLock(time, TimeUnit.NANOSECONDS));
                assertTrue(System.nanoTime() - start >= time);
            }
        });
        assertFalse(lock.hasQueuedThreads());
        lock.unlock();
        assertFree(lock);
    }

    @OnEveryRow
    void everyWayOfWaitingGetsTheLockWhenItIsUnlocked(Row row) {
        List<ThrowingLock> ways = List.of(
                LockMembers::lock,
                LockMembers::lockInterruptibly,
                lock -> assertTrue(lock.tryLock(LONG_NANOS, TimeUnit.NANOSECONDS)),
                lock -> assertTrue(lock.tryLock(Long.MAX_VALUE, TimeUnit.DAYS)));
        for (ThrowingLock way : ways) {
            LockMembers lock = row.newLock();
            try (TestThreads threads = new TestThreads(row.kind())) {
                lock.lock();
                Thread waiter = threads.start("waiter", () -> {
                    way.lock(lock);
                    assertHeld(lock, 1);
                    lock.unlock();
                });
                awaitQueued(lock, waiter);
                assertNotNull(LockSupport.getBlocker(waiter), "what it waits for");
                lock.unlock();
            }
            assertFree(lock);
        }
    }

    private interface ThrowingLock {
        void lock(LockMembers lock) throws InterruptedException;
    }

    @OnEveryRow
    void aNullUnitIsRefusedBeforeAnythingElse(Row row) {
        elsewhere(row, () -> {
            LockMembers lock = row.newLock();
            Thread.currentThread().interrupt();
            assertThrows(NullPointerException.class, () -> lock.tryLock(1L, null));
            assertTrue(Thread.interrupted());
            assertFree(lock);
        });
    }

    // ---- interrupts while locking

    @OnEveryRow
    void aPendingInterruptIsThrownEvenIfTheLockIsFreeOrOurs(Row row) {
        elsewhere(row, () -> {
            LockMembers lock = row.newLock();
            for (int holds = 0; holds < 2; holds++) {
                Thread.currentThread().interrupt();
                assertThrows(InterruptedException.class, lock::lockInterruptibly);
                assertFalse(Thread.currentThread().isInterrupted());
                Thread.currentThread().interrupt();
                assertThrows(InterruptedException.class, () -> lock.tryLock(0L, TimeUnit.SECONDS));
                assertFalse(Thread.currentThread().isInterrupted());
                assertEquals(holds, lock.getHoldCount());
                lock.lock();
            }
        });
    }

    @OnEveryRow
    void aPendingInterruptDoesNotConcernLockAndTryLock(Row row) {
        elsewhere(row, () -> {
            LockMembers lock = row.newLock();
            Thread.currentThread().interrupt();
            lock.lock();
            assertTrue(lock.tryLock());
            assertHeld(lock, 2);
            assertTrue(Thread.interrupted());
        });
    }

    @OnEveryRow
    void anInterruptEndsAnInterruptibleWait(Row row) {
        List<ThrowingLock> ways =
                List.of(LockMembers::lockInterruptibly, lock -> lock.tryLock(LONG_NANOS, TimeUnit.NANOSECONDS));
        for (ThrowingLock way : ways) {
            LockMembers lock = row.newLock();
            lock.lock();
            try (TestThreads threads = new TestThreads(row.kind())) {
                Thread waiter = threads.start("waiter", () -> {
                    assertThrows(InterruptedException.class, () -> way.lock(lock));
                    assertFalse(Thread.currentThread().isInterrupted());
                    assertFalse(lock.isHeldByCurrentThread());
                });
                awaitQueued(lock, waiter);
                waiter.interrupt();
            }
            assertFalse(lock.hasQueuedThreads());
            assertHeld(lock, 1);
            lock.unlock();
            assertFree(lock);
        }
    }

    @OnEveryRow
    void anInterruptDoesNotEndLockAndStaysPending(Row row) {
        LockMembers lock = row.newLock();
        lock.lock();
        try (TestThreads threads = new TestThreads(row.kind())) {
            Thread waiter = threads.start("waiter", () -> {
                lock.lock();
                assertTrue(Thread.interrupted());
                lock.unlock();
            });
            awaitQueued(lock, waiter);
            waiter.interrupt();
            Thread second = threads.start("second", () -> {
                lock.lock();
                lock.unlock();
            });
            awaitQueued(lock, second);
            awaitQueued(lock, waiter);
            lock.unlock();
        }
        assertFree(lock);
    }

    // ---- monitoring

    @OnEveryRow
    void theQueueShowsWhoWaits(Row row) {
        LockMembers lock = row.newLock();
        lock.lock();
        try (TestThreads threads = new TestThreads(row.kind())) {
            List<Thread> queued = queueUp(threads, lock, 3, i -> {
                lock.lock();
                lock.unlock();
            });
            assertTrue(lock.hasQueuedThreads());
            assertEquals(3, lock.getQueueLength());
            assertEquals(new HashSet<>(queued), new HashSet<>(lock.getQueuedThreads()));
            assertEquals(3, lock.getQueuedThreads().size());
            queued.forEach(thread -> assertTrue(lock.hasQueuedThread(thread)));
            assertFalse(lock.hasQueuedThread(Thread.currentThread()));
            assertThrows(NullPointerException.class, () -> lock.hasQueuedThread(null));
            lock.getQueuedThreads().clear(); // a copy, and the caller's own
            assertEquals(3, lock.getQueueLength());
            lock.unlock();
        }
        assertFree(lock);
    }

    @OnEveryRow
    void anotherThreadSeesTheOwner(Row row) {
        LockMembers lock = row.newLock();
        lock.lock();
        Thread owner = Thread.currentThread();
        elsewhere(row, () -> {
            assertSame(owner, lock.getOwner());
            assertTrue(lock.toString().endsWith("[Locked by thread " + owner.getName() + "]"));
        });
    }

    @OnEveryRow
    void aLockHeldByAThreadThatEndsStaysLocked(Row row) {
        LockMembers lock = row.newLock();
        elsewhere(row, lock::lock);
        assertTrue(lock.isLocked());
        assertFalse(lock.tryLock());
        assertNotNull(lock.getOwner());
        assertThrows(IllegalMonitorStateException.class, lock::unlock);
    }

    // ---- fairness

    @ParameterizedTest
    @MethodSource("dev.parkinglot.locks.Origin#fairRows")
    void theOrderIsThatOfArrival(Row row) {
        assertEquals(List.of(0, 1, 2, 3, 4), orderOfFiveThatQueued(row));
    }

    // The order is open: of those in the queue, the one that is on duty to look again (MutexProtocol, overview) may
    // find
    // the lock free
    // before the one that has been woken for it does.
    @OnEveryRow
    void withoutBargingEachThreadGetsItOnce(Row row) {
        List<Integer> order = orderOfFiveThatQueued(row);
        assertEquals(List.of(0, 1, 2, 3, 4), order.stream().sorted().toList());
    }

    private static List<Integer> orderOfFiveThatQueued(Row row) {
        LockMembers lock = row.newLock();
        List<Integer> order = new ArrayList<>();
        try (TestThreads threads = new TestThreads(row.kind())) {
            lock.lock();
            queueUp(threads, lock, 5, i -> {
                lock.lock();
                order.add(i);
                lock.unlock();
            });
            lock.unlock();
        }
        return order;
    }

    @ParameterizedTest
    @MethodSource("dev.parkinglot.locks.Origin#fairRows")
    void aFairLockIsNotTakenAgainPastAQueuedThread(Row row) throws InterruptedException {
        for (int round = 0; round < 100; round++) {
            LockMembers lock = row.newLock();
            AtomicBoolean hadIt = new AtomicBoolean();
            try (TestThreads threads = new TestThreads(row.kind())) {
                lock.lock();
                queueUp(threads, lock, 1, i -> {
                    lock.lock();
                    hadIt.set(true);
                    lock.unlock();
                });
                lock.unlock();
                if (round % 2 == 0) {
                    lock.lock();
                } else {
                    assertTrue(lock.tryLock(LONG_NANOS, TimeUnit.NANOSECONDS));
                }
                assertTrue(hadIt.get(), "overtaken in round " + round);
                lock.unlock();
            }
        }
    }

    // ---- conditions: signals

    @OnEveryRow
    void waitingGivesUpAllHoldsAndRestoresThem(Row row) {
        LockMembers lock = row.newLock();
        Condition condition = lock.newCondition();
        try (TestThreads threads = new TestThreads(row.kind())) {
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
            TestThreads.await("it is asleep", () -> isAsleep(waiter));
            assertNotNull(LockSupport.getBlocker(waiter), "what it waits for");
            assertTrue(lock.tryLock());
            condition.signal();
            assertHeld(lock, 1);
            lock.unlock();
        }
        assertFree(lock);
    }

    @OnEveryRow
    void signalsAreFirstInFirstOut(Row row) {
        LockMembers lock = row.newLock();
        Condition condition = lock.newCondition();
        List<Integer> order = new ArrayList<>();
        try (TestThreads threads = new TestThreads(row.kind())) {
            waitUp(threads, lock, condition, 5, order::add);
            lock.lock();
            condition.signal();
            condition.signal();
            condition.signalAll();
            lock.unlock();
        }
        assertEquals(List.of(0, 1, 2, 3, 4), order);
        assertFree(lock);
    }

    @OnEveryRow
    void fromTheSignalOnTheThreadIsQueuedForTheLock(Row row) {
        for (int round = 0; round < 200; round++) {
            LockMembers lock = row.newLock();
            Condition condition = lock.newCondition();
            try (TestThreads threads = new TestThreads(row.kind())) {
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
            }
            assertFree(lock);
        }
    }

    /** The waiter's unlock, which is not over when others see it waiting, must not wake the waiter itself. */
    @OnEveryRow
    void aThreadSignalledWhileItIsStillFallingAsleepIsQueuedForTheLock(Row row) {
        LockMembers lock = row.newLock();
        Condition condition = lock.newCondition();
        AtomicBoolean done = new AtomicBoolean();
        try (TestThreads threads = new TestThreads(row.kind())) {
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
        }
        assertFree(lock);
    }

    @OnEveryRow
    void conditionsOfOneLockAreIndependent(Row row) {
        LockMembers lock = row.newLock();
        Condition first = lock.newCondition();
        Condition second = lock.newCondition();
        List<Integer> order = new ArrayList<>();
        try (TestThreads threads = new TestThreads(row.kind())) {
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
        }
        assertEquals(List.of(2, 1), order);
    }

    @OnEveryRow
    void signallingNobodyDoesNothing(Row row) {
        LockMembers lock = row.newLock();
        Condition condition = lock.newCondition();
        lock.lock();
        condition.signal();
        condition.signalAll();
        assertHeld(lock, 1);
        lock.unlock();
        assertFree(lock);
    }

    // ---- conditions: misuse

    @OnEveryRow
    void aConditionNeedsTheLock(Row row) {
        LockMembers lock = row.newLock();
        Condition condition = lock.newCondition();
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
        elsewhere(row, () -> {
            for (ThrowingRunnable use : uses) {
                assertThrows(IllegalMonitorStateException.class, use::run);
            }
        });
        assertHeld(lock, 1);
        lock.unlock();
        assertFree(lock);
    }

    @OnEveryRow
    void aPendingInterruptIsReportedBeforeTheMissingLock(Row row) {
        elsewhere(row, () -> {
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

    @OnEveryRow
    void foreignAndNullConditionsAreRefused(Row row) {
        LockMembers lock = row.newLock();
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
        Condition condition = lock.newCondition();
        assertThrows(NullPointerException.class, () -> condition.await(1L, null));
        assertThrows(NullPointerException.class, () -> condition.awaitUntil(null));
    }

    // ---- conditions: time

    @OnEveryRow
    void aWaitEndsWhenTheTimeIsOverWithTheLockHeld(Row row) {
        elsewhere(row, () -> {
            LockMembers lock = row.newLock();
            Condition condition = lock.newCondition();
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

    @OnEveryRow
    void aWaitThatIsSignalledInTimeTellsTheTimeThatIsLeft(Row row) {
        for (long nanos : new long[] {LONG_NANOS, Long.MAX_VALUE}) {
            LockMembers lock = row.newLock();
            Condition condition = lock.newCondition();
            try (TestThreads threads = new TestThreads(row.kind())) {
                Thread waiter = threads.start("waiter", () -> {
                    lock.lock();
                    long start = System.nanoTime();
                    long left = condition.awaitNanos(nanos);
                    long waited = System.nanoTime() - start;
                    assertTrue(left <= nanos && nanos - left <= waited && left > 0L, left + " left of " + nanos);
                    assertTrue(condition.await(nanos, TimeUnit.NANOSECONDS));
                    assertTrue(
                            condition.awaitUntil(new Date(System.currentTimeMillis() + Delays.LONG_DELAY.toMillis())));
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
            }
        }
    }

    @OnEveryRow
    void aTimeThatIsOverAfterTheSignalDoesNotTurnItIntoATimeout(Row row) {
        long nanos = SHORT_NANOS;
        while (!isSignalledInTime(row, nanos)) {
            nanos *= 2L; // the signal came too late: then again, with more time
        }
    }

    private static boolean isSignalledInTime(Row row, long nanos) {
        LockMembers lock = row.newLock();
        Condition condition = lock.newCondition();
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
        assertInQueueOrder(row, order);
        return true;
    }

    // ---- conditions: interrupts

    @OnEveryRow
    void anInterruptBeforeTheSignalEndsTheWaitWithTheLockHeld(Row row) {
        List<ThrowingWait> waits = List.of(
                Condition::await,
                condition -> condition.awaitNanos(LONG_NANOS),
                condition -> condition.await(LONG_NANOS, TimeUnit.NANOSECONDS),
                condition -> condition.awaitUntil(new Date(Long.MAX_VALUE)));
        for (ThrowingWait wait : waits) {
            for (boolean pending : new boolean[] {false, true}) {
                LockMembers lock = row.newLock();
                Condition condition = lock.newCondition();
                try (TestThreads threads = new TestThreads(row.kind())) {
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
                }
                assertFree(lock);
            }
        }
    }

    private interface ThrowingWait {
        void on(Condition condition) throws InterruptedException;
    }

    @OnEveryRow
    void anInterruptAfterTheSignalStaysPendingAndTheThreadKeepsItsPlace(Row row) {
        LockMembers lock = row.newLock();
        Condition condition = lock.newCondition();
        List<Integer> order = new ArrayList<>();
        try (TestThreads threads = new TestThreads(row.kind())) {
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
        }
        assertInQueueOrder(row, order);
    }

    private static void lockAndNote(LockMembers lock, List<Integer> order, int number) {
        lock.lock();
        order.add(number);
        lock.unlock();
    }

    /** Of an unfair lock the order is open: the second may be on duty to look again, and find the lock free. */
    private static void assertInQueueOrder(Row row, List<Integer> order) {
        assertEquals(List.of(0, 1), row.fair() ? order : order.stream().sorted().toList());
    }

    @OnEveryRow
    void anInterruptedThreadTakesNoSignalFromTheOthers(Row row) {
        LockMembers lock = row.newLock();
        Condition condition = lock.newCondition();
        try (TestThreads threads = new TestThreads(row.kind())) {
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
                    "the first has left",
                    () -> !lock.getWaitingThreads(condition).contains(first));
            condition.signal();
            assertTrue(lock.hasQueuedThread(second));
            lock.unlock();
        }
    }

    @OnEveryRow
    void anInterruptDoesNotEndAwaitUninterruptibly(Row row) {
        LockMembers lock = row.newLock();
        Condition condition = lock.newCondition();
        try (TestThreads threads = new TestThreads(row.kind())) {
            Thread waiter = threads.start("waiter", () -> {
                lock.lock();
                condition.awaitUninterruptibly();
                assertTrue(Thread.interrupted());
                assertHeld(lock, 1);
                lock.unlock();
            });
            awaitWaiting(lock, condition, waiter);
            waiter.interrupt();
            TestThreads.await("it sleeps on", () -> isAsleep(waiter));
            awaitWaiting(lock, condition, waiter);
            lock.lock();
            condition.signal();
            lock.unlock();
        }
    }

    // ---- crowds

    @OnEveryRow
    void tenThousandTimedWaitersAllTimeOut(Row row) {
        int count = row.kind() == dev.parkinglot.testing.ThreadKind.VIRTUAL ? 10_000 : 500;
        LockMembers lock = row.newLock();
        Condition condition = lock.newCondition();
        AtomicInteger timedOut = new AtomicInteger();
        CountDownLatch started = new CountDownLatch(count);
        lock.lock();
        try (TestThreads threads = new TestThreads(row.kind())) {
            threads.start(count, "timed", () -> {
                started.countDown();
                if (!lock.tryLock(SHORT_NANOS, TimeUnit.NANOSECONDS)) {
                    timedOut.incrementAndGet();
                }
            });
            started.await();
            TestThreads.await("all have given up", () -> timedOut.get() == count);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        assertFalse(lock.hasQueuedThreads());
        lock.unlock();
        try (TestThreads threads = new TestThreads(row.kind())) {
            threads.start(count, "timed", () -> {
                lock.lock();
                try {
                    assertFalse(condition.await(SHORT_NANOS, TimeUnit.NANOSECONDS));
                } finally {
                    lock.unlock();
                }
            });
        }
        assertFree(lock);
    }

    @OnEveryRow
    void aCounterUnderTheLockLosesNothing(Row row) {
        LockMembers lock = row.newLock();
        Condition changed = lock.newCondition();
        int[] count = new int[1];
        int threadCount = 4;
        int rounds = 500;
        try (TestThreads threads = new TestThreads(row.kind())) {
            threads.start(threadCount, "counter", () -> {
                for (int i = 0; i < rounds; i++) {
                    if (i % 5 == 4) {
                        assertTrue(lock.tryLock(LONG_NANOS, TimeUnit.NANOSECONDS));
                    } else {
                        lock.lock();
                    }
                    try {
                        count[0]++;
                        changed.signal();
                        if (i % 7 == 6) {
                            changed.awaitNanos(1_000L);
                        }
                    } finally {
                        lock.unlock();
                    }
                }
            });
        }
        assertEquals(threadCount * rounds, count[0]);
        assertFree(lock);
    }

    // ---- serialization and subclassing

    @OnEveryRow
    void aDeserializedLockIsUnlockedAndAsFairAsBefore(Row row) throws Exception {
        LockMembers lock = row.newLock();
        lock.lock();
        Condition condition = lock.newCondition();
        assertFalse(condition.await(1L, TimeUnit.NANOSECONDS));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(lock);
        }
        LockMembers copy;
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            copy = (LockMembers) in.readObject();
        }
        assertEquals(row.fair(), copy.isFair());
        assertFree(copy);
        assertThrows(IllegalMonitorStateException.class, copy::unlock);
        copy.lock();
        assertHeld(copy, 1);
        assertFalse(copy.newCondition().await(1L, TimeUnit.NANOSECONDS));
        copy.unlock();
        assertFree(copy);
        assertHeld(lock, 1);
    }

    @OnEveryRow
    void differentLocksExcludeNobody(Row row) {
        Set<LockMembers> locks = Collections.newSetFromMap(new java.util.IdentityHashMap<>());
        for (int i = 0; i < 100; i++) {
            LockMembers lock = row.newLock();
            lock.lock();
            locks.add(lock);
        }
        locks.forEach(lock -> assertHeld(lock, 1));
        assertEquals(100, locks.size());
    }
}
