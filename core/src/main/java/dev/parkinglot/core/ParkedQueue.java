package dev.parkinglot.core;

import java.util.List;

/**
 * The queue of one key, as {@link ParkingLot#snapshot} reports it.
 *
 * @param base the key's object, null for memory outside the heap
 * @param offset the key's offset
 * @param threads the waiters, longest waiting first; never empty
 */
public record ParkedQueue(Object base, long offset, List<ParkedThread> threads) {
    /**
     * Copies the list.
     *
     * @param base the key's object, null for memory outside the heap
     * @param offset the key's offset
     * @param threads the waiters, longest waiting first
     */
    public ParkedQueue {
        threads = List.copyOf(threads);
    }
}
