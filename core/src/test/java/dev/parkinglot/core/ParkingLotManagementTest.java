package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.TestThreads;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import javax.management.Attribute;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The lot as a client of JMX sees it. */
class ParkingLotManagementTest {
    private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    private ObjectName name;

    @BeforeEach
    void register() throws Exception {
        name = new ObjectName(ParkingLotManagement.NAME);
        ParkingLotManagement.register();
        ParkingLotManagement.register(); // no effect
    }

    @AfterEach
    void unregister() throws Exception {
        server.setAttribute(name, new Attribute("ContentionMeasured", false));
        server.unregisterMBean(name);
    }

    @Test
    void aClientCanMakeItWhereItIsNotRegistered() throws Exception {
        ObjectName other = new ObjectName("test:type=ParkingLot");
        server.createMBean(ParkingLotManagement.class.getName(), other);
        try {
            assertTrue((int) server.getAttribute(other, "WaitingThreads") >= 0);
        } finally {
            server.unregisterMBean(other);
        }
    }

    @Test
    void waitingThreadsAndTheirContentionAreSeen() throws Exception {
        Object base = KeyNames.name(new Object(), "jmx test");
        assertEquals(false, server.getAttribute(name, "ContentionMeasured"));
        server.setAttribute(name, new Attribute("ContentionMeasured", true));
        assertEquals(true, server.getAttribute(name, "ContentionMeasured"));
        try (TestThreads threads = new TestThreads()) {
            threads.start("jmx waiter", () -> ParkingLot.park(base, 0L, () -> true));
            TestThreads.await("queued", () -> ParkingLot.waiters(base, 0L).size() == 1);
            assertTrue((int) server.getAttribute(name, "WaitingThreads") >= 1);
            CompositeData queue = ofLock("Queues", KeyNames.describe(base, 0L));
            CompositeData waiter = ((CompositeData[]) queue.get("waiters"))[0];
            assertEquals("jmx waiter", waiter.get("thread"));
            assertEquals(false, waiter.get("timed"));
            assertTrue((long) waiter.get("waitedMillis") >= 0L);
            assertEquals(KeyNames.describe(base, 0L), waiter.get("wants"));
            assertEquals(List.of(), Arrays.asList((String[]) queue.get("holders")));
            assertTrue(invoke("printQueues").contains("\"jmx waiter\" waits"));
            assertTrue(invoke("drawWaitGraph").startsWith("flowchart"));
            ParkingLot.unparkAll(base, 0L);
        }
        CompositeData contention = ofLock("Contention", KeyNames.describe(base, 0L));
        assertEquals(1L, contention.get("acquired"));
        assertEquals(0L, contention.get("timedOut"));
        assertTrue((long) contention.get("totalWaitNanos") > 0L);
        assertTrue(((CompositeData[]) server.getAttribute(name, "ContentionByClass")).length >= 1);
        assertEquals(0, ((String[]) server.invoke(name, "findDeadlocks", null, null)).length);
        server.setAttribute(name, new Attribute("ContentionMeasured", false));
        assertFalse((boolean) server.getAttribute(name, "ContentionMeasured"));
        assertEquals(1L, ofLock("Contention", KeyNames.describe(base, 0L)).get("acquired"));
    }

    /** No other test waits for one of this class. */
    private static final class Gate {}

    @Test
    void threadsHoldersAndDeadlocksAreSeen() throws Exception {
        Gate gate = new Gate();
        AtomicReference<Thread> holder = new AtomicReference<>();
        DeadlockDetector.addSource(new KnownHolder(gate, holder::get));
        server.setAttribute(name, new Attribute("ContentionMeasured", true));
        try (TestThreads threads = new TestThreads()) {
            Thread alone = threads.start("jmx alone", () -> {
                holder.set(Thread.currentThread());
                ParkingLot.park(gate, 0L, () -> true);
            });
            TestThreads.await("queued", () -> ParkingLot.waiters(gate, 0L).size() == 1);
            threads.start(
                    "jmx timed", () -> ParkingLot.park(gate, 0L, () -> true, Patience.within(Duration.ofHours(1))));
            TestThreads.await("both queued", () -> ParkingLot.waiters(gate, 0L).size() == 2);
            assertTrue((int) server.getAttribute(name, "WaitingThreads") >= 2);
            CompositeData queue = ofLock("Queues", KeyNames.describe(gate, 0L));
            assertEquals(List.of("jmx alone"), Arrays.asList((String[]) queue.get("holders")));
            CompositeData[] waiters = (CompositeData[]) queue.get("waiters");
            assertEquals(alone.getId(), waiters[0].get("threadId"));
            assertEquals(List.of(false, true), List.of(waiters[0].get("timed"), waiters[1].get("timed")));
            String[] deadlocks = (String[]) server.invoke(name, "findDeadlocks", null, null);
            assertEquals(
                    1L,
                    Arrays.stream(deadlocks)
                            .filter(one -> one.contains("\"jmx alone\""))
                            .count());
            assertTrue(invoke("drawWaitGraph").contains("jmx alone"));
            ParkingLot.unparkAll(gate, 0L);
        }
        CompositeData all = ofLock("ContentionByClass", Gate.class.getName());
        assertEquals(2L, all.get("acquired"));
        CompositeData one = ofLock("Contention", KeyNames.describe(gate, 0L));
        assertEquals(all.get("totalWaitNanos"), one.get("totalWaitNanos"));
        assertEquals(all.get("longestWaitNanos"), one.get("longestWaitNanos"));
    }

    private String invoke(String operation) throws Exception {
        return (String) server.invoke(name, operation, null, null);
    }

    private CompositeData ofLock(String attribute, String lock) throws Exception {
        CompositeData[] all = (CompositeData[]) server.getAttribute(name, attribute);
        return Arrays.stream(all)
                .filter(one -> lock.equals(one.get("lock")))
                .findFirst()
                .orElseThrow(() -> new AssertionError(Arrays.toString(all)));
    }
}
