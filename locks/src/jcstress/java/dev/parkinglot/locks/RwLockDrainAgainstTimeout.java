package dev.parkinglot.locks;

import java.time.Duration;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZZ_Result;

/*
 * The last reader leaves while the writer that waits for it gives up: who clears what?
 *
 * The lock begins with a reader, who leaves and comes back, and may then have to wait because of the claim of a hasty
 * writer, who waits for a few microseconds. Observed: the reader always gets in again, and at the end the lock is free,
 * to the last bit but those of the bias, which may begin where two change the state at the same moment.
 *
 * Why: the writer takes its claim back in one step, and whoever does so wakes those who waited because of it. That it
 * is draining is cleared under the lock of its bucket, by the reader who wakes it or by itself when it leaves the
 * queue; if both do, both are right. (Upstream's issues 465 and 466: there the count of readers underflowed.)
 */
@JCStressTest
@Outcome(
        id = {"true, true, true", "false, true, true"},
        expect = Expect.ACCEPTABLE,
        desc = "The reader got through, whatever the writer did.")
@Outcome(expect = Expect.FORBIDDEN, desc = "The reader was stranded, or something is left behind.")
@State
public class RwLockDrainAgainstTimeout {
    private static final Duration SOON = Duration.ofNanos(5_000L);
    private static final Duration BOUND = Duration.ofSeconds(2);

    private final RwLock lock = new RwLock();

    public RwLockDrainAgainstTimeout() {
        lock.lockRead();
    }

    @Actor
    public void reader(ZZZ_Result r) {
        lock.unlockRead();
        r.r2 = lock.read().tryLockFor(BOUND);
        if (r.r2) {
            lock.unlockRead();
        }
    }

    @Actor
    public void hastyWriter(ZZZ_Result r) {
        r.r1 = lock.write().tryLockFor(SOON);
        if (r.r1) {
            lock.unlockWrite();
        }
    }

    @Arbiter
    public void arbiter(ZZZ_Result r) {
        r.r3 = (lock.stateOpaque() & ~(RwWord.BIASED | RwWord.ROW)) == 0;
    }
}
