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
 * A deadline passes while an unparker chooses the thread: do both sides agree on what happened?
 *
 * <p>A lock that is handed over to a thread that has given up stays locked for ever; a thread that takes a lock that
 * was not handed to it breaks exclusion. In the lot, being chosen and leaving both need the bucket lock and a place in
 * the queue, so the first to get it decides. A thread whose parker has given up asks "was I chosen?" under that lock,
 * and returns the token if it was.
 *
 * <p>Results: how the park ended (0 unparked, 2 timed out), how many threads the unparker woke, and how often the
 * thread was told that it had timed out.
 */
@JCStressTest
@Outcome(id = "0, 1, 0", expect = ACCEPTABLE, desc = "Chosen first: the thread has the token, whatever its clock says.")
@Outcome(
        id = "2, 0, 1",
        expect = ACCEPTABLE,
        desc = "Left first, or not yet there: the unparker knows that it woke nobody.")
@Outcome(expect = FORBIDDEN, desc = "The two sides disagree.")
@State
public class UnparkAgainstTimeoutStress {
    /** About as long as the other actor takes to get going. */
    private static final long BRIEF = TimeUnit.MICROSECONDS.toNanos(3L);

    @Actor
    public void waiter(III_Result result) {
        ParkCallbacks<Object> callbacks = new ParkCallbacks<>() {
            @Override
            public boolean validate(Object context, long parkToken) {
                return true;
            }

            @Override
            public void timedOut(Object context, Object base, long offset, boolean wasLastThread) {
                result.r3++;
            }
        };
        Patience patience = Patience.until(System.nanoTime() + BRIEF);
        result.r1 = ParkingLot.park(this, 0L, this, callbacks, ParkOptions.NONE, 0L, patience)
                .kind()
                .ordinal();
    }

    @Actor
    public void unparker(III_Result result) {
        result.r2 = ParkingLot.unparkOne(this, 0L) ? 1 : 0;
    }
}
