package dev.parkinglot.locks;

import java.util.ArrayList;
import java.util.List;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Elements that go through a bounded queue: what locks with conditions are mostly used for. The time of one element,
 * with so many producers and consumers, a capacity, and some work that each thread does between two elements.
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

    /** What the queue is made of. */
    @Param
    public BoundedRing.Kind queue;

    /** Producers, consumers, capacity, steps of work between two elements. */
    @Param({
        "1,1,16,0",
        "1,1,16,100",
        "1,1,128,100",
        "2,2,16,100",
        "2,2,128,100",
        "4,4,16,0",
        "4,4,16,100",
        "4,4,128,100",
        "1,4,16,100",
        "4,1,16,100",
        "8,8,1,100",
        "8,8,1024,1000",
        "16,16,16,100"
    })
    public String cell;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private int producers;
    private int consumers;
    private int work;
    private BoundedRing ring;

    @Setup
    public void create() {
        String[] numbers = cell.split(",");
        producers = Integer.parseInt(numbers[0]);
        consumers = Integer.parseInt(numbers[1]);
        ring = queue.create(Integer.parseInt(numbers[2]));
        work = Integer.parseInt(numbers[3]);
    }

    @TearDown
    public void end() {
        threads.shutdown();
    }

    /** One race of all threads; they are there already. */
    @Benchmark
    @OperationsPerInvocation(ELEMENTS)
    public double race() throws InterruptedException, ExecutionException {
        List<Future<Double>> results = new ArrayList<>();
        for (int i = 0; i < producers; i++) {
            results.add(threads.submit(() -> produce(ELEMENTS / producers)));
        }
        for (int i = 0; i < consumers; i++) {
            results.add(threads.submit(() -> consume(ELEMENTS / consumers)));
        }
        double sum = 0.0;
        for (Future<Double> result : results) {
            sum += result.get();
        }
        return sum;
    }

    private double produce(int count) throws InterruptedException {
        double value = 1.0;
        for (int i = 0; i < count; i++) {
            value = GuardedDouble.workAlone(value, 1.0, work);
            ring.put(i);
        }
        return value;
    }

    private double consume(int count) throws InterruptedException {
        double value = 1.0;
        for (int i = 0; i < count; i++) {
            value += ring.take();
            value = GuardedDouble.workAlone(value, 1.0, work);
        }
        return value;
    }
}
