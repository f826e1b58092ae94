package dev.parkinglot.locks;

import java.time.Duration;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/*
 * Is a writer alone?
 *
 * Two actors add 2 in two steps. One locks for writing; the other reads twice, and then locks upgradably and upgrades.
 * Observed: it reads the same even number both times, and at the end the number is 4.
 *
 * Why: WRITER and UPGRADABLE are taken by a compare-and-set that has seen both clear, and a writer begins only when it
 * has seen no readers, after which none can come.
 */
@JCStressTest
@Outcome(
        id = {"0, 0, 4", "2, 2, 4"},
        expect = Expect.ACCEPTABLE,
        desc = "One after the other.")
@Outcome(expect = Expect.FORBIDDEN, desc = "A writer was not alone.")
@State
public class RwLockExclusion {
    private static final Duration BOUND = Duration.ofSeconds(2);

    private final RwLock lock = new RwLock();
    private int count;

    @Actor
    public void writer() {
        require(lock.write().tryLockFor(BOUND));
        count++;
        count++;
        lock.unlockWrite();
    }

    @Actor
    public void readerThenUpgrader(III_Result r) {
        require(lock.read().tryLockFor(BOUND));
        r.r1 = count;
        r.r2 = count;
        lock.unlockRead();
        require(lock.upgradable().tryLockFor(BOUND));
        int before = count;
        require(lock.tryUpgradeFor(BOUND));
        count = before + 1;
        count++;
        lock.unlockWrite();
    }

    @Arbiter
    public void arbiter(III_Result r) {
        r.r3 = count;
    }

    private static void require(boolean acquired) {
        if (!acquired) {
            throw new IllegalStateException("not woken");
        }
    }
}
