package dev.parkinglot.core;

/**
 * One waiter, as {@link ParkingLot#waiters} and {@link ParkingLot#snapshot} report it.
 *
 * @param thread the thread that parked
 * @param parkToken the token with which it parked
 * @param sinceNanos since when it waits in this queue, in terms of {@link System#nanoTime()}: since it parked, was
 *     requeued, or, if it {@linkplain ParkOptions#returning has returned}, since it parked for the first time
 * @param timed whether a deadline can end the wait
 */
public record ParkedThread(Thread thread, long parkToken, long sinceNanos, boolean timed) {}
