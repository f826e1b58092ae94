package dev.parkinglot.locks;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/*
 * Does who finds a Once done see all that its action did?
 *
 * The action writes two plain fields. A reader asks isDone, which neither waits nor writes anything, and then reads
 * them in the opposite order. Observed: not done, with any values; or done, with both values new.
 *
 * Why: the state becomes DONE by a volatile store, after the action, and isDone is an acquiring read of it. That read
 * is also the whole fast path of callOnce. Were it a plain or opaque read, "1, 0, 1" would be legal: x86 would hardly
 * ever show it, since it keeps loads in order, but a compiler that moves the read of y up may, and AArch64 will.
 *
 * The values are also seen by who is not told that they are there: the fields are plain, and a reader may look early.
 */
@JCStressTest
@Outcome(
        id = {"0, 0, 0", "0, 0, 1", "0, 1, 0", "0, 1, 1"},
        expect = Expect.ACCEPTABLE,
        desc = "Not done yet when asked; the fields may have been written by the time they are read, or in part.")
@Outcome(id = "1, 1, 1", expect = Expect.ACCEPTABLE, desc = "Done, and the effects are there.")
@Outcome(expect = Expect.FORBIDDEN, desc = "Done, but an effect is missing.")
@State
public class OncePublication {
    private final Once once = new Once();
    private int x;
    private int y;

    @Actor
    public void runner() {
        once.callOnce(() -> {
            x = 1;
            y = 1;
        });
    }

    @Actor
    public void reader(III_Result r) {
        r.r1 = once.isDone() ? 1 : 0;
        r.r2 = y;
        r.r3 = x;
    }
}
