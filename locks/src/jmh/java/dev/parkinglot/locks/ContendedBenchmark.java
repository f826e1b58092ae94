package dev.parkinglot.locks;

import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Threads that want the same lock all the time: {@code in} steps of work under it, {@code out} steps without. Millions
 * of rounds a second, all threads together.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Threads(2)
@Fork(3)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ContendedBenchmark {
    @Param
    public GuardedDouble.Kind lock;

    @Param("1")
    public int in;

    @Param("0")
    public int out;

    private GuardedDouble guarded;

    @Setup
    public void create() {
        guarded = lock.create();
    }

    /** What a thread has for itself. */
    @State(Scope.Thread)
    public static class Own {
        private double local;
        private double value;
    }

    @Benchmark
    public void round(Own own) {
        own.value = guarded.update(own.value, in);
        if (out > 0) {
            own.local = GuardedDouble.workAlone(own.local, own.value, out);
            own.value = own.local;
        }
    }
}
