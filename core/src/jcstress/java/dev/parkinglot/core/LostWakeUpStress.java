package dev.parkinglot.core;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.TimeUnit;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * Can a waiter and a notifier miss each other?
 *
 * <p>The notifier changes a plain field and looks for waiters. The waiter looks at the field and, if nothing has
 * changed, waits. Both look only once, so if each looks before the other has acted, the waiter sleeps for ever
 * (brpc#3539). In the lot both looks happen under the bucket lock:
 *
 * <pre>
 *   waiter                                notifier
 *                                         ready = 1
 *   lock the bucket                       lock the bucket
 *   validate: ready == 0?                 look for waiters
 *   enqueue                               unlock
 *   unlock
 * </pre>
 *
 * Whoever locks second sees what the first has done: the notifier finds the waiter, or validate finds {@code ready}.
 * The field needs no volatile, since the notifier's unlock happens-before the waiter's lock.
 *
 * <p>The waiter's deadline only keeps a failure from hanging the run. Results: how the park ended (0 unparked, 1
 * invalid, 2 timed out), and how many threads the notifier woke.
 */
@JCStressTest
@Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "The waiter was first: it slept and was woken.")
@Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "The notifier was first: the waiter saw that and did not sleep.")
@Outcome(expect = FORBIDDEN, desc = "They missed each other.")
@State
public class LostWakeUpStress {
    private int ready;

    @Actor
    public void waiter(II_Result result) {
        Patience patience = Patience.until(System.nanoTime() + TimeUnit.SECONDS.toNanos(2L));
        result.r1 = ParkingLot.park(this, 0L, () -> ready == 0, patience).kind().ordinal();
    }

    @Actor
    public void notifier(II_Result result) {
        ready = 1;
        result.r2 = ParkingLot.unparkOne(this, 0L) ? 1 : 0;
    }
}
