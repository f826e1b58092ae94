package dev.parkinglot.core;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * Is one thread at a time in a bucket, and does it see what those before it have done there?
 *
 * <p>The lock is held at first, as that of a new bucket is. Its holder writes a plain field and unlocks; then it and
 * another thread, which has tried all the while, lock, add one to the field, and unlock. They spin, become waiters, or
 * pass each other, as it happens. What one does in the bucket happens-before the next one's lock: the write of {@code
 * state} in {@code unlock} and the compare-and-set that follows it are volatile. So the additions add up, though they
 * are plain reads and writes.
 *
 * <p>Results: the field as each of the two has left it, and as it is at the end.
 *
 * <p>Observed (x86-64, two processors): in over eleven million rounds, one in twenty with the other thread first. With
 * a look and a write for the compare-and-set of {@code state}, both got 11 in one round of some thousand.
 */
@JCStressTest
@Outcome(
        id = {"11, 12, 12", "12, 11, 12"},
        expect = ACCEPTABLE,
        desc = "One after the other.")
@Outcome(expect = FORBIDDEN, desc = "Both at a time, or one that does not see what was done before.")
@State
public class WordLockMutexStress {
    private static final class Lock extends WordLock {
        Lock() {
            super(true);
        }
    }

    private final WordLock lock = new Lock();
    private int data;

    @Actor
    public void holder(III_Result result) {
        data = 10;
        lock.unlock();
        result.r1 = add();
    }

    @Actor
    public void other(III_Result result) {
        result.r2 = add();
    }

    private int add() {
        lock.lock();
        int sum = data + 1;
        data = sum;
        lock.unlock();
        return sum;
    }

    @Arbiter
    public void end(III_Result result) {
        result.r3 = data;
    }
}
