package dev.parkinglot.locks;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/*
 * Two threads try a free lock at once: does exactly one get it?
 *
 * Neither waits, neither unlocks. Observed: one of them, never both, and never neither: tryLock does not fail for no
 * reason.
 *
 * Why: a compare-and-set that fails has found the lock held, so another has succeeded. (A weak one might fail on a free
 * lock.)
 */
@JCStressTest
@Outcome(
        id = {"true, false", "false, true"},
        expect = Expect.ACCEPTABLE,
        desc = "One of them.")
@Outcome(id = "true, true", expect = Expect.FORBIDDEN, desc = "Both.")
@Outcome(id = "false, false", expect = Expect.FORBIDDEN, desc = "Neither, although the lock was free.")
@State
public class TryLockSemantics {
    private final Mutex mutex = new Mutex();

    @Actor
    public void actor1(ZZ_Result r) {
        r.r1 = mutex.tryLock();
    }

    @Actor
    public void actor2(ZZ_Result r) {
        r.r2 = mutex.tryLock();
    }
}
