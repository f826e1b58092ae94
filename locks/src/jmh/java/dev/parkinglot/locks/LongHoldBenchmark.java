package dev.parkinglot.locks;

import dev.parkinglot.testing.TestThreads;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
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
 * One thread holds the lock for 100 microseconds and takes it again at once, for ever; how long does another one wait
 * that wants it now and then? Run it with {@code -prof dev.parkinglot.locks.WaitsProfiler}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(3)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class LongHoldBenchmark {
    private static final long HOLD_NANOS = TimeUnit.MICROSECONDS.toNanos(100);
    private static final long BREAK_NANOS = TimeUnit.MICROSECONDS.toNanos(300);

    /** A lock that lets a thread wait for longer lets it wait for ever: the first thread takes pity. */
    private static final long PITY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long NOBODY = Long.MAX_VALUE;

    @Param
    public GuardedDouble.Kind lock;

    private final Waits waits = new Waits();
    private GuardedDouble guarded;
    private TestThreads threads;
    private volatile long waitingSince = NOBODY;
    private volatile boolean stopped;

    /** Whether the first thread has the lock. */
    private volatile boolean held;

    private final Runnable whileHeld = () -> {
        held = true;
        spinUntil(System.nanoTime() + HOLD_NANOS);
        held = false;
    };

    @Setup
    public void start() {
        guarded = lock.create();
        threads = new TestThreads();
        threads.start("holder", this::holdForEver);
    }

    private void holdForEver() {
        while (!stopped) {
            long since = waitingSince;
            if (since != NOBODY && System.nanoTime() - since > PITY_NANOS) {
                Thread.onSpinWait();
            } else {
                guarded.hold(whileHeld);
            }
        }
    }

    @TearDown
    public void stop() {
        stopped = true;
        threads.close();
    }

    @TearDown(Level.Iteration)
    public void report() {
        waits.report();
    }

    @Benchmark
    public void lockNowAndThen() {
        waitingSince = System.nanoTime();
        guarded.updateTimed(0.0, 0, waits);
        waitingSince = NOBODY;
        spinUntil(System.nanoTime() + BREAK_NANOS);
        // The first thread may have gone to sleep for the lock, and be slow to wake: not what is asked here.
        while (!held) {
            Thread.onSpinWait();
        }
    }

    private static void spinUntil(long nanoTime) {
        while (System.nanoTime() - nanoTime < 0L) {
            Thread.onSpinWait();
        }
    }
}
