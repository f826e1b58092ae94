package dev.parkinglot.core;

/**
 * What {@link ParkingLot#unparkRequeue} is to do, decided by {@link RequeueCallbacks#validate} under both bucket locks.
 */
public enum RequeueOp {
    /** Nothing: no thread is touched and the callback is not called. */
    ABORT,
    /** Wake the first thread of the source queue and move all others to the target queue. */
    UNPARK_ONE_REQUEUE_REST,
    /** Move all threads to the target queue, waking none. */
    REQUEUE_ALL,
    /** Wake the first thread of the source queue; the others stay. */
    UNPARK_ONE,
    /** Move the first thread to the target queue; the others stay. */
    REQUEUE_ONE;

    boolean unparksOne() {
        return this == UNPARK_ONE || this == UNPARK_ONE_REQUEUE_REST;
    }

    /** What this will do with a queue that is not empty. */
    UnparkResult preview(WaitQueue source, boolean toItself, boolean beFair) {
        int unparked = unparksOne() ? 1 : 0;
        int requeued = requeues(source, unparked);
        boolean staySome = (this == UNPARK_ONE || this == REQUEUE_ONE) && source.first != source.last;
        return UnparkResult.of(unparked, requeued, staySome || (toItself && requeued != 0), beFair);
    }

    private int requeues(WaitQueue source, int unparked) {
        return switch (this) {
            case ABORT, UNPARK_ONE -> 0;
            case REQUEUE_ONE -> 1;
            case REQUEUE_ALL, UNPARK_ONE_REQUEUE_REST -> source.size() - unparked;
        };
    }
}
