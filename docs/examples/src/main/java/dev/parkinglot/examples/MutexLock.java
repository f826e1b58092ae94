package dev.parkinglot.examples;

import dev.parkinglot.locks.Condvar;
import dev.parkinglot.locks.Mutex;
import java.util.function.BooleanSupplier;

/** A {@link Mutex} or one of its kind, with {@link Condvar}s. */
final class MutexLock implements ContestLock {
    private final Mutex mutex;

    MutexLock(Mutex mutex) {
        this.mutex = mutex;
    }

    @Override
    public <A, R> R hold(Waits waits, Section<A, R> section, A argument) throws InterruptedException {
        long called = System.nanoTime();
        long acquired;
        R result;
        mutex.lock();
        try {
            acquired = System.nanoTime();
            result = section.run(argument);
        } finally {
            mutex.unlock();
        }
        waits.record(acquired - called);
        return result;
    }

    @Override
    public Condition newCondition() {
        return new CondvarCondition(mutex);
    }

    private static final class CondvarCondition implements Condition {
        private final Mutex mutex;
        private final Condvar condvar = new Condvar();

        CondvarCondition(Mutex mutex) {
            this.mutex = mutex;
        }

        @Override
        public void awaitWhile(BooleanSupplier obstacle) throws InterruptedException {
            condvar.awaitWhile(mutex, obstacle);
        }

        @Override
        public void signal() {
            condvar.signal();
        }

        @Override
        public void signalAll() {
            condvar.signalAll();
        }
    }
}
