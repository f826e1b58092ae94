package dev.parkinglot.locks.internal;

import dev.parkinglot.locks.ReentrantCore;
import java.util.List;
import java.util.concurrent.locks.Condition;

/** What the drop-in {@code ReentrantLock} may do with its core. One implementation, so that every call is inlined. */
public abstract class ReentrantAccess {
    private static ReentrantAccess instance;

    /** Makes an implementation. */
    protected ReentrantAccess() {}

    /** Called once, when {@link ReentrantCore} is initialised. */
    public static void publish(ReentrantAccess access) {
        instance = access;
    }

    /** For subclasses of {@link ReentrantCore}, which is initialised before them. */
    public static ReentrantAccess get() {
        return instance;
    }

    public abstract void lock(ReentrantCore lock);

    public abstract void lockInterruptibly(ReentrantCore lock) throws InterruptedException;

    public abstract boolean tryLock(ReentrantCore lock);

    public abstract boolean tryLock(ReentrantCore lock, long nanos) throws InterruptedException;

    public abstract void unlock(ReentrantCore lock);

    /** Of the calling thread. */
    public abstract int holds(ReentrantCore lock);

    public abstract boolean isLocked(ReentrantCore lock);

    public abstract Thread owner(ReentrantCore lock);

    public abstract boolean isFair(ReentrantCore lock);

    /** Only for a lock that nobody else knows yet. */
    public abstract void makeFair(ReentrantCore lock);

    /** Longest waiting first. */
    public abstract List<Thread> queued(ReentrantCore lock);

    public abstract Condition newCondition(ReentrantCore lock);

    /** Longest waiting first. Throws unless the condition is one of this lock, and the calling thread holds it. */
    public abstract List<Thread> waiting(ReentrantCore lock, Condition condition);
}
