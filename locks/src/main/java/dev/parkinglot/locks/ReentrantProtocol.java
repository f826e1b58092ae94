package dev.parkinglot.locks;

import static dev.parkinglot.locks.Holders.RECORDED;

import dev.parkinglot.core.ParkedThread;
import dev.parkinglot.core.ParkingLot;
import dev.parkinglot.core.Patience;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;

/**
 * The state and the protocol of a reentrant lock, to which {@link ReentrantMutex} and the drop-in {@link ReentrantLock}
 * give their manners. It has no public members, so that the drop-in has none but those of the class that it replaces.
 */
abstract sealed class ReentrantProtocol extends MutexProtocol permits ReentrantMutex, ReentrantLock {
    /* Overview.
     *
     *   owner  the thread that holds the lock, null if none does, or not yet, or no longer. Written by the holder only.
     *   again  how often the owner has locked the lock beyond the first time. Touched by the owner only.
     *
     * A thread asks "is it me?". It reads its own last write, or null, or some other thread: each right as an answer to
     * that question, without any ordering. The owner field is cleared, and `again` is 0, before the releasing store, so
     * the next holder finds both as it needs them.
     *
     * The owner is written directly and not through an accessor: right after the lock was acquired, or could not be
     * released, there may be no stack for a call, and then the lock would be held by nobody.
     */

    private static final VarHandle LOCKED = Fields.handle(MethodHandles.lookup(), "locked", byte.class);
    private static final VarHandle FLAGS = Fields.handle(MethodHandles.lookup(), "flags", byte.class);
    private static final VarHandle OWNER = Fields.handle(MethodHandles.lookup(), "owner", Thread.class);

    private byte locked;

    @SuppressWarnings("unused") // through FLAGS
    private byte flags;

    private byte heldSince;

    @SuppressWarnings("unused") // through OWNER
    private Thread owner;

    private int again;

    /** Makes a free lock that is not fair. Also for deserialization, which needs such a constructor. */
    ReentrantProtocol() {
        this(false);
    }

    ReentrantProtocol(boolean fair) {
        flags = (byte) (fair ? FAIR : 0);
    }

    // ---- acquiring

    final void acquireHold() {
        Thread current = Thread.currentThread();
        if (ownerOpaque() == current) {
            holdAgain();
            return;
        }
        Holders.prepareToWait(this);
        if (handsOver() || !casLocked(FREE, HELD)) {
            acquireSlow(Patience.ENDLESS);
        }
        owner = current;
        if (RECORDED) {
            Holders.began(this, Holding.EXCLUSIVE);
        }
    }

    /**
     * Acquires a hold if that needs no waiting.
     *
     * @param inTurn if the lock is fair, not past those who are parked
     */
    final boolean tryAcquireHold(boolean inTurn) {
        Thread current = Thread.currentThread();
        if (ownerOpaque() == current) {
            holdAgain();
            return true;
        }
        Holders.prepare();
        if (!(inTurn ? FairMutexQueue.tryAcquire(this) : tryAcquire())) {
            return false;
        }
        owner = current;
        if (RECORDED) {
            Holders.began(this, Holding.EXCLUSIVE);
        }
        return true;
    }

    final void acquireHoldInterruptibly() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        Holders.prepareToWait(this);
        if (!tryAcquireHold(true)) {
            acquireHoldSlow(Patience.INTERRUPTIBLE).orThrow();
        }
    }

    final boolean acquireHoldFor(long nanos) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        return tryAcquireHold(true)
                || (nanos > 0L
                        && acquireHoldSlow(Patience.interruptiblyUntil(Deadlines.after(nanos)))
                                .orThrow());
    }

    /** Waits until acquired, or until patience ends. */
    final WaitOutcome acquireHoldSlow(Patience patience) {
        Thread current = Thread.currentThread();
        WaitOutcome outcome = acquireSlow(patience);
        if (outcome == WaitOutcome.SUCCESS) {
            owner = current;
            if (RECORDED) {
                Holders.began(this, Holding.EXCLUSIVE);
            }
        }
        return outcome;
    }

    private void holdAgain() {
        if (again == Integer.MAX_VALUE - 1) {
            throw new Error("Maximum lock count exceeded: this thread holds the lock " + Integer.MAX_VALUE + " times");
        }
        again++;
    }

    // ---- releasing

    final void releaseHold(boolean fair) {
        requireHeld();
        if (again != 0) {
            again--;
            return;
        }
        release(fair);
    }

    @Override
    final void release() {
        if ((flagsOpaque() & SLOW_EXIT) != 0) {
            releaseSlow(false);
            return;
        }
        byte hold = lockedPlain();
        setLockedRelease(FREE);
        try {
            if ((flagsOpaque() & SLOW_EXIT) != 0) {
                wakeOne();
            }
        } catch (StackOverflowError e) {
            boolean isHeld = false;
            try {
                isHeld = casLocked(FREE, hold);
            } catch (StackOverflowError second) {
                // released, and the queue overlooked
            }
            if (isHeld) {
                throw e;
            }
        }
    }

    /** The last hold. If this throws for want of stack, the thread still has it. */
    private void release(boolean handOver) {
        boolean own = RECORDED && Holders.ending(this, Holding.EXCLUSIVE);
        Thread current = Thread.currentThread();
        owner = null;
        try {
            if (handOver) {
                releaseSlow(true);
            } else {
                release();
            }
        } catch (StackOverflowError e) {
            owner = current; // it still holds the lock; without a call, for which there may be no stack
            if (RECORDED) {
                Holders.notEnded(this, Holding.EXCLUSIVE, own);
            }
            throw e;
        }
    }

    /** Hands the lock over, if somebody waits for it, and takes it again, with all holds. */
    final void yieldHold() {
        int holds = again;
        releaseAll(true);
        resume(holds, GAVE_UP);
    }

    // ---- state

    final boolean isHeldHere() {
        return ownerOpaque() == Thread.currentThread();
    }

    /** How often the owner holds it beyond the first time. By the owner. */
    final int again() {
        return again;
    }

    final int holds() {
        return isHeldHere() ? again + 1 : 0;
    }

    @Override
    final void requireHeld() {
        if (!isHeldHere()) {
            throw new IllegalMonitorStateException(
                    "this thread does not hold the lock: lock it before you unlock, bump, await or signal");
        }
    }

    // ---- for Condvar

    @Override
    final long prepareAwait() {
        requireHeld();
        share();
        return again;
    }

    @Override
    final void releaseForAwait() {
        releaseAll(false);
    }

    private void releaseAll(boolean handOver) {
        int holds = again;
        again = 0;
        try {
            release(handOver);
        } catch (StackOverflowError e) {
            again = holds;
            throw e;
        }
    }

    @Override
    final void resume(long hold, long token) {
        Thread current = Thread.currentThread();
        acquireAfterAwait(token);
        owner = current;
        again = (int) hold;
        if (RECORDED) {
            Holders.began(this, Holding.EXCLUSIVE);
        }
    }

    // ---- monitoring

    @Override
    final List<Thread> blockers(long queue) {
        Thread holder = ownerOpaque();
        return holder == null ? List.of() : List.of(holder);
    }

    /** The threads that wait for the lock, in the order of the queue. */
    final List<Thread> queued() {
        return ParkingLot.waiters(this, QUEUE).stream()
                .map(ParkedThread::thread)
                .toList();
    }

    // ---- access

    @Override
    final byte lockedOpaque() {
        return (byte) LOCKED.getOpaque(this);
    }

    @Override
    final byte lockedPlain() {
        return locked;
    }

    @Override
    final byte lockedVolatile() {
        return (byte) LOCKED.getVolatile(this);
    }

    @Override
    final void setLockedOpaque(byte value) {
        LOCKED.setOpaque(this, value);
    }

    /** Not final, for the sake of a test that must come in between. No class overrides it. */
    @Override
    void setLockedRelease(byte value) {
        LOCKED.setRelease(this, value);
    }

    @Override
    final void setLockedVolatile(byte value) {
        LOCKED.setVolatile(this, value);
    }

    @Override
    final boolean casLocked(byte expected, byte value) {
        return LOCKED.compareAndSet(this, expected, value);
    }

    @Override
    final int flagsOpaque() {
        return (byte) FLAGS.getOpaque(this);
    }

    @Override
    final int flagsVolatile() {
        return (byte) FLAGS.getVolatile(this);
    }

    @Override
    final boolean casFlags(int expected, int value) {
        return FLAGS.compareAndSet(this, (byte) expected, (byte) value);
    }

    @Override
    final byte heldSince() {
        return heldSince;
    }

    @Override
    final void setHeldSince(byte stamp) {
        heldSince = stamp;
    }

    final Thread ownerOpaque() {
        return (Thread) OWNER.getOpaque(this);
    }
}
