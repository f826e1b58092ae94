package dev.parkinglot.examples.migration;

/**
 * A first-in, first-out buffer of limited length.
 *
 * @param <E> the type of the elements, none of them null
 */
public interface Buffer<E> {
    /**
     * Appends an element, waiting while the buffer is full.
     *
     * @param element what to append
     * @throws InterruptedException if interrupted while waiting
     */
    void put(E element) throws InterruptedException;

    /**
     * Removes the oldest element, waiting while there is none.
     *
     * @return the element
     * @throws InterruptedException if interrupted while waiting
     */
    E take() throws InterruptedException;

    /**
     * How many threads wait for an element.
     *
     * @return a value that may be stale when it is looked at
     */
    int waitingConsumers();
}
