package dev.parkinglot.locks;

import java.time.Duration;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/*
 * Is an upgrade a lock? Does it wait for the readers, see what they did, and hide from them what it does?
 *
 * The lock begins with one upgradable holder and one reader. The reader writes x, reads y, and leaves; then it tries to
 * come back as a writer, and to spoil x. The holder upgrades, reads x, writes y, and unlocks. Observed: the upgrader
 * always finds x as the reader left it, and the reader never sees y.
 *
 * Why: the upgrade exchanges the hold for WRITER in one step, which no other writer can slip into, and then waits for a
 * state without readers, which the reader's last compare-and-set has made.
 */
@JCStressTest
@Outcome(
        id = {"1, 0, 0", "1, 0, 1"},
        expect = Expect.ACCEPTABLE,
        desc = "Reader, upgrader, and then perhaps writer.")
@Outcome(expect = Expect.FORBIDDEN, desc = "The upgrader was not alone, or did not see what the reader had done.")
@State
public class RwLockReaderToUpgrade {
    private static final Duration BOUND = Duration.ofSeconds(2);

    private final RwLock lock = new RwLock();
    private int x;
    private int y;

    public RwLockReaderToUpgrade() {
        lock.lockUpgradable();
        lock.lockRead();
    }

    @Actor
    public void upgrader(III_Result r) {
        if (lock.tryUpgradeFor(BOUND)) {
            r.r1 = x;
            y = 1;
            lock.unlockWrite();
        } else {
            r.r1 = -1;
        }
    }

    @Actor
    public void readerThenWriter(III_Result r) {
        x = 1;
        r.r2 = y;
        lock.unlockRead();
        if (lock.tryLockWrite()) {
            x = 2;
            r.r3 = 1;
            lock.unlockWrite();
        }
    }
}
