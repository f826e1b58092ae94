/**
 * The parking lot: wait queues keyed by address, and the five operations on them.
 *
 * <p>Nothing here knows a lock; locks and other synchronizers are built on top. Those who build some test them with
 * {@code dev.parkinglot.testkit}.
 */
module dev.parkinglot.core {
    requires transitive dev.parkinglot.parkers;
    requires static jdk.jfr;
    requires static java.management;

    exports dev.parkinglot.core;
    exports dev.parkinglot.testkit;
}
