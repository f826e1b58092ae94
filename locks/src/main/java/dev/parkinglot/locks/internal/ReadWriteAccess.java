package dev.parkinglot.locks.internal;

import dev.parkinglot.locks.ReentrantRwCore;
import java.util.List;
import java.util.concurrent.locks.Condition;

/**
 * What the drop-in {@code ReentrantReadWriteLock} may do with its core. One implementation, so that every call is
 * inlined.
 */
public abstract class ReadWriteAccess {
    private static ReadWriteAccess instance;

    /** Makes an implementation. */
    protected ReadWriteAccess() {}

    /** Called once, when {@link ReentrantRwCore} is initialised. */
    public static void publish(ReadWriteAccess access) {
        instance = access;
    }

    /** For the subclass of {@link ReentrantRwCore}, which is initialised before it. */
    public static ReadWriteAccess get() {
        return instance;
    }

    public abstract void lockRead(ReentrantRwCore lock);

    public abstract void lockReadInterruptibly(ReentrantRwCore lock) throws InterruptedException;

    public abstract boolean tryLockRead(ReentrantRwCore lock);

    public abstract boolean tryLockRead(ReentrantRwCore lock, long nanos) throws InterruptedException;

    public abstract void unlockRead(ReentrantRwCore lock);

    public abstract void lockWrite(ReentrantRwCore lock);

    public abstract void lockWriteInterruptibly(ReentrantRwCore lock) throws InterruptedException;

    public abstract boolean tryLockWrite(ReentrantRwCore lock);

    public abstract boolean tryLockWrite(ReentrantRwCore lock, long nanos) throws InterruptedException;

    public abstract void unlockWrite(ReentrantRwCore lock);

    /** Of the calling thread. */
    public abstract int readHolds(ReentrantRwCore lock);

    /** Of all threads. */
    public abstract int totalReadHolds(ReentrantRwCore lock);

    /** Of the calling thread. */
    public abstract int writeHolds(ReentrantRwCore lock);

    /** Of whichever thread. */
    public abstract int totalWriteHolds(ReentrantRwCore lock);

    public abstract Thread owner(ReentrantRwCore lock);

    public abstract boolean isFair(ReentrantRwCore lock);

    /** Only for a lock that nobody else knows yet. */
    public abstract void makeFair(ReentrantRwCore lock);

    /** Who waits for readers to leave, then the others, longest waiting first. */
    public abstract List<Thread> queued(ReentrantRwCore lock);

    public abstract List<Thread> queuedReaders(ReentrantRwCore lock);

    public abstract List<Thread> queuedWriters(ReentrantRwCore lock);

    /** For the write lock. */
    public abstract Condition newCondition(ReentrantRwCore lock);

    /**
     * Longest waiting first. Throws unless the condition is one of this lock, and the calling thread holds it for
     * writing.
     */
    public abstract List<Thread> waiting(ReentrantRwCore lock, Condition condition);
}
