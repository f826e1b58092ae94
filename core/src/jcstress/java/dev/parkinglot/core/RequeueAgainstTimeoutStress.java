package dev.parkinglot.core;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.TimeUnit;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;

/**
 * A deadline passes while the thread is being moved to another queue: which queue does it leave?
 *
 * <p>The thread reads without a lock which queue it is in, locks that queue's bucket, and reads again: a requeue in
 * between has changed the answer, and it starts over. So it leaves exactly one queue, the one that it is in, and is
 * told that key.
 *
 * <p>Results: how the park ended (2 timed out), how many threads were moved, the offset of the key that the thread was
 * told when it left (0 the old, 1 the new one), and how many threads are left on either key at the end.
 */
@JCStressTest
@Outcome(id = "2, 0, 0, 0", expect = ACCEPTABLE, desc = "Left the old queue before anybody was moved, or came later.")
@Outcome(id = "2, 1, 1, 0", expect = ACCEPTABLE, desc = "Moved first, then left the new queue.")
@Outcome(expect = FORBIDDEN, desc = "Left the wrong queue, or none, or was not told the truth.")
@State
public class RequeueAgainstTimeoutStress {
    /** About as long as the other actor takes to get going. */
    private static final long BRIEF = TimeUnit.MICROSECONDS.toNanos(3L);

    private static final RequeueCallbacks<Object> MOVE_ALL = new FixedRequeue(RequeueOp.REQUEUE_ALL);

    @Actor
    public void waiter(IIII_Result result) {
        ParkCallbacks<Object> callbacks = new ParkCallbacks<>() {
            @Override
            public boolean validate(Object context, long parkToken) {
                return true;
            }

            @Override
            public void timedOut(Object context, Object base, long offset, boolean wasLastThread) {
                result.r3 = (int) offset;
            }
        };
        Patience patience = Patience.until(System.nanoTime() + BRIEF);
        result.r1 = ParkingLot.park(this, 0L, this, callbacks, ParkOptions.NONE, 0L, patience)
                .kind()
                .ordinal();
    }

    @Actor
    public void mover(IIII_Result result) {
        result.r2 = ParkingLot.unparkRequeue(this, 0L, this, 1L, this, MOVE_ALL).requeuedThreads();
    }

    @Arbiter
    public void left(IIII_Result result) {
        result.r4 = ParkingLot.unparkAll(this, 0L) + ParkingLot.unparkAll(this, 1L);
    }
}
