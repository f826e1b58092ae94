package dev.parkinglot.parkers;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * Can a thread go to sleep just as it is woken, and sleep on?
 *
 * <p>The owner announces its sleep and looks at its flag; the waker sets the flag and looks whether the owner sleeps.
 * At least one sees the other: steps (A) to (D) of {@code SystemParker} on a system's own parkers, the permit of {@code
 * LockSupport} otherwise. And what the waker did before is seen by the thread that it has woken.
 *
 * <p>Run: {@code mvn -q test-compile exec:exec@jcstress -pl parkers -am -Djcstress.args="-m quick -t
 * ParkAgainstUnpark"}. Each wake that is lost costs two seconds here, so with (B) taken out of {@code SystemParker} the
 * run does not end in time; {@code FallingAsleepStressTest} then counts some hundred lost wakes in as many
 * milliseconds.
 */
@JCStressTest
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "Woken, and sees what the waker did before.")
@Outcome(id = "1, 0", expect = FORBIDDEN, desc = "Woken, but before what the waker did.")
@Outcome(
        id = {"0, 0", "0, 1"},
        expect = FORBIDDEN,
        desc = "The wake is lost.")
@State
public class ParkAgainstUnpark {
    private static final VarHandle PARKER;

    static {
        try {
            PARKER = MethodHandles.lookup().findVarHandle(ParkAgainstUnpark.class, "parker", ThreadParker.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(2L);

    private ThreadParker parker;
    private int data;

    @Actor
    public void owner(II_Result result) {
        ThreadParker mine = ParkerBackends.forThread(Thread.currentThread()).newParker(this);
        mine.preparePark();
        PARKER.setRelease(this, mine);
        result.r1 = mine.parkUntil(System.nanoTime() + LONG_NANOS, false) ? 1 : 0;
        result.r2 = data;
    }

    @Actor
    public void waker() {
        ThreadParker its;
        do {
            its = (ThreadParker) PARKER.getAcquire(this);
        } while (its == null);
        data = 1;
        its.unparkLock().unpark();
    }
}
