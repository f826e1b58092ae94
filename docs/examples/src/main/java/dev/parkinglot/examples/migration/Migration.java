package dev.parkinglot.examples.migration;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Runs the classes of {@code before} and {@code after} in turn, checks that they do the same, and tells how long each
 * took.
 */
public final class Migration {
    private static final int THREADS = 4;
    private static final int CAPACITY = 100;
    private static final int KEYS = 120;

    private Migration() {}

    /** Runs so many rounds (5 by default), of so many thousands of operations a thread (500). */
    public static void main(String[] args) throws Exception {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 5;
        int operations = 1_000 * (args.length > 1 ? Integer.parseInt(args[1]) : 500);
        System.out.printf("%-24s %12s %12s %8s%n", "median of " + rounds, "before, ms", "after, ms", "ratio");
        compare("bounded buffer", rounds, buffer(operations, false));
        compare("bounded buffer, fair", rounds, buffer(operations / 20, true));
        compare("LRU cache", rounds, cache(operations));
    }

    /** Work on the class before, and the same on the one after. Each returns a sum that must be the same. */
    private record Work(Callable<Long> before, Callable<Long> after) {}

    private static Work buffer(int operations, boolean fair) {
        return new Work(
                () -> passThrough(
                        new dev.parkinglot.examples.migration.before.BoundedBuffer<>(CAPACITY, fair), operations),
                () -> passThrough(
                        new dev.parkinglot.examples.migration.after.BoundedBuffer<>(CAPACITY, fair), operations));
    }

    private static Work cache(int operations) {
        return new Work(
                () -> lookUp(new dev.parkinglot.examples.migration.before.LruCache<>(CAPACITY), operations),
                () -> lookUp(new dev.parkinglot.examples.migration.after.LruCache<>(CAPACITY), operations));
    }

    private static void compare(String name, int rounds, Work work) throws Exception {
        double[] before = new double[rounds];
        double[] after = new double[rounds];
        for (int round = -1; round < rounds; round++) { // the first warms up
            long start = System.nanoTime();
            long sumBefore = work.before().call();
            long middle = System.nanoTime();
            long sumAfter = work.after().call();
            long end = System.nanoTime();
            if (sumBefore != sumAfter) {
                throw new IllegalStateException(name + ": " + sumBefore + " before, " + sumAfter + " after");
            }
            if (round >= 0) {
                before[round] = (middle - start) / 1e6;
                after[round] = (end - middle) / 1e6;
            }
        }
        System.out.printf(
                Locale.ROOT,
                "%-24s %12.1f %12.1f %8.2f%n",
                name,
                median(before),
                median(after),
                median(after) / median(before));
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }

    /** Half of the threads put numbers, the others take them. */
    private static long passThrough(Buffer<Integer> buffer, int operations) throws Exception {
        List<Callable<Long>> tasks = new ArrayList<>();
        for (int i = 0; i < THREADS / 2; i++) {
            tasks.add(() -> {
                for (int number = 0; number < operations; number++) {
                    buffer.put(number);
                }
                return 0L;
            });
            tasks.add(() -> {
                long sum = 0L;
                for (int number = 0; number < operations; number++) {
                    sum += buffer.take();
                }
                return sum;
            });
        }
        return runAll(tasks);
    }

    /** All threads look up the squares of random numbers, most of which are in the cache. */
    private static long lookUp(Cache<Integer, Long> cache, int operations) throws Exception {
        List<Callable<Long>> tasks = new ArrayList<>();
        for (int i = 1; i <= THREADS; i++) {
            SplittableRandom random = new SplittableRandom(i); // the same before and after
            tasks.add(() -> {
                long sum = 0L;
                for (int n = 0; n < operations; n++) {
                    sum += cache.get(random.nextInt(KEYS), key -> (long) key * key);
                }
                return sum;
            });
        }
        return runAll(tasks);
    }

    private static long runAll(List<Callable<Long>> tasks) throws InterruptedException, ExecutionException {
        ExecutorService executor = Executors.newCachedThreadPool();
        try {
            long sum = 0L;
            for (Future<Long> result : executor.invokeAll(tasks)) {
                sum += result.get();
            }
            return sum;
        } finally {
            executor.shutdown();
        }
    }
}
