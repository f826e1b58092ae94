package dev.parkinglot.core;

/** Always does the same, and tells a thread that it wakes nothing. */
record FixedRequeue(RequeueOp validate) implements RequeueCallbacks {
    @Override
    public long unparking(RequeueOp op, UnparkResult result) {
        return ParkingLot.DEFAULT_UNPARK_TOKEN;
    }
}
