package dev.parkinglot.locks;

import dev.parkinglot.core.ParkingLot;
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
 *   signaller                              holder
 *   flags |= PARKED                        locked = FREE    (fenced: SHARED is set)
 *   locked? HELD, so move                  flags? PARKED, so wake
 *
 * One actor waits; the other signals, without holding the mutex, until there is somebody to signal. The holder is the
 * waiter itself: it is queued before it unlocks the mutex, and in that moment it can be moved to the queue of the mutex
 * that it is just unlocking. (So two actors do, and the test runs on two processors.) Observed: the waiter returns,
 * always, long before the time at which the signaller would wake it by force, since a moved thread has no deadline any
 * more.
 *
 * Why: a moved thread does not revalidate, so nobody may overlook it. With a full fence on both sides at least one of
 * the two sees the other: either the signaller finds the lock free and wakes the waiter, or the holder finds PARKED and
 * goes to the lot, where the bucket lock makes it wait until the waiter has arrived.
 */
@JCStressTest
@Outcome(id = "true, false", expect = Expect.ACCEPTABLE, desc = "The waiter was woken.")
@Outcome(expect = Expect.FORBIDDEN, desc = "The waiter was forgotten in the mutex's queue, or the lock is left locked.")
@State
public class RequeueAgainstUnlock {
    private static final Duration BOUND = Duration.ofSeconds(10);

    private final Mutex mutex = new Mutex();
    private final Condvar condvar = new Condvar();
    private volatile boolean through;
    private volatile boolean forced;

    @Actor
    public void waiter(ZZ_Result r) {
        long deadline = System.nanoTime() + BOUND.toNanos();
        mutex.lock();
        try {
            condvar.awaitUntil(mutex, deadline);
        } catch (InterruptedException e) {
            throw new AssertionError("nobody interrupts it", e);
        } finally {
            mutex.unlock();
            through = true;
        }
        r.r1 = !forced && System.nanoTime() - deadline < 0L;
    }

    @Actor
    public void signaller() {
        long deadline = System.nanoTime() + BOUND.toNanos();
        while (!condvar.signal() && System.nanoTime() - deadline < 0L) {
            Thread.onSpinWait();
        }
        while (!through) {
            if (System.nanoTime() - deadline >= 0L) {
                forced = true;
                ParkingLot.unparkAll(mutex.base(), mutex.offset() + CondvarLock.QUEUE, CondvarLock.RETRY);
            }
            Thread.onSpinWait();
        }
    }

    @Arbiter
    public void arbiter(ZZ_Result r) {
        r.r2 = mutex.isLocked();
    }
}
