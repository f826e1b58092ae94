package dev.parkinglot.locks;

import java.time.Duration;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/*
 * Does a writer see what the readers did for whom it has waited? All of them, not only the last?
 *
 *   mvn -q test -Pjcstress -DskipTests -pl parkers,core,locks -Djcstress.args="-m quick -t RwLockReadersToDrain"
 *
 * The lock begins with two readers. Each writes to a field of its own (they may: nobody else touches it before the writer) and
 * leaves; leaving at the same moment, one of them fails with its compare-and-set and repeats it. The writer claims the lock
 * before, between or after, and reads both. Observed: always both.
 *
 * Why: the count of readers is taken down by compare-and-sets, each of which reads what the one before it wrote. So the writer,
 * which must read a state without readers, is behind all of them, also behind those that did not wake it. (A lock that let a
 * writer in after reading the last decrement with less than acquire would see some of it only: upstream's issues 260 and 294.)
 * The same holds when it was woken: the wake says only that it is time to read the state again.
 */
@JCStressTest
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "The writer sees what both did.")
@Outcome(id = "-1, -1", expect = Expect.FORBIDDEN, desc = "The writer was not woken.")
@Outcome(expect = Expect.FORBIDDEN, desc = "The writer misses something that was done under a read hold.")
@State
public class RwLockReadersToDrain {
    private static final Duration BOUND = Duration.ofSeconds(2);

    private final RwLock lock = new RwLock();
    private int x;
    private int y;

    public RwLockReadersToDrain() {
        lock.lockRead();
        lock.lockRead();
    }

    @Actor
    public void reader1() {
        x = 1;
        lock.unlockRead();
    }

    @Actor
    public void reader2() {
        y = 1;
        lock.unlockRead();
    }

    @Actor
    public void writer(II_Result r) {
        if (lock.tryLockWriteFor(BOUND)) {
            r.r1 = x;
            r.r2 = y;
            lock.unlockWrite();
        } else {
            r.r1 = -1;
            r.r2 = -1;
        }
    }
}
