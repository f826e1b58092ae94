package dev.parkinglot.locks;

import java.time.Duration;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/*
 * A signal moves a sleeping thread to the mutex's queue while the holder unlocks: does somebody wake it?
 *
 *   mvn -q test -Pjcstress -DskipTests -Djcstress.args="-t RequeueAgainstUnlock"
 *
 *   signaller                              holder
 *   flags |= PARKED                        locked = FREE    (fenced: SHARED is set)
 *   locked? HELD, so move                  flags? PARKED, so wake
 *
 * One actor waits until a flag is set, one sets it and signals without holding the mutex, one locks and unlocks meanwhile and
 * does not come back. Observed: the waiter is told, always, long before the bound that ends the test if it is wrong.
 *
 * Why: a moved thread does not revalidate, so nobody may overlook it. With a full fence on both sides at least one of the two
 * sees the other: either the signaller finds the lock free and wakes the waiter itself, or the holder finds PARKED and goes to
 * the lot, where the bucket lock makes it wait until the waiter has arrived.
 */
@JCStressTest
@Outcome(id = "true, false", expect = Expect.ACCEPTABLE, desc = "The waiter was told.")
@Outcome(expect = Expect.FORBIDDEN, desc = "The waiter was forgotten in the mutex's queue, or the lock is left locked.")
@State
public class RequeueAgainstUnlock {
    private static final Duration BOUND = Duration.ofSeconds(2);

    private final Mutex mutex = new Mutex();
    private final Condvar condvar = new Condvar();
    private boolean told;

    @Actor
    public void waiter(ZZ_Result r) {
        long start = System.nanoTime();
        mutex.lock();
        try {
            condvar.awaitWhileFor(mutex, () -> !told, BOUND);
        } catch (InterruptedException e) {
            throw new AssertionError("nobody interrupts it", e);
        } finally {
            mutex.unlock();
        }
        // A waiter that was forgotten is told by its deadline only.
        r.r1 = System.nanoTime() - start < BOUND.toNanos();
    }

    @Actor
    public void signaller() {
        mutex.lock();
        told = true;
        mutex.unlock();
        condvar.signal();
    }

    @Actor
    public void holder() {
        mutex.lock();
        mutex.unlock();
    }

    @Arbiter
    public void arbiter(ZZ_Result r) {
        r.r2 = mutex.isLocked();
    }
}
