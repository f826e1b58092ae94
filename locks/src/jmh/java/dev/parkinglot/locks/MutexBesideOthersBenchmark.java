package dev.parkinglot.locks;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Whether a {@link Mutex} becomes slower where other locks of its protocol are used too, such as a {@link BufferMutex}:
 * the methods that they share are then called for many classes. Nanoseconds for one lock and unlock by a thread that is
 * alone.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class MutexBesideOthersBenchmark {
    /** Enough for all that the other locks do to be compiled. */
    private static final int ROUNDS = 100_000;

    /** What else the JVM uses. */
    @Param({"false", "true"})
    private boolean others;

    private final Mutex mutex = new Mutex();
    private int guarded;

    @SuppressWarnings("unused") // through a VarHandle
    private int word;

    /** Uses the others, all in the same way, before the mutex is measured. */
    @Setup
    public void useOthers() throws ReflectiveOperationException {
        if (!others) {
            return;
        }
        VarHandle handle = MethodHandles.lookup().findVarHandle(MutexBesideOthersBenchmark.class, "word", int.class);
        MutualExclusionLock[] locks = {
            new BufferMutex(new UnsafeBuffer(ByteBuffer.allocateDirect(64)), 0),
            LockField.of(handle, 0b11).mutex(this),
            new FairMutex(),
            new Mutex()
        };
        ReentrantMutex reentrant = new ReentrantMutex();
        for (int i = 0; i < ROUNDS; i++) {
            MutualExclusionLock lock = locks[i % locks.length];
            lock.lock();
            lock.tryLock();
            lock.unlock();
            lock.runLocked(() -> guarded++);
            reentrant.runLocked(() -> guarded++);
        }
    }

    @Benchmark
    public int pair() {
        mutex.lock();
        int result = ++guarded;
        mutex.unlock();
        return result;
    }

    @Benchmark
    @SuppressWarnings("try") // a guard is there to be closed
    public int guard() {
        try (MutexGuard guard = mutex.guard()) {
            return ++guarded;
        }
    }
}
