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
 * Can an unlock without a fence strand a thread that is just parking?
 *
 *   unlocker                               locker
 *   locked = FREE    (perhaps delayed)     flags |= PARKED
 *   flags? nothing                         validate: locked? HELD, so sleep
 *
 * The lock begins held. One actor unlocks it in the cheapest way, the other locks, with a bound of seconds so that the
 * test ends even if it is wrong. Observed: it always gets the lock.
 *
 * Why: both looks may miss, since nothing orders the unlocker's store before its load. But the store becomes visible
 * within nanoseconds, and the parked thread validates once more after a millisecond. Without revalidation a stranded
 * locker would show as "false, false": the lock is free, and the locker has slept until its deadline. The window is so
 * small that a short run need not meet it; OverlookedWaiterTest produces the same state by hand.
 */
@JCStressTest
@Outcome(id = "true, false", expect = Expect.ACCEPTABLE, desc = "The locker got through.")
@Outcome(expect = Expect.FORBIDDEN, desc = "The locker was stranded.")
@State
public class OneZeroExit {
    private static final Duration BOUND = Duration.ofSeconds(2);

    private final Mutex mutex = new Mutex();

    public OneZeroExit() {
        mutex.lock();
    }

    @Actor
    public void unlocker() {
        mutex.unlock();
    }

    @Actor
    public void locker(ZZ_Result r) {
        if (mutex.tryLockFor(BOUND)) {
            r.r1 = true;
            mutex.unlock();
        }
    }

    @Arbiter
    public void arbiter(ZZ_Result r) {
        r.r2 = mutex.isLocked();
    }
}
