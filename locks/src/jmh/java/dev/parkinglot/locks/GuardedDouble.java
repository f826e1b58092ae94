package dev.parkinglot.locks;

import java.lang.invoke.MethodHandles;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.StampedLock;
import java.util.function.Supplier;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A number and the lock that guards it: the critical section of the contention loop, once for each way of writing a
 * lock in Java. A benchmark uses one kind in a fork, so that every call of it has one target and is inlined.
 */
public abstract class GuardedDouble {
    /** What the exclusive locks are compared with, and they. */
    public enum Kind {
        MUTEX,
        FAIR_MUTEX,
        REENTRANT_MUTEX,
        REENTRANT_LOCK,
        REENTRANT_LOCK_FAIR,
        DROP_IN,
        DROP_IN_FAIR,
        BUFFER_MUTEX,
        LOCK_FIELD,
        STAMPED_LOCK,
        SYNCHRONIZED;

        /**
         * Makes one whose number and lock have cache lines for themselves, so that the contest is for the lock, and
         * small locks neither gain nor lose by what happens to lie beside them.
         */
        GuardedDouble create() {
            GuardedDouble guarded = create(PADDING);
            guarded.behindTheLock = new double[PADDING];
            return guarded;
        }

        /** Makes one that is as small as can be, for those who want many. */
        GuardedDouble createSmall() {
            return create(0);
        }

        private GuardedDouble create(int padding) {
            return switch (this) {
                case MUTEX -> new WithLock(Mutex::new, padding);
                case FAIR_MUTEX -> new WithLock(FairMutex::new, padding);
                case REENTRANT_MUTEX -> new WithLock(ReentrantMutex::new, padding);
                case REENTRANT_LOCK -> new WithLock(ReentrantLock::new, padding);
                case REENTRANT_LOCK_FAIR -> new WithLock(() -> new ReentrantLock(true), padding);
                case DROP_IN -> new WithLock(dev.parkinglot.locks.ReentrantLock::new, padding);
                case DROP_IN_FAIR -> new WithLock(() -> new dev.parkinglot.locks.ReentrantLock(true), padding);
                case BUFFER_MUTEX -> new WithLock(GuardedDouble::offHeap, padding);
                case LOCK_FIELD -> new WithLock(() -> Word.LOCK.mutex(new Word()), padding);
                case STAMPED_LOCK -> new WithStampedLock(padding);
                case SYNCHRONIZED -> new WithMonitor(padding);
            };
        }
    }

    /** Numbers on either side: two cache lines, since processors fetch pairs. */
    private static final int PADDING = 16;

    /**
     * Allocated before the lock: nothing but a collection of garbage, of which there is none here, brings them
     * together.
     */
    private final double[] numbers;

    private final int index;

    /** Allocated after the lock, for nothing else. */
    private double[] behindTheLock = {};

    GuardedDouble(int padding) {
        numbers = new double[2 * padding + 1];
        index = padding;
    }

    /**
     * Locks, works, unlocks.
     *
     * @param value what the thread's last critical section ended with
     * @param times how much to do
     * @return what this one ended with
     */
    abstract double update(double value, int times);

    /**
     * The same; the time that the lock call took is recorded after the unlock.
     *
     * @param value what the thread's last critical section ended with
     * @param times how much to do
     * @param waits of the calling thread
     * @return what this critical section ended with
     */
    abstract double updateTimed(double value, int times, Waits waits);

    /** Locks, does something else, unlocks. */
    abstract void hold(Runnable action);

    /** The critical section. */
    final double work(double value, int times) {
        double shared = numbers[index];
        double last = value;
        for (int i = 0; i < times; i++) {
            shared += last;
            shared *= 1.01;
            last = shared;
        }
        numbers[index] = shared;
        return last;
    }

    /** What is done without the lock; the thread's next critical section begins with the result. */
    static double workAlone(double local, double value, int times) {
        double result = local;
        double last = value;
        for (int i = 0; i < times; i++) {
            result += last;
            result *= 1.01;
            last = result;
        }
        return result;
    }

    /** In the middle of memory of its own. */
    private static Lock offHeap() {
        int bytes = Long.BYTES * PADDING;
        return new BufferMutex(new UnsafeBuffer(ByteBuffer.allocateDirect(2 * bytes)), bytes);
    }

    /** A lock in two bits of a word. */
    private static final class Word {
        static final LockField LOCK;

        static {
            try {
                LOCK = LockField.of(MethodHandles.lookup().findVarHandle(Word.class, "word", int.class), 0b11);
            } catch (ReflectiveOperationException e) {
                throw new ExceptionInInitializerError(e);
            }
        }

        @SuppressWarnings("unused") // through LOCK
        private int word;
    }

    private static final class WithLock extends GuardedDouble {
        private final Lock lock;

        WithLock(Supplier<Lock> lock, int padding) {
            super(padding);
            this.lock = lock.get();
        }

        @Override
        double update(double value, int times) {
            lock.lock();
            double result = work(value, times);
            lock.unlock();
            return result;
        }

        @Override
        double updateTimed(double value, int times, Waits waits) {
            long start = System.nanoTime();
            lock.lock();
            long locked = System.nanoTime();
            double result = work(value, times);
            lock.unlock();
            waits.record(locked - start);
            return result;
        }

        @Override
        void hold(Runnable action) {
            lock.lock();
            action.run();
            lock.unlock();
        }
    }

    private static final class WithStampedLock extends GuardedDouble {
        private final StampedLock lock = new StampedLock();

        WithStampedLock(int padding) {
            super(padding);
        }

        @Override
        double update(double value, int times) {
            long stamp = lock.writeLock();
            double result = work(value, times);
            lock.unlockWrite(stamp);
            return result;
        }

        @Override
        double updateTimed(double value, int times, Waits waits) {
            long start = System.nanoTime();
            long stamp = lock.writeLock();
            long locked = System.nanoTime();
            double result = work(value, times);
            lock.unlockWrite(stamp);
            waits.record(locked - start);
            return result;
        }

        @Override
        void hold(Runnable action) {
            long stamp = lock.writeLock();
            action.run();
            lock.unlockWrite(stamp);
        }
    }

    private static final class WithMonitor extends GuardedDouble {
        private final Object monitor = new Object();

        WithMonitor(int padding) {
            super(padding);
        }

        @Override
        double update(double value, int times) {
            synchronized (monitor) {
                return work(value, times);
            }
        }

        @Override
        double updateTimed(double value, int times, Waits waits) {
            long start = System.nanoTime();
            long locked;
            double result;
            synchronized (monitor) {
                locked = System.nanoTime();
                result = work(value, times);
            }
            waits.record(locked - start);
            return result;
        }

        @Override
        void hold(Runnable action) {
            synchronized (monitor) {
                action.run();
            }
        }
    }
}
