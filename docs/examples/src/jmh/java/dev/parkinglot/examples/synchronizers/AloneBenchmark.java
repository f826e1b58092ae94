package dev.parkinglot.examples.synchronizers;

import dev.parkinglot.core.Patience;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Each synchronizer of the examples beside the JDK's, used by a thread that never has to wait. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class AloneBenchmark {
    private final FairSemaphore semaphore = new FairSemaphore(1);
    private final Semaphore jdkSemaphore = new Semaphore(1, true);
    private final Latch latch = new Latch(0);
    private final CountDownLatch jdkLatch = new CountDownLatch(0);
    private final Barrier barrier = new Barrier(1, () -> {});
    private final CyclicBarrier jdkBarrier = new CyclicBarrier(1);
    private final BoundedMpmcQueue<String> queue = new BoundedMpmcQueue<>(128);
    private final ArrayBlockingQueue<String> jdkQueue = new ArrayBlockingQueue<>(128);
    private final PreferenceRwLock rwLock = new PreferenceRwLock(true);
    private final ReentrantReadWriteLock jdkRwLock = new ReentrantReadWriteLock();

    @Benchmark
    public void semaphore() throws InterruptedException {
        semaphore.acquire(1, Patience.INTERRUPTIBLE);
        semaphore.release(1);
    }

    @Benchmark
    public void semaphoreOfJdk() throws InterruptedException {
        jdkSemaphore.acquire();
        jdkSemaphore.release();
    }

    @Benchmark
    public boolean latch() throws InterruptedException {
        return latch.await(Patience.INTERRUPTIBLE);
    }

    @Benchmark
    public void latchOfJdk() throws InterruptedException {
        jdkLatch.await();
    }

    @Benchmark
    public int barrier() throws InterruptedException, TimeoutException, BrokenBarrierException {
        return barrier.await(Patience.INTERRUPTIBLE);
    }

    @Benchmark
    public int barrierOfJdk() throws InterruptedException, BrokenBarrierException {
        return jdkBarrier.await();
    }

    @Benchmark
    public String queue() throws InterruptedException {
        queue.put("a", Patience.INTERRUPTIBLE);
        return queue.take(Patience.INTERRUPTIBLE);
    }

    @Benchmark
    public String queueOfJdk() throws InterruptedException {
        jdkQueue.put("a");
        return jdkQueue.take();
    }

    @Benchmark
    public void read() throws InterruptedException {
        rwLock.lockRead(Patience.INTERRUPTIBLE);
        rwLock.unlockRead();
    }

    @Benchmark
    public void readOfJdk() throws InterruptedException {
        jdkRwLock.readLock().lockInterruptibly();
        jdkRwLock.readLock().unlock();
    }

    @Benchmark
    public void write() throws InterruptedException {
        rwLock.lockWrite(Patience.INTERRUPTIBLE);
        rwLock.unlockWrite();
    }

    @Benchmark
    public void writeOfJdk() throws InterruptedException {
        jdkRwLock.writeLock().lockInterruptibly();
        jdkRwLock.writeLock().unlock();
    }
}
