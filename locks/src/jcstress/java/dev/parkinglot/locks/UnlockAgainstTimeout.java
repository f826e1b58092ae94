package dev.parkinglot.locks;

import java.time.Duration;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZZ_Result;

/*
 * An unlock wakes a thread that is giving up, and the lock is wanted again at once: is a wake lost?
 *
 * The lock begins held. One actor unlocks and then locks again, patiently; the other tries for a few microseconds, and
 * may be the one that the unlock chooses just when it does not want the lock any more. Observed: the patient one always
 * gets it, and at the end the lock is free.
 *
 * Why: a thread that has been chosen cannot time out any more, so it goes for the lock, and its own unlock wakes
 * whoever waits. A thread that leaves before being chosen takes the mark of the empty queue with it, or leaves it for
 * the others. (Two actors, so that it runs on two processors.)
 */
@JCStressTest
@Outcome(
        id = {"true, true, false", "false, true, false"},
        expect = Expect.ACCEPTABLE,
        desc = "The patient one got through.")
@Outcome(expect = Expect.FORBIDDEN, desc = "The patient one was stranded, or the lock is left locked.")
@State
public class UnlockAgainstTimeout {
    private static final Duration SOON = Duration.ofNanos(5_000L);
    private static final Duration BOUND = Duration.ofSeconds(2);

    private final Mutex mutex = new Mutex();

    public UnlockAgainstTimeout() {
        mutex.lock();
    }

    @Actor
    public void patient(ZZZ_Result r) {
        mutex.unlock();
        r.r2 = tryFor(BOUND);
    }

    @Actor
    public void hasty(ZZZ_Result r) {
        r.r1 = tryFor(SOON);
    }

    private boolean tryFor(Duration timeout) {
        boolean acquired = mutex.tryLockFor(timeout);
        if (acquired) {
            mutex.unlock();
        }
        return acquired;
    }

    @Arbiter
    public void arbiter(ZZZ_Result r) {
        r.r3 = mutex.isLocked();
    }
}
