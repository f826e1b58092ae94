package dev.parkinglot.parkers;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * Can two threads that each write and then read what the other writes both read too early, if only one of them has a
 * fence?
 *
 * <p>With a fence of its own only, yes: the other's write may wait in its store buffer while it reads. With {@link
 * AsymmetricFence} in the place of that fence, no: the other thread passes a fence, too, either after its write, which
 * is then seen, or before its read, which then sees. This is the 1-0 exit of {@code Mutex} (release, then opaque)
 * against the look of a parked waiter.
 *
 * <p>Where there is no such fence (JDK before 22, no native access), both sides use their own, and the test shows the
 * same of that.
 *
 * <p>Run: {@code mvn -q test-compile exec:exec@jcstress -pl parkers -am -Djcstress.args="-m quick -t AsymmetricFence"}.
 * Observed when {@code tryFence} is taken out: 0, 0 within a second.
 */
@JCStressTest
@Outcome(
        id = {"0, 1", "1, 0", "1, 1"},
        expect = ACCEPTABLE,
        desc = "At least one has seen the other.")
@Outcome(expect = FORBIDDEN, desc = "Both were too early.")
@State
public class AsymmetricFenceStress {
    private static final VarHandle X;
    private static final VarHandle Y;

    static {
        try {
            X = MethodHandles.lookup().findVarHandle(AsymmetricFenceStress.class, "x", int.class);
            Y = MethodHandles.lookup().findVarHandle(AsymmetricFenceStress.class, "y", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final boolean AVAILABLE = AsymmetricFence.unavailableReason().isEmpty();

    private int x;
    private int y;

    @Actor
    public void often(II_Result result) {
        X.setRelease(this, 1);
        if (!AVAILABLE) {
            VarHandle.fullFence();
        }
        result.r1 = (int) Y.getOpaque(this);
    }

    @Actor
    public void rarely(II_Result result) {
        Y.setOpaque(this, 1);
        if (!AsymmetricFence.tryFence()) {
            VarHandle.fullFence();
        }
        result.r2 = (int) X.getOpaque(this);
    }
}
