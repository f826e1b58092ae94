package dev.parkinglot.parkers;

import java.util.concurrent.locks.LockSupport;

/**
 * {@code locksupport}: sleeps in {@link LockSupport#park()}. The default, works for every thread, and the only one
 * that lets a virtual thread unmount from its carrier.
 */
final class LockSupportBackend implements ParkerBackend {
    static final LockSupportBackend INSTANCE = new LockSupportBackend();

    private LockSupportBackend() {}

    @Override
    public String name() {
        return "locksupport";
    }

    @Override
    public ThreadParker newParker(Object blocker) {
        return new Parker(blocker);
    }

    private static final class Parker extends FlagParker {
        private final Thread owner = Thread.currentThread();

        Parker(Object blocker) {
            super(blocker);
        }

        @Override
        void sleep(boolean interruptible) {
            LockSupport.park();
        }

        @Override
        void sleepUntil(long deadlineNanos, long nanosLeft, boolean interruptible) {
            LockSupport.parkNanos(nanosLeft);
        }

        @Override
        void wake() {
            LockSupport.unpark(owner);
        }
    }
}
