package dev.parkinglot.locks;

import java.time.Duration;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/*
 * Does a writer see what the readers did for whom it has waited, even if two left at the same moment?
 *
 * The lock begins with two readers. One writes a field (it may: nobody else touches it before the writer) and leaves.
 * The other leaves too, and comes back as a writer. Leaving at the same moment, one of them fails with its
 * compare-and-set and repeats it. The writer finds the lock free, or waits for the first reader, spinning or parked.
 * Observed: it always sees the field.
 *
 * Why: the count of readers is taken down by compare-and-sets, each of which reads what the one before it wrote. So the
 * writer, which must read a state without readers, is behind all of them, whoever was the last. (A lock that let a
 * writer in after reading the last decrement with less than acquire would see some of it only: upstream's issues 260
 * and 294.) The same holds when it was woken: the wake says only that it is time to read the state again.
 */
@JCStressTest
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "The writer sees what the reader did.")
@Outcome(id = "-1", expect = Expect.FORBIDDEN, desc = "The writer was not woken.")
@Outcome(expect = Expect.FORBIDDEN, desc = "The writer misses something that was done under a read hold.")
@State
public class RwLockReadersToDrain {
    private static final Duration BOUND = Duration.ofSeconds(2);

    private final RwLock lock = new RwLock();
    private int x;

    public RwLockReadersToDrain() {
        lock.lockRead();
        lock.lockRead();
    }

    @Actor
    public void reader() {
        x = 1;
        lock.unlockRead();
    }

    @Actor
    public void readerThenWriter(I_Result r) {
        lock.unlockRead();
        if (lock.write().tryLockFor(BOUND)) {
            r.r1 = x;
            lock.unlockWrite();
        } else {
            r.r1 = -1;
        }
    }
}
