package dev.parkinglot.core;

/**
 * Runs when an unpark operation has chosen its threads and before it touches them.
 *
 * <p><b>Contract.</b> Called exactly once, on the unparking thread, under the bucket lock, even when the queue is
 * empty. No thread can enter or leave the queue meanwhile, so this is the place to change the state on which {@link
 * ParkCallbacks#validate} depends, such as clearing a "somebody is parked" bit when {@link
 * UnparkResult#haveMoreThreads()} is false. It should be short and must not block. It must not call any operation of
 * {@link ParkingLot} ({@code IllegalStateException}). If it throws, nobody is woken, the queue is as it was, the bucket
 * is unlocked, and the throwable reaches the caller of the operation.
 *
 * @param <C> the type of the context, which is whatever the caller of the operation wants its callbacks to know
 */
@FunctionalInterface
public interface UnparkCallback<C> {
    /**
     * Decides what the chosen threads are told.
     *
     * @param context as given to the operation
     * @param parkToken that of the first chosen thread; 0 if there is none
     * @param result what is about to happen
     * @return the unpark token for every chosen thread; ignored if there is none
     */
    long unparking(C context, long parkToken, UnparkResult result);
}
