package dev.parkinglot.locks;

import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.concurrent.locks.StampedLock;

/** Like {@link GuardedDouble}, for locks that let several read at a time. */
public abstract class ReadWriteDouble {
    /** The competitors. */
    public enum Kind {
        RW_LOCK,
        STAMPED_LOCK,
        REENTRANT_READ_WRITE_LOCK;

        /** Makes one whose number and lock have cache lines for themselves. */
        ReadWriteDouble create() {
            ReadWriteDouble guarded = switch (this) {
                case RW_LOCK -> new WithRwLock();
                case STAMPED_LOCK -> new WithStampedLock();
                case REENTRANT_READ_WRITE_LOCK -> new WithReentrantReadWriteLock();
            };
            guarded.behindTheLock = new double[PADDING];
            return guarded;
        }
    }

    private static final int PADDING = 16;

    /** Allocated before the lock, see {@link GuardedDouble}. */
    private final double[] numbers = new double[2 * PADDING + 1];

    /** Allocated after the lock, for nothing else. */
    private double[] behindTheLock = {};

    /**
     * Locks for reading, works, unlocks.
     *
     * @param local what the thread has by itself
     * @param value what its last round ended with
     * @param times how much to do
     * @return what it has by itself then, and what this round ended with
     */
    abstract double read(double local, double value, int times);

    /**
     * Locks for writing, works, unlocks.
     *
     * @param value what the thread's last round ended with
     * @param times how much to do
     * @return what this one ended with
     */
    abstract double write(double value, int times);

    final double workAsReader(double local, double value, int times) {
        double result = local;
        double last = value;
        for (int i = 0; i < times; i++) {
            result += last;
            result *= numbers[PADDING];
            last = result;
        }
        return result;
    }

    final double workAsWriter(double value, int times) {
        double shared = numbers[PADDING];
        double last = value;
        for (int i = 0; i < times; i++) {
            shared += last;
            shared *= 1.01;
            last = shared;
        }
        numbers[PADDING] = shared;
        return last;
    }

    private static final class WithRwLock extends ReadWriteDouble {
        private final RwLock lock = new RwLock();

        @Override
        double read(double local, double value, int times) {
            lock.lockRead();
            double result = workAsReader(local, value, times);
            lock.unlockRead();
            return result;
        }

        @Override
        double write(double value, int times) {
            lock.lockWrite();
            double result = workAsWriter(value, times);
            lock.unlockWrite();
            return result;
        }
    }

    private static final class WithStampedLock extends ReadWriteDouble {
        private final StampedLock lock = new StampedLock();

        @Override
        double read(double local, double value, int times) {
            long stamp = lock.readLock();
            double result = workAsReader(local, value, times);
            lock.unlockRead(stamp);
            return result;
        }

        @Override
        double write(double value, int times) {
            long stamp = lock.writeLock();
            double result = workAsWriter(value, times);
            lock.unlockWrite(stamp);
            return result;
        }
    }

    private static final class WithReentrantReadWriteLock extends ReadWriteDouble {
        private final ReentrantReadWriteLock.ReadLock readLock;
        private final ReentrantReadWriteLock.WriteLock writeLock;

        WithReentrantReadWriteLock() {
            ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
            readLock = lock.readLock();
            writeLock = lock.writeLock();
        }

        @Override
        double read(double local, double value, int times) {
            readLock.lock();
            double result = workAsReader(local, value, times);
            readLock.unlock();
            return result;
        }

        @Override
        double write(double value, int times) {
            writeLock.lock();
            double result = workAsWriter(value, times);
            writeLock.unlock();
            return result;
        }
    }
}
