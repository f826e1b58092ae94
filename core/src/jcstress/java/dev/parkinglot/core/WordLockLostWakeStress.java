package dev.parkinglot.core;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * Can a thread go to sleep behind a bucket's lock just as that is unlocked, without being woken?
 *
 * <p>The letters are those of the overview in {@link WordLock}. Nobody else is there, so the unlocker has to find the
 * waiter among the arrivals, or the waiter has to find the lock free:
 *
 * <pre>
 *   waiter                                 holder
 *   (A) push itself on arrivals            (C) state = FREE
 *   (B) state FREE? -> HELD; else sleep    (D) read arrivals; wake whoever is there
 * </pre>
 *
 * Each writes one thing and then reads what the other writes. If both reads came before both writes, the lock would be
 * free, the waiter asleep, and nobody on the way. A processor that lets a read pass an earlier write of the same
 * thread, as every one does, allows that, unless the write is followed by a fence: hence the volatile write in {@code
 * unlock}. (In the program the waiter would look by itself before long. Here it does not.)
 *
 * <p>Results: whether the waiter has taken the lock, and whether it was woken. A waiter that has taken it may be woken,
 * too, and is not asked. How the second is found out: when the unlocker has done all it will do, a waiter that was
 * woken has the permit of {@code LockSupport}, and parks for no time; one that was not parks until its patience ends.
 * That happens after what is tested, so it does not disturb it. The patience is long, lest a busy machine be taken for
 * a lost wake, but not once some wakes have been lost in any case.
 *
 * <p>Observed (x86-64, two processors): in over six hundred thousand rounds, in three of four the waiter found the lock
 * held and was woken, in the others it took it, and none was lost. With a release store for {@code state = FREE}, and
 * likewise with (D) before (C), wakes were lost in every run, one in some thousand rounds at the latest.
 */
@JCStressTest
@Outcome(id = "1, -1", expect = ACCEPTABLE, desc = "The waiter found the lock free.")
@Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "The waiter found it held, and the unlocker found the waiter.")
@Outcome(id = "0, 0", expect = FORBIDDEN, desc = "They missed each other: the waiter would sleep on.")
@State
public class WordLockLostWakeStress {
    private static final class Lock extends WordLock {
        Lock() {
            super(true);
        }
    }

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2L);
    private static final long NO_PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(2L);

    /** So many lost wakes are enough, and no more time is spent on others. */
    private static final int ENOUGH = 3;

    private static final AtomicInteger LOST = new AtomicInteger();

    private final WordLock lock = new Lock();

    /** The waiter has been allocated; without waiting for that the unlocker would nearly always be first. */
    private volatile boolean ready;

    private volatile boolean unlocked;

    @Actor
    public void unlocker() {
        while (!ready) {
            Thread.onSpinWait();
        }
        lock.unlock();
        unlocked = true;
    }

    @Actor
    public void waiter(II_Result result) {
        WordLock.Waiter waiter = new WordLock.Waiter();
        ready = true;
        lock.push(waiter);
        boolean taken = lock.tryTake();
        while (!unlocked) {
            Thread.onSpinWait();
        }
        result.r1 = taken ? 1 : 0;
        if (taken) {
            LockSupport.parkNanos(1L); // the permit that it may have been given is not for the next round
            result.r2 = -1;
        } else {
            result.r2 = hasPermit() ? 1 : 0;
        }
    }

    private static boolean hasPermit() {
        long nanos = LOST.get() < ENOUGH ? PATIENCE_NANOS : NO_PATIENCE_NANOS;
        long start = System.nanoTime();
        LockSupport.parkNanos(nanos);
        if (System.nanoTime() - start < nanos) {
            return true;
        }
        LOST.incrementAndGet();
        return false;
    }
}
