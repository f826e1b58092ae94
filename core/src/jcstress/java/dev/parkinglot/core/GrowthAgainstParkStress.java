package dev.parkinglot.core;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.parkinglot.parkers.ParkerBackends;
import java.util.concurrent.TimeUnit;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * The keys of a table move to a larger one while a thread parks and another looks for it: do they still meet?
 *
 * <p>If one of them worked on a bucket of the old generation after the other had moved on to the next one, a wake-up
 * would be lost. Therefore everybody who has locked a bucket looks whether its keys have moved; whoever moves them
 * holds the old bucket, and the new ones until they are complete.
 *
 * <p>The table of this test has two buckets. One is crowded by nine keys, and one more makes the table grow; the
 * waiter's key is in the other, which looks quite usable after its keys have moved.
 *
 * <p>The waiter's deadline only keeps a failure from hanging the run. Results: how the park ended (0 unparked, 1
 * invalid, 2 timed out), how many threads the grower woke, and whether the table has grown in the end.
 */
@JCStressTest
@Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "The waiter was first: it slept and was woken.")
@Outcome(id = "1, 0, 1", expect = ACCEPTABLE, desc = "The grower was first: the waiter saw that and did not sleep.")
@Outcome(expect = FORBIDDEN, desc = "They worked on different generations and missed each other.")
@State
public class GrowthAgainstParkStress {
    private static final ParkCallbacks<Object> ALWAYS = (context, parkToken) -> true;

    /** Tells which bucket of a table of two a key belongs to; never used otherwise. */
    private static final Table TWO_BUCKETS = new Table(2);

    private final Lot lot = new Lot(2, ParkerBackends::forThread, System::nanoTime, () -> false);
    private long strangers;
    private int ready;

    @SuppressWarnings("this-escape") // it is only a key here
    public GrowthAgainstParkStress() {
        for (int i = 0; i <= Bucket.CROWDED; i++) {
            enqueueStranger();
        }
    }

    /** A waiter on which nobody sleeps, with a key of its own in the other bucket. */
    private void enqueueStranger() {
        do {
            strangers++;
        } while (TWO_BUCKETS.bucketOf(this, strangers) == TWO_BUCKETS.bucketOf(this, 0L));
        WaitingThread stranger = new WaitingThread(
                Thread.currentThread(),
                ParkerBackends.forThread(Thread.currentThread()).newParker(this),
                0L,
                0L);
        lot.parking.enqueueIfValid(stranger, this, strangers, this, ALWAYS, ParkOptions.NONE);
    }

    @Actor
    public void waiter(III_Result result) {
        Patience patience = Patience.until(System.nanoTime() + TimeUnit.SECONDS.toNanos(2L));
        ParkCallbacks<GrowthAgainstParkStress> callbacks = (context, parkToken) -> context.ready == 0;
        result.r1 = lot.parking
                .park(this, 0L, this, callbacks, ParkOptions.NONE, 0L, patience)
                .kind()
                .ordinal();
    }

    /** Makes the table grow, and looks for the waiter: in the old generation, in the next one, or in between. */
    @Actor
    public void grower(III_Result result) {
        enqueueStranger();
        ready = 1;
        result.r2 = lot.unparking
                .unpark(this, 0L, 1, this, null, (context, parkToken, about) -> 0L)
                .unparkedThreads();
    }

    @Arbiter
    public void size(III_Result result) {
        lot.table.resizeFurther(); // if each of the two left it to the other
        result.r3 = lot.table.size() > 2 ? 1 : 0;
    }
}
