package dev.parkinglot.core;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.TimeUnit;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * Does an unparked thread see what its unparker did before?
 *
 * <p>Two plain fields, one written before {@code unparkOne} and one in its callback, are read after {@code park} has
 * returned UNPARKED. The unparker writes them, then the token, then clears the waiter's queue with a release store; the
 * thread returns only when it has read that store with acquire. That edge is the one on which "unlock happens-before
 * lock" rests when a lock is handed over.
 *
 * <p>Results: how the park ended (0 unparked, 2 timed out), and what the thread saw of the two fields if it was
 * unparked.
 */
@JCStressTest
@Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "Unparked, and saw both.")
@Outcome(id = "2, -1, -1", expect = ACCEPTABLE, desc = "The unparker came too early or too late; nothing is promised.")
@Outcome(expect = FORBIDDEN, desc = "Unparked without seeing what happened before.")
@State
public class HappensBeforeStress {
    private static final long BRIEF = TimeUnit.MICROSECONDS.toNanos(20L);

    private int before;
    private int inCallback;

    @Actor
    public void waiter(III_Result result) {
        Patience patience = Patience.until(System.nanoTime() + BRIEF);
        ParkResult ended = ParkingLot.park(this, 0L, () -> true, patience);
        result.r1 = ended.kind().ordinal();
        result.r2 = ended.isUnparked() ? before : -1;
        result.r3 = ended.isUnparked() ? inCallback : -1;
    }

    @Actor
    public void unparker() {
        before = 1;
        ParkingLot.unparkOne(this, 0L, this, (context, parkToken, about) -> {
            context.inCallback = 1;
            return 0L;
        });
    }
}
