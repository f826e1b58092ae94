package dev.parkinglot.core;

/** What {@link ParkingLot#unparkFilter} does with one thread of the queue. */
public enum FilterOp {
    /** Wake it and go on with the next. */
    UNPARK,
    /** Leave it and go on with the next. */
    SKIP,
    /** Leave it and all behind it. */
    STOP
}
