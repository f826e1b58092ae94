package dev.parkinglot.locks;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.concurrent.locks.StampedLock;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The other locks of the family, by a thread that is alone, beside their peers: one lock and unlock in each mode, a
 * second hold of a reentrant lock, and a {@link Once} that is done. Nanoseconds for the pair.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class UncontendedModesBenchmark {
    private final RwLock rwLock = new RwLock();
    private final StampedLock stampedLock = new StampedLock();
    private final ReentrantReadWriteLock jdkRwLock = new ReentrantReadWriteLock();
    private final ReentrantMutex reentrantMutex = new ReentrantMutex();
    private final ReentrantLock reentrantLock = new ReentrantLock();
    private final ReentrantMutex ownedMutex = new ReentrantMutex();
    private final ReentrantLock ownedLock = new ReentrantLock();
    private final Once done = new Once();
    private volatile int volatileField = 1;
    private int guarded;

    @Setup
    public void own() {
        ownedMutex.lock();
        ownedLock.lock();
        done.callOnce(() -> {});
    }

    @Benchmark
    public int rwLockRead() {
        rwLock.lockRead();
        int result = guarded;
        rwLock.unlockRead();
        return result;
    }

    @Benchmark
    public int rwLockUpgradable() {
        rwLock.lockUpgradable();
        int result = guarded;
        rwLock.unlockUpgradable();
        return result;
    }

    @Benchmark
    public int rwLockWrite() {
        rwLock.lockWrite();
        int result = ++guarded;
        rwLock.unlockWrite();
        return result;
    }

    @Benchmark
    public int stampedLockRead() {
        long stamp = stampedLock.readLock();
        int result = guarded;
        stampedLock.unlockRead(stamp);
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
    public int reentrantReadWriteLockRead() {
        jdkRwLock.readLock().lock();
        int result = guarded;
        jdkRwLock.readLock().unlock();
        return result;
    }

    @Benchmark
    public int reentrantReadWriteLockWrite() {
        jdkRwLock.writeLock().lock();
        int result = ++guarded;
        jdkRwLock.writeLock().unlock();
        return result;
    }

    @Benchmark
    public int reentrantMutex() {
        reentrantMutex.lock();
        int result = ++guarded;
        reentrantMutex.unlock();
        return result;
    }

    @Benchmark
    public int reentrantMutexAgain() {
        ownedMutex.lock();
        int result = ++guarded;
        ownedMutex.unlock();
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
    public int reentrantLockAgain() {
        ownedLock.lock();
        int result = ++guarded;
        ownedLock.unlock();
        return result;
    }

    @Benchmark
    public int onceDone() {
        done.callOnce(() -> {});
        return guarded;
    }

    @Benchmark
    public int volatileRead() {
        return volatileField + guarded;
    }
}
