package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parkinglot.testing.TestThreads;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** What people rely on in a {@code ReentrantLock}; in its conditions: {@link ReentrantLockConditionConformanceTest}. */
@SuppressWarnings("WaitNotInLoop") // a single wait is what is tested
class ReentrantLockConformanceTest extends LockConformance {
    // ---- locking

    @Test
    void aNewLockIsFree() {
        assertFree(lock);
        assertEquals(row.fair(), lock.isFair());
    }

    @Test
    void theOwnerLocksAgainAndUnlocksAsOften() {
        elsewhere(() -> {
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

    @Test
    void unlockWithoutTheLockThrowsAndChangesNothing() {
        assertThrows(IllegalMonitorStateException.class, lock::unlock);
        assertFree(lock);
        lock.lock();
        elsewhere(() -> {
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

    @Test
    void tryLockOnALockedLockFailsAtOnceOrWhenTheTimeIsOver() {
        lock.lock();
        elsewhere(() -> {
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

    @Test
    void everyWayOfWaitingGetsTheLockWhenItIsUnlocked(TestThreads threads) {
        List<ThrowingLock> ways = List.of(
                LockMembers::lock,
                LockMembers::lockInterruptibly,
                lock -> assertTrue(lock.tryLock(LONG_NANOS, TimeUnit.NANOSECONDS)),
                lock -> assertTrue(lock.tryLock(Long.MAX_VALUE, TimeUnit.DAYS)));
        for (ThrowingLock way : ways) {
            LockMembers lock = row.newLock();
            lock.lock();
            Thread waiter = threads.start("waiter", () -> {
                way.lock(lock);
                assertHeld(lock, 1);
                lock.unlock();
            });
            awaitQueued(lock, waiter);
            assertNotNull(LockSupport.getBlocker(waiter), "what it waits for");
            lock.unlock();
            threads.join();
            assertFree(lock);
        }
    }

    private interface ThrowingLock {
        void lock(LockMembers lock) throws InterruptedException;
    }

    @Test
    void aNullUnitIsRefusedBeforeAnythingElse() {
        elsewhere(() -> {
            Thread.currentThread().interrupt();
            assertThrows(NullPointerException.class, () -> lock.tryLock(1L, null));
            assertTrue(Thread.interrupted());
            assertFree(lock);
        });
    }

    // ---- interrupts while locking

    @Test
    void aPendingInterruptIsThrownEvenIfTheLockIsFreeOrOurs() {
        elsewhere(() -> {
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

    @Test
    void aPendingInterruptDoesNotConcernLockAndTryLock() {
        elsewhere(() -> {
            Thread.currentThread().interrupt();
            lock.lock();
            assertTrue(lock.tryLock());
            assertHeld(lock, 2);
            assertTrue(Thread.interrupted());
        });
    }

    @Test
    void anInterruptEndsAnInterruptibleWait(TestThreads threads) {
        List<ThrowingLock> ways =
                List.of(LockMembers::lockInterruptibly, lock -> lock.tryLock(LONG_NANOS, TimeUnit.NANOSECONDS));
        for (ThrowingLock way : ways) {
            LockMembers lock = row.newLock();
            lock.lock();
            Thread waiter = threads.start("waiter", () -> {
                assertThrows(InterruptedException.class, () -> way.lock(lock));
                assertFalse(Thread.currentThread().isInterrupted());
                assertFalse(lock.isHeldByCurrentThread());
            });
            awaitQueued(lock, waiter);
            waiter.interrupt();
            threads.join();
            assertFalse(lock.hasQueuedThreads());
            assertHeld(lock, 1);
            lock.unlock();
            assertFree(lock);
        }
    }

    @Test
    void anInterruptDoesNotEndLockAndStaysPending(TestThreads threads) {
        lock.lock();
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
        threads.join();
        assertFree(lock);
    }

    // ---- monitoring

    @Test
    void theQueueShowsWhoWaits(TestThreads threads) {
        lock.lock();
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
        threads.join();
        assertFree(lock);
    }

    @Test
    void anotherThreadSeesTheOwner() {
        lock.lock();
        Thread owner = Thread.currentThread();
        elsewhere(() -> {
            assertSame(owner, lock.getOwner());
            assertTrue(lock.toString().endsWith("[Locked by thread " + owner.getName() + "]"));
        });
    }

    @Test
    void aLockHeldByAThreadThatEndsStaysLocked() {
        elsewhere(lock::lock);
        assertTrue(lock.isLocked());
        assertFalse(lock.tryLock());
        assertNotNull(lock.getOwner());
        assertThrows(IllegalMonitorStateException.class, lock::unlock);
    }

    // ---- fairness

    @Test
    void theOrderIsThatOfArrival(TestThreads threads) {
        assumeTrue(row.fair(), "left out: only a fair lock keeps the order");
        assertEquals(List.of(0, 1, 2, 3, 4), orderOfFiveThatQueued(threads));
    }

    /** The order is open: who is on duty to look again may find the lock free before who has been woken for it. */
    @Test
    void withoutBargingEachThreadGetsItOnce(TestThreads threads) {
        List<Integer> order = orderOfFiveThatQueued(threads);
        assertEquals(List.of(0, 1, 2, 3, 4), order.stream().sorted().toList());
    }

    private List<Integer> orderOfFiveThatQueued(TestThreads threads) {
        List<Integer> order = new ArrayList<>();
        lock.lock();
        queueUp(threads, lock, 5, i -> {
            lock.lock();
            order.add(i);
            lock.unlock();
        });
        lock.unlock();
        threads.join();
        return order;
    }

    @Test
    void aFairLockIsNotTakenAgainPastAQueuedThread(TestThreads threads) throws InterruptedException {
        assumeTrue(row.fair(), "left out: only a fair lock keeps the order");
        for (int round = 0; round < 100; round++) {
            LockMembers lock = row.newLock();
            AtomicBoolean hadIt = new AtomicBoolean();
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
            threads.join();
        }
    }

    // ---- crowds

    @Test
    void tenThousandTimedWaitersAllTimeOut() {
        int count = row.kind() == dev.parkinglot.testing.ThreadKind.VIRTUAL ? 10_000 : 500;
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

    @Test
    void aCounterUnderTheLockLosesNothing(TestThreads threads) {
        Condition changed = lock.newCondition();
        int[] count = new int[1];
        int threadCount = 4;
        int rounds = 500;
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
        threads.join();
        assertEquals(threadCount * rounds, count[0]);
        assertFree(lock);
    }

    // ---- serialization and subclassing

    @Test
    void aDeserializedLockIsUnlockedAndAsFairAsBefore() throws Exception {
        lock.lock();
        Condition condition = lock.newCondition();
        assertFalse(condition.await(1L, TimeUnit.NANOSECONDS));
        LockMembers copy = (LockMembers) serializedAndBack(lock);
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

    @Test
    void differentLocksExcludeNobody() {
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
