package dev.parkinglot.locks;

import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThreadKind;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * Ten thousand virtual threads take locks, twenty times each, with (200,200) steps of work, and let others run after
 * each round. Milliseconds until all are done. Needs JDK 21 or later.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(3)
@Warmup(iterations = 3)
@Measurement(iterations = 5)
public class VirtualThreadsBenchmark {
    private static final int THREADS = 10_000;
    private static final int ROUNDS = 20;
    private static final int STEPS = 200;

    @Param
    public GuardedDouble.Kind lock;

    @Param({"1", "1000"})
    public int count;

    private GuardedDouble[] guarded;

    @Setup
    public void create() {
        guarded = new GuardedDouble[count];
        for (int i = 0; i < count; i++) {
            guarded[i] = lock.createSmall();
        }
    }

    @Benchmark
    public void allThreads() {
        try (TestThreads threads = new TestThreads(ThreadKind.VIRTUAL)) {
            for (int i = 0; i < THREADS; i++) {
                GuardedDouble wanted = guarded[i % count];
                threads.start("", () -> rounds(wanted));
            }
            threads.join();
        }
    }

    private static double rounds(GuardedDouble wanted) {
        double local = 0.0;
        double value = 0.0;
        for (int i = 0; i < ROUNDS; i++) {
            value = wanted.update(value, STEPS);
            local = GuardedDouble.workAlone(local, value, STEPS);
            value = local;
            Thread.yield();
        }
        return local;
    }
}
