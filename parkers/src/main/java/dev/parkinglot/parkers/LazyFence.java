package dev.parkinglot.parkers;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * The asymmetric fence, which is set up when it is first asked for, on a thread of its own: whoever asks may have
 * hardly any stack left, and should not wait.
 */
class LazyFence implements Runnable {
    private static final int NOT_TRIED = 0;
    private static final int UNDER_WAY = 1;
    private static final int TRIED = 2;

    private final AtomicInteger state;

    /** Null before it has been set up, and where there is none. */
    private volatile NativeAccess.Fence fence;

    /**
     * Makes one that has not been set up.
     *
     * @param mayExist whether it is worth a try
     */
    LazyFence(boolean mayExist) {
        state = new AtomicInteger(mayExist ? NOT_TRIED : TRIED);
    }

    /**
     * The fence as far as it is there; if nobody has tried to set it up, a thread begins to. Never throws: what fails
     * for want of memory or stack, be it the start of that thread, is tried again when somebody asks again.
     *
     * @return null if there is none, or not yet
     */
    final NativeAccess.Fence getOrBegin() {
        NativeAccess.Fence found = fence;
        if (found == null && state.get() == NOT_TRIED && state.compareAndSet(NOT_TRIED, UNDER_WAY)) {
            try {
                startThread();
            } catch (Throwable e) {
                state.set(NOT_TRIED);
            }
        }
        return found;
    }

    /** Sets it up, or finds out that there is none, on the current thread. */
    final void setUp() {
        fence = findOrNull();
        state.set(TRIED);
    }

    /** What the thread does. */
    @Override
    public final void run() {
        try {
            setUp();
        } catch (Throwable e) {
            state.set(NOT_TRIED);
        }
    }

    /** Overridden by tests. */
    void startThread() {
        Thread thread = new Thread(null, this, "parkinglot fence", 0L, false);
        thread.setDaemon(true);
        thread.start();
    }

    /** Overridden by tests. Throws if it cannot be said. */
    NativeAccess.Fence findOrNull() {
        return AsymmetricFence.probe().foundOrNull();
    }
}
