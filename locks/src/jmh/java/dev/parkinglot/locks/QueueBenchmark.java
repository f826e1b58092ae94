package dev.parkinglot.locks;

import dev.parkinglot.testing.ThreadKind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Elements that go through a bounded queue: what locks with conditions are mostly used for. The time of one element,
 * with so many producers and consumers, a capacity, and some work that each thread does between two elements. With
 * {@code -prof dev.parkinglot.locks.WaitsProfiler} also how long a put or a take lasts.
 *
 * <p>Such queues are bistable: the same program runs in a mode in which a wake serves many elements, or in one in which
 * each element costs a wake. So run several forks, and look at the spread.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(5)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
public class QueueBenchmark {
    private static final int ELEMENTS = 48_000;

    /** One call in so many is timed. Has no factor in common with the capacities. */
    private static final int TIMED = 7;

    /** What the queue is made of. */
    @Param
    public BoundedRing.Kind queue;

    /** Producers, consumers, capacity, steps of work between two elements. */
    @Param({
        "1:1:16:0",
        "1:1:16:100",
        "1:1:128:100",
        "2:2:16:100",
        "2:2:128:100",
        "4:4:16:0",
        "4:4:16:100",
        "4:4:128:100",
        "1:4:16:100",
        "4:1:16:100",
        "8:8:1:100",
        "8:8:1024:1000",
        "16:16:16:100"
    })
    public String cell;

    private final ExecutorService threads = pool(ThreadKind.PLATFORM);
    private final ExecutorService virtualThreads = pool(ThreadKind.VIRTUAL);
    private final List<Callable<Double>> tasks = new ArrayList<>();

    /** Threads are made when they are first wanted, and end by themselves: profilers want to see them at the end. */
    private static ExecutorService pool(ThreadKind kind) {
        return Executors.newCachedThreadPool(task -> kind.unstarted("racer", task));
    }

    @Setup
    public void create() {
        String[] numbers = cell.split(":");
        int producers = Integer.parseInt(numbers[0]);
        int consumers = Integer.parseInt(numbers[1]);
        int work = Integer.parseInt(numbers[3]);
        BoundedRing ring = queue.create(Integer.parseInt(numbers[2]));
        tasks.addAll(Collections.nCopies(producers, () -> produce(ring, ELEMENTS / producers, work)));
        tasks.addAll(Collections.nCopies(consumers, () -> consume(ring, ELEMENTS / consumers, work)));
    }

    /** One race of all threads; they are there already. */
    @Benchmark
    @OperationsPerInvocation(ELEMENTS)
    public double race() throws InterruptedException, ExecutionException {
        return race(threads);
    }

    @Benchmark
    @OperationsPerInvocation(ELEMENTS)
    public double raceOfVirtualThreads() throws InterruptedException, ExecutionException {
        return race(virtualThreads);
    }

    private double race(ExecutorService executor) throws InterruptedException, ExecutionException {
        double sum = 0.0;
        for (Future<Double> result : executor.invokeAll(tasks)) {
            sum += result.get();
        }
        return sum;
    }

    private static double produce(BoundedRing ring, int count, int work) throws InterruptedException {
        Waits waits = new Waits();
        double value = 1.0;
        for (int i = 0; i < count; i++) {
            value = GuardedDouble.workAlone(value, 1.0, work);
            boolean timed = i % TIMED == 0;
            long start = timed ? System.nanoTime() : 0L;
            ring.put(i);
            if (timed) {
                waits.record(System.nanoTime() - start);
            }
        }
        waits.report();
        return value;
    }

    private static double consume(BoundedRing ring, int count, int work) throws InterruptedException {
        Waits waits = new Waits();
        double value = 1.0;
        for (int i = 0; i < count; i++) {
            boolean timed = i % TIMED == 0;
            long start = timed ? System.nanoTime() : 0L;
            value += ring.take();
            if (timed) {
                waits.record(System.nanoTime() - start);
            }
            value = GuardedDouble.workAlone(value, 1.0, work);
        }
        waits.report();
        return value;
    }
}
