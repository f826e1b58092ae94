package dev.parkinglot.parkers;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A memory fence that one thread executes on behalf of all: after it, every other thread of the process has passed a
 * full fence somewhere between the start of the call and its end. So where two threads must each write and then read
 * what the other writes, the one that does so often needs no fence of its own, and the one that does so rarely pays for
 * both.
 *
 * <pre>{@code
 * often                        rarely
 * x = 1   opaque or stronger   y = 1
 * read y  opaque or stronger   AsymmetricFence.tryFence()
 *                              read x
 * }</pre>
 *
 * At least one of the two reads sees the 1: where the other thread's fence falls after its write, the write is visible
 * to the rare side's read; where it falls before, the read that follows it sees y.
 *
 * <p><b>The compiler</b> must leave the two accesses on the often executed side in their order, and no specification
 * says so of any pair weaker than volatile. HotSpot's compilers never move an opaque, acquire or release access of a
 * {@code VarHandle} past another (C2 puts a {@code MemBarCPUOrder} on both sides of each, C1 moves no such access,
 * Graal's ordered accesses count as writes of any location), so this class is available only on a HotSpot JVM.
 *
 * <p>Implemented by {@code membarrier} of Linux (private expedited); needs JDK 22 and native access, see {@link
 * ParkerBackends}. Cost: a system call that interrupts every processor on which a thread of this process runs, some
 * microseconds.
 *
 * <p><b>First use.</b> Setting the fence up takes the JDK some 80 ms of processor time, so a program that never needs
 * it should not pay for it; and it takes much stack. So the first {@link #tryFence} has a thread of its own do it, and
 * until that is done there is no fence. A thread that cannot be started is tried again by the next call.
 *
 * <p>Source of the idea: asymmetric Dekker synchronization (Dice, Huang, Yang, 2001); {@code
 * folly::asymmetric_thread_fence}.
 */
public final class AsymmetricFence {
    /** The system property that, set to {@code off}, does without this fence. Read once, at first use. */
    public static final String PROPERTY = "dev.parkinglot.fence";

    private static final String SYSTEM = "Linux";

    private static final boolean IS_OFF = isOff();

    private static final LazyFence FENCE = new LazyFence(mayExist());

    /** Null until somebody asks; without a static initializer for the sake of those at the end of a stack. */
    private static final AtomicReference<Probe<NativeAccess.Fence>> PROBE = new AtomicReference<>();

    private AsymmetricFence() {}

    /** Loads what {@link #tryFence} needs until there is a fence. Cheap: it sets nothing up. */
    public static void prepare() {
        // initialising this class is all there is to do
    }

    /**
     * Executes the fence, if there is one. The first call has a thread of its own begin to set it up, and does not wait
     * for that; neither do the calls that come before it is ready.
     *
     * @return true if every other thread has executed a full fence during this call; false, and nothing has happened,
     *     where this is not available, is not ready yet, or if the system has failed this time (for want of memory)
     */
    public static boolean tryFence() {
        NativeAccess.Fence fence = FENCE.getOrBegin();
        return fence != null && fence.tryFence();
    }

    /**
     * Why there is no such fence on this machine and JVM. Sets the fence up first, if that has not been done; so after
     * an empty answer {@link #tryFence} has one.
     *
     * @return empty when there is one, otherwise a reason for people to read
     */
    public static Optional<String> unavailableReason() {
        FENCE.setUp();
        return probe().unavailableReason();
    }

    /** What finds the fence, and the reason if there is none. */
    static Probe<NativeAccess.Fence> probe() {
        Probe<NativeAccess.Fence> probe = PROBE.get();
        if (probe == null) {
            PROBE.compareAndSet(null, Finder.newProbe());
            probe = PROBE.get();
        }
        return probe;
    }

    /** False where it is known without trying that there is none: then no thread tries. */
    private static boolean mayExist() {
        try {
            return Runtime.version().feature() >= NativeAccess.NEEDED_FEATURE
                    && !IS_OFF
                    && System.getProperty("os.name", "").startsWith(SYSTEM);
        } catch (SecurityException e) {
            return false;
        }
    }

    private static boolean isOff() {
        try {
            return "off".equals(System.getProperty(PROPERTY));
        } catch (SecurityException e) {
            return false; // nobody is known to have said anything
        }
    }

    /** Finds the fence. Apart, so that what this needs is not loaded before somebody asks. */
    static final class Finder implements Probe.Attempt<NativeAccess.Fence> {
        private Finder() {}

        static Probe<NativeAccess.Fence> newProbe() {
            return new Probe<>(new Finder());
        }

        @Override
        public NativeAccess.Fence make() throws UnavailableException {
            if (IS_OFF) {
                throw new UnavailableException("-D" + PROPERTY + "=off says so");
            }
            SystemBackend.requireSystem(SYSTEM, System.getProperty("os.name", ""));
            requireHotSpot(System.getProperty("java.vm.name", ""));
            return NativeAccess.find().fence();
        }

        /** For the sake of the compilers, see above. */
        static void requireHotSpot(String vmName) throws UnavailableException {
            if (!vmName.contains("HotSpot") && !vmName.contains("OpenJDK")) {
                throw new UnavailableException(
                        "only of HotSpot is it known that the compilers keep ordered accesses in order, and this is "
                                + vmName);
            }
        }
    }
}
