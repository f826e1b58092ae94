package dev.parkinglot.core;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import jdk.jfr.Timespan;

/**
 * Writes what happens in the lot as events of JDK Flight Recorder. Loaded only once there is a recording: for the first
 * class of events the JDK sets up its whole recorder, which takes a tenth of a second of processor time.
 */
final class FlightRecorderEvents implements Observers.EventWriter {
    @Name("dev.parkinglot.Wait")
    @Label("Lock Wait")
    @Category("Parking Lot")
    @Description(
            "One whole wait for a lock or another synchronizer; the duration is from the decision to wait to the end")
    @Threshold("10 ms")
    @StackTrace
    static final class WaitEvent extends Event {
        @Label("Lock")
        @Description("Class, identity and name")
        String lock;

        @Label("Lock Class")
        Class<?> lockClass;

        @Label("Name")
        String name;

        @Label("Mode")
        String mode;

        @Label("Holder")
        @Description("A thread that held the lock when the wait began, if known")
        Thread holder;

        @Label("Outcome")
        String outcome;

        @Label("Handed Over")
        boolean handedOver;

        @Label("Parks")
        int parks;

        @Label("Time Awake")
        @Description("Time of the wait in which the thread was awake: it spun, or looked for its place in the queue")
        @Timespan(Timespan.NANOSECONDS)
        long awake;
    }

    @Name("dev.parkinglot.Requeue")
    @Label("Requeue")
    @Category("Parking Lot")
    @Description("Threads were moved, asleep, from one queue to another")
    @Enabled(false)
    static final class RequeueEvent extends Event {
        @Label("From")
        String from;

        @Label("To")
        String to;

        @Label("Threads")
        int threads;
    }

    @Name("dev.parkinglot.Resize")
    @Label("Resize")
    @Category("Parking Lot")
    @Description("The table of queues begins to grow or to shrink")
    static final class ResizeEvent extends Event {
        @Label("From Buckets")
        int fromBuckets;

        @Label("To Buckets")
        int toBuckets;
    }

    @Name("dev.parkinglot.Deadlock")
    @Label("Deadlock")
    @Category("Parking Lot")
    @Description("A look for deadlocks has found one")
    @StackTrace(false)
    static final class DeadlockEvent extends Event {
        @Label("Threads")
        int threads;

        @Label("Report")
        String report;
    }

    /** Sets the events up here, since a virtual thread that waits for that would be pinned. */
    static void install() {
        new WaitEvent();
        new RequeueEvent();
        new ResizeEvent();
        new DeadlockEvent();
        Observers.addEventWriter(new FlightRecorderEvents());
    }

    @Override
    public Object begin() {
        WaitEvent event = new WaitEvent();
        if (!event.isEnabled()) {
            return null;
        }
        event.begin();
        return event;
    }

    @Override
    public void end(Object begun, FinishedWait wait) {
        WaitEvent event = (WaitEvent) begun;
        event.end();
        if (event.shouldCommit()) {
            event.lock = wait.lock();
            event.lockClass = wait.base() == null ? null : wait.base().getClass();
            event.name = KeyNames.nameOf(wait.base(), wait.offset());
            event.mode = wait.mode();
            event.holder = wait.holder();
            event.outcome = wait.outcome().name();
            event.handedOver = wait.handedOver();
            event.parks = wait.parks();
            event.awake = wait.awakeNanos();
            event.commit();
        }
    }

    /** Told by {@link #end}. */
    @Override
    public void waited(FinishedWait wait) {}

    @Override
    public void requeued(Object fromBase, long fromOffset, Object toBase, long toOffset, int threads) {
        RequeueEvent event = new RequeueEvent();
        if (event.isEnabled()) {
            event.from = KeyNames.describe(fromBase, fromOffset);
            event.to = KeyNames.describe(toBase, toOffset);
            event.threads = threads;
            event.commit();
        }
    }

    @Override
    public void resized(int fromBuckets, int toBuckets) {
        ResizeEvent event = new ResizeEvent();
        event.fromBuckets = fromBuckets;
        event.toBuckets = toBuckets;
        event.commit();
    }

    @Override
    public void deadlockFound(Deadlock deadlock) {
        DeadlockEvent event = new DeadlockEvent();
        event.threads = deadlock.threads().size();
        event.report = deadlock.toString();
        event.commit();
    }
}
