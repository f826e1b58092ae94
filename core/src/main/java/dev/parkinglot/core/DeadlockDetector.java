package dev.parkinglot.core;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * Finds threads that wait for each other for ever, platform threads and virtual ones.
 *
 * <p>Who waits for what is in the table of queues anyway. Who holds what is learned in two ways. A lock that knows its
 * owner needs nothing more: its library tells the owner when it is asked ({@link #addSource}). Holders of other locks
 * are recorded as they come and go ({@link #register}, {@link #unregister}), if the system property
 * {@value #PROPERTY} is {@code true} when this class is initialised. Otherwise {@link #RECORDS} is false, the two
 * methods do nothing, and since the field is constant, the JIT compiler leaves nothing of a call that depends on it.
 *
 * <p><b>No false report.</b> A thread takes part in a deadlock if it is parked without a deadline, and one of those
 * that keep it waiting takes part, too. Threads are looked at twice: a deadlock is reported only if all of its threads
 * were in their queues before the holders were asked, and still were, for the same wait, after that. A thread that
 * sleeps neither acquires nor releases anything, so for a moment in between all of this was true at once, and then it
 * is true for ever: unless somebody outside unlocks a lock that it does not hold, interrupts a wait, or unparks a
 * thread without releasing anything.
 *
 * <p><b>Cost.</b> A check copies all queues, one bucket at a time, twice: nobody waits for it for longer than it takes
 * to copy the queues of one bucket. Recording takes an entry of a concurrent map for each hold.
 *
 * <p>Idea: the module {@code deadlock} of Rust's {@code parking_lot}.
 */
public final class DeadlockDetector {
    /** The system property that switches recording on, read once. */
    public static final String PROPERTY = "dev.parkinglot.deadlocks";

    /** Whether holders are recorded: the value of {@link #PROPERTY} when this class was initialised. */
    public static final boolean RECORDS = isOn();

    private static final List<HoldSource> SOURCES = new CopyOnWriteArrayList<>();

    private DeadlockDetector() {}

    /** What is not loaded with the first lock, but by whoever records or looks. */
    private static final class Recorded {
        static final Holds HOLDS = new Holds();
    }

    private static boolean isOn() {
        try {
            return Boolean.getBoolean(PROPERTY);
        } catch (SecurityException e) {
            return false; // nobody is known to have asked for it
        }
    }

    // ---- holders

    /**
     * Records that the calling thread holds what is waited for in the queue of a key. Once for each hold. Does nothing
     * unless {@link #RECORDS}; never throws.
     *
     * @param base the key's object, null for memory outside the heap
     * @param offset the key's offset
     */
    public static void register(Object base, long offset) {
        if (RECORDS) {
            Recorded.HOLDS.add(base, offset, Thread.currentThread());
        }
    }

    /**
     * Records that a hold has ended: one of the calling thread, or if it has none, since a lock may be unlocked by
     * another thread, somebody's. Does nothing unless {@link #RECORDS}, or if there is none; never throws.
     *
     * @param base the key's object, null for memory outside the heap
     * @param offset the key's offset
     */
    public static void unregister(Object base, long offset) {
        if (RECORDS) {
            Recorded.HOLDS.remove(base, offset, Thread.currentThread());
        }
    }

    /**
     * Adds a library's knowledge of its locks. A source is asked in the order of arrival, and the first that knows a
     * key answers.
     *
     * @param source never to be removed again
     */
    public static void addSource(HoldSource source) {
        SOURCES.add(Objects.requireNonNull(source, "source"));
    }

    // ---- looking

    /**
     * Looks once. If the end of a hold could not be recorded for want of memory or stack, only locks that know their
     * owner are looked at from then on, and a warning says so.
     *
     * @return the deadlocks, each once; empty if there are none
     * @throws IllegalStateException if called from a callback under a bucket lock
     */
    public static List<Deadlock> findDeadlocks() {
        if (Recorded.HOLDS.isDoubtful()) {
            logger().log(
                            Level.WARNING,
                            "the end of a hold could not be recorded: recorded holders do not count any more");
        }
        return new WaitGraph(ParkingLot::snapshot, Recorded.HOLDS, SOURCES).deadlocks();
    }

    /**
     * Looks again and again, on a daemon thread of its own, and tells each deadlock once.
     *
     * @param period how long to pause between two looks, more than zero
     * @param listener what to tell; if it throws, that is logged, and the watch goes on
     * @return ends the watch when it is closed
     * @throws IllegalArgumentException if the period is zero or less
     */
    public static DeadlockWatch watch(Duration period, Consumer<Deadlock> listener) {
        Objects.requireNonNull(listener, "listener");
        if (period.isNegative() || period.isZero()) {
            throw new IllegalArgumentException("the period must be more than zero, but is " + period);
        }
        DeadlockWatch watch = new DeadlockWatch(period, DeadlockDetector::findDeadlocks, listener);
        watch.start();
        return watch;
    }

    /**
     * As {@link #watch(Duration, Consumer)}, and logs each deadlock as an error of the {@link System.Logger} named
     * {@code dev.parkinglot}.
     *
     * @param period how long to pause between two looks, more than zero
     * @return ends the watch when it is closed
     * @throws IllegalArgumentException if the period is zero or less
     */
    public static DeadlockWatch watch(Duration period) {
        return watch(period, deadlock -> logger().log(Level.ERROR, deadlock::toString));
    }

    static System.Logger logger() {
        return System.getLogger("dev.parkinglot");
    }
}
