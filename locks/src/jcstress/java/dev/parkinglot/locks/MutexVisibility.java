package dev.parkinglot.locks;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/*
 * Does who locks later see all that was written under the lock before?
 *
 * One actor writes two plain fields under the lock, the other reads them under the lock. Observed: both values old, or
 * both new, never a mixture.
 *
 * Why: unlock is a release store of `locked`, and lock a compare-and-set that reads it; so everything before the one
 * happens-before everything after the other. The release store without a fence is enough for this: it may become
 * visible late, but never before what precedes it.
 */
@JCStressTest
@Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "The reader was first.")
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "The writer was first.")
@Outcome(expect = Expect.FORBIDDEN, desc = "The reader sees half of what the writer did.")
@State
public class MutexVisibility {
    private final Mutex mutex = new Mutex();
    private int x;
    private int y;

    @Actor
    public void writer() {
        mutex.lock();
        x = 1;
        y = 1;
        mutex.unlock();
    }

    @Actor
    public void reader(II_Result r) {
        mutex.lock();
        r.r1 = y;
        r.r2 = x;
        mutex.unlock();
    }
}
