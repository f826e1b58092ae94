package dev.parkinglot.examples.course;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
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
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/** The locks of the course: a lock and unlock by one thread, by as many as there are processors, and by more. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(3)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CourseBenchmark {
    /** Which lock. */
    public enum Kind {
        SPIN,
        TICKET,
        YIELD,
        PARK,
        FUTEX,
        WORD,
        LOT,
        ONE_ZERO,
        REENTRANT_LOCK;

        CourseLock create() {
            return switch (this) {
                case SPIN -> new SpinLock();
                case TICKET -> new TicketLock();
                case YIELD -> new YieldLock();
                case PARK -> new ParkLock();
                case FUTEX -> new FutexMutex();
                case WORD -> new WordQueueLock();
                case LOT -> new LotMutex();
                case ONE_ZERO -> new OneZeroMutex(new OneZeroMutex.Real());
                case REENTRANT_LOCK -> new OfJdk();
            };
        }
    }

    private static final class OfJdk extends CourseLock {
        private final ReentrantLock lock = new ReentrantLock();

        @Override
        void lock() {
            lock.lock();
        }

        @Override
        void unlock() {
            lock.unlock();
        }
    }

    @Param
    public Kind kind;

    private CourseLock lock;
    private int guarded;

    @Setup
    public void create() {
        lock = kind.create();
    }

    private int round() {
        lock.lock();
        int result = ++guarded;
        lock.unlock();
        return result;
    }

    @Benchmark
    @Threads(1)
    public int oneThread() {
        return round();
    }

    @Benchmark
    @Threads(2)
    public int twoThreads() {
        return round();
    }

    @Benchmark
    @Threads(4)
    public int fourThreads() {
        return round();
    }
}
