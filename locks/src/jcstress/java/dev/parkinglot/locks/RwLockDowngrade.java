package dev.parkinglot.locks;

import java.time.Duration;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/*
 * Is a downgrade an unlock for readers, and none for writers?
 *
 * The lock begins held for writing. Its holder writes x, downgrades, reads x again, and leaves. The other actor reads
 * x, perhaps beside it, which is what a downgrade is for; then it tries to get in as a writer. Observed: both always
 * read the holder's value.
 *
 * Why: the downgrade exchanges WRITER for a reader in one compare-and-set. At no moment is the lock free, and whoever
 * reads after it has read the state that it wrote.
 */
@JCStressTest
@Outcome(
        id = {"1, 1, 0", "1, 1, 1"},
        expect = Expect.ACCEPTABLE,
        desc = "The other writer came after the holder had left, or not at all.")
@Outcome(expect = Expect.FORBIDDEN, desc = "A writer got in between, or the reader saw a value from before.")
@State
public class RwLockDowngrade {
    private static final Duration BOUND = Duration.ofSeconds(2);

    private final RwLock lock = new RwLock();
    private int x;

    public RwLockDowngrade() {
        lock.lockWrite();
    }

    @Actor
    public void downgrader(III_Result r) {
        x = 1;
        lock.downgrade();
        r.r1 = x;
        lock.unlockRead();
    }

    @Actor
    public void readerThenWriter(III_Result r) {
        if (lock.read().tryLockFor(BOUND)) {
            r.r2 = x;
            lock.unlockRead();
        } else {
            r.r2 = -1;
        }
        if (lock.tryLockWrite()) {
            x = 2;
            r.r3 = 1;
            lock.unlockWrite();
        }
    }
}
