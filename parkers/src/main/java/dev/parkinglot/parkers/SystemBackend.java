package dev.parkinglot.parkers;

import java.util.Optional;

/**
 * A backend that sleeps in the operating system's own wait. Probed at first use, by trying it.
 *
 * <p>Not for virtual threads: a system call holds on to the carrier.
 */
final class SystemBackend implements ParkerBackend, Probe.Attempt<NativeAccess.Parkers> {
    private final String name;
    private final String system;
    private final Probe<NativeAccess.Parkers> parkers;

    /**
     * Makes one.
     *
     * @param name the name to choose it by
     * @param system the operating system that has it, as its {@code os.name} begins
     */
    SystemBackend(String name, String system) {
        this.name = name;
        this.system = system;
        parkers = new Probe<>(this);
    }

    /** Tries it. */
    @Override
    public NativeAccess.Parkers make() throws UnavailableException {
        requireSystem(system, System.getProperty("os.name", ""));
        return NativeAccess.find().parkers(name);
    }

    static void requireSystem(String system, String thisOne) throws UnavailableException {
        if (!thisOne.startsWith(system)) {
            throw new UnavailableException("it is made for " + system + ", and this is " + thisOne);
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Optional<String> unavailableReason() {
        return parkers.unavailableReason();
    }

    @Override
    public boolean serves(Thread thread) {
        return !VirtualThreads.isVirtual(thread);
    }

    @Override
    public ThreadParker newParker(Object blocker) {
        NativeAccess.Parkers found = parkers.foundOrNull();
        if (found == null) {
            throw new IllegalStateException("parker backend '" + name + "' cannot be used here: "
                    + unavailableReason().orElseThrow());
        }
        return found.newParker(blocker);
    }
}
