package dev.parkinglot.parkers;

/**
 * {@code spin}: does not sleep at all, as upstream's {@code generic.rs}. For machines with a core to spare for every
 * waiter, and for finding out how much of a measurement is the cost of sleeping. It burns its core while it waits.
 *
 * <p>Not for virtual threads, which share carriers: a spinning one would keep the others from running.
 */
final class SpinBackend implements ParkerBackend {
    private static final int PAUSES_BETWEEN_YIELDS = 64;

    @Override
    public String name() {
        return "spin";
    }

    @Override
    public boolean serves(Thread thread) {
        return !VirtualThreads.isVirtual(thread);
    }

    @Override
    public ThreadParker newParker(Object blocker) {
        return new Parker(blocker);
    }

    private static final class Parker extends FlagParker {
        Parker(Object blocker) {
            super(blocker);
        }

        @Override
        void sleep(boolean interruptible) {
            spin();
        }

        @Override
        void sleepUntil(long deadlineNanos, long nanosLeft, boolean interruptible) {
            spin();
        }

        /** One short round: the caller's loop checks the deadline and the interrupt flag between rounds. */
        private void spin() {
            for (int i = 0; i < PAUSES_BETWEEN_YIELDS; i++) {
                if (!isParkedAcquire()) {
                    return;
                }
                Thread.onSpinWait();
            }
            // The waker may need this very core.
            Thread.yield();
        }

        @Override
        void wake() {
            // The flag was all there is to it.
        }
    }
}
