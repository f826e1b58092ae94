package dev.parkinglot.parkers;

import java.util.Optional;

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
 * ParkerBackends}. Probed once, at first use, which the first lock class makes. Cost: a system call that interrupts
 * every processor on which a thread of this process runs, some microseconds.
 *
 * <p>Source of the idea: asymmetric Dekker synchronization (Dice, Huang, Yang, 2001); {@code
 * folly::asymmetric_thread_fence}.
 */
public final class AsymmetricFence {
    /** The system property that, set to {@code off}, does without this fence. Read once, at first use. */
    public static final String PROPERTY = "dev.parkinglot.fence";

    private static final Probe<NativeAccess.Fence> FENCE = new Probe<>(AsymmetricFence::find);

    private AsymmetricFence() {}

    /**
     * Executes the fence, if there is one.
     *
     * @return true if every other thread has executed a full fence during this call; false, and nothing has happened,
     *     where this is not available or if the system has failed this time (for want of memory)
     */
    public static boolean tryFence() {
        NativeAccess.Fence fence = FENCE.foundOrNull();
        return fence != null && fence.tryFence();
    }

    /**
     * Why there is no such fence on this machine and JVM.
     *
     * @return empty when there is one, otherwise a reason for people to read
     */
    public static Optional<String> unavailableReason() {
        return FENCE.unavailableReason();
    }

    private static NativeAccess.Fence find() throws UnavailableException {
        if ("off".equals(property())) {
            throw new UnavailableException("-D" + PROPERTY + "=off says so");
        }
        SystemBackend.requireSystem("Linux", System.getProperty("os.name", ""));
        requireHotSpot(System.getProperty("java.vm.name", ""));
        return NativeAccess.find().fence();
    }

    private static String property() {
        try {
            return System.getProperty(PROPERTY);
        } catch (SecurityException e) {
            return null; // nobody is known to have said anything
        }
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
