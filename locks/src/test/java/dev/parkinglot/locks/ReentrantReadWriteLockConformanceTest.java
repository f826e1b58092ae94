package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThreadKind;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * What people rely on in a {@code ReentrantReadWriteLock}; when threads wait for it: {@link
 * ReentrantReadWriteLockWaitingConformanceTest}.
 */
class ReentrantReadWriteLockConformanceTest extends RwLockConformance {
    /** As many holds as the lock of JDK 17 allows. */
    private static final int MAX_HOLDS = 65_535;

    @Test
    void aNewLockIsFree() {
        assertFree(lock);
        assertEquals(row.fair(), lock.isFair());
        assertSame(lock.readLock(), lock.readLock());
        assertSame(lock.writeLock(), lock.writeLock());
    }

    @Test
    void holdsAreCounted() {
        elsewhere(() -> {
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

    @Test
    void readersShareAndKeepOutWriters(TestThreads threads) throws Exception {
        int readers = 20;
        CyclicBarrier allRead = new CyclicBarrier(readers + 1);
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
        threads.join();
        assertFree(lock);
    }

    @Test
    void aWriterKeepsOutAllOthers(TestThreads threads) {
        lock.writeLock().lock();
        elsewhere(() -> {
            assertFalse(lock.readLock().tryLock());
            assertFalse(lock.readLock().tryLock(SHORT_NANOS, TimeUnit.NANOSECONDS));
            assertFalse(lock.writeLock().tryLock());
            assertFalse(lock.writeLock().tryLock(SHORT_NANOS, TimeUnit.NANOSECONDS));
            assertHolds(lock, 0, 0);
            assertTotals(lock, 1, 0);
        });
        Thread reader = startLocker(threads, lock, "reader", lock.readLock(), () -> assertTotals(lock, 0, 1));
        assertNotNull(LockSupport.getBlocker(reader), "what it waits for");
        lock.writeLock().unlock();
        threads.join();
        assertFree(lock);
    }

    @Test
    void theWriterMayReadAndKeepsReadingWhenItGivesUpWriting() {
        elsewhere(() -> {
            lock.writeLock().lock();
            lock.readLock().lock();
            assertTrue(lock.readLock().tryLock());
            assertHolds(lock, 1, 2);
            assertTotals(lock, 1, 2);
            lock.writeLock().unlock();
            assertHolds(lock, 0, 2);
            assertTotals(lock, 0, 2);
            elsewhere(() -> {
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
            elsewhere(() -> assertFalse(lock.readLock().tryLock()));
            lock.writeLock().unlock();
            assertFree(lock);
        });
    }

    @Test
    void downgradingLetsInTheReadersThatWait(TestThreads threads) {
        CountDownLatch read = new CountDownLatch(2);
        lock.writeLock().lock();
        startLocker(threads, lock, "reader", lock.readLock(), read::countDown);
        startLocker(threads, lock, "another", lock.readLock(), read::countDown);
        lock.readLock().lock();
        lock.writeLock().unlock();
        TestThreads.await("they read beside us", () -> read.getCount() == 0L);
        lock.readLock().unlock();
        threads.join();
        assertFree(lock);
    }

    @Test
    void aReaderCannotBeginToWrite() {
        elsewhere(() -> {
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

    @Test
    void unlockingWhatIsNotHeldThrowsAndChangesNothing() {
        assertThrows(IllegalMonitorStateException.class, lock.readLock()::unlock);
        assertThrows(IllegalMonitorStateException.class, lock.writeLock()::unlock);
        assertFree(lock);
        lock.readLock().lock();
        assertThrows(IllegalMonitorStateException.class, lock.writeLock()::unlock);
        elsewhere(() -> {
            assertThrows(IllegalMonitorStateException.class, lock.readLock()::unlock);
            lock.readLock().lock();
            lock.readLock().unlock();
            assertThrows(IllegalMonitorStateException.class, lock.readLock()::unlock);
        });
        assertTotals(lock, 0, 1);
        lock.readLock().unlock();
        lock.writeLock().lock();
        assertThrows(IllegalMonitorStateException.class, lock.readLock()::unlock);
        elsewhere(() -> {
            assertThrows(IllegalMonitorStateException.class, lock.readLock()::unlock);
            assertThrows(IllegalMonitorStateException.class, lock.writeLock()::unlock);
        });
        assertHolds(lock, 1, 0);
        lock.writeLock().unlock();
        assertFree(lock);
    }

    @Test
    void oneHoldTooManyIsRefusedWithAnErrorAndChangesNothing() {
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

    @Test
    void viewsMadeByTheConstructorForSubclassesAreTheSameLock() {
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

    @Test
    void aLockReadByAThreadThatEndsStaysRead() {
        elsewhere(lock.readLock()::lock);
        assertTotals(lock, 0, 1);
        assertHolds(lock, 0, 0);
        assertFalse(lock.writeLock().tryLock());
        assertTrue(lock.readLock().tryLock());
        assertThrows(IllegalMonitorStateException.class, () -> {
            lock.readLock().unlock();
            lock.readLock().unlock();
        });
    }

    @Test
    void aCrowdReadsAtOnceAndIsForgotten(TestThreads threads) throws Exception {
        int count = row.kind() == ThreadKind.VIRTUAL ? 2_000 : 200;
        for (int round = 0; round < 2; round++) {
            RwMembers lock = row.newRwLock();
            CountDownLatch in = new CountDownLatch(count);
            CountDownLatch out = new CountDownLatch(1);
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
            threads.join();
            assertFree(lock);
        }
    }

    @Test
    void readersAndWritersExcludeEachOther(TestThreads threads) {
        int[] both = new int[2];
        int rounds = 300;
        int threadCount = 4;
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
        threads.join();
        assertEquals(threadCount * rounds, both[0]);
        assertFree(lock);
    }

    @Test
    void aDeserializedLockIsUnlockedAndAsFairAsBefore() throws Exception {
        lock.writeLock().lock();
        lock.readLock().lock();
        Object[] graph = {lock, lock.readLock(), lock.writeLock()};
        Object[] copies = (Object[]) serializedAndBack(graph);
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
