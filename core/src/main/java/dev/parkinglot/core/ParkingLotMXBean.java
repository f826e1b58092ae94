package dev.parkinglot.core;

import java.util.List;

/**
 * The lot over JMX: for JConsole, VisualVM and other clients, under the name {@link ParkingLotManagement#NAME}.
 *
 * <p>It is there after {@link ParkingLotManagement#register}, or with {@code -Ddev.parkinglot.observe=jmx}. Where it is
 * not, and the library is on the class path, a client can make it: {@code MBeanServerConnection.createMBean} with the
 * class {@link ParkingLotManagement}.
 */
public interface ParkingLotMXBean {
    /**
     * How many threads wait in the lot.
     *
     * @return the number of threads, virtual ones included
     */
    int getWaitingThreads();

    /**
     * Who waits for what: see {@link LotSnapshot}.
     *
     * @return one for each lock that is waited for, the one with the longest wait first
     */
    List<QueueInfo> getQueues();

    /**
     * All deadlocks: see {@link DeadlockDetector#findDeadlocks}.
     *
     * @return one text for each, of several lines
     */
    List<String> findDeadlocks();

    /**
     * The same as a text.
     *
     * @return several lines
     */
    String printQueues();

    /**
     * The same as a graph in the language of Mermaid.
     *
     * @return several lines
     */
    String drawWaitGraph();

    /**
     * Whether contention is measured.
     *
     * @return false unless it was switched on
     */
    boolean isContentionMeasured();

    /**
     * Begins or ends to measure contention. What was counted before is given up when it begins anew.
     *
     * @param measured whether to measure
     */
    void setContentionMeasured(boolean measured);

    /**
     * What has been counted, lock by lock.
     *
     * @return the lock that was waited for longest first; empty if nothing has been measured
     */
    List<Contention> getContention();

    /**
     * What has been counted, class by class.
     *
     * @return the class that was waited for longest first; empty if nothing has been measured
     */
    List<Contention> getContentionByClass();
}
