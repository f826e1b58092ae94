package dev.parkinglot.locks;

import dev.parkinglot.testing.TestThreads;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * All of 32 waiters are woken, and wait again. Microseconds from the change that they wait for until the last of them
 * waits anew, which tells the thread that broadcasts in the same way for every competitor.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(3)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class BroadcastBenchmark {
    private static final int WAITERS = 32;

    @Param
    public WaitSet.Kind kind;

    private WaitSet waitSet;
    private TestThreads threads;
    private volatile Thread broadcaster;

    /** How many wait, or are about to with the lock held. Written with the lock held. */
    private volatile int waiting;

    /** Guarded by the lock of the wait set. */
    private int generation;

    /** Guarded by the lock of the wait set. */
    private boolean over;

    private final Runnable waitForEver = () -> {
        while (!over) {
            int seen = generation;
            int now = waiting + 1;
            waiting = now;
            if (now == WAITERS) {
                LockSupport.unpark(broadcaster);
            }
            while (generation == seen) {
                waitSet.await();
            }
        }
    };

    private final Runnable next = () -> {
        waiting = 0;
        generation++;
    };

    private final Runnable nextAndSignal = () -> {
        next.run();
        waitSet.signalAll();
    };

    @Setup
    public void start() {
        waitSet = kind.create();
        broadcaster = Thread.currentThread();
        threads = new TestThreads();
        threads.start(WAITERS, "waiter", () -> waitSet.locked(waitForEver));
        awaitWaiters();
    }

    @TearDown
    public void stop() {
        waitSet.locked(() -> over = true);
        waitSet.locked(nextAndSignal);
        threads.close();
    }

    private void awaitWaiters() {
        while (waiting < WAITERS) {
            LockSupport.park(this);
        }
    }

    @Benchmark
    public void underTheLock() {
        broadcaster = Thread.currentThread();
        waitSet.locked(nextAndSignal);
        awaitWaiters();
    }

    @Benchmark
    public void afterTheUnlock() {
        broadcaster = Thread.currentThread();
        waitSet.locked(next);
        waitSet.signalAllAfterUnlock();
        awaitWaiters();
    }
}
