package dev.parkinglot.locks;

import java.time.Duration;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/*
 * Do readers see all that a writer wrote, or nothing?
 *
 * One actor writes two plain fields under the write hold, the other reads them, in the opposite order, under a read
 * hold. Observed: both values old, or both new, never a mixture.
 *
 * Why: both ends of a write hold are compare-and-sets of the state, and so is the beginning of a read hold: whoever
 * reads after the writer has read the state that the writer left, or one that was made from it.
 */
@JCStressTest
@Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "The reader was first.")
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "The writer was first.")
@Outcome(expect = Expect.FORBIDDEN, desc = "The reader sees half of what the writer did.")
@State
public class RwLockWriteToRead {
    private static final Duration BOUND = Duration.ofSeconds(2);

    private final RwLock lock = new RwLock();
    private int x;
    private int y;

    @Actor
    public void writer() {
        require(lock.write().tryLockFor(BOUND));
        x = 1;
        y = 1;
        lock.unlockWrite();
    }

    @Actor
    public void reader(II_Result r) {
        require(lock.read().tryLockFor(BOUND));
        r.r1 = y;
        r.r2 = x;
        lock.unlockRead();
    }

    private static void require(boolean acquired) {
        if (!acquired) {
            throw new IllegalStateException("not woken");
        }
    }
}
