package dev.parkinglot.examples;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.function.BooleanSupplier;

/** Any {@link Lock}, with its own conditions or, where it has none, by looking again from time to time. */
final class JucLock implements ContestLock {
    private final Lock lock;

    JucLock(Lock lock) {
        this.lock = lock;
    }

    @Override
    public <A, R> R hold(Waits waits, Section<A, R> section, A argument) throws InterruptedException {
        long called = System.nanoTime();
        long acquired;
        R result;
        lock.lock();
        try {
            acquired = System.nanoTime();
            result = section.run(argument);
        } finally {
            lock.unlock();
        }
        waits.record(acquired - called);
        return result;
    }

    @Override
    public Condition newCondition() {
        try {
            return new JucCondition(lock.newCondition());
        } catch (UnsupportedOperationException e) {
            return new PolledCondition(lock);
        }
    }

    private record JucCondition(java.util.concurrent.locks.Condition condition) implements Condition {
        @Override
        public void awaitWhile(BooleanSupplier obstacle) throws InterruptedException {
            while (obstacle.getAsBoolean()) {
                condition.await();
            }
        }

        @Override
        public void signal() {
            condition.signal();
        }

        @Override
        public void signalAll() {
            condition.signalAll();
        }
    }

    /** For {@code StampedLock} and its like, so that they can join the contest. Their queues run slower for it. */
    private record PolledCondition(Lock lock) implements Condition {
        private static final long PAUSE_MICROS = 50L;

        @Override
        public void awaitWhile(BooleanSupplier obstacle) throws InterruptedException {
            while (obstacle.getAsBoolean()) {
                lock.unlock();
                try {
                    TimeUnit.MICROSECONDS.sleep(PAUSE_MICROS);
                } finally {
                    lock.lock();
                }
            }
        }

        @Override
        public void signal() {}

        @Override
        public void signalAll() {}
    }
}
