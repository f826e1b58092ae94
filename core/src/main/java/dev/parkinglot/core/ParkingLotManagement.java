package dev.parkinglot.core;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import javax.management.InstanceAlreadyExistsException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * Shows the lot over JMX. Needs the module {@code java.management}; nothing else of this library does.
 *
 * <p>Public, and made without arguments, so that a client can make it in a JVM that has not registered it.
 */
public final class ParkingLotManagement implements ParkingLotMXBean {
    /** The name under which it is registered. */
    public static final String NAME = "dev.parkinglot:type=ParkingLot";

    /** Makes one, which is not registered. */
    public ParkingLotManagement() {}

    /**
     * Registers it with the platform's MBean server, unless it is there already.
     *
     * @throws IllegalStateException if the server refuses it
     */
    public static void register() {
        try {
            MBeanServer server = ManagementFactory.getPlatformMBeanServer();
            server.registerMBean(new ParkingLotManagement(), new ObjectName(NAME));
        } catch (InstanceAlreadyExistsException e) {
            // as it should be
        } catch (JMException e) {
            throw new IllegalStateException("the MBean " + NAME + " cannot be registered", e);
        }
    }

    // ---- attributes and operations

    @Override
    public int getWaitingThreads() {
        int threads = 0;
        for (ParkedQueue queue : ParkingLot.snapshot()) {
            threads += queue.threads().size();
        }
        return threads;
    }

    @Override
    @SuppressWarnings("deprecation") // threadId() came with Java 19
    public List<QueueInfo> getQueues() {
        List<QueueInfo> infos = new ArrayList<>();
        for (LotSnapshot.Queue queue : LotSnapshot.take().queues()) {
            List<String> holders = new ArrayList<>();
            queue.holders().forEach(holder -> holders.add(Deadlock.nameOf(holder)));
            List<QueueInfo.WaiterInfo> waiters = new ArrayList<>();
            queue.waiters()
                    .forEach(waiter -> waiters.add(new QueueInfo.WaiterInfo(
                            Deadlock.nameOf(waiter.thread()),
                            waiter.thread() == null ? 0L : waiter.thread().getId(),
                            waiter.wants(),
                            waiter.waited().toMillis(),
                            waiter.timed())));
            infos.add(new QueueInfo(queue.lock(), holders, waiters));
        }
        return infos;
    }

    @Override
    public List<String> findDeadlocks() {
        List<String> reports = new ArrayList<>();
        DeadlockDetector.findDeadlocks().forEach(deadlock -> reports.add(deadlock.toString()));
        return reports;
    }

    @Override
    public String printQueues() {
        return LotSnapshot.take().toString();
    }

    @Override
    public String drawWaitGraph() {
        return LotSnapshot.take().toMermaid();
    }

    @Override
    public boolean isContentionMeasured() {
        return ContentionStatistics.isShared();
    }

    @Override
    public void setContentionMeasured(boolean measured) {
        ContentionStatistics.setShared(measured);
    }

    @Override
    public List<Contention> getContention() {
        ContentionStatistics counted = ContentionStatistics.latestShared();
        return counted == null ? List.of() : counted.perLock();
    }

    @Override
    public List<Contention> getContentionByClass() {
        ContentionStatistics counted = ContentionStatistics.latestShared();
        return counted == null ? List.of() : counted.perClass();
    }
}
