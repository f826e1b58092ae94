package dev.parkinglot.examples.synchronizers;

import dev.parkinglot.core.Patience;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Exchanger;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
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

/** Several threads that do the same all the time, and wait for each other: nanoseconds for one round of one thread. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class TogetherBenchmark {
    private static final int ROUNDS = 4_000;

    /** What the threads do; threads with even numbers put, and those with odd numbers take. */
    public enum What {
        SEMAPHORE,
        SEMAPHORE_OF_JDK,
        BARRIER,
        BARRIER_OF_JDK,
        EXCHANGE,
        EXCHANGE_OF_JDK,
        QUEUE,
        QUEUE_OF_JDK,
        READ_WRITE,
        READ_WRITE_OF_JDK,
        LATCH,
        LATCH_OF_JDK;

        Round create(int threads) {
            return switch (this) {
                case SEMAPHORE -> {
                    FairSemaphore semaphore = new FairSemaphore(1);
                    yield thread -> {
                        semaphore.acquire(1, Patience.INTERRUPTIBLE);
                        semaphore.release(1);
                    };
                }
                case SEMAPHORE_OF_JDK -> {
                    Semaphore semaphore = new Semaphore(1, true);
                    yield thread -> {
                        semaphore.acquire();
                        semaphore.release();
                    };
                }
                case BARRIER -> {
                    Barrier barrier = new Barrier(threads, () -> {});
                    yield thread -> barrier.await(Patience.INTERRUPTIBLE);
                }
                case BARRIER_OF_JDK -> {
                    CyclicBarrier barrier = new CyclicBarrier(threads);
                    yield thread -> barrier.await();
                }
                case EXCHANGE -> {
                    Exchange<String> exchange = new Exchange<>();
                    yield thread -> exchange.exchange("a", Patience.INTERRUPTIBLE);
                }
                case EXCHANGE_OF_JDK -> {
                    Exchanger<String> exchanger = new Exchanger<>();
                    yield thread -> exchanger.exchange("a");
                }
                case QUEUE -> {
                    BoundedMpmcQueue<String> queue = new BoundedMpmcQueue<>(128);
                    yield thread -> {
                        if ((thread & 1) == 0) {
                            queue.put("a", Patience.INTERRUPTIBLE);
                        } else {
                            queue.take(Patience.INTERRUPTIBLE);
                        }
                    };
                }
                case QUEUE_OF_JDK -> {
                    ArrayBlockingQueue<String> queue = new ArrayBlockingQueue<>(128);
                    yield thread -> {
                        if ((thread & 1) == 0) {
                            queue.put("a");
                        } else {
                            queue.take();
                        }
                    };
                }
                case READ_WRITE -> {
                    PreferenceRwLock lock = new PreferenceRwLock(true);
                    yield thread -> {
                        if ((thread & 1) == 0) {
                            lock.lockWrite(Patience.INTERRUPTIBLE);
                            lock.unlockWrite();
                        } else {
                            lock.lockRead(Patience.INTERRUPTIBLE);
                            lock.unlockRead();
                        }
                    };
                }
                case READ_WRITE_OF_JDK -> {
                    ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
                    yield thread -> {
                        if ((thread & 1) == 0) {
                            lock.writeLock().lockInterruptibly();
                            lock.writeLock().unlock();
                        } else {
                            lock.readLock().lockInterruptibly();
                            lock.readLock().unlock();
                        }
                    };
                }
                case LATCH ->
                    inTurn(threads, Latch::new, Latch::countDown, latch -> latch.await(Patience.INTERRUPTIBLE));
                case LATCH_OF_JDK ->
                    inTurn(threads, CountDownLatch::new, CountDownLatch::countDown, CountDownLatch::await);
            };
        }

        /** In each round all count a latch down and wait for it. */
        private static <L> Round inTurn(int threads, IntFunction<L> make, Consumer<L> down, Await<L> await) {
            List<L> latches = new ArrayList<>();
            for (int i = 0; i < ROUNDS; i++) {
                latches.add(make.apply(threads));
            }
            int[] next = new int[threads * 16];
            return thread -> {
                L latch = latches.get(next[thread * 16]++);
                down.accept(latch);
                await.await(latch);
            };
        }
    }

    /** What one thread does once. */
    @FunctionalInterface
    public interface Round {
        void run(int thread) throws Exception;
    }

    /** Waits for a latch. */
    @FunctionalInterface
    interface Await<L> {
        void await(L latch) throws Exception;
    }

    @Param
    public What what;

    @Param({"2", "4"})
    public int threads;

    private final ExecutorService pool = Executors.newCachedThreadPool();

    private Round round;

    @Setup(Level.Invocation)
    public void create() {
        round = what.create(threads);
    }

    @TearDown
    public void end() {
        pool.shutdown();
    }

    @Benchmark
    @OperationsPerInvocation(ROUNDS)
    public void race() throws InterruptedException, ExecutionException {
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            int thread = i;
            all.add(pool.submit(() -> {
                for (int j = 0; j < ROUNDS; j++) {
                    round.run(thread);
                }
                return null;
            }));
        }
        for (Future<?> one : all) {
            one.get();
        }
    }
}
