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
import org.openjdk.jmh.infra.ThreadParams;

/**
 * Threads that each time want one of many locks, some of them far more often than others: the cube of an even random
 * number picks it, so of 1 000 locks the first is wanted in 10 % of the rounds and the first hundred in 46 %. (20,20)
 * steps of work.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Threads(8)
@Fork(3)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ManyLocksBenchmark {
    private static final int STEPS = 20;

    @Param
    public GuardedDouble.Kind lock;

    @Param({"1", "10", "100", "1000", "10000"})
    public int count;

    private GuardedDouble[] guarded;

    @Setup
    public void create() {
        guarded = new GuardedDouble[count];
        for (int i = 0; i < count; i++) {
            guarded[i] = lock.createSmall();
        }
    }

    /** What a thread has for itself. */
    @State(Scope.Thread)
    public static class Own {
        private int random;
        private double local;
        private double value;

        @Setup
        public void seed(ThreadParams thread) {
            random = 0x9E3779B9 * (thread.getThreadIndex() + 1);
        }

        int nextIndex(int count) {
            int x = random;
            x ^= x << 13;
            x ^= x >>> 17;
            x ^= x << 5;
            random = x;
            double even = (x >>> 8) * 0x1p-24;
            return (int) (even * even * even * count);
        }
    }

    @Benchmark
    public void round(Own own) {
        own.value = guarded[own.nextIndex(count)].update(own.value, STEPS);
        own.local = GuardedDouble.workAlone(own.local, own.value, STEPS);
        own.value = own.local;
    }
}
