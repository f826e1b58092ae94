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
        SEMAPHORE {
            @Override
            Round create(int threads) {
                FairSemaphore semaphore = new FairSemaphore(1);
                return thread -> {
                    semaphore.acquire(1, Patience.INTERRUPTIBLE);
                    semaphore.release(1);
                };
            }
        },
        SEMAPHORE_OF_JDK {
            @Override
            Round create(int threads) {
                Semaphore semaphore = new Semaphore(1, true);
                return thread -> {
                    semaphore.acquire();
                    semaphore.release();
                };
            }
        },
        BARRIER {
            @Override
            Round create(int threads) {
                Barrier barrier = new Barrier(threads, () -> {});
                return thread -> barrier.await(Patience.INTERRUPTIBLE);
            }
        },
        BARRIER_OF_JDK {
            @Override
            Round create(int threads) {
                CyclicBarrier barrier = new CyclicBarrier(threads);
                return thread -> barrier.await();
            }
        },
        EXCHANGE {
            @Override
            Round create(int threads) {
                Exchange<String> exchange = new Exchange<>();
                return thread -> exchange.exchange("a", Patience.INTERRUPTIBLE);
            }
        },
        EXCHANGE_OF_JDK {
            @Override
            Round create(int threads) {
                Exchanger<String> exchanger = new Exchanger<>();
                return thread -> exchanger.exchange("a");
            }
        },
        QUEUE {
            @Override
            Round create(int threads) {
                BoundedMpmcQueue<String> queue = new BoundedMpmcQueue<>(128);
                return thread -> {
                    if ((thread & 1) == 0) {
                        queue.put("a", Patience.INTERRUPTIBLE);
                    } else {
                        queue.take(Patience.INTERRUPTIBLE);
                    }
                };
            }
        },
        QUEUE_OF_JDK {
            @Override
            Round create(int threads) {
                ArrayBlockingQueue<String> queue = new ArrayBlockingQueue<>(128);
                return thread -> {
                    if ((thread & 1) == 0) {
                        queue.put("a");
                    } else {
                        queue.take();
                    }
                };
            }
        },
        READ_WRITE {
            @Override
            Round create(int threads) {
                PreferenceRwLock lock = new PreferenceRwLock(true);
                return thread -> {
                    if ((thread & 1) == 0) {
                        lock.lockWrite(Patience.INTERRUPTIBLE);
                        lock.unlockWrite();
                    } else {
                        lock.lockRead(Patience.INTERRUPTIBLE);
                        lock.unlockRead();
                    }
                };
            }
        },
        READ_WRITE_OF_JDK {
            @Override
            Round create(int threads) {
                ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
                return thread -> {
                    if ((thread & 1) == 0) {
                        lock.writeLock().lockInterruptibly();
                        lock.writeLock().unlock();
                    } else {
                        lock.readLock().lockInterruptibly();
                        lock.readLock().unlock();
                    }
                };
            }
        },
        LATCH {
            @Override
            Round create(int threads) {
                return inTurn(threads, Latch::new, Latch::countDown, latch -> latch.await(Patience.INTERRUPTIBLE));
            }
        },
        LATCH_OF_JDK {
            @Override
            Round create(int threads) {
                return inTurn(threads, CountDownLatch::new, CountDownLatch::countDown, CountDownLatch::await);
            }
        };

        abstract Round create(int threads);

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
