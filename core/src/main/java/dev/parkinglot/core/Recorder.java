package dev.parkinglot.core;

/**
 * The record of this JVM, and the checks at the places where it is made. Not loaded unless {@link Switches#RECORDS}.
 */
final class Recorder {
    static final Holds HOLDS = new Holds();

    private static final LockOrder ORDER = new LockOrder();

    static {
        try {
            rehearse();
        } catch (RuntimeException | Error e) {
            // What has not been done here is done with the first hold.
        }
    }

    private Recorder() {}

    /** Everything once, so that what is loaded and linked for it is not lost in a thread without stack or memory. */
    private static void rehearse() {
        if (Switches.THREAD_END || Switches.LOST_WAKE) {
            Reports.start();
        }
        HeldByThread here = HOLDS.here();
        OwnedLock waiting = HOLDS.await(HOLDS, 0L, 0L);
        HOLDS.begin(here, HOLDS, 0L, HoldMode.EXCLUSIVE, Switches.PLACES);
        HOLDS.somebodys(new HeldByThread(here.thread), HOLDS, 0L, HoldMode.EXCLUSIVE);
        ORDER.acquiring(here, ORDER, 0L);
        HOLDS.end(here, HOLDS, 0L, HoldMode.EXCLUSIVE);
        HOLDS.end(here, HOLDS, 0L, HoldMode.EXCLUSIVE); // somebody's
        HOLDS.begin(Holds.NOBODY, HOLDS, 0L, HoldMode.EXCLUSIVE, false); // one that cannot be noted
        HOLDS.end(Holds.NOBODY, HOLDS, 0L, HoldMode.EXCLUSIVE);
        HOLDS.endAwait(waiting);
    }

    // ---- holds

    static void begin(Object base, long offset, HoldMode mode) {
        if (Switches.CALLBACK) {
            reportIfInCallback(base, offset, "takes");
        }
        HOLDS.begin(HOLDS.here(), base, offset, mode, Switches.PLACES);
    }

    static boolean end(Object base, long offset, HoldMode mode) {
        if (Switches.CALLBACK) {
            reportIfInCallback(base, offset, "releases");
        }
        HeldByThread here = HOLDS.here();
        if (Switches.UNLOCKER) {
            Hold another = HOLDS.somebodys(here, base, offset, mode);
            if (another != null) {
                throw wrongThread(another);
            }
        }
        Hold ended = HOLDS.endOrNull(here, base, offset, mode);
        if (ended != null) {
            WaitSpan.tellHold(ended);
        }
        return ended != null;
    }

    private static IllegalMonitorStateException wrongThread(Hold another) {
        IllegalMonitorStateException failure = new IllegalMonitorStateException(
                DeadlockDetector.nameOf(another.key.base(), another.key.offset(), ParkingLot.DEFAULT_PARK_TOKEN)
                        + " is held by \"" + Deadlock.nameOf(another.by.thread)
                        + "\", not by this thread: unlock it on the thread that has locked it");
        failure.initCause(another.place);
        return failure;
    }

    // ---- waits

    /** Before a lock is acquired, however long that takes. */
    static void beforeAcquiring(Object base, long offset) {
        if (Switches.CALLBACK) {
            reportIfInCallback(base, offset, "takes");
        }
        if (Switches.ORDER) {
            ORDER.acquiring(HOLDS.here(), base, offset);
        }
    }

    /** Before a park; null if there is nothing to show. */
    static OwnedLock beforePark(Object base, long offset, long parkToken, ParkOptions options, Patience patience) {
        if (patience.mayTimeOut() || options.staysOnceRequeued()) {
            return null; // with a deadline it is not for ever; and a condition is held by nobody
        }
        if (Switches.SELF_WAIT && !patience.interruptible()) {
            requireNotHeldHere(base, offset, parkToken);
        }
        return HOLDS.await(base, offset, parkToken);
    }

    private static void requireNotHeldHere(Object base, long offset, long parkToken) {
        Hold hold = HOLDS.here().findBlocking(base, offset, parkToken);
        if (hold != null) {
            IllegalStateException failure =
                    new IllegalStateException("this thread would wait for ever: it holds what it wants, "
                            + DeadlockDetector.nameOf(base, offset, parkToken));
            failure.initCause(hold.place);
            throw failure;
        }
    }

    // ---- callbacks

    private static void reportIfInCallback(Object base, long offset, String what) {
        if (CallbackScope.isInside()) {
            try {
                String name = DeadlockDetector.nameOf(base, offset, ParkingLot.DEFAULT_PARK_TOKEN);
                Reports.add(
                        LockCheck.CALLBACK,
                        new HoldPlace(
                                "a callback under a bucket lock of the lot " + what + " " + name
                                        + ", which fails as soon as that is contended: use it when the operation has"
                                        + " returned",
                                null));
            } catch (OutOfMemoryError e) {
                // then it is not reported
            }
        }
    }
}
