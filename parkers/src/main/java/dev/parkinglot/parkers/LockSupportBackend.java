package dev.parkinglot.parkers;

import java.util.concurrent.locks.LockSupport;

/**
 * {@code locksupport}: sleeps in {@link LockSupport#park(Object)}. The default, works for every thread, and the only one
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
        private final Object blocker;

        Parker(Object blocker) {
            this.blocker = blocker;
        }

        @Override
        void sleep(long nanos) {
            if (nanos == FOREVER) {
                LockSupport.park(blocker);
            } else {
                LockSupport.parkNanos(blocker, nanos);
            }
        }

        @Override
        void wake() {
            LockSupport.unpark(owner);
        }
    }
}
