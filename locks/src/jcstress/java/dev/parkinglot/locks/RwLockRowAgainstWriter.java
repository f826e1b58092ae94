package dev.parkinglot.locks;

import java.time.Duration;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/*
 * Does a reader that counts in the lock's row see all that a writer wrote, or nothing?
 *
 * All states share one lock, since only so many locks can have a row; each writer ends the bias, each reader begins it
 * again.
 *
 * Why: the reader counts itself in its row and then looks whether the lock is still biased; the writer ends the bias in
 * the step in which it claims the lock, and then looks into the row. Both steps are ordered before both looks, so at
 * least one sees the other: the reader takes its count back, or the writer waits for it. Without the second look of the
 * reader this fails at once.
 */
@JCStressTest
@Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "The reader was first.")
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "The reader was second.")
@Outcome(expect = Expect.FORBIDDEN, desc = "The reader sees half of what the writer did.")
@State
public class RwLockRowAgainstWriter {
    private static final Duration BOUND = Duration.ofSeconds(2);

    private static final RwLock LOCK = new RwLock();

    static {
        require(VisibleReaders.rowOfOrNew(LOCK) != VisibleReaders.NO_ROW);
    }

    private int x;
    private int y;

    @Actor
    public void writer() {
        require(LOCK.write().tryLockFor(BOUND));
        x = 1;
        y = 1;
        LOCK.unlockWrite();
    }

    @Actor
    public void reader(II_Result r) {
        LOCK.startBias();
        require(LOCK.read().tryLockFor(BOUND));
        r.r1 = y;
        r.r2 = x;
        LOCK.unlockRead();
    }

    private static void require(boolean condition) {
        if (!condition) {
            throw new IllegalStateException("not woken, or no row");
        }
    }
}
