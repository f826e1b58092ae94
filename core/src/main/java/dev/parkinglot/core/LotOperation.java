package dev.parkinglot.core;

/** What a thread is about to do in an {@link IsolatedLot}. */
public enum LotOperation {
    /** {@link ParkingLot#park}, or {@link QueuedEntry#enqueue}. */
    PARK,
    /** One of the forms of unparking, such as {@link ParkingLot#unparkOne}; or {@link QueuedEntry#cancel}. */
    UNPARK,
    /** {@link ParkingLot#unparkRequeue}. */
    REQUEUE
}
