package dev.parkinglot.core;

import dev.parkinglot.parkers.ThreadParker;
import dev.parkinglot.parkers.UnparkHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * One wait of one thread: the node in the queue, and where the unparker leaves its token. It belongs to the wait and
 * not to the thread, so nothing per thread is kept and a nested park is no special case. 72 bytes, and the only thing
 * that a wait allocates besides its parker.
 *
 * <p>Fields without an accessor are guarded by the lock of the bucket in whose queue the waiter is.
 */
final class Waiter {
    private static final VarHandle QUEUE;

    static {
        try {
            QUEUE = MethodHandles.lookup().findVarHandle(Waiter.class, "queue", WaitQueue.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final Thread thread;
    final ThreadParker parker;
    final long parkToken;

    /**
     * The queue that this waiter is in; null before it is enqueued and after it was chosen or left. Written under the
     * bucket lock, read without it by the waiting thread, which locks the bucket and reads again.
     */
    @SuppressWarnings("unused") // through QUEUE
    private WaitQueue queue;

    /** Neighbours in the queue. */
    Waiter previous;

    Waiter next;

    /** Links the threads that one operation has chosen, from the choice under the bucket lock to the wake after it. */
    Waiter nextChosen;

    /** Written before {@link #queue} is cleared, read after it was seen null. */
    long unparkToken;

    UnparkHandle handle;

    /** Whether another thread has moved this waiter to a queue that it did not choose. */
    boolean requeued;

    // The rest is the waiting thread's own.

    /** Whether the thread left by itself, which a null queue alone does not tell from having been chosen. */
    boolean left;

    /** Whether this waiter revalidates on behalf of its queue, how often it has, and when it does next. */
    boolean onDuty;

    int rounds;
    long revalidateAtNanos;

    Waiter(Thread thread, ThreadParker parker, long parkToken) {
        this.thread = thread;
        this.parker = parker;
        this.parkToken = parkToken;
    }

    /** Hands over the token. From here on the waiting thread may return at any time. */
    void choose(long token) {
        unparkToken = token;
        setQueueRelease(null);
        handle = parker.unparkLock();
    }

    /** Matches the release in {@link #choose}: whoever sees null sees the token. */
    boolean isOutOfQueue() {
        return queueAcquire() == null;
    }

    WaitQueue queueAcquire() {
        return (WaitQueue) QUEUE.getAcquire(this);
    }

    void setQueueRelease(WaitQueue value) {
        QUEUE.setRelease(this, value);
    }
}
