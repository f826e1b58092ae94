package dev.parkinglot.core;

import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * The checking mode: looks for mistakes in the use of locks and in synchronizers, see {@link LockCheck}. For tests and
 * for the search for an error, not for production.
 *
 * <p>Checks are asked for with the system property {@value #PROPERTY}, whose value is {@code all} or names such as
 * {@code order,thread-end}; or with {@link #enable} before the first lock is used. What is not asked for costs nothing:
 * the JIT compiler leaves nothing of it. With any check, holders are recorded, too ({@link
 * DeadlockDetector#isRecording()}).
 *
 * <p>Some checks throw at the place of the mistake, the others report: to the listeners, or if there are none, as
 * warnings of the {@link System.Logger} named {@code dev.parkinglot}. Reports are made on a daemon thread, which also
 * looks once a second for what nobody notices in passing.
 *
 * <p><b>Cost</b> of a lock and unlock with all checks: some microseconds, most of it for noting where it happened. The
 * order of locks is kept in one graph for the whole JVM, under one monitor, for threads that take a lock while they
 * hold another.
 */
public final class LockChecks {
    /** The system property that asks for checks, read once: {@code all}, or names with commas between them. */
    public static final String PROPERTY = "dev.parkinglot.checks";

    private LockChecks() {}

    /**
     * Asks for checks, in addition to those that were asked for already. To be called before the first lock is used.
     *
     * @param checks which; none means all
     * @throws IllegalStateException if a lock has been used already, and one of these checks was not asked for before
     */
    public static void enable(LockCheck... checks) {
        Wishes.addChecks(List.of(checks.length == 0 ? LockCheck.values() : checks));
    }

    /**
     * Whether a check is made. Asking decides it: {@link #enable} comes too late afterwards.
     *
     * @param check which
     * @return always the same
     */
    public static boolean isEnabled(LockCheck check) {
        return switch (check) {
            case SELF_WAIT -> Switches.SELF_WAIT;
            case UNLOCKER -> Switches.UNLOCKER;
            case THREAD_END -> Switches.THREAD_END;
            case ORDER -> Switches.ORDER;
            case CALLBACK -> Switches.CALLBACK;
            case LOST_WAKE -> Switches.LOST_WAKE;
        };
    }

    /**
     * Adds a listener for reports. It is called on a thread of the checks, one report after the other.
     *
     * @param listener what to tell; if it throws, that is logged
     */
    public static void addListener(Consumer<LockReport> listener) {
        Reports.addListener(Objects.requireNonNull(listener, "listener"));
    }

    /**
     * Removes a listener.
     *
     * @param listener the same as was added; nothing happens if it was not
     */
    public static void removeListener(Consumer<LockReport> listener) {
        Reports.removeListener(listener);
    }

    /**
     * Tells that the calling thread is about to acquire a lock, and to wait for it as long as it takes; to be called by
     * a synchronizer before it tries. For the check of the order, to which an attempt that gives up is harmless. Does
     * nothing unless holders are recorded; never throws.
     *
     * @param base the object of the lock's key, null for memory outside the heap
     * @param offset the offset of that key
     */
    public static void acquiring(Object base, long offset) {
        if (Switches.RECORDS) {
            Recorder.beforeAcquiring(base, offset);
        }
    }
}
