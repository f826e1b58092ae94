package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.TestThreads;
import java.io.ByteArrayOutputStream;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Copies of drop-ins and of what belongs to them, in the shapes in which the JDK's queues have them as fields. */
@Concurrent
class SerializationTest {
    /** As {@code ArrayBlockingQueue}: a lock and a condition of it, neither of them transient. */
    static final class Buffer implements Serializable {
        private static final long serialVersionUID = 1L;

        final ReentrantLock lock;

        @SuppressWarnings("serial")
        final Condition notEmpty;

        Buffer(boolean fair) {
            lock = new ReentrantLock(fair);
            notEmpty = lock.newCondition();
        }
    }

    /** As {@code LinkedBlockingDeque} of Apache Commons Pool: a lock that makes its condition itself. A cycle. */
    static final class LockWithCondition extends ReentrantLock {
        private static final long serialVersionUID = 1L;

        @SuppressWarnings("serial")
        final Condition own = newCondition();
    }

    /** The condition comes first in the stream, before the lock that it belongs to. */
    static final class ReadWriteBuffer implements Serializable {
        private static final long serialVersionUID = 1L;

        @SuppressWarnings("serial")
        final Condition changed;

        @SuppressWarnings("serial")
        final Lock reading;

        final ReentrantReadWriteLock lock;

        ReadWriteBuffer(boolean fair) {
            lock = new ReentrantReadWriteLock(fair);
            changed = lock.writeLock().newCondition();
            reading = lock.readLock();
        }
    }

    @SuppressWarnings("unchecked")
    private static <T> T copy(T original) throws Exception {
        return (T) Conformance.serializedAndBack(original);
    }

    private static void assertUsable(Lock lock, Condition condition) {
        boolean[] ready = new boolean[1];
        try (TestThreads threads = new TestThreads()) {
            threads.start("waiter", () -> {
                lock.lock();
                try {
                    while (!ready[0]) {
                        condition.await();
                    }
                } finally {
                    lock.unlock();
                }
            });
            threads.start("signaller", () -> {
                lock.lock();
                try {
                    ready[0] = true;
                    condition.signalAll();
                } finally {
                    lock.unlock();
                }
            });
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aCopiedConditionBelongsToTheCopiedLock(boolean fair) throws Exception {
        Buffer original = new Buffer(fair);
        Buffer copy = copy(original);
        assertNotSame(original.lock, copy.lock);
        assertEquals(fair, copy.lock.isFair());
        assertUsable(copy.lock, copy.notEmpty);
        copy.lock.lock();
        assertFalse(copy.lock.hasWaiters(copy.notEmpty));
        assertThrows(IllegalArgumentException.class, () -> copy.lock.hasWaiters(original.notEmpty));
        assertThrows(IllegalMonitorStateException.class, original.notEmpty::signal);
    }

    @Test
    @SuppressWarnings("WaitNotInLoop")
    void theCopyOfAHeldLockIsFreeAndNobodyWaitsForItsCondition(TestThreads threads) throws Exception {
        Buffer original = new Buffer(false);
        threads.start("waiter", () -> {
            original.lock.lock();
            try {
                original.notEmpty.await();
            } finally {
                original.lock.unlock();
            }
        });
        TestThreads.await("waits", () -> {
            original.lock.lock();
            try {
                return original.lock.hasWaiters(original.notEmpty);
            } finally {
                original.lock.unlock();
            }
        });
        original.lock.lock();
        Buffer copy = copy(original);
        assertFalse(copy.lock.isLocked());
        copy.lock.lock();
        assertFalse(copy.lock.hasWaiters(copy.notEmpty));
        copy.notEmpty.signalAll();
        assertTrue(original.lock.hasWaiters(original.notEmpty));
        original.notEmpty.signalAll();
        original.lock.unlock();
    }

    @Test
    void aSubclassMayHoldItsOwnCondition() throws Exception {
        LockWithCondition copy = copy(new LockWithCondition());
        assertUsable(copy, copy.own);
        copy.lock();
        assertFalse(copy.hasWaiters(copy.own));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void viewsAndConditionsOfAReadWriteLockComeBackTogether(boolean fair) throws Exception {
        ReadWriteBuffer copy = copy(new ReadWriteBuffer(fair));
        assertSame(copy.lock.readLock(), copy.reading);
        assertEquals(fair, copy.lock.isFair());
        assertUsable(copy.lock.writeLock(), copy.changed);
        copy.lock.writeLock().lock();
        assertFalse(copy.lock.hasWaiters(copy.changed));
    }

    @Test
    void theConditionOfALockThatCannotBeSerializedCannotBeEither() {
        Condition condition = new Mutex().newCondition();
        assertThrows(
                NotSerializableException.class,
                () -> new ObjectOutputStream(new ByteArrayOutputStream()).writeObject(condition));
    }
}
