package dev.parkinglot.locks;

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
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Control;

/**
 * How long a call of lock takes at (200,200), to the unluckiest. Run it with {@code -prof
 * dev.parkinglot.locks.WaitsProfiler}, which tells the percentiles.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Threads(32)
@Fork(3)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class TailBenchmark {
    private static final int IN = 200;
    private static final int OUT = 200;

    @Param
    public GuardedDouble.Kind lock;

    private GuardedDouble guarded;

    @Setup
    public void create() {
        guarded = lock.create();
    }

    /** What a thread has for itself. */
    @State(Scope.Thread)
    public static class Own {
        private final Waits waits = new Waits();
        private double local;
        private double value;

        @TearDown(Level.Iteration)
        public void report() {
            waits.report();
        }
    }

    @Benchmark
    public void round(Own own, Control control) {
        // Before and after, JMH keeps the threads running until all have come, or gone: not what is asked here.
        own.waits.enable(control.startMeasurement && !control.stopMeasurement);
        own.value = guarded.updateTimed(own.value, IN, own.waits);
        own.local = GuardedDouble.workAlone(own.local, own.value, OUT);
        own.value = own.local;
    }
}
