package dev.parkinglot.parkers;

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
 * What it costs to wake a thread and to be woken by it again, and to wake one that does not sleep, with each backend.
 *
 * <p>Run it pinned to one processor ({@code taskset -c 0 mvn ...}), where the scheduler has no choice and the backends
 * can be compared, and across two, where most of the time goes into waking the other processor.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 3, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class HandOffBenchmark {
    /** A backend; {@code system} is the system's own, and the default where this JVM can use none of those. */
    @Param({"system", "locksupport", "monitor", "spin"})
    public String backend;

    private ThreadParker mine;
    private ThreadParker partners;
    private Thread partner;
    private volatile boolean stopped;

    @Setup(Level.Trial)
    public void startPartner() throws InterruptedException {
        ParkerBackends.Choice choice = ParkerBackends.choose(backend);
        if (!backend.equals(ParkerBackends.SYSTEM)) {
            choice.problem().ifPresent(problem -> {
                throw new IllegalStateException(problem);
            });
        }
        ParkerBackend chosen = choice.backend();
        mine = chosen.newParker(this);
        mine.preparePark();
        partner = new Thread(() -> answer(chosen), "partner");
        partner.start();
        mine.park(false);
    }

    private void answer(ParkerBackend chosen) {
        partners = chosen.newParker(this);
        while (!stopped) {
            partners.preparePark();
            mine.unparkLock().unpark();
            partners.park(false);
        }
    }

    @TearDown(Level.Trial)
    public void stopPartner() throws InterruptedException {
        stopped = true;
        partners.unparkLock().unpark();
        partner.join();
    }

    /** To the partner and back: two wakes, two sleeps. */
    @Benchmark
    public void roundTrip() {
        mine.preparePark();
        partners.unparkLock().unpark();
        mine.park(false);
    }

    /** The thread to be woken has not gone to sleep yet. */
    @Benchmark
    public boolean wakeNobody() {
        mine.preparePark();
        mine.unparkLock().unpark();
        return mine.park(false);
    }
}
