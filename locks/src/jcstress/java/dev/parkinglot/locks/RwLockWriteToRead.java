package dev.parkinglot.locks;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;

/*
 * Do readers see all that a writer wrote, or nothing?
 *
 *   mvn -q test -Pjcstress -DskipTests -pl parkers,core,locks -Djcstress.args="-m quick -t RwLockWriteToRead"
 *
 * One actor writes two plain fields under the write hold, two read them, in the opposite order, under read holds of their own,
 * which may well overlap. Observed: each of them sees both values old or both new.
 *
 * Why: both ends of a write hold are compare-and-sets of the state, and so is the beginning of a read hold: whoever reads after
 * the writer has read the state that the writer left. A second reader reads a state that the first one left, who had read the
 * writer's: happens-before goes through.
 */
@JCStressTest
@Outcome(
        id = {"0, 0, 0, 0", "0, 0, 1, 1", "1, 1, 0, 0", "1, 1, 1, 1"},
        expect = Expect.ACCEPTABLE,
        desc = "Each was before the writer, or after it.")
@Outcome(expect = Expect.FORBIDDEN, desc = "A reader sees half of what the writer did.")
@State
public class RwLockWriteToRead {
    private final RwLock lock = new RwLock();
    private int x;
    private int y;

    @Actor
    public void writer() {
        lock.lockWrite();
        x = 1;
        y = 1;
        lock.unlockWrite();
    }

    @Actor
    public void reader1(IIII_Result r) {
        lock.lockRead();
        r.r1 = y;
        r.r2 = x;
        lock.unlockRead();
    }

    @Actor
    public void reader2(IIII_Result r) {
        lock.lockRead();
        r.r3 = y;
        r.r4 = x;
        lock.unlockRead();
    }
}
