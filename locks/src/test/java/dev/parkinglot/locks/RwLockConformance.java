package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.TestThreads;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import org.junit.jupiter.api.BeforeEach;

/** What tests of {@link RwMembers} ask and do. */
abstract class RwLockConformance extends Conformance {
    RwMembers lock;

    @BeforeEach
    void makeLock() {
        lock = row.newRwLock();
    }

    static void assertHolds(RwMembers lock, int writes, int reads) {
        assertAll(
                () -> assertEquals(writes, lock.getWriteHoldCount()),
                () -> assertEquals(writes, lock.getHoldCount()),
                () -> assertEquals(writes != 0, lock.isHeldByCurrentThread()),
                () -> assertEquals(writes != 0, lock.isWriteLockedByCurrentThread()),
                () -> assertEquals(reads, lock.getReadHoldCount()));
    }

    static void assertTotals(RwMembers lock, int writes, int reads) {
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

    static void assertFree(RwMembers lock) {
        assertHolds(lock, 0, 0);
        assertTotals(lock, 0, 0);
        assertFalse(lock.hasQueuedThreads());
        assertEquals(0, lock.getQueueLength());
        assertTrue(lock.writeLock().toString().endsWith("[Unlocked]"));
        assertTrue(lock.writeLock().tryLock(), "free for a writer");
        lock.writeLock().unlock();
    }

    static void awaitQueued(RwMembers lock, Thread thread) {
        TestThreads.await(
                thread + " is queued and asleep", () -> lock.hasQueuedThread(thread) && TestThreads.isAsleep(thread));
    }

    static void awaitWaiting(RwMembers lock, Condition condition, Thread thread) {
        TestThreads.await(thread + " waits", () -> {
            lock.writeLock().lock();
            try {
                return lock.getWaitingThreads(condition).contains(thread);
            } finally {
                lock.writeLock().unlock();
            }
        });
    }

    static Thread startLocker(TestThreads threads, RwMembers members, String name, Lock lock, Runnable body) {
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
}
