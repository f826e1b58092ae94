/**
 * The parking lot: wait queues keyed by address, and the five operations on them.
 *
 * <p>Nothing here knows a lock; locks and other synchronizers are built on top.
 */
module dev.parkinglot.core {
    requires transitive dev.parkinglot.parkers;

    exports dev.parkinglot.core;
}
