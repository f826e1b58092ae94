package dev.parkinglot.locks;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/*
 * Can two threads be inside a Mutex at once?
 *
 * Each actor reads a plain counter, adds one and writes it back, under the lock. If both could be inside, both could
 * read the same value: "1, 1", which the same program without the lock shows at once. Observed: "1, 2" and "2, 1",
 * about as often.
 *
 * Why: whoever is inside has changed `locked` from FREE by a compare-and-set, and only its unlock changes it back. The
 * 1-0 exit saves the fence after that store, and has no part in this: a store that comes late keeps others out for
 * longer.
 */
@JCStressTest
@Outcome(
        id = {"1, 2", "2, 1"},
        expect = Expect.ACCEPTABLE,
        desc = "One after the other.")
@Outcome(expect = Expect.FORBIDDEN, desc = "An increment is lost: both were inside.")
@State
public class MutexExclusion {
    private final Mutex mutex = new Mutex();
    private int counter;

    @Actor
    public void actor1(II_Result r) {
        r.r1 = increment();
    }

    @Actor
    public void actor2(II_Result r) {
        r.r2 = increment();
    }

    private int increment() {
        mutex.lock();
        try {
            return ++counter;
        } finally {
            mutex.unlock();
        }
    }
}
