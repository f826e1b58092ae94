package dev.parkinglot.parkers;

import java.lang.invoke.VarHandle;
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

/** What a fence in all threads costs the one that asks for it, beside a fence of its own. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 3, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class FenceBenchmark {
    /** How many other threads of this process run meanwhile: they are the ones that are interrupted. */
    @Param({"0", "1"})
    public int neighbours;

    private Thread[] running;
    private volatile boolean stopped;

    @Setup(Level.Trial)
    public void startNeighbours() {
        AsymmetricFence.unavailableReason(); // sets it up
        running = new Thread[neighbours];
        for (int i = 0; i < neighbours; i++) {
            running[i] = new Thread(this::run, "neighbour");
            running[i].start();
        }
    }

    private void run() {
        while (!stopped) {
            Thread.onSpinWait();
        }
    }

    @TearDown(Level.Trial)
    public void stopNeighbours() throws InterruptedException {
        stopped = true;
        for (Thread neighbour : running) {
            neighbour.join();
        }
    }

    /** Where there is no such fence, as on JDK 17, one for this thread only. */
    @Benchmark
    public void asymmetricFence() {
        if (!AsymmetricFence.tryFence()) {
            VarHandle.fullFence();
        }
    }

    @Benchmark
    public void fullFence() {
        VarHandle.fullFence();
    }
}
