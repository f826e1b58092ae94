package dev.parkinglot.locks;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;

/*
 * Do three that call a Once at the same moment get exactly one run, and does each return only after it?
 *
 * The action adds one to a plain field. Each actor reads the field when its call has returned; the arbiter reads it at
 * the end. Observed: "1, 1, 1, 1", always.
 *
 * Why: the runner is who replaces NEW by its attempt, in a compare-and-set: one. The others wait until the state is
 * DONE, and take it from there (see OncePublication). A 0 would be somebody who did not wait, a 2 a second runner.
 *
 * It is also a test of waking: were an attempt ended without looking at `awaited`, or `awaited` set after the check of
 * the state, an actor would sleep for ever and jcstress would say so.
 */
@JCStressTest
@Outcome(id = "1, 1, 1, 1", expect = Expect.ACCEPTABLE, desc = "One run, seen by all.")
@Outcome(expect = Expect.FORBIDDEN, desc = "No run, two runs, or a return before the run was over.")
@State
public class OnceRunner {
    private final Once once = new Once();
    private int runs;

    @Actor
    public void actor1(IIII_Result r) {
        r.r1 = call();
    }

    @Actor
    public void actor2(IIII_Result r) {
        r.r2 = call();
    }

    @Actor
    public void actor3(IIII_Result r) {
        r.r3 = call();
    }

    private int call() {
        once.callOnce(() -> runs++);
        return runs;
    }

    @Arbiter
    public void end(IIII_Result r) {
        r.r4 = runs;
    }
}
