package dev.parkinglot.core;

/**
 * What an unpark operation does: told to its callback before it is done, and to its caller after.
 *
 * @param unparkedThreads how many threads are woken
 * @param requeuedThreads how many threads move to another queue, still asleep
 * @param haveMoreThreads whether threads stay behind in the queue. After {@link RequeueOp#REQUEUE_ALL} and {@link
 *     RequeueOp#UNPARK_ONE_REQUEUE_REST} always false
 * @param beFair whether the bucket's fairness timer has run out: the lock should now be handed to the woken thread
 *     rather than be left to whoever is fastest. False when no thread is woken. See {@link ParkingLot}, "Fairness"
 */
public record UnparkResult(int unparkedThreads, int requeuedThreads, boolean haveMoreThreads, boolean beFair) {
    /** Nobody was there, or the operation was aborted. */
    static final UnparkResult NONE = new UnparkResult(0, 0, false, false);

    /** One thread woken, by [haveMoreThreads][beFair]: what a contended unlock needs, without allocation. */
    private static final UnparkResult[][] ONE = {
        {new UnparkResult(1, 0, false, false), new UnparkResult(1, 0, false, true)},
        {new UnparkResult(1, 0, true, false), new UnparkResult(1, 0, true, true)},
    };

    static UnparkResult unparked(int threads, boolean haveMoreThreads, boolean beFair) {
        return threads == 1 ? one(haveMoreThreads, beFair) : new UnparkResult(threads, 0, haveMoreThreads, beFair);
    }

    static UnparkResult one(boolean haveMoreThreads, boolean beFair) {
        return ONE[haveMoreThreads ? 1 : 0][beFair ? 1 : 0];
    }
}
