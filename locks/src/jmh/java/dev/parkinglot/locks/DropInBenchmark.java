package dev.parkinglot.locks;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.function.Supplier;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The drop-ins beside the classes that they replace: the same code, with the one lock or the other. Nanoseconds for a
 * lock and unlock by a thread that is alone, and microseconds for a {@code signalAll} to 32 until all are through.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class DropInBenchmark {
    /** Whose classes. A JVM runs with one of them only, so calls through the interfaces are as good as direct ones. */
    public enum Origin {
        /** The classes of the JDK. */
        JDK(
                () -> new java.util.concurrent.locks.ReentrantLock(),
                () -> new java.util.concurrent.locks.ReentrantLock(true),
                () -> new java.util.concurrent.locks.ReentrantReadWriteLock()),
        /** The drop-ins. */
        DROP_IN(
                () -> new dev.parkinglot.locks.ReentrantLock(),
                () -> new dev.parkinglot.locks.ReentrantLock(true),
                () -> new dev.parkinglot.locks.ReentrantReadWriteLock());

        private final Supplier<Lock> lock;
        private final Supplier<Lock> fairLock;
        private final Supplier<ReadWriteLock> readWriteLock;

        Origin(Supplier<Lock> lock, Supplier<Lock> fairLock, Supplier<ReadWriteLock> readWriteLock) {
            this.lock = lock;
            this.fairLock = fairLock;
            this.readWriteLock = readWriteLock;
        }
    }

    /** A thread that is alone with its locks. */
    @State(Scope.Thread)
    public static class Alone {
        /** Whose classes. */
        @Param
        public Origin origin;

        private Lock lock;
        private Lock awaited;
        private Lock held;
        private Lock fair;
        private Lock read;
        private Lock readAgain;
        private Lock write;
        private int guarded;

        /** Makes the locks. */
        @Setup
        public void makeLocks() throws InterruptedException {
            lock = origin.lock.get();
            awaited = origin.lock.get();
            awaited.lock();
            awaited.newCondition().awaitNanos(1L);
            awaited.unlock();
            held = origin.lock.get();
            held.lock();
            fair = origin.fairLock.get();
            ReadWriteLock both = origin.readWriteLock.get();
            read = both.readLock();
            write = both.writeLock();
            readAgain = origin.readWriteLock.get().readLock();
            readAgain.lock();
        }

        private int section(Lock by) {
            by.lock();
            int result = ++guarded;
            by.unlock();
            return result;
        }
    }

    @Benchmark
    public int lock(Alone alone) {
        return alone.section(alone.lock);
    }

    /** A lock on which somebody has waited for a condition: ours takes a second atomic instruction from then on. */
    @Benchmark
    public int lockAwaitedOn(Alone alone) {
        return alone.section(alone.awaited);
    }

    @Benchmark
    public int lockAgain(Alone alone) {
        return alone.section(alone.held);
    }

    @Benchmark
    public int lockFair(Alone alone) {
        return alone.section(alone.fair);
    }

    @Benchmark
    public int read(Alone alone) {
        return alone.section(alone.read);
    }

    @Benchmark
    public int readAgain(Alone alone) {
        return alone.section(alone.readAgain);
    }

    @Benchmark
    public int write(Alone alone) {
        return alone.section(alone.write);
    }

    /** 32 threads that wait for the next turn, again and again. */
    @State(Scope.Benchmark)
    public static class Crowd {
        private static final int SIZE = 32;

        /** Whose classes. */
        @Param
        public Origin origin;

        private Lock lock;
        private Condition nextTurn;
        private Condition allWait;
        private int turn;
        private int waiting;
        private boolean over;

        /** Starts the threads. */
        @Setup(Level.Trial)
        public void start() {
            lock = origin.lock.get();
            nextTurn = lock.newCondition();
            allWait = lock.newCondition();
            for (int i = 0; i < SIZE; i++) {
                Thread thread = new Thread(this::takeTurns);
                thread.setDaemon(true);
                thread.start();
            }
            lock.lock();
            awaitAll();
            lock.unlock();
        }

        private void takeTurns() {
            lock.lock();
            try {
                while (!over) {
                    if (++waiting == SIZE) {
                        allWait.signal();
                    }
                    int seen = turn;
                    while (turn == seen) {
                        nextTurn.awaitUninterruptibly();
                    }
                }
            } finally {
                lock.unlock();
            }
        }

        private void awaitAll() {
            while (waiting != SIZE) {
                allWait.awaitUninterruptibly();
            }
        }

        private int signalAllAndAwait() {
            lock.lock();
            try {
                waiting = 0;
                turn++;
                nextTurn.signalAll();
                awaitAll();
                return turn;
            } finally {
                lock.unlock();
            }
        }

        /** Lets the threads end. */
        @TearDown(Level.Trial)
        public void end() {
            lock.lock();
            over = true;
            turn++;
            nextTurn.signalAll();
            lock.unlock();
        }
    }

    /** Until all have had the lock and wait again. */
    @Benchmark
    @OutputTimeUnit(TimeUnit.MICROSECONDS)
    public int signalAllTo32(Crowd crowd) {
        return crowd.signalAllAndAwait();
    }
}
