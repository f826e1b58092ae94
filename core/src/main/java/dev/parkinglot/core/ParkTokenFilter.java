package dev.parkinglot.core;

/**
 * Chooses the threads that {@link ParkingLot#unparkFilter} wakes.
 *
 * <p><b>Contract.</b> Called for each thread in queue order until it answers {@link FilterOp#STOP}, on the unparking
 * thread, under the bucket lock, before anything is changed. It should be short and must not block. It must not call
 * any operation of {@link ParkingLot} ({@code IllegalStateException}). If it throws, nobody is woken, the queue is as
 * it was, the bucket is unlocked, and the throwable reaches the caller of {@code unparkFilter}.
 *
 * @param <C> the type of the context, which is whatever the caller of the operation wants its callbacks to know
 */
@FunctionalInterface
public interface ParkTokenFilter<C> {
    /**
     * Decides about one parked thread.
     *
     * @param context as given to the operation
     * @param parkToken the token with which it parked
     * @return what to do with it, not null
     */
    FilterOp filter(C context, long parkToken);
}
