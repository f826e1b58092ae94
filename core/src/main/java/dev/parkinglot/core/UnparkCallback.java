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
 * <p>The key is passed so that one stateless instance can serve all objects of a class, without allocation.
 */
@FunctionalInterface
public interface UnparkCallback {
    /**
     * Decides what the chosen threads are told.
     *
     * @param base the key's object, as given to the operation
     * @param offset the key's offset, as given to the operation
     * @param result what is about to happen
     * @return the unpark token for every chosen thread; ignored if there is none
     */
    long unparking(Object base, long offset, UnparkResult result);
}
