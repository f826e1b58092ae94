package dev.parkinglot.locks;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/*
 * Can two threads be inside a ReentrantMutex at once, or inherit each other's holds, when both lock it three deep?
 *
 * Each actor adds one to a plain counter at each of three depths, and returns the sum of what it read before and the
 * hold counts that it saw on the way. Alone that is (0 + 1 + 2) + (1 + 2 + 3) = 9 for the first and (3 + 4 + 5) + 6 =
 * 18 for the second. Observed: "9, 18, 6" and "18, 9, 6".
 *
 * Why: `owner` and `again` have no ordering of their own. A thread that asks "is it me?" reads its own last write, or
 * something that is not itself. The holder writes both back, null and 0, before the releasing store of `locked`, and
 * the next owner has read that store in its compare-and-set. Written after it, an owner could start with holds of the
 * one before it, and would then never unlock (upstream had that: da16c2c).
 */
@JCStressTest
@Outcome(
        id = {"9, 18, 6", "18, 9, 6"},
        expect = Expect.ACCEPTABLE,
        desc = "One after the other.")
@Outcome(expect = Expect.FORBIDDEN, desc = "Both were inside, or a hold count was inherited.")
@State
public class ReentrantMutexNesting {
    private final ReentrantMutex mutex = new ReentrantMutex();
    private int counter;

    @Actor
    public void actor1(III_Result r) {
        r.r1 = nest(3);
    }

    @Actor
    public void actor2(III_Result r) {
        r.r2 = nest(3);
    }

    private int nest(int levels) {
        if (levels == 0) {
            return 0;
        }
        mutex.lock();
        try {
            return counter++ + mutex.getHoldCount() + nest(levels - 1);
        } finally {
            mutex.unlock();
        }
    }

    @Arbiter
    public void end(III_Result r) {
        r.r3 = counter;
    }
}
