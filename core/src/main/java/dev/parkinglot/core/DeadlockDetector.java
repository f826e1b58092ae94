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
 * are recorded as they come and go ({@link #register}, {@link #unregister}), if that was asked for before the first
 * lock was used: by the system property {@value #PROPERTY} with the value {@code true}, by {@link #recordHolders}, or
 * by asking for one of the {@link LockChecks}. Otherwise the two methods do nothing, and the JIT compiler leaves
 * nothing of them.
 *
 * <p><b>No false report.</b> A thread takes part in a deadlock if it is parked without a deadline, and one of those
 * that keep it waiting takes part, too. Threads are looked at twice: a deadlock is reported only if all of its threads
 * were in their queues before the holders were asked, and still were, for the same wait, after that. A thread that
 * sleeps neither acquires nor releases anything, so for a moment in between all of this was true at once, and then it
 * is true for ever: unless somebody outside unlocks a lock that it does not hold, interrupts a wait, or unparks a
 * thread without releasing anything.
 *
 * <p><b>Other tools.</b> While holders are recorded, the blocker of a thread that waits without a deadline ({@link
 * java.util.concurrent.locks.LockSupport#getBlocker}) is an {@link
 * java.util.concurrent.locks.AbstractOwnableSynchronizer} whose owner is the holder at that moment. So {@code jstack}
 * and {@code ThreadMXBean.findDeadlockedThreads} find deadlocks of platform threads, too.
 *
 * <p><b>Cost.</b> A check copies all queues, one bucket at a time, twice: nobody waits for it for longer than it takes
 * to copy the queues of one bucket. Recording takes an entry of a concurrent map for each hold.
 *
 * <p>Idea: the module {@code deadlock} of Rust's {@code parking_lot}.
 */
public final class DeadlockDetector {
    /** The system property that switches recording on, read once. */
    public static final String PROPERTY = "dev.parkinglot.deadlocks";

    private static final List<HoldSource> SOURCES = new CopyOnWriteArrayList<>();

    private DeadlockDetector() {}

    // ---- holders

    /**
     * Asks for recording holders. To be called before the first lock is used.
     *
     * @throws IllegalStateException if a lock has been used already, and holders are not recorded
     */
    public static void recordHolders() {
        Wishes.addRecords();
    }

    /**
     * Whether holders are recorded. Asking decides it: {@link #recordHolders} comes too late afterwards. A synchronizer
     * keeps the answer in a static final field, so that the JIT compiler leaves nothing of what depends on it.
     *
     * @return always the same
     */
    public static boolean isRecording() {
        return Switches.RECORDS;
    }

    /**
     * As {@link #register(Object, long, HoldMode)} with {@link HoldMode#EXCLUSIVE}.
     *
     * @param base the key's object, null for memory outside the heap
     * @param offset the key's offset
     */
    public static void register(Object base, long offset) {
        register(base, offset, HoldMode.EXCLUSIVE);
    }

    /**
     * Records that the calling thread holds what is waited for in the queue of a key: after it has acquired it, and
     * once for each hold. Does nothing unless {@link #isRecording}; never throws.
     *
     * @param base the key's object, null for memory outside the heap
     * @param offset the key's offset
     * @param mode whom such a hold keeps waiting
     */
    public static void register(Object base, long offset, HoldMode mode) {
        if (Switches.RECORDS) {
            Recorder.begin(base, offset, mode);
        }
    }

    /**
     * As {@link #unregister(Object, long, HoldMode)} with {@link HoldMode#EXCLUSIVE}.
     *
     * @param base the key's object, null for memory outside the heap
     * @param offset the key's offset
     */
    public static void unregister(Object base, long offset) {
        unregister(base, offset, HoldMode.EXCLUSIVE);
    }

    /**
     * Records that a hold is about to end, before it is released: one of the calling thread, or if it has none, since a
     * lock may be unlocked by another thread, that of the only holder. If there are several then, nobody is said to
     * hold it until all of them have ended. Does nothing unless {@link #isRecording}, or if there is no such hold. If
     * the release fails afterwards, register the hold again, if it was one of the calling thread.
     *
     * @param base the key's object, null for memory outside the heap
     * @param offset the key's offset
     * @param mode that with which it was registered
     * @return whether it was a hold of the calling thread
     * @throws StackOverflowError if there is no stack for it, and nothing has happened
     * @throws IllegalMonitorStateException if {@link LockCheck#UNLOCKER} is on, and only other threads have such a
     *     hold; nothing has happened
     */
    public static boolean unregister(Object base, long offset, HoldMode mode) {
        return Switches.RECORDS && Recorder.end(base, offset, mode);
    }

    /**
     * Whether the calling thread is recorded to hold something.
     *
     * @param base the key's object, null for memory outside the heap
     * @param offset the key's offset
     * @param mode that with which it was registered
     * @return false if holders are not recorded
     */
    public static boolean isRegisteredHere(Object base, long offset, HoldMode mode) {
        return Switches.RECORDS && Recorder.HOLDS.here().find(base, offset, mode) != null;
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
     * Looks once.
     *
     * @return the deadlocks, each once; empty if there are none
     * @throws IllegalStateException if called from a callback under a bucket lock
     */
    public static List<Deadlock> findDeadlocks() {
        Holds recorded = Switches.RECORDS ? Recorder.HOLDS : new Holds();
        List<Deadlock> deadlocks = new WaitGraph(ParkingLot::snapshot, recorded, SOURCES).deadlocks();
        Observers observers = Lot.observers;
        if (observers != null) {
            observers.deadlocksFound(deadlocks);
        }
        return deadlocks;
    }

    /** The known holders of what a thread that comes now would wait for in the queue of a key. */
    static List<Thread> holders(Object base, long offset) {
        ParkedThread newcomer =
                new ParkedThread(Thread.currentThread(), ParkingLot.DEFAULT_PARK_TOKEN, System.nanoTime(), false);
        return holders(base, offset, newcomer);
    }

    /** The known threads each of which must go on before a waiting thread can. */
    static List<Thread> holders(Object base, long offset, ParkedThread waiter) {
        return holders(SOURCES, Switches.RECORDS ? Recorder.HOLDS : null, base, offset, waiter);
    }

    static List<Thread> holders(
            List<HoldSource> sources, Holds recordedOrNull, Object base, long offset, ParkedThread waiter) {
        for (HoldSource source : sources) {
            List<Thread> blockers = source.blockers(base, offset, waiter);
            if (blockers != null) {
                return blockers;
            }
        }
        return recordedOrNull == null ? List.of() : recordedOrNull.of(base, offset, waiter.parkToken());
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

    // ---- names

    /** What is waited for by a thread with a park token, for people. */
    static String nameOf(Object base, long offset, long parkToken) {
        return nameOf(SOURCES, base, offset, parkToken);
    }

    /** What is held, for people. */
    static String nameOf(Hold hold) {
        return nameOf(SOURCES, hold);
    }

    static String nameOf(List<HoldSource> sources, Hold hold) {
        String name = nameOf(
                sources, hold.key.base(), hold.mode.lockOffset(hold.key.offset()), ParkingLot.DEFAULT_PARK_TOKEN);
        String purpose = hold.mode.purpose();
        return purpose.isEmpty() ? name : name + " " + purpose;
    }

    static String nameOf(List<HoldSource> sources, Object base, long offset, long parkToken) {
        for (HoldSource source : sources) {
            String name = source.describe(base, offset, parkToken);
            if (name != null) {
                return name;
            }
        }
        return KeyNames.describe(base, offset);
    }

    static System.Logger logger() {
        return System.getLogger("dev.parkinglot");
    }
}
