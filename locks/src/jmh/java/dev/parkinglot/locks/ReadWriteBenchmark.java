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
 * Threads that read in some percent of their rounds and write in the others, by a random number of their own: {@code
 * in} steps of work under the lock, {@code out} steps without. Millions of rounds a second, all threads together.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Threads(2)
@Fork(3)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ReadWriteBenchmark {
    @Param
    public ReadWriteDouble.Kind lock;

    @Param("90")
    public int reads;

    @Param("1")
    public int in;

    @Param("0")
    public int out;

    private ReadWriteDouble guarded;

    @Setup
    public void create() {
        guarded = lock.create();
    }

    /** What a thread has for itself. */
    @State(Scope.Thread)
    public static class Own {
        private static final int SEED = 0x9E3779B9;

        private int random;
        private double local;
        private double value;

        @Setup
        public void seed(ThreadParams thread) {
            random = SEED * (thread.getThreadIndex() + 1);
        }

        int nextPercent() {
            int x = random;
            x ^= x << 13;
            x ^= x >>> 17;
            x ^= x << 5;
            random = x;
            return Integer.remainderUnsigned(x, 100);
        }
    }

    @Benchmark
    public void round(Own own) {
        if (own.nextPercent() < reads) {
            own.local = guarded.read(own.local, own.value, in);
            own.value = own.local;
        } else {
            own.value = guarded.write(own.value, in);
        }
        if (out > 0) {
            own.local = GuardedDouble.workAlone(own.local, own.value, out);
            own.value = own.local;
        }
    }
}
