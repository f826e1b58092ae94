package dev.parkinglot.locks;

import java.time.Duration;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/*
 * A lock is handed to a thread that is giving up: who owns it?
 *
 * The lock begins held. One actor hands it over, the other tries to lock for a few microseconds and keeps what it got.
 * At the end the lock is held exactly if that actor says so. Observed: both outcomes, never "false, true", a lock
 * without an owner that nobody will ever unlock.
 *
 * Why: leaving the queue and being chosen exclude each other under the bucket lock. A thread whose time is over finds
 * there that it has been chosen, and returns as the owner.
 */
@JCStressTest
@Outcome(id = "true, true", expect = Expect.ACCEPTABLE, desc = "Handed over, or taken when free.")
@Outcome(id = "false, false", expect = Expect.ACCEPTABLE, desc = "Timed out first; unlocked.")
@Outcome(id = "false, true", expect = Expect.FORBIDDEN, desc = "Locked without an owner.")
@Outcome(id = "true, false", expect = Expect.FORBIDDEN, desc = "An owner without the lock.")
@State
public class FairHandOverAgainstTimeout {
    private static final Duration SOON = Duration.ofNanos(5_000L);

    private final Mutex mutex = new Mutex();

    public FairHandOverAgainstTimeout() {
        mutex.lock();
    }

    @Actor
    public void holder() {
        mutex.unlockFair();
    }

    @Actor
    public void hasty(ZZ_Result r) {
        r.r1 = mutex.tryLockFor(SOON);
    }

    @Arbiter
    public void arbiter(ZZ_Result r) {
        r.r2 = mutex.isLocked();
    }
}
