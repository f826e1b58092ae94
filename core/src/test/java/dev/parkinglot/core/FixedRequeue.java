package dev.parkinglot.core;

/** Always does the same; what it wakes is told by a callback like that of an unpark. */
record FixedRequeue(RequeueOp op, boolean precede, UnparkCallback<Object> callback)
        implements RequeueCallbacks<Object> {
    FixedRequeue(RequeueOp op) {
        this(op, false, KeyedLot.NO_TOKEN);
    }

    FixedRequeue(RequeueOp op, UnparkCallback<Object> callback) {
        this(op, false, callback);
    }

    @Override
    public RequeueOp validate(Object context) {
        return op;
    }

    @Override
    public boolean movedThreadsPrecede(Object context) {
        return precede;
    }

    @Override
    public long unparking(Object context, RequeueOp answered, long parkToken, UnparkResult result) {
        return callback.unparking(context, parkToken, result);
    }
}
