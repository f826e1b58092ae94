package dev.parkinglot.core;

/**
 * One waiter, as {@link ParkingLot#waiters} and {@link ParkingLot#snapshot} report it.
 *
 * @param thread the thread that parked; null if it is an entry without a thread ({@link QueuedEntry})
 * @param parkToken the token with which it parked
 * @param sinceNanos since when it waits in this queue, in terms of {@link System#nanoTime()}: since it parked, was
 *     requeued, or, if it {@linkplain ParkOptions#returning has returned}, since it parked for the first time
 * @param timed whether a deadline can end the wait
 * @param requeued whether another thread has moved it to this queue
 */
public record ParkedThread(Thread thread, long parkToken, long sinceNanos, boolean timed, boolean requeued) {
    /**
     * One that is in the queue in which it parked.
     *
     * @param thread the thread that parked; null if it is an entry without a thread
     * @param parkToken the token with which it parked
     * @param sinceNanos since when it waits in this queue
     * @param timed whether a deadline can end the wait
     */
    public ParkedThread(Thread thread, long parkToken, long sinceNanos, boolean timed) {
        this(thread, parkToken, sinceNanos, timed, false);
    }
}
