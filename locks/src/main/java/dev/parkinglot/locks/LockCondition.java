package dev.parkinglot.locks;

import dev.parkinglot.core.ParkedThread;
import dev.parkinglot.core.ParkingLot;
import dev.parkinglot.core.Patience;
import java.io.Serializable;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.function.LongSupplier;

/**
 * A condition variable that knows its lock, in the terms of {@code java.util.concurrent}. 24 bytes.
 *
 * <p>It can be serialized with a lock that can: as in the JDK, its copy belongs to the copy of the lock, and nobody
 * waits for it.
 */
final class LockCondition extends CondvarProtocol implements Condition, Serializable {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings("serial") // some locks can be serialized, and of others the stream says that they cannot
    private final CondvarLock lock;

    LockCondition(CondvarLock lock) {
        this.lock = lock;
    }

    // ---- waiting. A pending interrupt is reported even to a thread that does not hold the lock, as in the JDK.

    @Override
    public void await() throws InterruptedException {
        waitForSignal(Patience.INTERRUPTIBLE);
    }

    @Override
    public void awaitUninterruptibly() {
        await(lock, Patience.ENDLESS);
    }

    @Override
    public long awaitNanos(long nanosTimeout) throws InterruptedException {
        long start = System.nanoTime();
        waitForSignal(Patience.interruptiblyUntil(Deadlines.after(nanosTimeout)));
        return Math.max(nanosTimeout, 0L) - (System.nanoTime() - start);
    }

    @Override
    public boolean await(long time, TimeUnit unit) throws InterruptedException {
        return waitForSignal(Patience.interruptiblyUntil(Deadlines.after(unit.toNanos(time))));
    }

    @Override
    @SuppressWarnings("JavaUtilDate") // the interface has it
    public boolean awaitUntil(Date deadline) throws InterruptedException {
        return waitForSignal(Patience.interruptiblyWhile(new UntilDate(deadline.getTime())));
    }

    /** How much time is left, asked again and again: the wall clock may be set while the thread waits. */
    private record UntilDate(long epochMillis) implements LongSupplier {
        @Override
        public long getAsLong() {
            long now = System.currentTimeMillis();
            // The difference of two dates may overflow, and then it is negative.
            return epochMillis <= now ? 0L : TimeUnit.MILLISECONDS.toNanos(epochMillis - now) & Long.MAX_VALUE;
        }
    }

    private boolean waitForSignal(Patience patience) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        return await(lock, patience).orThrow();
    }

    // ---- signalling

    @Override
    public void signal() {
        lock.requireHeld();
        signal(false);
    }

    @Override
    public void signalAll() {
        lock.requireHeld();
        signal(true);
    }

    // ---- monitoring

    /**
     * The threads that wait for a condition, longest waiting first.
     *
     * @throws NullPointerException if the condition is null
     * @throws IllegalArgumentException if it is not one of this lock
     * @throws IllegalMonitorStateException unless the calling thread holds the lock
     */
    static List<Thread> waiting(CondvarLock lock, Condition condition) {
        Objects.requireNonNull(condition, "condition");
        if (!(condition instanceof LockCondition ours) || ours.lock != lock) {
            throw new IllegalArgumentException("the condition belongs to another lock: ask the lock that made it");
        }
        lock.requireHeld();
        return ParkingLot.waiters(ours, QUEUE).stream()
                .map(ParkedThread::thread)
                .toList();
    }
}
