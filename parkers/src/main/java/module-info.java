/**
 * How one thread sleeps and how another wakes it: the lowest layer of the parking lot.
 *
 * <p>Nothing here knows a key, a queue or a lock.
 */
module dev.parkinglot.parkers {
    exports dev.parkinglot.parkers;
}
