package dev.parkinglot.core;

/**
 * Decides about a {@link ParkingLot#unparkRequeue} under both bucket locks.
 *
 * <p><b>Contract</b> of all methods: called on the unparking thread with the buckets of both keys locked, before
 * anything is changed; short, not blocking, and without calling any operation of {@link ParkingLot} ({@code
 * IllegalStateException}). If one throws, both queues are as they were, the buckets are unlocked, and the throwable
 * reaches the caller.
 *
 * @param <C> the type of the context, which is whatever the caller of the operation wants its callbacks to know
 */
public interface RequeueCallbacks<C> {
    /**
     * Decides what to do. Called exactly once, even when the source queue is empty.
     *
     * @param context as given to the operation
     * @return the operation, not null
     */
    RequeueOp validate(C context);

    /**
     * Whether threads that are moved go before all that are in the target queue already. Then few threads stay awake
     * and the rest sleep on, at the price of order; the eldest still has its turn ({@link ParkingLot}, "Fairness").
     * Those that one thread moves one by one keep their order as long as no other thread moves any and none of the
     * target queue is chosen. Called at most once, after {@link #validate}.
     *
     * @param context as given to the operation
     * @return false by default: they go to its end
     */
    default boolean movedThreadsPrecede(C context) {
        return false;
    }

    /**
     * Called once after {@link #validate}, unless that answered {@link RequeueOp#ABORT}.
     *
     * @param context as given to the operation
     * @param op what {@code validate} answered
     * @param parkToken that of the first thread of the source queue; 0 if it is empty
     * @param result what is about to happen
     * @return the unpark token for the thread that is woken; ignored if there is none
     */
    long unparking(C context, RequeueOp op, long parkToken, UnparkResult result);
}
