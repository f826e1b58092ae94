package dev.parkinglot.locks;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One lock and unlock of a lock in memory, beside the same lock as an object. Nanoseconds for the pair, by a thread
 * that is alone, or, with {@code -t 2}, by each of two that contend.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class BufferBenchmark {
    private static final LockField LOCK;
    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Counted.class, "state", int.class);
            LOCK = LockField.of(STATE, 0b11);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** A reference count and its lock in one word. */
    private static final class Counted {
        @SuppressWarnings("unused") // through STATE
        private int state = 0b100;
    }

    private final Mutex mutex = new Mutex();
    private final RwLock rwLock = new RwLock();
    private final ReentrantLock reentrantLock = new ReentrantLock();
    private final AtomicBuffer offHeap = new UnsafeBuffer(ByteBuffer.allocateDirect(4096));
    private final AtomicBuffer onHeap = new UnsafeBuffer(new byte[4096]);
    private final int index = 2048;
    private final BufferMutex flyweight = new BufferMutex(offHeap, index);
    private final Counted counted = new Counted();
    private int guarded;

    @Benchmark
    public int mutex() {
        mutex.lock();
        int result = ++guarded;
        mutex.unlock();
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
    public int mutexOffHeap() {
        BufferMutex.lock(offHeap, index);
        int result = ++guarded;
        BufferMutex.unlock(offHeap, index);
        return result;
    }

    @Benchmark
    public int mutexOnHeap() {
        BufferMutex.lock(onHeap, index);
        int result = ++guarded;
        BufferMutex.unlock(onHeap, index);
        return result;
    }

    @Benchmark
    public int mutexFlyweight() {
        flyweight.lock();
        int result = ++guarded;
        flyweight.unlock();
        return result;
    }

    @Benchmark
    public int mutexInField() {
        LOCK.lock(counted);
        int result = ++guarded;
        LOCK.unlock(counted);
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
    public int rwLockWriteOffHeap() {
        BufferRwLock.lockWrite(offHeap, index);
        int result = ++guarded;
        BufferRwLock.unlockWrite(offHeap, index);
        return result;
    }

    @Benchmark
    public int rwLockRead() {
        rwLock.lockRead();
        int result = guarded;
        rwLock.unlockRead();
        return result;
    }

    @Benchmark
    public int rwLockReadOffHeap() {
        BufferRwLock.lockRead(offHeap, index);
        int result = guarded;
        BufferRwLock.unlockRead(offHeap, index);
        return result;
    }
}
