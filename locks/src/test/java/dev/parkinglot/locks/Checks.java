package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.parkinglot.core.LockCheck;
import dev.parkinglot.core.LockChecks;

/** For tests of what the checking mode refuses, which may be on while all tests run. */
final class Checks {
    private Checks() {}

    /** The test unlocks on another thread than the one that has locked. */
    static void assumeThatAnyThreadMayUnlock() {
        assumeFalse(LockChecks.isEnabled(LockCheck.UNLOCKER), "left out: here only the holder may unlock");
    }
}
