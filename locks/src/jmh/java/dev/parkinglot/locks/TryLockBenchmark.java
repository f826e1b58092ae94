package dev.parkinglot.locks;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
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

/** One tryLock, and one unlock if it got the lock. Nanoseconds, for each thread. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class TryLockBenchmark {
    @Param
    public LockPeer lock;

    /** Whether another thread holds the lock all the time. */
    @Param({"false", "true"})
    public boolean taken;

    private final CountDownLatch isTaken = new CountDownLatch(1);
    private final CountDownLatch over = new CountDownLatch(1);
    private Lock tried;
    private int guarded;

    @Setup
    public void create() throws InterruptedException {
        tried = lock.create();
        if (taken) {
            Thread holder = new Thread(this::hold, "holder");
            holder.setDaemon(true);
            holder.start();
            isTaken.await();
        }
    }

    private void hold() {
        tried.lock();
        isTaken.countDown();
        try {
            over.await();
        } catch (InterruptedException e) {
            throw new AssertionError("nobody interrupts", e);
        } finally {
            tried.unlock();
        }
    }

    @TearDown
    public void release() {
        over.countDown();
    }

    @Benchmark
    public boolean tryLock() {
        if (!tried.tryLock()) {
            return false;
        }
        guarded++;
        tried.unlock();
        return true;
    }
}
