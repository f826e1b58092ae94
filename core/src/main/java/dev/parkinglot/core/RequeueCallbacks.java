package dev.parkinglot.core;

/**
 * Decides about an {@link ParkingLot#unparkRequeue} under both bucket locks.
 *
 * <p><b>Contract</b> of both methods: called on the unparking thread with the buckets of both keys locked, before
 * anything is changed; short, not blocking, and without calling any operation of {@link ParkingLot} ({@code
 * IllegalStateException}). If one throws, both queues are as they were, the buckets are unlocked, and the throwable
 * reaches the caller.
 */
public interface RequeueCallbacks {
    /**
     * Decides what to do. Called exactly once, even when the source queue is empty.
     *
     * @return the operation, not null
     */
    RequeueOp validate();

    /**
     * Called once after {@link #validate}, unless that answered {@link RequeueOp#ABORT}.
     *
     * @param op what {@code validate} answered
     * @param result what is about to happen
     * @return the unpark token for the thread that is woken; ignored if there is none
     */
    long unparking(RequeueOp op, UnparkResult result);
}
