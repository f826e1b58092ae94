package dev.parkinglot.examples.migration.before;

import dev.parkinglot.examples.migration.Buffer;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A ring with a lock and two conditions.
 *
 * @param <E> the type of the elements, none of them null
 */
public final class BoundedBuffer<E> implements Buffer<E> {
    private final ReentrantLock lock;
    private final Condition notEmpty;
    private final Condition notFull;

    // Guarded by the lock.
    private final Object[] ring;
    private int head;
    private int size;

    /** Makes an empty buffer. If it is fair, threads get their turn in the order in which they came. */
    public BoundedBuffer(int capacity, boolean fair) {
        lock = new ReentrantLock(fair);
        notEmpty = lock.newCondition();
        notFull = lock.newCondition();
        ring = new Object[capacity];
    }

    @Override
    public void put(E element) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (size == ring.length) {
                notFull.await();
            }
            ring[(head + size) % ring.length] = element;
            size++;
            notEmpty.signal();
        } finally {
            lock.unlock();
        }
    }

    @Override
    @SuppressWarnings("unchecked") // put lets in nothing else
    public E take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (size == 0) {
                notEmpty.await();
            }
            E element = (E) ring[head];
            ring[head] = null;
            head = (head + 1) % ring.length;
            size--;
            notFull.signal();
            return element;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int waitingConsumers() {
        lock.lock();
        try {
            return lock.getWaitQueueLength(notEmpty);
        } finally {
            lock.unlock();
        }
    }
}
