package dev.parkinglot.core;

/** What a thread is about to do in an {@link IsolatedLot}. */
public enum LotOperation {
    /** {@link ParkingLot#park}. */
    PARK,
    /** One of the forms of unparking, such as {@link ParkingLot#unparkOne}. */
    UNPARK,
    /** {@link ParkingLot#unparkRequeue}. */
    REQUEUE
}
