package dev.parkinglot.locks;

import java.time.Duration;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/*
 * Does a writer see all that a reader did that counted in the lock's row, or nothing?
 *
 * All states share one lock, since only so many locks can have a row; each writer ends the bias, each reader begins it
 * again.
 *
 * Why: the reader leaves by a compare-and-set of its count, or, if a claimer has moved its hold meanwhile, of the
 * state. The writer has read each count, or moved it by a compare-and-set, before it reads a state without readers; so
 * it is behind each of them. (The reader may write the fields: nobody else does.)
 */
@JCStressTest
@Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "The writer was first.")
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "The writer was second.")
@Outcome(expect = Expect.FORBIDDEN, desc = "The writer sees half of what the reader did.")
@State
public class RwLockRowToWriter {
    private static final Duration BOUND = Duration.ofSeconds(2);

    private static final RwLock LOCK = new RwLock();

    static {
        require(VisibleReaders.rowOfOrNew(LOCK) != VisibleReaders.NO_ROW);
    }

    private int x;
    private int y;

    @Actor
    public void writer(II_Result r) {
        require(LOCK.write().tryLockFor(BOUND));
        r.r1 = y;
        r.r2 = x;
        LOCK.unlockWrite();
    }

    @Actor
    public void reader() {
        LOCK.startBias();
        require(LOCK.read().tryLockFor(BOUND));
        x = 1;
        y = 1;
        LOCK.unlockRead();
    }

    private static void require(boolean condition) {
        if (!condition) {
            throw new IllegalStateException("not woken, or no row");
        }
    }
}
