package dev.parkinglot.locks;

import dev.parkinglot.testing.TestThreads;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Two threads that wake each other in turn through a condition. Microseconds for a round trip. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(3)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class PingPongBenchmark {
    private enum Turn {
        PING,
        PONG,
        OVER
    }

    @Param
    public WaitSet.Kind kind;

    private WaitSet waitSet;
    private TestThreads threads;

    /** Guarded by the lock of the wait set. */
    private Turn turn = Turn.PING;

    private final Runnable ping = () -> {
        turn = Turn.PONG;
        waitSet.signal();
        while (turn == Turn.PONG) {
            waitSet.await();
        }
    };

    private final Runnable pong = () -> {
        while (turn != Turn.OVER) {
            while (turn == Turn.PING) {
                waitSet.await();
            }
            if (turn == Turn.PONG) {
                turn = Turn.PING;
                waitSet.signal();
            }
        }
    };

    @Setup
    public void start() {
        waitSet = kind.create();
        threads = new TestThreads();
        threads.start("pong", () -> waitSet.locked(pong));
    }

    @TearDown
    public void stop() {
        waitSet.locked(() -> {
            turn = Turn.OVER;
            waitSet.signal();
        });
        threads.close();
    }

    @Benchmark
    public void roundTrip() {
        waitSet.locked(ping);
    }
}
