package dev.parkinglot.locks;

import dev.parkinglot.testing.TestThreads;
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

/**
 * A thread parks for a lock and gets it. Microseconds for all of it; what counts is what it allocates ({@code -prof
 * gc}), of which the benchmark itself has no part.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(3)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ParkedWaitBenchmark {
    @Param
    public LockPeer lock;

    private Lock waitedFor;
    private TestThreads threads;
    private Thread waiter;
    private volatile boolean over;

    /** How often the waiter has been asked to lock. */
    private volatile int asked;

    /** How often it has. */
    private volatile int done;

    @Setup
    public void start() {
        waitedFor = lock.create();
        threads = new TestThreads();
        waiter = threads.start("waiter", this::lockWhenAsked);
    }

    private void lockWhenAsked() {
        int count = 0;
        while (!over) {
            if (asked == count) {
                Thread.yield();
            } else {
                waitedFor.lock();
                waitedFor.unlock();
                count++;
                done = count;
            }
        }
    }

    @TearDown
    public void stop() {
        over = true;
        threads.close();
    }

    @Benchmark
    public void parkAndGet() {
        waitedFor.lock();
        int count = asked + 1;
        asked = count;
        while (!isParked()) {
            Thread.yield();
        }
        waitedFor.unlock();
        while (done != count) {
            Thread.yield();
        }
    }

    private boolean isParked() {
        Thread.State state = waiter.getState();
        return state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING;
    }
}
