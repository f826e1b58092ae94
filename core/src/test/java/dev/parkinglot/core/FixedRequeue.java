package dev.parkinglot.core;

/** Always does the same, and tells a thread that it wakes nothing. */
record FixedRequeue(RequeueOp op) implements RequeueCallbacks<Object> {
    @Override
    public RequeueOp validate(Object context) {
        return op;
    }

    @Override
    public long unparking(Object context, RequeueOp answered, long parkToken, UnparkResult result) {
        return ParkingLot.DEFAULT_UNPARK_TOKEN;
    }
}
