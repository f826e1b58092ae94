package dev.parkinglot.core;

import java.util.List;

/**
 * The queue of one key, as {@link ParkingLot#snapshot} reports it.
 *
 * @param base the key's object, null for memory outside the heap
 * @param offset the key's offset
 * @param threads the waiters, in the order of the queue; never empty
 */
public record ParkedQueue(Object base, long offset, List<ParkedThread> threads) {
    /**
     * Copies the list.
     *
     * @param base the key's object, null for memory outside the heap
     * @param offset the key's offset
     * @param threads the waiters, in the order of the queue
     */
    public ParkedQueue {
        threads = List.copyOf(threads);
    }
}
