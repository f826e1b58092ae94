package dev.parkinglot.locks;

import dev.parkinglot.core.ParkCallbacks;
import dev.parkinglot.core.ParkResult;
import dev.parkinglot.core.ParkingLot;
import dev.parkinglot.core.Patience;
import dev.parkinglot.core.SpinWait;
import dev.parkinglot.core.UnparkCallback;
import dev.parkinglot.core.UnparkResult;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.function.Supplier;

/**
 * A mutual exclusion lock of 16 bytes that costs one atomic instruction for an uncontended lock and unlock together.
 *
 * <p>Not reentrant, and without an owner: a thread that locks it twice deadlocks with itself, and any thread may unlock it.
 * Subclasses may add fields, so that a lock costs no object of its own: {@code class Account extends Mutex}.
 *
 * <pre>{@code
 * mutex.withLock(() -> balance += amount);
 *
 * try (var guard = mutex.guard()) {
 *     balance += amount;
 * }
 * }</pre>
 *
 * <p><b>Fairness.</b> A thread that comes while the lock is free takes it, even if others wait. About once a millisecond, and
 * only then, an unlock hands the lock to the longest waiting thread instead ({@link #unlockFair()} always does). So throughput
 * is that of an unfair lock, and a waiter is overtaken for a few milliseconds at most while it is first in the queue.
 *
 * <p><b>Memory effects.</b> As {@link Lock} requires: what a thread did before it unlocked happens-before what a thread does
 * that locks later.
 *
 * <p><b>Cost.</b> 16 bytes with compressed class pointers. Uncontended: one compare-and-set to lock, one release store to
 * unlock, no allocation. Contended: a waiter spins, then allocates about 100 bytes and parks.
 *
 * <p><b>Visibility of waiters.</b> An unlock may overlook a thread that is just parking; the thread then finds out by itself
 * after about a millisecond. One thread a lock can be waiting in this way, and it looks again at most once a second in the
 * long run. Once a {@link Condvar} has been used with a mutex, its unlock takes a second atomic instruction and overlooks
 * nobody.
 *
 * <p>Idea: Rust's {@code parking_lot::Mutex}; unlocking without an atomic instruction is HotSpot's "1-0 exit" (Dave Dice).
 */
public class Mutex implements Lock {
    /* Overview.
     *
     * State. Two bytes, so that unlocking need not rewrite what waiters write.
     *
     *   locked        FREE (0), HELD (1), or the stamp of the guard that holds it (2 to 127)
     *   flags PARKED  threads are parked, or about to be. Set by anyone, cleared only under the bucket lock, when the queue
     *                 is empty. Legal to be set while nobody is parked (costs a visit to the lot), illegal to be clear while
     *                 the lock is free or held and somebody is queued, except in the window described below.
     *         SHARED  a Condvar has been used with this mutex. Set by a holder, never cleared.
     *         FAIR    this is a FairMutex. Never changes.
     *
     *   PARKED | locked |
     *   -------+--------+-----------------------------------------------------------------------------------------
     *     0    |  FREE  | idle
     *     0    |  held  | held, nobody waits
     *     1    |  FREE  | a thread has been woken, or is about to be, or is about to find in validate that it need not park
     *     1    |  held  | held, somebody waits: the holder leaves through unlockSlow
     *
     * Locking is a compare-and-set of `locked`. Slow: spin; set PARKED; park, with a validate that demands both bytes.
     *
     * Unlocking, the 1-0 exit. A full fence between "locked = FREE" and "is anybody parked?" is what makes an unlock cost as
     * much as a lock. It is left out here:
     *
     *   unlocker                               waiter
     *   (A) locked = FREE    release           (C) flags |= PARKED       full fence
     *   (B) flags?           plain             (D) validate: locked?     under the bucket lock
     *
     * Without a fence the hardware may delay (A) past (B). Three cases:
     *
     *   1. (B) sees PARKED: the unlocker goes to the lot and wakes the waiter, or finds nobody and the waiter's validate,
     *      which then comes later in the order of the bucket lock, finds PARKED cleared and tries again.
     *   2. (D) sees FREE: validate says no, the waiter tries again.
     *   3. neither: (B) was executed before (C) became visible, and (A) had not become visible at (D). The waiter sleeps, the
     *      lock is free. The store (A) becomes visible within nanoseconds, but nobody would look.
     *
     * Case 3 is why a parked locker runs validate again, first after about a millisecond. It concerns liveness only: `locked`
     * itself changes by compare-and-set, so there are never two holders.
     *
     * One thread a lock on that duty is enough. Case 3 needs an unlocker that has not seen PARKED, and a queue. Let the waiter
     * W be in the queue.
     *   - If some waiter is on duty, it finds the lock free, takes it, and its unlock sees PARKED (which is set and stays set
     *     while W is queued), so it wakes the first in the queue, and so on.
     *   - If the one on duty was woken, it goes for the lock. Either it gets it, and its unlock sees PARKED as before; or it
     *     parks again, and takes up the duty, since it is free. If it gives up (timeout, interrupt), it does so in the lot,
     *     which passes the duty on to the first in the queue.
     *
     * Condvar moves its waiters to this mutex's queue while they sleep; those do not revalidate (the lot cannot know what they
     * wait for), so they must not meet case 3. Before the first await a holder sets SHARED, and every later holder, who
     * acquires after that holder's release, sees it and leaves with a full fence between (A) and (B): then (A), (B), (C), (D)
     * have one order, and case 3 is impossible. An exit that had not seen SHARED was over before the holder that set it
     * acquired, and that holder's own release comes later and is fenced; so every moved waiter has a fenced exit after it.
     *
     *   exit without SHARED seen               awaiter                             signaller
     *   locked = FREE (perhaps delayed)
     *                                          locks: reads that FREE, so it is visible to it
     *                                          flags |= SHARED
     *                                          awaits, unlocks: fenced
     *                                                                              moves awaiter: PARKED, then locked?
     *
     * The signaller (under both bucket locks) sets PARKED, with a full fence, and then reads `locked`. If it reads a held
     * lock, that holder's exit is fenced and sees PARKED. If it reads FREE it wakes the waiter instead of moving it.
     *
     * Handing over. unlockSlow decides under the bucket lock. To hand over it leaves `locked` as it is; the woken thread owns
     * the lock when it wakes. If that thread's timeout or interrupt comes at the same moment, the lot has already taken it out
     * of the queue, so it returns as woken: the lock is never left without an owner.
     */

    private static final VarHandle LOCKED;
    private static final VarHandle FLAGS;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            LOCKED = lookup.findVarHandle(Mutex.class, "locked", byte.class);
            FLAGS = lookup.findVarHandle(Mutex.class, "flags", byte.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final byte FREE = 0;
    private static final byte HELD = 1;
    private static final byte FIRST_STAMP = 2;

    static final byte PARKED = 1;
    static final byte SHARED = 2;
    static final byte FAIR = 4;

    /** Unpark token: the lock is or will soon be free, try again. */
    static final long RETRY = 0L;

    /** Unpark token: the lock is yours already. */
    static final long HANDOFF = 1L;

    /** The queue of this mutex in the lot is {@code (this, QUEUE)}. */
    static final long QUEUE = 0L;

    private static final long FIRST_LOOK_NANOS = 1_000_000L;
    private static final long LATER_LOOKS_NANOS = 1_000_000_000L;

    private byte locked;

    @SuppressWarnings("unused") // through FLAGS
    private byte flags;

    /** The stamp of the guard that was made last. Guarded by this lock. */
    private byte lastStamp;

    /** Makes a free mutex. */
    public Mutex() {}

    Mutex(byte flags) {
        this.flags = flags;
    }

    // ---- lock

    /** Locks, waiting as long as it takes. An interrupt has no effect and stays pending. */
    @Override
    public final void lock() {
        if (!casLocked(FREE, HELD)) {
            lockSlow(Patience.ENDLESS);
        }
    }

    /**
     * Locks, unless interrupted before or while waiting.
     *
     * @throws InterruptedException if interrupted; the lock is not held and the interrupt flag is clear
     */
    @Override
    public final void lockInterruptibly() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (!casLocked(FREE, HELD)) {
            lockSlow(Patience.INTERRUPTIBLE).orThrow();
        }
    }

    /**
     * Locks if the lock is free. Does not wait.
     *
     * @return whether the lock is now held by the caller
     */
    @Override
    public final boolean tryLock() {
        return lockedOpaque() == FREE && casLocked(FREE, HELD);
    }

    /**
     * Locks, unless a timeout or an interrupt comes first.
     *
     * @param time how long to wait at most; zero or less means not at all, neither spinning nor parking
     * @param unit the unit of {@code time}
     * @return whether the lock is now held by the caller
     * @throws InterruptedException if interrupted; the lock is not held and the interrupt flag is clear
     */
    @Override
    public final boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
        long nanos = unit.toNanos(time);
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        return tryLock()
                || (nanos > 0L
                        && lockSlow(Patience.interruptiblyUntil(Deadlines.after(nanos)))
                                .orThrow());
    }

    /**
     * Locks, unless a timeout comes first. An interrupt has no effect and stays pending.
     *
     * @param timeout how long to wait at most; zero or less means not at all, neither spinning nor parking
     * @return whether the lock is now held by the caller
     */
    public final boolean tryLockFor(Duration timeout) {
        long nanos = Deadlines.nanosOf(timeout);
        return tryLock() || (nanos > 0L && lockSlow(Patience.until(Deadlines.after(nanos))) == Acquisition.ACQUIRED);
    }

    /**
     * Locks, unless a deadline comes first. An interrupt has no effect and stays pending.
     *
     * @param deadlineNanos when to give up, in terms of {@link System#nanoTime()}, less than 292 years from now; one in the
     *     past means not to wait at all, neither spinning nor parking
     * @return whether the lock is now held by the caller
     */
    public final boolean tryLockUntil(long deadlineNanos) {
        return tryLock()
                || (!Deadlines.hasPassed(deadlineNanos)
                        && lockSlow(Patience.until(deadlineNanos)) == Acquisition.ACQUIRED);
    }

    // Until acquired: free -> take it; nobody parked -> spin, then announce; park.
    private Acquisition lockSlow(Patience patience) {
        SpinWait spinWait = new SpinWait();
        while (true) {
            if (lockedOpaque() == FREE) {
                if (casLocked(FREE, HELD)) {
                    return Acquisition.ACQUIRED;
                }
                continue;
            }
            if ((flagsOpaque() & PARKED) == 0) {
                if (spinWait.spin()) {
                    continue;
                }
                setFlag(PARKED);
            }
            ParkResult result = ParkingLot.park(this, QUEUE, LOCKER, ParkingLot.DEFAULT_PARK_TOKEN, patience);
            switch (result.kind()) {
                case UNPARKED -> {
                    if (result.unparkToken() == HANDOFF) {
                        return Acquisition.ACQUIRED;
                    }
                }
                case INVALID -> {
                    // Released, or PARKED cleared, before this thread was queued; or a 1-0 exit had overlooked it.
                }
                case TIMED_OUT -> {
                    return Acquisition.TIMED_OUT;
                }
                case INTERRUPTED -> {
                    return Acquisition.INTERRUPTED;
                }
            }
            spinWait.reset();
        }
    }

    /** A thread that parks in order to lock. Stateless: the mutex is the base of the key. */
    private static final ParkCallbacks LOCKER = new ParkCallbacks() {
        @Override
        public boolean validate(Object base, long offset) {
            Mutex mutex = (Mutex) base;
            return mutex.lockedVolatile() != FREE && (mutex.flagsVolatile() & PARKED) != 0;
        }

        @Override
        public void timedOut(Object base, long offset, boolean wasLastThread) {
            if (wasLastThread) {
                ((Mutex) base).clearFlag(PARKED);
            }
        }

        @Override
        public long revalidateAfterNanos(int round) {
            return round == 0 ? FIRST_LOOK_NANOS : LATER_LOOKS_NANOS;
        }
    };

    // ---- unlock

    /**
     * Unlocks, on whatever thread. If threads wait, the longest waiting is woken or, about once a millisecond, handed the
     * lock.
     *
     * @throws IllegalMonitorStateException if the lock is free; nothing is changed
     */
    @Override
    public final void unlock() {
        if (locked == FREE) {
            throw notLocked();
        }
        if (flagsOpaque() != 0) {
            unlockSlow(false);
            return;
        }
        setLockedRelease(FREE);
        if (flagsOpaque() != 0) {
            wakeOne();
        }
    }

    /**
     * As {@link #unlock()}, but if threads wait, the lock is handed to the longest waiting: it is not free in between, and no
     * other thread, the caller included, can take it first.
     *
     * @throws IllegalMonitorStateException if the lock is free; nothing is changed
     */
    public final void unlockFair() {
        if (locked == FREE) {
            throw notLocked();
        }
        unlockSlow(true);
    }

    /**
     * Lets a waiting thread have the lock for a while: {@link #unlockFair()} and {@link #lock()} if threads wait, otherwise
     * nothing, at the cost of a read. For holders that hold long.
     *
     * @throws IllegalMonitorStateException if the lock is free; nothing is changed
     */
    public final void bump() {
        byte hold = locked;
        if (hold == FREE) {
            throw notLocked();
        }
        if ((flagsOpaque() & PARKED) != 0) {
            unlockSlow(true);
            lock();
            locked = hold;
        }
    }

    private void unlockSlow(boolean fair) {
        byte seen = flagsOpaque();
        if ((seen & PARKED) != 0) {
            ParkingLot.unparkOne(this, QUEUE, fair || (seen & FAIR) != 0 ? HAND_OVER : RELEASE);
            return;
        }
        setLockedVolatile(FREE); // with the full fence that the 1-0 exit leaves out
        if ((flagsVolatile() & PARKED) != 0) {
            wakeOne();
        }
    }

    /** After the lock was released: somebody was overlooked. The lock may be held again, so it is not handed over. */
    private void wakeOne() {
        ParkingLot.unparkOne(this, QUEUE, WAKE);
    }

    private static final UnparkCallback RELEASE = (base, offset, result) -> ((Mutex) base).release(result, false);

    private static final UnparkCallback HAND_OVER = (base, offset, result) -> ((Mutex) base).release(result, true);

    private static final UnparkCallback WAKE = (base, offset, result) -> {
        ((Mutex) base).clearParkedUnless(result.haveMoreThreads());
        return RETRY;
    };

    /** Decides about the lock, under the bucket lock and still holding it. */
    private long release(UnparkResult result, boolean fair) {
        clearParkedUnless(result.haveMoreThreads());
        if (result.unparkedThreads() != 0 && (fair || result.beFair())) {
            setLockedOpaque(HELD); // no longer the hold of a guard
            return HANDOFF;
        }
        setLockedRelease(FREE);
        return RETRY;
    }

    private void clearParkedUnless(boolean haveMoreThreads) {
        if (!haveMoreThreads) {
            clearFlag(PARKED);
        }
    }

    private static IllegalMonitorStateException notLocked() {
        return new IllegalMonitorStateException(
                "the mutex is not locked: lock it before you unlock, bump, await or signal");
    }

    // ---- guards

    /**
     * Locks, and returns a guard that unlocks when it is closed.
     *
     * @return a guard for a try-with-resources statement
     */
    public final Guard guard() {
        lock();
        lastStamp = lastStamp < FIRST_STAMP || lastStamp == Byte.MAX_VALUE ? FIRST_STAMP : (byte) (lastStamp + 1);
        setLockedOpaque(lastStamp);
        return new Guard(this, lastStamp);
    }

    /**
     * One hold of a mutex. Closing it twice, or after the mutex was unlocked in another way, does nothing: a guard only ever
     * ends its own hold. (It knows its hold by a stamp that comes round after 126 guards of the same mutex.)
     */
    public static final class Guard implements AutoCloseable {
        private final Mutex mutex;
        private final byte stamp;
        private boolean open = true;

        Guard(Mutex mutex, byte stamp) {
            this.mutex = mutex;
            this.stamp = stamp;
        }

        /** Unlocks as {@link Mutex#unlock()}, if the hold has not ended yet. */
        @Override
        public void close() {
            if (end()) {
                mutex.unlock();
            }
        }

        /** Unlocks as {@link Mutex#unlockFair()}, if the hold has not ended yet. */
        public void closeFair() {
            if (end()) {
                mutex.unlockFair();
            }
        }

        private boolean end() {
            boolean held = open && mutex.lockedOpaque() == stamp;
            open = false;
            return held;
        }
    }

    /**
     * Runs an action while holding the lock.
     *
     * @param action what to run; what it throws leaves this method after the lock was released
     */
    public final void withLock(Runnable action) {
        Objects.requireNonNull(action, "action");
        lock();
        try {
            action.run();
        } finally {
            unlock();
        }
    }

    /**
     * Computes a value while holding the lock.
     *
     * @param <T> the type of the value
     * @param action what to compute; what it throws leaves this method after the lock was released
     * @return what {@code action} returned
     */
    public final <T> T withLock(Supplier<T> action) {
        Objects.requireNonNull(action, "action");
        lock();
        try {
            return action.get();
        } finally {
            unlock();
        }
    }

    // ---- state and conditions

    /**
     * Whether the lock is held by any thread.
     *
     * @return a value that may be stale when it is looked at
     */
    public final boolean isLocked() {
        return lockedOpaque() != FREE;
    }

    /**
     * Makes a condition for this lock, backed by a {@link Condvar}.
     *
     * @return a new condition; its methods need this lock to be held
     */
    @Override
    public final Condition newCondition() {
        return new MutexCondition(this);
    }

    /**
     * Tells the state, for people.
     *
     * @return the class, the identity and "[Locked]" or "[Unlocked]"
     */
    @Override
    public String toString() {
        return super.toString() + (isLocked() ? "[Locked]" : "[Unlocked]");
    }

    // ---- for Condvar

    /** Before the first await, by the holder: from now on no exit overlooks a waiter. Returns the hold, for {@link #resume}. */
    final byte share() {
        byte hold = locked;
        if (hold == FREE) {
            throw notLocked();
        }
        if ((flagsOpaque() & SHARED) == 0) {
            setFlag(SHARED);
        }
        return hold;
    }

    /** After an await: back to holding as before, locking first unless the lock was handed over. */
    final void resume(byte hold, boolean handedOver) {
        if (!handedOver) {
            lock();
        }
        setLockedOpaque(hold);
    }

    final void requireLocked() {
        if (!isLocked()) {
            throw notLocked();
        }
    }

    /** Whether threads may be moved to this mutex's queue, whose bucket is locked: somebody holds it and will see them. */
    final boolean markParkedIfLocked() {
        if (lockedVolatile() == FREE) {
            return false;
        }
        setFlag(PARKED);
        return lockedVolatile() != FREE;
    }

    final void markParked() {
        setFlag(PARKED);
    }

    /** Under the bucket lock, when the queue is empty. */
    final void clearParked() {
        clearFlag(PARKED);
    }

    // ---- access

    private byte lockedOpaque() {
        return (byte) LOCKED.getOpaque(this);
    }

    private byte lockedVolatile() {
        return (byte) LOCKED.getVolatile(this);
    }

    private void setLockedOpaque(byte value) {
        LOCKED.setOpaque(this, value);
    }

    private void setLockedRelease(byte value) {
        LOCKED.setRelease(this, value);
    }

    private void setLockedVolatile(byte value) {
        LOCKED.setVolatile(this, value);
    }

    private boolean casLocked(byte expected, byte value) {
        return LOCKED.compareAndSet(this, expected, value);
    }

    private byte flagsOpaque() {
        return (byte) FLAGS.getOpaque(this);
    }

    private byte flagsVolatile() {
        return (byte) FLAGS.getVolatile(this);
    }

    private void setFlag(byte flag) {
        FLAGS.getAndBitwiseOr(this, flag);
    }

    private void clearFlag(byte flag) {
        FLAGS.getAndBitwiseAnd(this, (byte) ~flag);
    }
}
