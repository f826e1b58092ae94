package dev.parkinglot.core;

import dev.parkinglot.parkers.UnparkHandle;

/** The entry of a wait that is not a thread: 64 bytes with compressed pointers. */
final class CallbackEntry<C> extends WaitQueue.Entry implements QueuedEntry {
    private final C context;
    private final EntryCallbacks<? super C> callbacks;

    CallbackEntry(C context, EntryCallbacks<? super C> callbacks, long parkToken, long sinceNanos) {
        super(parkToken, sinceNanos);
        this.context = context;
        this.callbacks = callbacks;
    }

    @Override
    public boolean cancel() {
        return Enqueuing.cancel(SharedLot.toUnpark(), this, context, callbacks);
    }

    @Override
    public boolean isQueued() {
        return !isOutOfQueue();
    }

    /** By the thread that has chosen it, without a lock. What this throws is for the caller of the unpark. */
    void complete() {
        try {
            callbacks.unparked(context, token);
        } catch (Throwable failure) {
            callbacks.wakeLost(context, token, failure);
        }
    }

    /** It has no thread to mark; what is left to do is {@link #complete}, after all threads have been woken. */
    @Override
    UnparkHandle unparkLock() {
        return UnparkHandle.NONE;
    }

    /** Never on duty, since it cannot look. */
    @Override
    UnparkHandle nudgeLock() {
        return UnparkHandle.NONE;
    }

    @Override
    Thread thread() {
        return null;
    }
}
