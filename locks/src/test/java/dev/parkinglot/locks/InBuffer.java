package dev.parkinglot.locks;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Makes locks for the suites of {@link Mutex} and {@link RwLock}, each in an array of its own: so whoever is parked in
 * its queue has that array for a blocker.
 */
final class InBuffer {
    private static final int INDEX = 8;

    private InBuffer() {}

    private static AtomicBuffer newBuffer() {
        return new UnsafeBuffer(new byte[64], 4, 60); // so that address, array offset and index all differ
    }

    static BufferMutex newMutex() {
        return new BufferMutex(newBuffer(), INDEX);
    }

    static BufferRwLock newRwLock() {
        return new BufferRwLock(newBuffer(), INDEX);
    }

    /** A mutex of which a flyweight is not made until somebody has to wait. */
    static Lock newLock() {
        return new WithoutFlyweight();
    }

    private static final class WithoutFlyweight implements Lock {
        private final AtomicBuffer buffer = newBuffer();

        @Override
        public void lock() {
            BufferMutex.lock(buffer, INDEX);
        }

        @Override
        public void unlock() {
            BufferMutex.unlock(buffer, INDEX);
        }

        @Override
        public boolean tryLock() {
            return BufferMutex.tryLock(buffer, INDEX);
        }

        @Override
        public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
            return new BufferMutex(buffer, INDEX).tryLock(time, unit);
        }

        @Override
        public void lockInterruptibly() throws InterruptedException {
            new BufferMutex(buffer, INDEX).lockInterruptibly();
        }

        @Override
        public Condition newCondition() {
            throw new UnsupportedOperationException();
        }
    }
}
