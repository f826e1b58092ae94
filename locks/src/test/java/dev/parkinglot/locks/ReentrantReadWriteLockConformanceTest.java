package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parkinglot.locks.Origin.Row;
import dev.parkinglot.testing.Delays;
import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThreadKind;
import dev.parkinglot.testing.ThrowingRunnable;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
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
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What people rely on in a {@code ReentrantReadWriteLock}, on ours and on the JDK's. */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD) // should this thread itself be wedged
@SuppressWarnings("WaitNotInLoop") // a single wait is what is tested
class ReentrantReadWriteLockConformanceTest {
    private static final long LONG_NANOS = Delays.LONG_DELAY.toNanos();
    private static final long SHORT_NANOS = Delays.SHORT_DELAY.toNanos();

    /** As many holds as the lock of JDK 17 allows. */
    private static final int MAX_HOLDS = 65_535;

    @Retention(RetentionPolicy.RUNTIME)
    @ParameterizedTest
    @MethodSource("dev.parkinglot.locks.Origin#rows")
    @interface OnEveryRow {}

    // ---- tools

    private static void assertHolds(RwMembers lock, int writes, int reads) {
        assertAll(
                () -> assertEquals(writes, lock.getWriteHoldCount()),
                () -> assertEquals(writes, lock.getHoldCount()),
                () -> assertEquals(writes != 0, lock.isHeldByCurrentThread()),
                () -> assertEquals(writes != 0, lock.isWriteLockedByCurrentThread()),
                () -> assertEquals(reads, lock.getReadHoldCount()));
    }

    private static void assertTotals(RwMembers lock, int writes, int reads) {
        String endOfName = "[Write locks = " + writes + ", Read locks = " + reads + "]";
        assertAll(
                () -> assertEquals(writes != 0, lock.isWriteLocked()),
                () -> assertEquals(writes != 0, lock.getOwner() != null),
                () -> assertEquals(reads, lock.getReadLockCount()),
                () -> assertTrue(lock.toString().endsWith(endOfName), lock::toString),
                () -> assertTrue(
                        lock.readLock().toString().endsWith("[Read locks = " + reads + "]"),
                        lock.readLock()::toString));
    }

    private static void assertFree(RwMembers lock) {
        assertHolds(lock, 0, 0);
        assertTotals(lock, 0, 0);
        assertFalse(lock.hasQueuedThreads());
        assertEquals(0, lock.getQueueLength());
        assertTrue(lock.writeLock().toString().endsWith("[Unlocked]"));
        assertTrue(lock.writeLock().tryLock(), "free for a writer");
        lock.writeLock().unlock();
    }

    private static void elsewhere(Row row, ThrowingRunnable action) {
        try (TestThreads threads = new TestThreads(row.kind())) {
            threads.start("elsewhere", action);
        }
    }

    private static void awaitQueued(RwMembers lock, Thread thread) {
        TestThreads.await(thread + " is queued and asleep", () -> lock.hasQueuedThread(thread) && isAsleep(thread));
    }

    private static boolean isAsleep(Thread thread) {
        return TestThreads.isAsleep(thread);
    }

    private static void awaitWaiting(RwMembers lock, Condition condition, Thread thread) {
        TestThreads.await(thread + " waits", () -> {
            lock.writeLock().lock();
            try {
                return lock.getWaitingThreads(condition).contains(thread);
            } finally {
                lock.writeLock().unlock();
            }
        });
    }

    private static Thread startLocker(TestThreads threads, RwMembers members, String name, Lock lock, Runnable body) {
        Thread thread = threads.start(name, () -> {
            lock.lock();
            try {
                body.run();
            } finally {
                lock.unlock();
            }
        });
        awaitQueued(members, thread);
        return thread;
    }

    // ---- reading and writing

    @OnEveryRow
    void aNewLockIsFree(Row row) {
        RwMembers lock = row.newRwLock();
        assertFree(lock);
        assertEquals(row.fair(), lock.isFair());
        assertSame(lock.readLock(), lock.readLock());
        assertSame(lock.writeLock(), lock.writeLock());
    }

    @OnEveryRow
    void holdsAreCounted(Row row) {
        elsewhere(row, () -> {
            RwMembers lock = row.newRwLock();
            lock.readLock().lock();
            assertTrue(lock.readLock().tryLock());
            lock.readLock().lockInterruptibly();
            assertTrue(lock.readLock().tryLock(0L, TimeUnit.SECONDS));
            assertHolds(lock, 0, 4);
            assertTotals(lock, 0, 4);
            for (int reads = 3; reads >= 0; reads--) {
                lock.readLock().unlock();
                assertHolds(lock, 0, reads);
                assertTotals(lock, 0, reads);
            }
            lock.writeLock().lock();
            assertTrue(lock.writeLock().tryLock());
            lock.writeLock().lockInterruptibly();
            assertTrue(lock.writeLock().tryLock(0L, TimeUnit.SECONDS));
            assertHolds(lock, 4, 0);
            assertTotals(lock, 4, 0);
            assertSame(Thread.currentThread(), lock.getOwner());
            String name = Thread.currentThread().getName();
            assertTrue(lock.writeLock().toString().endsWith("[Locked by thread " + name + "]"));
            for (int writes = 3; writes >= 0; writes--) {
                lock.writeLock().unlock();
                assertHolds(lock, writes, 0);
                assertTotals(lock, writes, 0);
            }
            assertFree(lock);
        });
    }

    @OnEveryRow
    void readersShareAndKeepOutWriters(Row row) throws Exception {
        RwMembers lock = row.newRwLock();
        int readers = 20;
        CyclicBarrier allRead = new CyclicBarrier(readers + 1);
        try (TestThreads threads = new TestThreads(row.kind())) {
            threads.start(readers, "reader", () -> {
                lock.readLock().lock();
                lock.readLock().lock();
                allRead.await();
                allRead.await();
                assertHolds(lock, 0, 2);
                assertFalse(lock.writeLock().tryLock());
                lock.readLock().unlock();
                assertHolds(lock, 0, 1);
                lock.readLock().unlock();
                assertHolds(lock, 0, 0);
            });
            allRead.await();
            assertTotals(lock, 0, 2 * readers);
            assertFalse(lock.writeLock().tryLock());
            assertFalse(lock.writeLock().tryLock(1L, TimeUnit.MILLISECONDS));
            assertHolds(lock, 0, 0);
            allRead.await();
        }
        assertFree(lock);
    }

    @OnEveryRow
    void aWriterKeepsOutAllOthers(Row row) {
        RwMembers lock = row.newRwLock();
        lock.writeLock().lock();
        elsewhere(row, () -> {
            assertFalse(lock.readLock().tryLock());
            assertFalse(lock.readLock().tryLock(SHORT_NANOS, TimeUnit.NANOSECONDS));
            assertFalse(lock.writeLock().tryLock());
            assertFalse(lock.writeLock().tryLock(SHORT_NANOS, TimeUnit.NANOSECONDS));
            assertHolds(lock, 0, 0);
            assertTotals(lock, 1, 0);
        });
        try (TestThreads threads = new TestThreads(row.kind())) {
            Thread reader = startLocker(threads, lock, "reader", lock.readLock(), () -> assertTotals(lock, 0, 1));
            assertNotNull(LockSupport.getBlocker(reader), "what it waits for");
            lock.writeLock().unlock();
        }
        assertFree(lock);
    }

    @OnEveryRow
    void theWriterMayReadAndKeepsReadingWhenItGivesUpWriting(Row row) {
        elsewhere(row, () -> {
            RwMembers lock = row.newRwLock();
            lock.writeLock().lock();
            lock.readLock().lock();
            assertTrue(lock.readLock().tryLock());
            assertHolds(lock, 1, 2);
            assertTotals(lock, 1, 2);
            lock.writeLock().unlock();
            assertHolds(lock, 0, 2);
            assertTotals(lock, 0, 2);
            elsewhere(row, () -> {
                assertTrue(lock.readLock().tryLock(), "readers may come in");
                assertFalse(lock.writeLock().tryLock());
                lock.readLock().unlock();
            });
            lock.readLock().unlock();
            lock.readLock().unlock();
            assertFree(lock);
            lock.writeLock().lock();
            lock.readLock().lock();
            lock.readLock().unlock();
            assertHolds(lock, 1, 0);
            elsewhere(row, () -> assertFalse(lock.readLock().tryLock()));
            lock.writeLock().unlock();
            assertFree(lock);
        });
    }

    @OnEveryRow
    void downgradingLetsInTheReadersThatWait(Row row) {
        RwMembers lock = row.newRwLock();
        CountDownLatch read = new CountDownLatch(2);
        lock.writeLock().lock();
        try (TestThreads threads = new TestThreads(row.kind())) {
            startLocker(threads, lock, "reader", lock.readLock(), read::countDown);
            startLocker(threads, lock, "another", lock.readLock(), read::countDown);
            lock.readLock().lock();
            lock.writeLock().unlock();
            TestThreads.await("they read beside us", () -> read.getCount() == 0L);
            lock.readLock().unlock();
        }
        assertFree(lock);
    }

    @OnEveryRow
    void aReaderCannotBeginToWrite(Row row) {
        elsewhere(row, () -> {
            RwMembers lock = row.newRwLock();
            lock.readLock().lock();
            assertFalse(lock.writeLock().tryLock());
            assertFalse(lock.writeLock().tryLock(SHORT_NANOS, TimeUnit.NANOSECONDS));
            assertHolds(lock, 0, 1);
            assertTotals(lock, 0, 1);
            try (TestThreads threads = new TestThreads(row.kind())) {
                Thread upgrader = threads.start("upgrader", () -> {
                    lock.readLock().lock();
                    assertThrows(
                            InterruptedException.class, () -> lock.writeLock().lockInterruptibly());
                    assertHolds(lock, 0, 1);
                    lock.readLock().unlock();
                });
                awaitQueued(lock, upgrader);
                upgrader.interrupt();
            }
            lock.readLock().unlock();
            assertFree(lock);
        });
    }

    @OnEveryRow
    void unlockingWhatIsNotHeldThrowsAndChangesNothing(Row row) {
        RwMembers lock = row.newRwLock();
        assertThrows(IllegalMonitorStateException.class, lock.readLock()::unlock);
        assertThrows(IllegalMonitorStateException.class, lock.writeLock()::unlock);
        assertFree(lock);
        lock.readLock().lock();
        assertThrows(IllegalMonitorStateException.class, lock.writeLock()::unlock);
        elsewhere(row, () -> {
            assertThrows(IllegalMonitorStateException.class, lock.readLock()::unlock);
            lock.readLock().lock();
            lock.readLock().unlock();
            assertThrows(IllegalMonitorStateException.class, lock.readLock()::unlock);
        });
        assertTotals(lock, 0, 1);
        lock.readLock().unlock();
        lock.writeLock().lock();
        assertThrows(IllegalMonitorStateException.class, lock.readLock()::unlock);
        elsewhere(row, () -> {
            assertThrows(IllegalMonitorStateException.class, lock.readLock()::unlock);
            assertThrows(IllegalMonitorStateException.class, lock.writeLock()::unlock);
        });
        assertHolds(lock, 1, 0);
        lock.writeLock().unlock();
        assertFree(lock);
    }

    @OnEveryRow
    void oneHoldTooManyIsRefusedWithAnErrorAndChangesNothing(Row row) {
        RwMembers lock = row.newRwLock();
        assumeTrue(
                row.origin() == Origin.OURS || Runtime.version().feature() == 17,
                "later JDKs allow more than anybody would wait for");
        for (boolean write : new boolean[] {false, true}) {
            Lock side = write ? lock.writeLock() : lock.readLock();
            for (int i = 0; i < MAX_HOLDS; i++) {
                side.lock();
            }
            assertSame(Error.class, assertThrows(Error.class, side::lock).getClass());
            assertSame(Error.class, assertThrows(Error.class, side::tryLock).getClass());
            assertThrows(Error.class, () -> side.tryLock(1L, TimeUnit.SECONDS));
            assertHolds(lock, write ? MAX_HOLDS : 0, write ? 0 : MAX_HOLDS);
            for (int i = 0; i < MAX_HOLDS; i++) {
                side.unlock();
            }
            assertFree(lock);
        }
    }

    @OnEveryRow
    void viewsMadeByTheConstructorForSubclassesAreTheSameLock(Row row) {
        RwMembers lock = row.newRwLock();
        lock.anotherReadLock().lock();
        lock.anotherReadLock().lock();
        assertHolds(lock, 0, 2);
        assertFalse(lock.anotherWriteLock().tryLock());
        lock.readLock().unlock();
        lock.readLock().unlock();
        assertTrue(lock.anotherWriteLock().tryLock());
        assertHolds(lock, 1, 0);
        lock.writeLock().unlock();
        assertFree(lock);
        assertThrows(NullPointerException.class, () -> new ReentrantReadWriteLock.ReadLock(null));
        assertThrows(NullPointerException.class, () -> new ReentrantReadWriteLock.WriteLock(null));
    }

    // ---- who waits behind whom

    @OnEveryRow
    void readersWaitBehindAWriterThatWaitsUnlessTheyReadAlready(Row row) throws Exception {
        RwMembers lock = row.newRwLock();
        List<String> order = new ArrayList<>();
        CyclicBarrier step = new CyclicBarrier(2);
        try (TestThreads threads = new TestThreads(row.kind())) {
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
            elsewhere(row, () -> {
                assertFalse(lock.readLock().tryLock(1L, TimeUnit.MILLISECONDS), "waits behind the writer");
                assertTrue(lock.readLock().tryLock(), "but an untimed try gets past it");
                lock.readLock().unlock();
            });
            assertTrue(lock.hasQueuedThread(newcomer));
            for (int i = 0; i < 3; i++) {
                lock.readLock().unlock();
            }
        }
        assertEquals(List.of("writer", "newcomer"), order);
        assertFree(lock);
    }

    @OnEveryRow
    void aWriterThatGivesUpLetsInTheReadersBehindIt(Row row) {
        for (boolean interrupt : new boolean[] {false, true}) {
            RwMembers lock = row.newRwLock();
            CountDownLatch read = new CountDownLatch(1);
            lock.readLock().lock();
            try (TestThreads threads = new TestThreads(row.kind())) {
                Thread writer = threads.start("writer", () -> {
                    if (interrupt) {
                        assertThrows(
                                InterruptedException.class,
                                () -> lock.writeLock().lockInterruptibly());
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
            }
            assertFree(lock);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.parkinglot.locks.Origin#fairRows")
    void theOrderOfAFairLockIsThatOfArrival(Row row) {
        RwMembers lock = row.newRwLock();
        List<Integer> order = new ArrayList<>();
        lock.writeLock().lock();
        try (TestThreads threads = new TestThreads(row.kind())) {
            for (int i = 0; i < 6; i++) {
                int number = i;
                // Readers one by one between writers, so that each stands alone.
                Lock side = i % 2 == 0 ? lock.readLock() : lock.writeLock();
                startLocker(threads, lock, "queued-" + i, side, () -> order.add(number));
            }
            lock.writeLock().unlock();
        }
        assertEquals(List.of(0, 1, 2, 3, 4, 5), order);
        assertFree(lock);
    }

    @ParameterizedTest
    @MethodSource("dev.parkinglot.locks.Origin#fairRows")
    void aFairLockIsNotTakenPastAQueuedThread(Row row) throws InterruptedException {
        for (int round = 0; round < 100; round++) {
            RwMembers lock = row.newRwLock();
            boolean write = round % 2 == 0;
            Lock first = write ? lock.writeLock() : lock.readLock();
            Lock ours = round % 4 < 2 ? lock.writeLock() : write ? lock.readLock() : lock.writeLock();
            AtomicBoolean hadIt = new AtomicBoolean();
            try (TestThreads threads = new TestThreads(row.kind())) {
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
            }
        }
    }

    // ---- interrupts and time

    @OnEveryRow
    void pendingAndComingInterruptsEndInterruptibleLocking(Row row) {
        for (boolean write : new boolean[] {false, true}) {
            RwMembers lock = row.newRwLock();
            Lock side = write ? lock.writeLock() : lock.readLock();
            List<ThrowingRunnable> ways =
                    List.of(side::lockInterruptibly, () -> side.tryLock(LONG_NANOS, TimeUnit.NANOSECONDS));
            for (ThrowingRunnable way : ways) {
                elsewhere(row, () -> {
                    Thread.currentThread().interrupt();
                    assertThrows(InterruptedException.class, way::run);
                    assertFalse(Thread.currentThread().isInterrupted());
                    assertFree(lock);
                });
                lock.writeLock().lock();
                try (TestThreads threads = new TestThreads(row.kind())) {
                    Thread waiter = threads.start("waiter", () -> {
                        assertThrows(InterruptedException.class, way::run);
                        assertFalse(Thread.currentThread().isInterrupted());
                        assertHolds(lock, 0, 0);
                    });
                    awaitQueued(lock, waiter);
                    waiter.interrupt();
                }
                lock.writeLock().unlock();
                assertFree(lock);
            }
            assertThrows(NullPointerException.class, () -> side.tryLock(1L, null));
        }
    }

    @OnEveryRow
    void anInterruptDoesNotEndLockAndStaysPending(Row row) {
        for (boolean write : new boolean[] {false, true}) {
            RwMembers lock = row.newRwLock();
            Lock side = write ? lock.writeLock() : lock.readLock();
            lock.writeLock().lock();
            try (TestThreads threads = new TestThreads(row.kind())) {
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
            }
            assertFree(lock);
        }
    }

    // ---- monitoring

    @OnEveryRow
    void theQueueShowsWhoWaitsForWhat(Row row) {
        RwMembers lock = row.newRwLock();
        lock.readLock().lock();
        try (TestThreads threads = new TestThreads(row.kind())) {
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
        }
        assertFree(lock);
    }

    // ---- conditions

    @OnEveryRow
    void onlyTheWriteLockHasConditions(Row row) {
        RwMembers lock = row.newRwLock();
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

    @OnEveryRow
    void waitingGivesUpAllHoldsAndRestoresThem(Row row) {
        RwMembers lock = row.newRwLock();
        Condition condition = lock.writeLock().newCondition();
        try (TestThreads threads = new TestThreads(row.kind())) {
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
        }
        assertFree(lock);
    }

    @OnEveryRow
    void fromTheSignalOnTheThreadIsQueuedForTheLock(Row row) {
        RwMembers lock = row.newRwLock();
        Condition condition = lock.writeLock().newCondition();
        AtomicBoolean done = new AtomicBoolean();
        try (TestThreads threads = new TestThreads(row.kind())) {
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
        }
        assertFree(lock);
    }

    // ---- crowds, and threads that end

    @OnEveryRow
    void aLockReadByAThreadThatEndsStaysRead(Row row) {
        RwMembers lock = row.newRwLock();
        elsewhere(row, lock.readLock()::lock);
        assertTotals(lock, 0, 1);
        assertHolds(lock, 0, 0);
        assertFalse(lock.writeLock().tryLock());
        assertTrue(lock.readLock().tryLock());
        assertThrows(IllegalMonitorStateException.class, () -> {
            lock.readLock().unlock();
            lock.readLock().unlock();
        });
    }

    @OnEveryRow
    void aCrowdReadsAtOnceAndIsForgotten(Row row) throws Exception {
        int count = row.kind() == ThreadKind.VIRTUAL ? 2_000 : 200;
        for (int round = 0; round < 2; round++) {
            RwMembers lock = row.newRwLock();
            CountDownLatch in = new CountDownLatch(count);
            CountDownLatch out = new CountDownLatch(1);
            try (TestThreads threads = new TestThreads(row.kind())) {
                threads.start(count, "reader", () -> {
                    lock.readLock().lock();
                    lock.readLock().lock();
                    in.countDown();
                    out.await();
                    lock.readLock().unlock();
                    assertHolds(lock, 0, 1);
                    lock.readLock().unlock();
                });
                in.await();
                assertTotals(lock, 0, 2 * count);
                out.countDown();
            }
            assertFree(lock);
        }
    }

    @OnEveryRow
    void readersAndWritersExcludeEachOther(Row row) {
        RwMembers lock = row.newRwLock();
        int[] both = new int[2];
        int rounds = 300;
        int threadCount = 4;
        try (TestThreads threads = new TestThreads(row.kind())) {
            threads.start(threadCount, "mixed", () -> {
                for (int i = 0; i < rounds; i++) {
                    lock.writeLock().lock();
                    both[0]++;
                    both[1]++;
                    if (i % 3 == 0) {
                        lock.readLock().lock();
                        lock.writeLock().unlock();
                        assertEquals(both[0], both[1]);
                        lock.readLock().unlock();
                    } else {
                        lock.writeLock().unlock();
                    }
                    if (i % 5 == 0
                            ? lock.readLock().tryLock(1L, TimeUnit.MILLISECONDS)
                            : lock.readLock().tryLock()) {
                        lock.readLock().lock();
                        assertEquals(both[0], both[1]);
                        assertHolds(lock, 0, 2);
                        lock.readLock().unlock();
                        lock.readLock().unlock();
                    }
                    if (i % 7 == 0 && lock.writeLock().tryLock(50L, TimeUnit.MICROSECONDS)) {
                        lock.writeLock().unlock();
                    }
                }
            });
        }
        assertEquals(threadCount * rounds, both[0]);
        assertFree(lock);
    }

    // ---- serialization

    @OnEveryRow
    void aDeserializedLockIsUnlockedAndAsFairAsBefore(Row row) throws Exception {
        RwMembers lock = row.newRwLock();
        lock.writeLock().lock();
        lock.readLock().lock();
        Object[] graph = {lock, lock.readLock(), lock.writeLock()};
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(graph);
        }
        Object[] copies;
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            copies = (Object[]) in.readObject();
        }
        RwMembers copy = (RwMembers) copies[0];
        assertEquals(row.fair(), copy.isFair());
        assertSame(copies[1], copy.readLock());
        assertSame(copies[2], copy.writeLock());
        assertFree(copy);
        copy.readLock().lock();
        assertTotals(copy, 0, 1);
        copy.readLock().unlock();
        assertFree(copy);
        assertHolds(lock, 1, 1);
    }
}
