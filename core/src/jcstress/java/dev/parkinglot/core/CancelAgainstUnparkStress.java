package dev.parkinglot.core;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;

/**
 * An entry without a thread is cancelled while an unparker chooses it: do both sides, and the entry, agree?
 *
 * <p>An entry that is both told that it was chosen and cancelled would have a wake counted twice: its canceller takes
 * it that the wake goes to somebody else. One that is neither would have lost it. Being chosen and being cancelled both
 * need the bucket lock and a place in the queue, so the first to get it decides:
 *
 * <pre>
 *   canceller                             unparker
 *   lock the bucket                       lock the bucket
 *   still in the queue? take it out       take the first out: this one?
 *   unlock                                unlock; tell it
 * </pre>
 *
 * <p>Results: whether the canceller took it out, how many the unparker chose, how often the entry was told that it was
 * unparked, and how often that it had left.
 */
@JCStressTest
@Outcome(id = "1, 0, 0, 1", expect = ACCEPTABLE, desc = "Cancelled first: the unparker knows that it woke nobody.")
@Outcome(id = "0, 1, 1, 0", expect = ACCEPTABLE, desc = "Chosen first: the canceller knows that it came too late.")
@Outcome(expect = FORBIDDEN, desc = "The sides disagree.")
@State
public class CancelAgainstUnparkStress implements EntryCallbacks<Object> {
    /** Written by one actor each. */
    private int told;

    private int left;

    @SuppressWarnings("this-escape") // nobody unparks it before the actors begin
    private final QueuedEntry entry = QueuedEntry.enqueue(this, 0L, this, this, ParkOptions.NONE, 0L);

    @Override
    public boolean validate(Object context, long parkToken) {
        return true;
    }

    @Override
    public void unparked(Object context, long unparkToken) {
        told++;
    }

    @Override
    public void timedOut(Object context, Object base, long offset, boolean wasLastThread) {
        left++;
    }

    @Actor
    public void canceller(IIII_Result result) {
        result.r1 = entry.cancel() ? 1 : 0;
    }

    @Actor
    public void unparker(IIII_Result result) {
        result.r2 = ParkingLot.unparkOne(this, 0L) ? 1 : 0;
    }

    @Arbiter
    public void arbiter(IIII_Result result) {
        result.r3 = told;
        result.r4 = left;
    }
}
