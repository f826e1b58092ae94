package dev.parkinglot.examples.contest;

import java.util.function.BooleanSupplier;
import org.HdrHistogram.Histogram;

/**
 * A first-in, first-out queue of limited length, built on a lock of the contest and two of its conditions.
 *
 * <p>Every operation signals, whether or not anybody waits: who has woken up need not have come back for its element
 * yet, so "was empty before" does not tell whether another waits too. A signal to nobody is cheap with every lock.
 *
 * @param <E> the type of the elements, none of them null
 */
final class BoundedQueue<E> {
    private final ContestLock lock;
    private final ContestLock.Condition notEmpty;
    private final ContestLock.Condition notFull;

    /**
     * A ring; element i of the queue is at {@code (head + i) % ring.length}. Like all that follows, guarded by the
     * lock.
     */
    private final E[] ring;

    private int head;
    private int size;
    private boolean closed;

    // Made once, so that no operation allocates.
    private final BooleanSupplier full;
    private final BooleanSupplier emptyAndOpen;
    private final ContestLock.Section<E, Void> put = this::putHeld;
    private final ContestLock.Section<Void, E> take = this::takeHeld;
    private final ContestLock.Section<Void, Void> close = this::closeHeld;

    /** The lock is for this queue alone. */
    @SuppressWarnings("unchecked") // never leaves this class, and holds only what put gives it
    BoundedQueue(int capacity, ContestLock lock) {
        this.lock = lock;
        notEmpty = lock.newCondition();
        notFull = lock.newCondition();
        ring = (E[]) new Object[capacity];
        full = () -> size == ring.length && !closed;
        emptyAndOpen = () -> size == 0 && !closed;
    }

    /**
     * Appends an element, waiting while the queue is full. A queue that is closed, then or meanwhile, throws
     * IllegalStateException.
     */
    void put(E element, Histogram waits) throws InterruptedException {
        lock.hold(waits, put, element);
    }

    /** Removes the oldest element, waiting while there is none; null if the queue is closed and has none left. */
    E take(Histogram waits) throws InterruptedException {
        return lock.hold(waits, take, null);
    }

    /** Ends the queue: what is in it can still be taken. */
    void close(Histogram waits) throws InterruptedException {
        lock.hold(waits, close, null);
    }

    private Void putHeld(E element) throws InterruptedException {
        notFull.awaitWhile(full);
        if (closed) {
            throw new IllegalStateException("the queue is closed");
        }
        ring[(head + size) % ring.length] = element;
        size++;
        notEmpty.signal();
        return null;
    }

    private E takeHeld(Void none) throws InterruptedException {
        notEmpty.awaitWhile(emptyAndOpen);
        if (size == 0) {
            return null;
        }
        E element = ring[head];
        ring[head] = null;
        head = (head + 1) % ring.length;
        size--;
        notFull.signal();
        return element;
    }

    private Void closeHeld(Void none) {
        closed = true;
        notEmpty.signalAll();
        notFull.signalAll();
        return null;
    }
}
