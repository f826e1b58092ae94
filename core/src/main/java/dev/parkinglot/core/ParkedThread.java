package dev.parkinglot.core;

/**
 * One waiter, as {@link ParkingLot#waiters} and {@link ParkingLot#snapshot} report it.
 *
 * @param thread the thread that parked
 * @param parkToken the token with which it parked
 */
public record ParkedThread(Thread thread, long parkToken) {}
