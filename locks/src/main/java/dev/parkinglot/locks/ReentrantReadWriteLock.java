package dev.parkinglot.locks;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;

/**
 * A drop-in replacement for {@link java.util.concurrent.locks.ReentrantReadWriteLock}: the same members, exceptions and
 * guarantees; only the import changes.
 *
 * <p><b>Who gets in.</b> Both locks are reentrant. The thread that writes may also read, and still reads when it gives
 * up writing first (downgrading). A thread that reads cannot begin to write: {@code tryLock} fails, {@code lock} waits
 * for itself. Threads that come to read wait behind a writer that waits, unless they read already: that never blocks.
 *
 * <p><b>Fairness.</b> By default a thread that can get the lock takes it, even if others wait; but a writer that waits
 * keeps out readers that come after it, and a writer hands the lock over if it is the turn of those who wait ({@link
 * Mutex}, "Fairness"). A fair lock is always handed over, in the order in which threads began to wait, to all readers
 * at the front together. Only the untimed {@code tryLock} of both locks gets past those who wait.
 *
 * <p><b>Memory effects.</b> As {@link ReadWriteLock} requires: a thread that reads sees what was done under the write
 * lock before.
 *
 * <p><b>Monitoring</b> is as described at {@link ReentrantLock}.
 *
 * <p><b>Serialization.</b> A deserialized lock is unlocked, and as fair as the original.
 *
 * <p><b>Cost.</b> 48 bytes with compressed class pointers, and 16 more for each of the two locks when it is first asked
 * for. Uncontended: two atomic instructions to lock and unlock; reading again and its unlock, none. A thread that reads
 * beside others pays a third, for a table of who reads how often (104 bytes, made when two threads first read at once).
 * Nothing is kept in threads, nor of them beyond their holds. At most 65 535 holds of each of the two locks a thread;
 * one more is refused with an {@code Error}, and nothing is changed.
 */
public non-sealed class ReentrantReadWriteLock extends RecordedRwProtocol implements ReadWriteLock, Serializable {
    private static final long serialVersionUID = 1L;

    private static final VarHandle READER = Fields.handle(MethodHandles.lookup(), "reader", ReadLock.class);
    private static final VarHandle WRITER = Fields.handle(MethodHandles.lookup(), "writer", WriteLock.class);

    static {
        new ReentrantReadWriteLock().rehearse();
    }

    /** Made when first asked for, once. */
    @SuppressWarnings("unused") // through READER
    private ReadLock reader;

    /** Likewise. */
    @SuppressWarnings("unused") // through WRITER
    private WriteLock writer;

    /** Makes a free lock that is not fair. */
    public ReentrantReadWriteLock() {
        super(false);
    }

    /**
     * Makes a free lock.
     *
     * @param fair whether threads get it in the order in which they began to wait
     */
    public ReentrantReadWriteLock(boolean fair) {
        super(fair);
    }

    /** {@return the lock for reading, the same object each time} */
    @Override
    public ReadLock readLock() {
        ReadLock made = readerAcquire();
        if (made == null) {
            casReader(null, new ReadLock(this));
            made = readerAcquire();
        }
        return made;
    }

    /** {@return the lock for writing, the same object each time} */
    @Override
    public WriteLock writeLock() {
        WriteLock made = writerAcquire();
        if (made == null) {
            casWriter(null, new WriteLock(this));
            made = writerAcquire();
        }
        return made;
    }

    // ---- read

    /** The lock for reading. It has no conditions. */
    public static class ReadLock implements Lock, Serializable {
        private static final long serialVersionUID = 1L;

        /** Whose side this is. */
        private final ReentrantReadWriteLock lock;

        /**
         * For subclasses.
         *
         * @param lock the lock of which this is one side
         */
        protected ReadLock(ReentrantReadWriteLock lock) {
            this.lock = Objects.requireNonNull(lock, "lock");
        }

        /** Locks for reading, waiting as long as it takes. An interrupt has no effect and stays pending. */
        @Override
        public void lock() {
            lock.lockRead();
        }

        /**
         * Locks for reading, unless interrupted before or while waiting.
         *
         * @throws InterruptedException if interrupted; this call has not locked and the interrupt flag is clear
         */
        @Override
        public void lockInterruptibly() throws InterruptedException {
            lock.lockInterruptibly(Access.READ);
        }

        /**
         * Locks for reading unless another thread writes, even past those who wait, and even if the lock is fair. Does
         * not wait.
         *
         * @return whether this call has locked
         */
        @Override
        public boolean tryLock() {
            return lock.tryLockRead();
        }

        /**
         * Locks for reading, unless a timeout or an interrupt comes first. Not past a writer that waits.
         *
         * @param timeout how long to wait at most; zero or less means not at all
         * @param unit the unit of {@code timeout}
         * @return whether this call has locked
         * @throws InterruptedException if interrupted; this call has not locked and the interrupt flag is clear
         */
        @Override
        public boolean tryLock(long timeout, TimeUnit unit) throws InterruptedException {
            return lock.tryLock(Access.READ, unit.toNanos(timeout));
        }

        /**
         * Ends one hold of this thread.
         *
         * @throws IllegalMonitorStateException if this thread does not read; nothing is changed
         */
        @Override
        public void unlock() {
            lock.unlockRead();
        }

        /**
         * A lock for reading has no conditions.
         *
         * @throws UnsupportedOperationException always
         */
        @Override
        public Condition newCondition() {
            throw new UnsupportedOperationException("readers share the lock: ask the write lock for a condition");
        }

        /** {@return the state, for people: the class, the identity and the number of holds of all threads} */
        @Override
        public String toString() {
            return super.toString() + "[Read locks = " + lock.getReadLockCount() + "]";
        }
    }

    // ---- write

    /** The lock for writing. */
    public static class WriteLock implements Lock, Serializable {
        private static final long serialVersionUID = 1L;

        /** Whose side this is. */
        private final ReentrantReadWriteLock lock;

        /**
         * For subclasses.
         *
         * @param lock the lock of which this is one side
         */
        protected WriteLock(ReentrantReadWriteLock lock) {
            this.lock = Objects.requireNonNull(lock, "lock");
        }

        /**
         * Locks for writing, waiting as long as it takes: for ever, if this thread reads. An interrupt has no effect
         * and stays pending.
         */
        @Override
        public void lock() {
            lock.lockWrite();
        }

        /**
         * Locks for writing, unless interrupted before or while waiting.
         *
         * @throws InterruptedException if interrupted; this call has not locked and the interrupt flag is clear
         */
        @Override
        public void lockInterruptibly() throws InterruptedException {
            lock.lockInterruptibly(Access.WRITE);
        }

        /**
         * Locks for writing if nobody reads or another thread writes, even if the lock is fair and others wait. Does
         * not wait.
         *
         * @return whether this call has locked
         */
        @Override
        public boolean tryLock() {
            return lock.tryLockWrite();
        }

        /**
         * Locks for writing, unless a timeout or an interrupt comes first. If the lock is fair, not past those who
         * wait.
         *
         * @param timeout how long to wait at most; zero or less means not at all
         * @param unit the unit of {@code timeout}
         * @return whether this call has locked
         * @throws InterruptedException if interrupted; this call has not locked and the interrupt flag is clear
         */
        @Override
        public boolean tryLock(long timeout, TimeUnit unit) throws InterruptedException {
            return lock.tryLock(Access.WRITE, unit.toNanos(timeout));
        }

        /**
         * Ends one hold, and with the last one unlocks: or keeps the lock for reading, if this thread reads as well.
         *
         * @throws IllegalMonitorStateException if this thread does not hold the lock; nothing is changed
         */
        @Override
        public void unlock() {
            lock.unlockWrite();
        }

        /**
         * Makes a condition for this lock, as {@link ReentrantLock#newCondition}. Waiting gives up the holds for
         * reading as well.
         *
         * @return a new condition, of 24 bytes
         */
        @Override
        public Condition newCondition() {
            return new LockCondition(lock);
        }

        /** {@return the state, for people: the class, the identity and "[Unlocked]" or "[Locked by thread NAME]"} */
        @Override
        public String toString() {
            Thread owner = lock.ownerOpaque();
            return super.toString() + (owner == null ? "[Unlocked]" : "[Locked by thread " + owner.getName() + "]");
        }

        /** {@return whether the calling thread holds the lock; the answer is exact} */
        public boolean isHeldByCurrentThread() {
            return lock.writeHolds() != 0;
        }

        /** {@return how often the calling thread holds the lock, 0 if it does not; the answer is exact} */
        public int getHoldCount() {
            return lock.writeHolds();
        }
    }

    // ---- state

    /** {@return whether the lock is fair, as the constructor was told} */
    public final boolean isFair() {
        return handsOver();
    }

    /**
     * {@return the thread that writes, null if no thread writes} If the calling thread does not, the answer may be
     * stale when it is looked at, or null for a lock that is just being acquired.
     */
    protected Thread getOwner() {
        return ownerOpaque();
    }

    /** {@return how many holds for reading there are, of all threads; the answer may be stale when it is looked at} */
    public int getReadLockCount() {
        return totalReadHolds();
    }

    /** {@return whether any thread writes; the answer may be stale when it is looked at} */
    public boolean isWriteLocked() {
        return totalWriteHolds() != 0;
    }

    /** {@return whether the calling thread writes; the answer is exact} */
    public boolean isWriteLockedByCurrentThread() {
        return writeHolds() != 0;
    }

    /** {@return how often the calling thread holds the lock for writing, 0 if it does not; the answer is exact} */
    public int getWriteHoldCount() {
        return writeHolds();
    }

    /** {@return how often the calling thread holds the lock for reading, 0 if it does not; the answer is exact} */
    public int getReadHoldCount() {
        return readHoldsHere();
    }

    // ---- monitoring. Copies the queue: cost O(threads in it).

    /** {@return the threads that wait in order to write, as a new collection that may be stale when it is looked at} */
    protected Collection<Thread> getQueuedWriterThreads() {
        return new ArrayList<>(queuedWriters());
    }

    /** {@return the threads that wait in order to read, as a new collection that may be stale when it is looked at} */
    protected Collection<Thread> getQueuedReaderThreads() {
        return new ArrayList<>(queuedReaders());
    }

    /** {@return whether threads wait for the lock; the answer may be stale when it is looked at} */
    public final boolean hasQueuedThreads() {
        return !queued().isEmpty();
    }

    /**
     * {@return whether a thread waits for the lock; the answer may be stale when it is looked at}
     *
     * @param thread the thread
     */
    public final boolean hasQueuedThread(Thread thread) {
        return queued().contains(Objects.requireNonNull(thread, "thread"));
    }

    /** {@return how many threads wait for the lock; the answer may be stale when it is looked at} */
    public final int getQueueLength() {
        return queued().size();
    }

    /** {@return the threads that wait for the lock, as a new collection that may be stale when it is looked at} */
    protected Collection<Thread> getQueuedThreads() {
        return new ArrayList<>(queued());
    }

    /**
     * {@return whether threads wait for a condition; each of them may still time out at any moment}
     *
     * @param condition one that the write lock has made
     */
    public boolean hasWaiters(Condition condition) {
        return !LockCondition.waiting(this, condition).isEmpty();
    }

    /**
     * {@return how many threads wait for a condition; each of them may still time out at any moment}
     *
     * @param condition one that the write lock has made
     */
    public int getWaitQueueLength(Condition condition) {
        return LockCondition.waiting(this, condition).size();
    }

    /**
     * {@return the threads that wait for a condition, as a new collection, longest waiting first; each of them may
     * still time out at any moment}
     *
     * @param condition one that the write lock has made
     */
    protected Collection<Thread> getWaitingThreads(Condition condition) {
        return new ArrayList<>(LockCondition.waiting(this, condition));
    }

    /** {@return the state, for people: the class, the identity and how many holds there are} */
    @Override
    public String toString() {
        return title() + "[Write locks = " + totalWriteHolds() + ", Read locks = " + getReadLockCount() + "]";
    }

    // ---- serialization: its two locks and whether it is fair; all else is as in a new lock

    /**
     * Writes whether the lock is fair.
     *
     * @param out the stream
     * @throws IOException if the stream does
     */
    private void writeObject(ObjectOutputStream out) throws IOException {
        out.defaultWriteObject();
        out.writeBoolean(isFair());
    }

    /**
     * Reads the lock, which is free, and as fair as it was.
     *
     * @param in the stream
     * @throws IOException if the stream does
     * @throws ClassNotFoundException if the stream does
     */
    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
        in.defaultReadObject();
        if (in.readBoolean()) {
            makeFair();
        }
    }

    // ---- access

    private ReadLock readerAcquire() {
        return (ReadLock) READER.getAcquire(this);
    }

    private void casReader(ReadLock expected, ReadLock value) {
        READER.compareAndSet(this, expected, value);
    }

    private WriteLock writerAcquire() {
        return (WriteLock) WRITER.getAcquire(this);
    }

    private void casWriter(WriteLock expected, WriteLock value) {
        WRITER.compareAndSet(this, expected, value);
    }
}
