package dev.parkinglot.parkers;

import java.util.concurrent.TimeUnit;

/**
 * {@code monitor}: sleeps in {@link Object#wait()}, as upstream's {@code unix.rs} does with a pthread mutex and
 * condition. It never consumes the thread's {@code LockSupport} permit, which suits programs that play with permits
 * themselves.
 *
 * <p>Not for virtual threads: until JDK 24 waiting on a monitor pins the carrier.
 */
final class MonitorBackend implements ParkerBackend {
    @Override
    public String name() {
        return "monitor";
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
            waitForWake(0L);
        }

        @Override
        void sleepUntil(long deadlineNanos, long nanosLeft, boolean interruptible) {
            // Rounded up, since a wait of 0 ms would be one without end. Every timed wait of Java allows itself to be
            // up to a millisecond too long.
            waitForWake(TimeUnit.NANOSECONDS.toMillis(nanosLeft - 1L) + 1L);
        }

        @SuppressWarnings("WaitNotInLoop") // the loop is in FlagParker
        private synchronized void waitForWake(long millis) {
            // wake() is synchronized too: if it has already run, the flag says so here; if not, it finds us waiting.
            if (!isParkedAcquire()) {
                return;
            }
            try {
                wait(millis);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        synchronized void wake() {
            notify();
        }
    }
}
