package dev.parkinglot.core;

import java.util.Set;

/**
 * What is recorded and checked in this JVM. It is decided once, when this class is initialised, which the first lock
 * does; so the fields are constants for the JIT compiler, which leaves nothing of what is switched off.
 */
final class Switches {
    /** Whether holders are recorded. Every check needs them. */
    static final boolean RECORDS;

    static final boolean SELF_WAIT;
    static final boolean UNLOCKER;
    static final boolean THREAD_END;
    static final boolean ORDER;
    static final boolean CALLBACK;
    static final boolean LOST_WAKE;

    /** Whether it is noted where a hold began. */
    static final boolean PLACES;

    static {
        Set<LockCheck> checks = Wishes.decideChecks();
        RECORDS = Wishes.decideRecords();
        SELF_WAIT = checks.contains(LockCheck.SELF_WAIT);
        UNLOCKER = checks.contains(LockCheck.UNLOCKER);
        THREAD_END = checks.contains(LockCheck.THREAD_END);
        ORDER = checks.contains(LockCheck.ORDER);
        CALLBACK = checks.contains(LockCheck.CALLBACK);
        LOST_WAKE = checks.contains(LockCheck.LOST_WAKE);
        PLACES = UNLOCKER || THREAD_END || ORDER;
    }

    private Switches() {}
}
