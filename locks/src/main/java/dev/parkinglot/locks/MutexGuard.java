package dev.parkinglot.locks;

import java.util.Objects;

/**
 * One hold of a {@link Mutex}, or of another {@link MutualExclusionLock}. Closing it twice, or after the mutex was
 * unlocked in another way, does nothing: a guard only ever ends its own hold. (It knows its hold by a stamp that comes
 * round after 126 guards of the same mutex.)
 */
public sealed class MutexGuard extends LockGuard permits Guarded.Guard {
    /** The first stamp of a hold, and after 127 the next. */
    private static final byte FIRST_STAMP = 2;

    private final MutualExclusionLock mutex;
    private byte stamp = MutexWord.HELD;
    private boolean open = true;

    MutexGuard(MutualExclusionLock mutex) {
        this.mutex = mutex;
    }

    @Override
    final void begin() {
        byte last = mutex.lastStamp();
        byte next = last < FIRST_STAMP || last == Byte.MAX_VALUE ? FIRST_STAMP : (byte) (last + 1);
        mutex.setLastStamp(next);
        mutex.setLockedOpaque(next);
        stamp = next; // and if there was no stack for that, the lock is HELD
    }

    @Override
    final void end(boolean fair) {
        if (isHeld()) {
            if (fair) {
                mutex.unlockFair();
            } else {
                mutex.unlock();
            }
        }
        open = false;
    }

    @Override
    public final void bump() {
        requireHeld();
        mutex.bump();
    }

    @Override
    public final <X extends Throwable> void unlocked(LockAction<X> action) throws X {
        Objects.requireNonNull(action, "action");
        requireHeld();
        mutex.unlock();
        try {
            action.run();
        } finally {
            mutex.resume(stamp, CondvarLock.GAVE_UP);
        }
    }

    @Override
    final CondvarLock heldToWait() {
        requireHeld();
        return mutex;
    }

    final void requireHeld() {
        if (!isHeld()) {
            throw new IllegalMonitorStateException("the hold of this guard has ended: lock the mutex again");
        }
    }

    private boolean isHeld() {
        return open && mutex.lockedOpaque() == stamp;
    }
}
