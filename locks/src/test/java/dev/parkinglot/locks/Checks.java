package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.parkinglot.core.DeadlockDetector;
import dev.parkinglot.core.LockCheck;
import dev.parkinglot.core.LockChecks;
import dev.parkinglot.core.ParkingLot;

/** For tests of what the checking mode refuses or the record of holders prevents, which may be on for all tests. */
final class Checks {
    private Checks() {}

    /** The test unlocks on another thread than the one that has locked. */
    static void assumeThatAnyThreadMayUnlock() {
        assumeFalse(LockChecks.isEnabled(LockCheck.UNLOCKER), "left out: here only the holder may unlock");
    }

    /** The test measures what an operation allocates. */
    static void assumeThatNoHoldIsRecorded() {
        assumeFalse(DeadlockDetector.isRecording(), "left out: the record of a hold takes memory");
    }

    /** The test lets go of a lock while it is held, or of its holder. */
    static void assumeThatAHoldKeepsNothingAlive() {
        assumeFalse(DeadlockDetector.isRecording(), "left out: the record of a hold keeps lock and thread alive");
    }

    /**
     * The test needs to know at which visit of a bucket a thread is that begins to wait, or measures what a wait
     * allocates.
     */
    static void assumeThatNobodyObservesWaits() {
        assumeFalse(
                ParkingLot.isObserved(),
                "left out: an observed wait takes more memory, and begins with a visit to learn who holds the lock");
    }
}
