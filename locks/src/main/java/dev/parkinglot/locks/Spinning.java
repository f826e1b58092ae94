package dev.parkinglot.locks;

import dev.parkinglot.parkers.VirtualThreads;

/**
 * How long all locks spin before they park: so many pauses, without ever yielding the processor, since a yield is a system call
 * that costs as much as the wait it is meant to shorten. Not at all on one processor, where whoever is waited for cannot run
 * meanwhile; little on a virtual thread, whose carrier others may be waiting for.
 *
 * <p>How these figures were found: docs/decisions.md.
 */
final class Spinning {
    private static final int PAUSES = Runtime.getRuntime().availableProcessors() == 1 ? 0 : 200;
    private static final int PAUSES_OF_VIRTUAL_THREAD = PAUSES / 8;

    private static final int LOOKS = PAUSES == 0 ? 0 : 16;
    private static final int LOOKS_OF_VIRTUAL_THREAD = LOOKS / 8;
    private static final int PAUSES_BETWEEN_LOOKS = 128;

    private Spinning() {}

    /** How often the current thread should look again, with a {@link #pause} between, so as not to slow down the holder. */
    static int looks() {
        return VirtualThreads.isVirtual(Thread.currentThread()) ? LOOKS_OF_VIRTUAL_THREAD : LOOKS;
    }

    /** A microsecond or two. */
    static void pause() {
        for (int i = 0; i < PAUSES_BETWEEN_LOOKS; i++) {
            Thread.onSpinWait();
        }
    }

    /** The number of pauses that the current thread should make. */
    static int budget() {
        return VirtualThreads.isVirtual(Thread.currentThread()) ? PAUSES_OF_VIRTUAL_THREAD : PAUSES;
    }
}
