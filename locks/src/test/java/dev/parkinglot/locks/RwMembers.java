package dev.parkinglot.locks;

import java.util.Collection;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;

/** What a {@code ReentrantReadWriteLock} offers, the protected methods included. */
@SuppressWarnings({"SameNameButDifferent", "serial"}) // the same code against either class, so the same names
interface RwMembers extends ReadWriteLock {
    boolean isFair();

    Thread getOwner();

    int getReadLockCount();

    boolean isWriteLocked();

    boolean isWriteLockedByCurrentThread();

    int getWriteHoldCount();

    int getReadHoldCount();

    Collection<Thread> getQueuedWriterThreads();

    Collection<Thread> getQueuedReaderThreads();

    boolean hasQueuedThreads();

    boolean hasQueuedThread(Thread thread);

    int getQueueLength();

    Collection<Thread> getQueuedThreads();

    boolean hasWaiters(Condition condition);

    int getWaitQueueLength(Condition condition);

    Collection<Thread> getWaitingThreads(Condition condition);

    /** Of the write lock. */
    boolean isHeldByCurrentThread();

    /** Of the write lock. */
    int getHoldCount();

    /** Another view of the lock for reading, by the constructor that is there for subclasses. */
    Lock anotherReadLock();

    /** Likewise for writing. */
    Lock anotherWriteLock();

    /** A subclass as people write them: the bodies are the same, only the import differs. */
    final class Ours extends dev.parkinglot.locks.ReentrantReadWriteLock implements RwMembers {
        private static final long serialVersionUID = 1L;

        Ours(boolean fair) {
            super(fair);
        }

        @Override
        public Thread getOwner() {
            return super.getOwner();
        }

        @Override
        public Collection<Thread> getQueuedWriterThreads() {
            return super.getQueuedWriterThreads();
        }

        @Override
        public Collection<Thread> getQueuedReaderThreads() {
            return super.getQueuedReaderThreads();
        }

        @Override
        public Collection<Thread> getQueuedThreads() {
            return super.getQueuedThreads();
        }

        @Override
        public Collection<Thread> getWaitingThreads(Condition condition) {
            return super.getWaitingThreads(condition);
        }

        @Override
        public boolean isHeldByCurrentThread() {
            return writeLock().isHeldByCurrentThread();
        }

        @Override
        public int getHoldCount() {
            return writeLock().getHoldCount();
        }

        @Override
        public Lock anotherReadLock() {
            return new dev.parkinglot.locks.ReentrantReadWriteLock.ReadLock(this) {};
        }

        @Override
        public Lock anotherWriteLock() {
            return new dev.parkinglot.locks.ReentrantReadWriteLock.WriteLock(this) {};
        }
    }

    /** The same, of the JDK's class. */
    final class Jdk extends java.util.concurrent.locks.ReentrantReadWriteLock implements RwMembers {
        private static final long serialVersionUID = 1L;

        Jdk(boolean fair) {
            super(fair);
        }

        @Override
        public Thread getOwner() {
            return super.getOwner();
        }

        @Override
        public Collection<Thread> getQueuedWriterThreads() {
            return super.getQueuedWriterThreads();
        }

        @Override
        public Collection<Thread> getQueuedReaderThreads() {
            return super.getQueuedReaderThreads();
        }

        @Override
        public Collection<Thread> getQueuedThreads() {
            return super.getQueuedThreads();
        }

        @Override
        public Collection<Thread> getWaitingThreads(Condition condition) {
            return super.getWaitingThreads(condition);
        }

        @Override
        public boolean isHeldByCurrentThread() {
            return writeLock().isHeldByCurrentThread();
        }

        @Override
        public int getHoldCount() {
            return writeLock().getHoldCount();
        }

        @Override
        public Lock anotherReadLock() {
            return new java.util.concurrent.locks.ReentrantReadWriteLock.ReadLock(this) {};
        }

        @Override
        public Lock anotherWriteLock() {
            return new java.util.concurrent.locks.ReentrantReadWriteLock.WriteLock(this) {};
        }
    }
}
