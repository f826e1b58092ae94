package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThrowingRunnable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import org.junit.jupiter.api.Test;

/** What people rely on in a {@code ReentrantReadWriteLock} for which threads wait, or in its conditions. */
@SuppressWarnings("WaitNotInLoop") // a single wait is what is tested
class ReentrantReadWriteLockWaitingConformanceTest extends RwLockConformance {
    @Test
    void readersWaitBehindAWriterThatWaitsUnlessTheyReadAlready(TestThreads threads) throws Exception {
        List<String> order = new ArrayList<>();
        CyclicBarrier step = new CyclicBarrier(2);
        lock.readLock().lock();
        threads.start("beside", () -> {
            lock.readLock().lock();
            step.await();
            step.await();
            lock.readLock().lock(); // a writer waits by now
            assertTrue(lock.readLock().tryLock());
            assertTrue(lock.readLock().tryLock(LONG_NANOS, TimeUnit.NANOSECONDS));
            lock.readLock().lockInterruptibly();
            assertHolds(lock, 0, 5);
            for (int i = 0; i < 5; i++) {
                lock.readLock().unlock();
            }
        });
        step.await();
        startLocker(threads, lock, "writer", lock.writeLock(), () -> order.add("writer"));
        Thread newcomer = startLocker(threads, lock, "newcomer", lock.readLock(), () -> order.add("newcomer"));
        lock.readLock().lock();
        assertTrue(lock.readLock().tryLock(0L, TimeUnit.SECONDS));
        assertHolds(lock, 0, 3);
        step.await();
        elsewhere(() -> {
            assertFalse(lock.readLock().tryLock(1L, TimeUnit.MILLISECONDS), "waits behind the writer");
            assertTrue(lock.readLock().tryLock(), "but an untimed try gets past it");
            lock.readLock().unlock();
        });
        assertTrue(lock.hasQueuedThread(newcomer));
        for (int i = 0; i < 3; i++) {
            lock.readLock().unlock();
        }
        threads.join();
        assertEquals(List.of("writer", "newcomer"), order);
        assertFree(lock);
    }

    @Test
    void aWriterThatGivesUpLetsInTheReadersBehindIt(TestThreads threads) {
        for (boolean interrupt : new boolean[] {false, true}) {
            RwMembers lock = row.newRwLock();
            CountDownLatch read = new CountDownLatch(1);
            lock.readLock().lock();
            Thread writer = threads.start("writer", () -> {
                if (interrupt) {
                    assertThrows(
                            InterruptedException.class, () -> lock.writeLock().lockInterruptibly());
                } else {
                    assertFalse(lock.writeLock().tryLock(5 * SHORT_NANOS, TimeUnit.NANOSECONDS));
                }
                assertHolds(lock, 0, 0);
            });
            TestThreads.await("it waits, or has", () -> lock.hasQueuedThread(writer) || !writer.isAlive());
            threads.start("reader", () -> {
                lock.readLock().lock();
                read.countDown();
                lock.readLock().unlock();
            });
            if (interrupt) {
                writer.interrupt();
            }
            TestThreads.await("the reader is in", () -> read.getCount() == 0L);
            lock.readLock().unlock();
            threads.join();
            assertFree(lock);
        }
    }

    @Test
    void theOrderOfAFairLockIsThatOfArrival(TestThreads threads) {
        assumeTrue(row.fair(), "left out: only a fair lock keeps the order");
        List<Integer> order = new ArrayList<>();
        lock.writeLock().lock();
        for (int i = 0; i < 6; i++) {
            int number = i;
            // Readers one by one between writers, so that each stands alone.
            Lock side = i % 2 == 0 ? lock.readLock() : lock.writeLock();
            startLocker(threads, lock, "queued-" + i, side, () -> order.add(number));
        }
        lock.writeLock().unlock();
        threads.join();
        assertEquals(List.of(0, 1, 2, 3, 4, 5), order);
        assertFree(lock);
    }

    @Test
    void aFairLockIsNotTakenPastAQueuedThread(TestThreads threads) throws InterruptedException {
        assumeTrue(row.fair(), "left out: only a fair lock keeps the order");
        for (int round = 0; round < 100; round++) {
            RwMembers lock = row.newRwLock();
            boolean write = round % 2 == 0;
            Lock first = write ? lock.writeLock() : lock.readLock();
            Lock ours = round % 4 < 2 ? lock.writeLock() : write ? lock.readLock() : lock.writeLock();
            AtomicBoolean hadIt = new AtomicBoolean();
            lock.writeLock().lock();
            startLocker(threads, lock, "queued", first, () -> hadIt.set(true));
            lock.writeLock().unlock();
            if (round % 8 < 4) {
                ours.lock();
            } else {
                assertTrue(ours.tryLock(LONG_NANOS, TimeUnit.NANOSECONDS));
            }
            assertTrue(hadIt.get(), "overtaken in round " + round);
            ours.unlock();
            threads.join();
        }
    }

    @Test
    void pendingAndComingInterruptsEndInterruptibleLocking(TestThreads threads) {
        for (boolean write : new boolean[] {false, true}) {
            RwMembers lock = row.newRwLock();
            Lock side = write ? lock.writeLock() : lock.readLock();
            List<ThrowingRunnable> ways =
                    List.of(side::lockInterruptibly, () -> side.tryLock(LONG_NANOS, TimeUnit.NANOSECONDS));
            for (ThrowingRunnable way : ways) {
                elsewhere(() -> {
                    Thread.currentThread().interrupt();
                    assertThrows(InterruptedException.class, way::run);
                    assertFalse(Thread.currentThread().isInterrupted());
                    assertFree(lock);
                });
                lock.writeLock().lock();
                Thread waiter = threads.start("waiter", () -> {
                    assertThrows(InterruptedException.class, way::run);
                    assertFalse(Thread.currentThread().isInterrupted());
                    assertHolds(lock, 0, 0);
                });
                awaitQueued(lock, waiter);
                waiter.interrupt();
                threads.join();
                lock.writeLock().unlock();
                assertFree(lock);
            }
            assertThrows(NullPointerException.class, () -> side.tryLock(1L, null));
        }
    }

    @Test
    void anInterruptDoesNotEndLockAndStaysPending(TestThreads threads) {
        for (boolean write : new boolean[] {false, true}) {
            RwMembers lock = row.newRwLock();
            Lock side = write ? lock.writeLock() : lock.readLock();
            lock.writeLock().lock();
            Thread waiter = threads.start("waiter", () -> {
                side.lock();
                assertTrue(Thread.interrupted());
                side.unlock();
            });
            awaitQueued(lock, waiter);
            waiter.interrupt();
            startLocker(threads, lock, "second", lock.writeLock(), () -> {});
            awaitQueued(lock, waiter);
            lock.writeLock().unlock();
            threads.join();
            assertFree(lock);
        }
    }

    @Test
    void theQueueShowsWhoWaitsForWhat(TestThreads threads) {
        lock.readLock().lock();
        Set<Thread> writers = new HashSet<>();
        Set<Thread> readers = new HashSet<>();
        writers.add(startLocker(threads, lock, "writer-1", lock.writeLock(), () -> {}));
        readers.add(startLocker(threads, lock, "reader-1", lock.readLock(), () -> {}));
        writers.add(startLocker(threads, lock, "writer-2", lock.writeLock(), () -> {}));
        readers.add(startLocker(threads, lock, "reader-2", lock.readLock(), () -> {}));
        assertEquals(writers, new HashSet<>(lock.getQueuedWriterThreads()));
        assertEquals(readers, new HashSet<>(lock.getQueuedReaderThreads()));
        assertEquals(4, lock.getQueueLength());
        assertEquals(4, lock.getQueuedThreads().size());
        assertTrue(lock.hasQueuedThreads());
        assertFalse(lock.hasQueuedThread(Thread.currentThread()));
        assertThrows(NullPointerException.class, () -> lock.hasQueuedThread(null));
        assertFalse(lock.isWriteLocked(), "a writer that waits does not write");
        assertNull(lock.getOwner());
        assertTotals(lock, 0, 1);
        lock.readLock().unlock();
        threads.join();
        assertFree(lock);
    }

    @Test
    void onlyTheWriteLockHasConditions() {
        assertThrows(UnsupportedOperationException.class, lock.readLock()::newCondition);
        lock.readLock().lock();
        assertThrows(UnsupportedOperationException.class, lock.readLock()::newCondition);
        Condition condition = lock.writeLock().newCondition();
        List<ThrowingRunnable> uses = List.of(
                condition::signal,
                condition::signalAll,
                condition::await,
                condition::awaitUninterruptibly,
                () -> condition.awaitNanos(1L),
                () -> lock.hasWaiters(condition),
                () -> lock.getWaitQueueLength(condition),
                () -> lock.getWaitingThreads(condition));
        uses.forEach(use -> assertThrows(IllegalMonitorStateException.class, use::run));
        assertTotals(lock, 0, 1);
        Condition foreign = row.newRwLock().writeLock().newCondition();
        assertThrows(IllegalArgumentException.class, () -> lock.hasWaiters(foreign));
        assertThrows(IllegalArgumentException.class, () -> lock.getWaitQueueLength(foreign));
        assertThrows(IllegalArgumentException.class, () -> lock.getWaitingThreads(foreign));
        assertThrows(NullPointerException.class, () -> lock.hasWaiters(null));
    }

    @Test
    void waitingGivesUpAllHoldsAndRestoresThem(TestThreads threads) {
        Condition condition = lock.writeLock().newCondition();
        Thread waiter = threads.start("waiter", () -> {
            lock.writeLock().lock();
            lock.writeLock().lock();
            lock.readLock().lock();
            lock.readLock().lock();
            lock.readLock().lock();
            condition.await();
            assertHolds(lock, 2, 3);
            assertTotals(lock, 2, 3);
            lock.writeLock().unlock();
            lock.writeLock().unlock();
            assertHolds(lock, 0, 3);
            lock.readLock().unlock();
            lock.readLock().unlock();
            lock.readLock().unlock();
        });
        awaitWaiting(lock, condition, waiter);
        if (row.origin() == Origin.OURS) { // if somebody reads meanwhile, the JDK's forgets the holds for reading
            lock.readLock().lock();
            assertTotals(lock, 0, 1);
            lock.readLock().unlock();
        }
        lock.writeLock().lock();
        condition.signal();
        assertTrue(lock.hasQueuedThread(waiter));
        assertEquals(List.of(waiter), List.copyOf(lock.getQueuedWriterThreads()));
        assertFalse(lock.hasWaiters(condition));
        lock.writeLock().unlock();
        threads.join();
        assertFree(lock);
    }

    @Test
    void fromTheSignalOnTheThreadIsQueuedForTheLock(TestThreads threads) {
        Condition condition = lock.writeLock().newCondition();
        AtomicBoolean done = new AtomicBoolean();
        Thread waiter = threads.start("waiter", () -> {
            lock.writeLock().lock();
            while (!done.get()) {
                condition.await();
            }
            lock.writeLock().unlock();
        });
        threads.start("reader", () -> {
            while (!done.get()) {
                lock.readLock().lock();
                lock.readLock().unlock();
                TestThreads.letOthersRun();
            }
        });
        threads.start("writer", () -> {
            while (!done.get()) {
                if (lock.writeLock().tryLock(10L, TimeUnit.MICROSECONDS)) {
                    lock.readLock().lock();
                    lock.writeLock().unlock();
                    lock.readLock().unlock();
                }
                TestThreads.letOthersRun();
            }
        });
        for (int signals = 0; signals < 500; ) {
            lock.writeLock().lock();
            try {
                if (lock.hasWaiters(condition)) {
                    condition.signal();
                    signals++;
                    for (int look = 0; look < 5; look++) {
                        assertTrue(lock.hasQueuedThread(waiter), "after " + signals + " signals");
                    }
                }
            } finally {
                lock.writeLock().unlock();
            }
        }
        lock.writeLock().lock();
        done.set(true);
        condition.signalAll();
        lock.writeLock().unlock();
        threads.join();
        assertFree(lock);
    }
}
