package dev.parkinglot.examples.migration;

/**
 * A first-in, first-out buffer of limited length.
 *
 * @param <E> the type of the elements, none of them null
 */
public interface Buffer<E> {
    /** Appends an element, waiting while the buffer is full. */
    void put(E element) throws InterruptedException;

    /** Removes the oldest element, waiting while there is none. */
    E take() throws InterruptedException;

    /** How many threads wait for an element; the value may be stale when it is looked at. */
    int waitingConsumers();
}
