package dev.parkinglot.locks;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;

/** A bounded queue of numbers, written once with each kind of lock, and the queues of the JDK as they are. */
public abstract class BoundedRing {
    /** The competitors. */
    public enum Kind {
        MUTEX,
        DROP_IN,
        JDK_LOCK,
        MONITOR,
        ARRAY_BLOCKING_QUEUE,
        LINKED_BLOCKING_QUEUE;

        BoundedRing create(int capacity) {
            return switch (this) {
                case MUTEX -> new OfMutex(capacity);
                case DROP_IN -> new OfLock(capacity, new ReentrantLock());
                case JDK_LOCK -> new OfLock(capacity, new java.util.concurrent.locks.ReentrantLock());
                case MONITOR -> new OfMonitor(capacity);
                case ARRAY_BLOCKING_QUEUE -> new OfQueue(new ArrayBlockingQueue<>(capacity));
                case LINKED_BLOCKING_QUEUE -> new OfQueue(new LinkedBlockingQueue<>(capacity));
            };
        }
    }

    private final long[] elements;
    private int first;
    private int size;

    BoundedRing(int capacity) {
        elements = new long[capacity];
    }

    abstract void put(long element) throws InterruptedException;

    abstract long take() throws InterruptedException;

    // ---- with the lock held

    final boolean isFull() {
        return size == elements.length;
    }

    final boolean isEmpty() {
        return size == 0;
    }

    final void add(long element) {
        elements[(first + size++) % elements.length] = element;
    }

    final long remove() {
        long element = elements[first];
        first = (first + 1) % elements.length;
        size--;
        return element;
    }

    private static final class OfMutex extends BoundedRing {
        private final Mutex mutex = new Mutex();
        private final Condvar notFull = new Condvar();
        private final Condvar notEmpty = new Condvar();

        OfMutex(int capacity) {
            super(capacity);
        }

        @Override
        void put(long element) throws InterruptedException {
            mutex.lock();
            try {
                while (isFull()) {
                    notFull.await(mutex);
                }
                add(element);
                notEmpty.signal();
            } finally {
                mutex.unlock();
            }
        }

        @Override
        long take() throws InterruptedException {
            mutex.lock();
            try {
                while (isEmpty()) {
                    notEmpty.await(mutex);
                }
                notFull.signal();
                return remove();
            } finally {
                mutex.unlock();
            }
        }
    }

    private static final class OfLock extends BoundedRing {
        private final Lock lock;
        private final Condition notFull;
        private final Condition notEmpty;

        OfLock(int capacity, Lock lock) {
            super(capacity);
            this.lock = lock;
            notFull = lock.newCondition();
            notEmpty = lock.newCondition();
        }

        @Override
        void put(long element) throws InterruptedException {
            lock.lock();
            try {
                while (isFull()) {
                    notFull.await();
                }
                add(element);
                notEmpty.signal();
            } finally {
                lock.unlock();
            }
        }

        @Override
        long take() throws InterruptedException {
            lock.lock();
            try {
                while (isEmpty()) {
                    notEmpty.await();
                }
                notFull.signal();
                return remove();
            } finally {
                lock.unlock();
            }
        }
    }

    private static final class OfMonitor extends BoundedRing {
        private final Object monitor = new Object();

        OfMonitor(int capacity) {
            super(capacity);
        }

        @Override
        void put(long element) throws InterruptedException {
            synchronized (monitor) {
                while (isFull()) {
                    monitor.wait();
                }
                add(element);
                monitor.notifyAll();
            }
        }

        @Override
        long take() throws InterruptedException {
            synchronized (monitor) {
                while (isEmpty()) {
                    monitor.wait();
                }
                monitor.notifyAll();
                return remove();
            }
        }
    }

    private static final class OfQueue extends BoundedRing {
        private final BlockingQueue<Long> queue;

        OfQueue(BlockingQueue<Long> queue) {
            super(0);
            this.queue = queue;
        }

        @Override
        void put(long element) throws InterruptedException {
            queue.put(element);
        }

        @Override
        long take() throws InterruptedException {
            return queue.take();
        }
    }
}
