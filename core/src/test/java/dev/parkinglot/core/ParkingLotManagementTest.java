package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.TestThreads;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
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
