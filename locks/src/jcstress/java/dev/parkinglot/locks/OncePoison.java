package dev.parkinglot.locks;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/*
 * One action fails; meanwhile another thread calls by force. What does it find?
 *
 * Both add one to a plain field; the first then throws. The forced action notes what it was told and how many runs it
 * counts. Observed: "1, 1", NEW and alone, whereupon the first never runs; or "2, 2", POISONED and after the first,
 * whose increment it sees although that ended in a failure.
 *
 * Why: a failure is recorded by a volatile store into the attempt, and whoever tries again reads it before it replaces
 * that attempt by its own: so attempts follow one another, each seeing all that those before it did.
 */
@JCStressTest
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "The forced action was first.")
@Outcome(id = "2, 2", expect = Expect.ACCEPTABLE, desc = "It came after the failure, and knows.")
@Outcome(expect = Expect.FORBIDDEN, desc = "It ran beside the other, was told the wrong state, or did not run.")
@State
public class OncePoison {
    private final Once once = new Once();
    private int runs;

    @Actor
    public void failing() {
        try {
            once.callOnce(() -> {
                runs++;
                throw new IllegalArgumentException("on purpose");
            });
        } catch (IllegalArgumentException expected) {
            // The other actor looks at what it leaves behind.
        }
    }

    @Actor
    public void forcing(II_Result r) {
        once.callOnceForce(before -> {
            r.r1 = before == OnceState.NEW ? 1 : before == OnceState.POISONED ? 2 : 0;
            r.r2 = ++runs;
        });
    }
}
