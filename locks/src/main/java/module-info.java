/**
 * Locks and other synchronizers on top of the parking lot: each is a word or two of state and its slow paths.
 *
 * <p>Nothing here knows a queue.
 */
module dev.parkinglot.locks {
    requires transitive dev.parkinglot.core;

    exports dev.parkinglot.locks;
    exports dev.parkinglot.locks.juc;
}
