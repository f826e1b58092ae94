package dev.parkinglot.locks;

import dev.parkinglot.core.Patience;
import java.util.Date;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;

/** A {@link Condvar} that knows its lock, in the terms of {@code java.util.concurrent}. */
final class LockCondition implements Condition {
    private final CondvarLock lock;
    private final Condvar condvar = new Condvar();

    LockCondition(CondvarLock lock) {
        this.lock = lock;
    }

    @Override
    public void await() throws InterruptedException {
        condvar.await(lock);
    }

    @Override
    public void awaitUninterruptibly() {
        condvar.awaitUninterruptibly(lock);
    }

    @Override
    public long awaitNanos(long nanosTimeout) throws InterruptedException {
        long deadline = Deadlines.after(nanosTimeout);
        condvar.await(lock, Patience.interruptiblyUntil(deadline)).orThrow();
        return deadline - System.nanoTime();
    }

    @Override
    public boolean await(long time, TimeUnit unit) throws InterruptedException {
        return condvar.awaitUntil(lock, Deadlines.after(unit.toNanos(time)));
    }

    @Override
    @SuppressWarnings("JavaUtilDate") // the interface has it
    public boolean awaitUntil(Date deadline) throws InterruptedException {
        long now = System.currentTimeMillis();
        long millis = deadline.getTime() <= now ? 0L : deadline.getTime() - now; // the difference may overflow below
        return condvar.awaitUntil(lock, Deadlines.after(TimeUnit.MILLISECONDS.toNanos(millis)));
    }

    @Override
    public void signal() {
        lock.requireHeld();
        condvar.signal();
    }

    @Override
    public void signalAll() {
        lock.requireHeld();
        condvar.signalAll();
    }
}
