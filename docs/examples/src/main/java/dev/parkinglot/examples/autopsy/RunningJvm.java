package dev.parkinglot.examples.autopsy;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import javax.management.Attribute;
import javax.management.InstanceAlreadyExistsException;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.ReflectionException;
import javax.management.openmbean.CompositeData;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** Looks at a JVM of this machine by JMX, which the JVM needs no flag for. */
final class RunningJvm {
    private static final String BEAN = "dev.parkinglot:type=ParkingLot";
    private static final String BEAN_CLASS = "dev.parkinglot.core.ParkingLotManagement";
    private static final String MEASURED = "ContentionMeasured";
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

    private final MBeanServerConnection server;
    private final ObjectName bean;
    private final String source;

    private RunningJvm(MBeanServerConnection server, ObjectName bean, String source) {
        this.server = server;
        this.bean = bean;
        this.source = source;
    }

    /** Watches the JVM of a process for a while, and measures its contention meanwhile. */
    static Findings watch(String pid, Duration watch) throws AutopsyException, InterruptedException {
        try (JMXConnector connector = connect(pid)) {
            MBeanServerConnection server = connector.getMBeanServerConnection();
            ObjectName bean = new ObjectName(BEAN);
            boolean made = makeBean(server, bean, pid);
            try {
                return new RunningJvm(server, bean, "process " + pid).watch(watch);
            } finally {
                if (made) {
                    server.unregisterMBean(bean);
                }
            }
        } catch (IOException | JMException e) {
            throw new AutopsyException("the connection to process " + pid + " has failed: " + e);
        }
    }

    @SuppressWarnings("BanJNDI") // the address comes from that JVM itself, which belongs to the same user
    private static JMXConnector connect(String pid) throws AutopsyException {
        try {
            VirtualMachine machine = VirtualMachine.attach(pid);
            try {
                return JMXConnectorFactory.connect(new JMXServiceURL(machine.startLocalManagementAgent()));
            } finally {
                machine.detach();
            }
        } catch (AttachNotSupportedException | IOException e) {
            throw new AutopsyException(
                    "there is no JVM with the process id " + pid + " that this user may attach to: " + e.getMessage());
        }
    }

    /** True if it was made here, and should be taken away afterwards. */
    private static boolean makeBean(MBeanServerConnection server, ObjectName bean, String pid)
            throws AutopsyException, IOException, JMException {
        if (server.isRegistered(bean)) {
            return false;
        }
        try {
            server.createMBean(BEAN_CLASS, bean);
            return true;
        } catch (InstanceAlreadyExistsException e) {
            return false;
        } catch (ReflectionException e) {
            throw new AutopsyException("process " + pid + " does not have the library on its class path; if a class"
                    + " loader of its own has it, start it with -Ddev.parkinglot.observe=jmx");
        }
    }

    // ---- looking

    private Findings watch(Duration watch) throws IOException, JMException, InterruptedException {
        boolean wasMeasured = (boolean) server.getAttribute(bean, MEASURED);
        server.setAttribute(bean, new Attribute(MEASURED, true));
        List<Findings.Moment> moments = new ArrayList<>();
        try {
            long begin = System.nanoTime();
            long end = begin + watch.toNanos();
            while (true) {
                double seconds = (System.nanoTime() - begin) / 1e9;
                addMoments(moments, seconds);
                if (System.nanoTime() - end >= 0L) {
                    break;
                }
                Thread.sleep(BETWEEN_LOOKS.toMillis());
            }
            return findings(moments);
        } finally {
            server.setAttribute(bean, new Attribute(MEASURED, wasMeasured));
        }
    }

    /** How long the first of each queue has waited by now. */
    private void addMoments(List<Findings.Moment> moments, double seconds) throws IOException, JMException {
        for (CompositeData queue : all("Queues")) {
            long longest = Arrays.stream((CompositeData[]) queue.get("waiters"))
                    .mapToLong(waiter -> (long) waiter.get("waitedMillis"))
                    .max()
                    .orElse(0L);
            moments.add(new Findings.Moment(lockOf(queue), seconds, longest));
        }
    }

    private Findings findings(List<Findings.Moment> moments) throws IOException, JMException {
        List<Findings.Wait> waits = new ArrayList<>();
        List<Findings.Arrow> arrows = new ArrayList<>();
        for (CompositeData queue : all("Queues")) {
            addQueue(queue, waits, arrows);
        }
        waits.sort(Comparator.comparingDouble(Findings.Wait::millis).reversed());
        List<Findings.Lock> locks =
                all("Contention").stream().map(RunningJvm::lock).toList();
        String[] deadlocks = (String[]) server.invoke(bean, "findDeadlocks", null, null);
        return new Findings(source, locks, waits, List.of(deadlocks), arrows, moments);
    }

    private static void addQueue(CompositeData queue, List<Findings.Wait> waits, List<Findings.Arrow> arrows) {
        String lock = lockOf(queue);
        List<String> holders = List.of((String[]) queue.get("holders"));
        for (CompositeData waiter : (CompositeData[]) queue.get("waiters")) {
            String thread = (String) waiter.get("thread");
            String wants = Findings.brief((String) waiter.get("wants"));
            String mode =
                    wants.startsWith(lock) ? wants.substring(lock.length()).strip() : wants;
            long millis = (long) waiter.get("waitedMillis");
            waits.add(new Findings.Wait(thread, lock, mode, millis, String.join(", ", holders)));
            arrows.add(new Findings.Arrow(thread, lock, true, (mode + " " + millis + " ms").strip()));
        }
        holders.forEach(holder -> arrows.add(new Findings.Arrow(lock, holder, false, "held by")));
    }

    private static Findings.Lock lock(CompositeData contention) {
        return new Findings.Lock(
                lockOf(contention),
                (long) contention.get("acquired")
                        + (long) contention.get("timedOut")
                        + (long) contention.get("interrupted"),
                (long) contention.get("totalWaitNanos") / 1e6,
                (long) contention.get("longestWaitNanos") / 1e6,
                (long) contention.get("handedOver"),
                (long) contention.get("timedOut"));
    }

    private static String lockOf(CompositeData data) {
        return Findings.brief((String) data.get("lock"));
    }

    private List<CompositeData> all(String attribute) throws IOException, JMException {
        return List.of((CompositeData[]) server.getAttribute(bean, attribute));
    }
}
