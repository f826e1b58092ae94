package dev.parkinglot.locks;

import dev.parkinglot.core.Patience;
import java.util.Date;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;

/** A {@link Condvar} that knows its mutex, in the terms of {@code java.util.concurrent}. */
final class MutexCondition implements Condition {
    private final Mutex mutex;
    private final Condvar condvar = new Condvar();

    MutexCondition(Mutex mutex) {
        this.mutex = mutex;
    }

    @Override
    public void await() throws InterruptedException {
        condvar.await(mutex);
    }

    @Override
    public void awaitUninterruptibly() {
        condvar.awaitUninterruptibly(mutex);
    }

    @Override
    public long awaitNanos(long nanosTimeout) throws InterruptedException {
        long deadline = Deadlines.after(nanosTimeout);
        condvar.await(mutex, Patience.interruptiblyUntil(deadline)).orThrow();
        return deadline - System.nanoTime();
    }

    @Override
    public boolean await(long time, TimeUnit unit) throws InterruptedException {
        return condvar.awaitUntil(mutex, Deadlines.after(unit.toNanos(time)));
    }

    @Override
    @SuppressWarnings("JavaUtilDate") // the interface has it
    public boolean awaitUntil(Date deadline) throws InterruptedException {
        long now = System.currentTimeMillis();
        long millis = deadline.getTime() <= now ? 0L : deadline.getTime() - now; // the difference may overflow below
        return condvar.awaitUntil(mutex, Deadlines.after(TimeUnit.MILLISECONDS.toNanos(millis)));
    }

    @Override
    public void signal() {
        mutex.requireLocked();
        condvar.signal();
    }

    @Override
    public void signalAll() {
        mutex.requireLocked();
        condvar.signalAll();
    }
}
