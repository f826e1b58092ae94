package dev.parkinglot.locks;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;

/**
 * A drop-in replacement for {@link java.util.concurrent.locks.ReentrantLock}, of half its size: the same members,
 * exceptions and guarantees; only the import changes.
 *
 * <pre>{@code
 * private final ReentrantLock lock = new ReentrantLock();
 * private final Condition notEmpty = lock.newCondition();
 * }</pre>
 *
 * <p><b>Fairness.</b> By default a thread that comes while the lock is free takes it, even if others wait; but an
 * unlock hands it to the eldest waiting thread if it is the turn of that ({@link Mutex}, "Fairness"). A fair lock is
 * handed over at every unlock in the order in which threads began to wait; only the untimed {@link #tryLock()} gets
 * past them.
 *
 * <p><b>Conditions.</b> Signals are first in, first out. A signalled thread moves, asleep, to the queue of the lock:
 * from the return of {@code signal} until it is its turn, {@link #hasQueuedThread} says so. Unless the lock is fair, it
 * goes before those that have come to lock. There are no spurious wake-ups.
 *
 * <p><b>Memory effects.</b> As {@link Lock} requires: what a thread did before it unlocked happens-before what a thread
 * does that locks later.
 *
 * <p><b>Monitoring.</b> A waiting thread is in the state {@code WAITING} or {@code TIMED_WAITING}; {@link
 * java.util.concurrent.locks.LockSupport#getBlocker} gives the lock or the condition. A thread counts as queued while
 * it sleeps; one that was woken and is about to try again is, for that moment, not reported. To ask about a condition,
 * the calling thread must hold the lock ({@link IllegalMonitorStateException} otherwise), and the condition must be one
 * of the lock's own ({@link IllegalArgumentException}).
 *
 * <p><b>Serialization.</b> A deserialized lock is unlocked, and as fair as the original.
 *
 * <p><b>Cost.</b> 24 bytes with compressed class pointers. Uncontended: one compare-and-set to lock and one release
 * store to unlock (a second atomic instruction if the lock is fair or was awaited on); locking again and its unlock, no
 * atomic instruction at all. No allocation until a thread waits, and nothing is kept per thread. At most 2 147 483 647
 * holds; one more is refused with an {@code Error}, and nothing is changed.
 */
public non-sealed class ReentrantLock extends ReentrantProtocol implements Lock, Serializable {
    private static final long serialVersionUID = 1L;

    static {
        new ReentrantLock(false).rehearse();
        new ReentrantLock(true).rehearse();
    }

    /** Makes a free lock that is not fair. */
    public ReentrantLock() {
        super(false);
    }

    /**
     * Makes a free lock.
     *
     * @param fair whether threads get it in the order in which they began to wait
     */
    public ReentrantLock(boolean fair) {
        super(fair);
    }

    // ---- lock

    /** Locks, waiting as long as it takes. An interrupt has no effect and stays pending. */
    @Override
    public void lock() {
        acquireHold();
    }

    /**
     * Locks, unless interrupted before or while waiting.
     *
     * @throws InterruptedException if interrupted; this call has not locked and the interrupt flag is clear
     */
    @Override
    public void lockInterruptibly() throws InterruptedException {
        acquireHoldInterruptibly();
    }

    /**
     * Locks if the lock is free or held by this thread, even if the lock is fair and others wait. Does not wait.
     *
     * @return whether this call has locked
     */
    @Override
    public boolean tryLock() {
        return tryAcquireHold(false);
    }

    /**
     * Locks, unless a timeout or an interrupt comes first. If the lock is fair, not past those who wait.
     *
     * @param timeout how long to wait at most; zero or less means not at all
     * @param unit the unit of {@code timeout}
     * @return whether this call has locked
     * @throws InterruptedException if interrupted; this call has not locked and the interrupt flag is clear
     */
    @Override
    public boolean tryLock(long timeout, TimeUnit unit) throws InterruptedException {
        return acquireHoldFor(unit.toNanos(timeout));
    }

    /**
     * Ends one hold, and with the last one unlocks.
     *
     * @throws IllegalMonitorStateException if this thread does not hold the lock; nothing is changed
     */
    @Override
    public void unlock() {
        releaseHold(false);
    }

    /**
     * Makes a condition for this lock. Its methods throw {@link IllegalMonitorStateException} unless the calling thread
     * holds the lock. Waiting gives up all holds and restores them; an interrupt before the signal ends the wait with
     * an {@link InterruptedException}, one after the signal stays pending.
     *
     * @return a new condition, of 24 bytes
     */
    @Override
    public Condition newCondition() {
        return new LockCondition(this);
    }

    // ---- state

    /** {@return how often the calling thread holds the lock, 0 if it does not; the answer is exact} */
    public int getHoldCount() {
        return holds();
    }

    /** {@return whether the calling thread holds the lock; the answer is exact} */
    public boolean isHeldByCurrentThread() {
        return holds() != 0;
    }

    /** {@return whether the lock is held by any thread; the answer may be stale when it is looked at} */
    public boolean isLocked() {
        return lockedOpaque() != FREE;
    }

    /** {@return whether the lock is fair, as the constructor was told} */
    public final boolean isFair() {
        return handsOver();
    }

    /**
     * {@return the thread that holds the lock, null if no thread holds it} If the calling thread does not, the answer
     * may be stale when it is looked at, or null for a lock that is just being acquired.
     */
    protected Thread getOwner() {
        return ownerOpaque();
    }

    // ---- monitoring. Copies the queue: cost O(threads in it).

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

    /**
     * {@return the threads that wait for the lock, as a new collection, in the order of the queue, that may be stale
     * when it is looked at}
     */
    protected Collection<Thread> getQueuedThreads() {
        return new ArrayList<>(queued());
    }

    /**
     * {@return whether threads wait for a condition; each of them may still time out at any moment}
     *
     * @param condition one that {@link #newCondition} of this lock has made
     */
    public boolean hasWaiters(Condition condition) {
        return !LockCondition.waiting(this, condition).isEmpty();
    }

    /**
     * {@return how many threads wait for a condition; each of them may still time out at any moment}
     *
     * @param condition one that {@link #newCondition} of this lock has made
     */
    public int getWaitQueueLength(Condition condition) {
        return LockCondition.waiting(this, condition).size();
    }

    /**
     * {@return the threads that wait for a condition, as a new collection, longest waiting first; each of them may
     * still time out at any moment}
     *
     * @param condition one that {@link #newCondition} of this lock has made
     */
    protected Collection<Thread> getWaitingThreads(Condition condition) {
        return new ArrayList<>(LockCondition.waiting(this, condition));
    }

    /** {@return the state, for people: the class, the identity and "[Unlocked]" or "[Locked by thread NAME]"} */
    @Override
    public String toString() {
        Thread owner = ownerOpaque();
        return title() + (owner == null ? "[Unlocked]" : "[Locked by thread " + owner.getName() + "]");
    }

    // ---- serialization: whether it is fair; all else is as in a new lock

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
            setFair();
        }
    }
}
