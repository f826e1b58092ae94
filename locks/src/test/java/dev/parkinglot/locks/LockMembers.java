package dev.parkinglot.locks;

import java.util.Collection;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;

/**
 * What a {@code ReentrantLock} offers, the protected methods included, so that one test can run on ours and the JDK's.
 */
interface LockMembers extends Lock {
    int getHoldCount();

    boolean isHeldByCurrentThread();

    boolean isLocked();

    boolean isFair();

    Thread getOwner();

    boolean hasQueuedThreads();

    boolean hasQueuedThread(Thread thread);

    int getQueueLength();

    Collection<Thread> getQueuedThreads();

    boolean hasWaiters(Condition condition);

    int getWaitQueueLength(Condition condition);

    Collection<Thread> getWaitingThreads(Condition condition);

    /** A subclass as people write them: the bodies are the same, only the import differs. */
    final class Ours extends dev.parkinglot.locks.ReentrantLock implements LockMembers {
        private static final long serialVersionUID = 1L;

        Ours(boolean fair) {
            super(fair);
        }

        @Override
        public Thread getOwner() {
            return super.getOwner();
        }

        @Override
        public Collection<Thread> getQueuedThreads() {
            return super.getQueuedThreads();
        }

        @Override
        public Collection<Thread> getWaitingThreads(Condition condition) {
            return super.getWaitingThreads(condition);
        }
    }

    /** The same, of the JDK's class. */
    final class Jdk extends java.util.concurrent.locks.ReentrantLock implements LockMembers {
        private static final long serialVersionUID = 1L;

        Jdk(boolean fair) {
            super(fair);
        }

        @Override
        public Thread getOwner() {
            return super.getOwner();
        }

        @Override
        public Collection<Thread> getQueuedThreads() {
            return super.getQueuedThreads();
        }

        @Override
        public Collection<Thread> getWaitingThreads(Condition condition) {
            return super.getWaitingThreads(condition);
        }
    }
}
