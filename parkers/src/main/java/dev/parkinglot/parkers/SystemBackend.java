package dev.parkinglot.parkers;

import java.util.Optional;

/**
 * A backend that sleeps in the operating system's own wait. Probed once, on first use, by trying it; a probe that ends
 * in a throwable (memory, stack) counts for nothing and is repeated.
 *
 * <p>Not for virtual threads: a system call holds on to the carrier.
 */
final class SystemBackend implements ParkerBackend {
    private final String name;

    /** Exactly one of the two is set by the probe; both are guarded by the monitor while neither is. */
    private volatile NativeAccess.Parkers parkers;

    private volatile String unavailableReason;

    SystemBackend(String name) {
        this.name = name;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Optional<String> unavailableReason() {
        if (parkers == null && unavailableReason == null) {
            probe();
        }
        return Optional.ofNullable(unavailableReason);
    }

    private synchronized void probe() {
        if (parkers == null && unavailableReason == null) {
            try {
                parkers = NativeAccess.find().parkers(name);
            } catch (UnavailableException e) {
                unavailableReason = e.getMessage();
            }
        }
    }

    @Override
    public boolean serves(Thread thread) {
        return !VirtualThreads.isVirtual(thread);
    }

    @Override
    public ThreadParker newParker(Object blocker) {
        NativeAccess.Parkers probed = parkers;
        if (probed == null) {
            throw new IllegalStateException("parker backend '" + name
                    + "' cannot be used: ask unavailableReason() first, or take it from ParkerBackends.named");
        }
        return probed.newParker(blocker);
    }
}
