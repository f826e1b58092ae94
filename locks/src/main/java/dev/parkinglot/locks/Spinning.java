package dev.parkinglot.locks;

import dev.parkinglot.parkers.VirtualThreads;

/**
 * How long all locks spin before they park, and what else depends on time: the figures of the waiting policy in one
 * place. How they were found: docs/decisions/waiting-for-a-mutex.md.
 *
 * <p>Not at all on one processor, where whoever is waited for cannot run meanwhile; little on a virtual thread, whose
 * carrier others may be waiting for.
 */
final class Spinning {
    private static final boolean MULTIPROCESSOR = Runtime.getRuntime().availableProcessors() > 1;

    /** Looks at the lock, with a pause before each, by a thread that speaks for itself only. About 5 microseconds. */
    private static final int PAUSES = MULTIPROCESSOR ? 200 : 0;

    /** The same by a thread that spins on behalf of all who are parked, and whose parking would cost a wake. */
    private static final int PAUSES_ON_BEHALF_OF_PARKED = 2 * PAUSES;

    private static final int PAUSES_OF_VIRTUAL_THREAD = PAUSES / 8;

    /** Looks at a readers-writer lock, with a {@link #pause()} before each, so as not to slow down the holder. */
    private static final int LOOKS = MULTIPROCESSOR ? 16 : 0;

    private static final int LOOKS_OF_VIRTUAL_THREAD = LOOKS / 8;
    private static final int PAUSES_BETWEEN_LOOKS = 128;

    /** Looks at a lock that is held briefly, each after twice the pause: 79 microseconds in all. */
    private static final int RARE_LOOKS = MULTIPROCESSOR ? 8 : 0;

    private static final int RARE_LOOKS_OF_VIRTUAL_THREAD = RARE_LOOKS / 4;

    static final long FIRST_PAUSE_NANOS = 1_000L;
    static final long LONGEST_PAUSE_NANOS = 16_000L;

    /** Looks whether somebody takes the lock that was just released, before a thread is woken for it: some 300 ns. */
    static final int LOOKS_FOR_SUCCESSOR = MULTIPROCESSOR ? 12 : 0;

    /**
     * A hold is measured in units of 32 ns, in a byte: it wraps after 8 microseconds, so few long holds appear brief.
     */
    private static final int STAMP_SHIFT = 5;

    /** Less than about 250 ns is brief. */
    private static final int BRIEF_UNITS = 8;

    private Spinning() {}

    /** How often the current thread should look again at a readers-writer lock. */
    static int looks() {
        return VirtualThreads.isVirtual(Thread.currentThread()) ? LOOKS_OF_VIRTUAL_THREAD : LOOKS;
    }

    /** The pause before each of these looks: a microsecond or three. */
    static void pause() {
        for (int i = 0; i < PAUSES_BETWEEN_LOOKS; i++) {
            Thread.onSpinWait();
        }
    }

    /** The number of pauses that the current thread should make for itself. */
    static int budget() {
        return VirtualThreads.isVirtual(Thread.currentThread()) ? PAUSES_OF_VIRTUAL_THREAD : PAUSES;
    }

    /** The number of pauses that the current thread should make while it spins on behalf of all who are parked. */
    static int budgetOnBehalfOfParked() {
        return VirtualThreads.isVirtual(Thread.currentThread()) ? PAUSES_OF_VIRTUAL_THREAD : PAUSES_ON_BEHALF_OF_PARKED;
    }

    /** The number of looks at a lock that is held briefly. */
    static int rareLooks() {
        return VirtualThreads.isVirtual(Thread.currentThread()) ? RARE_LOOKS_OF_VIRTUAL_THREAD : RARE_LOOKS;
    }

    /** Spins for so long, without looking at any lock. */
    static void pause(long nanos) {
        long start = System.nanoTime();
        do {
            Thread.onSpinWait();
        } while (System.nanoTime() - start < nanos);
    }

    /** One wait in about eight: the clock's low bits serve as chance. */
    static boolean isTimeToMeasure(long now) {
        return (now >>> 4 & 7L) == 0L;
    }

    static byte stamp(long now) {
        return (byte) (now >>> STAMP_SHIFT);
    }

    static boolean isBrief(byte since, long now) {
        return ((stamp(now) - since) & 0xff) < BRIEF_UNITS;
    }

    /**
     * Whether it is of use to let others run that are ready. After a thread was woken: in case it has been put behind
     * this one on the same processor, as Linux does half the time, even if another processor is idle; it would wait
     * there for the end of a time slice, some milliseconds. Before a thread sleeps for a condition: in case somebody is
     * about to signal it. Not for a virtual thread: any carrier may take the woken one, and whoever yields there lets
     * all run first that are ready.
     *
     * @param onlyIfOneProcessor whether it is only where they have no other processor to run on
     */
    static boolean isYieldUseful(boolean onlyIfOneProcessor) {
        return (!onlyIfOneProcessor || !MULTIPROCESSOR) && !VirtualThreads.isVirtual(Thread.currentThread());
    }
}
