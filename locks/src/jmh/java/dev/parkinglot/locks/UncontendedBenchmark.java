package dev.parkinglot.locks;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.StampedLock;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One lock and unlock by a thread that is alone, beside the peers. Nanoseconds for the pair. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class UncontendedBenchmark {
    private final Mutex mutex = new Mutex();
    private final Mutex sharedMutex = usedWithCondvar();
    private final FairMutex fairMutex = new FairMutex();
    private final ReentrantLock reentrantLock = new ReentrantLock();
    private final ReentrantLock fairReentrantLock = new ReentrantLock(true);
    private final StampedLock stampedLock = new StampedLock();
    private final Object monitor = new Object();
    private int guarded;

    @Benchmark
    public int mutex() {
        mutex.lock();
        int result = ++guarded;
        mutex.unlock();
        return result;
    }

    /** A mutex that has been used with a Condvar: unlocking takes an atomic instruction. */
    @Benchmark
    public int mutexUsedWithCondvar() {
        sharedMutex.lock();
        int result = ++guarded;
        sharedMutex.unlock();
        return result;
    }

    @Benchmark
    @SuppressWarnings("try") // a guard is there to be closed
    public int mutexGuard() {
        try (MutexGuard guard = mutex.guard()) {
            return ++guarded;
        }
    }

    @Benchmark
    public int fairMutex() {
        fairMutex.lock();
        int result = ++guarded;
        fairMutex.unlock();
        return result;
    }

    @Benchmark
    public int reentrantLock() {
        reentrantLock.lock();
        int result = ++guarded;
        reentrantLock.unlock();
        return result;
    }

    @Benchmark
    public int reentrantLockFair() {
        fairReentrantLock.lock();
        int result = ++guarded;
        fairReentrantLock.unlock();
        return result;
    }

    @Benchmark
    public int stampedLockWrite() {
        long stamp = stampedLock.writeLock();
        int result = ++guarded;
        stampedLock.unlockWrite(stamp);
        return result;
    }

    @Benchmark
    public int synchronizedBlock() {
        synchronized (monitor) {
            return ++guarded;
        }
    }

    private static Mutex usedWithCondvar() {
        Mutex mutex = new Mutex();
        mutex.lock();
        mutex.share();
        mutex.unlock();
        return mutex;
    }
}
