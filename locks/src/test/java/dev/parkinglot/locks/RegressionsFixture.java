package dev.parkinglot.locks;

import dev.parkinglot.testing.Delays;
import dev.parkinglot.testing.TestThreads;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** A mutex to be tested, and that it is free in the end. */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD) // should this thread itself be wedged
abstract class RegressionsFixture {
    final MutualExclusionLock mutex = newMutex();

    /** Of what kind of lock all this is true: overridden. */
    MutualExclusionLock newMutex() {
        return new Mutex();
    }

    @AfterEach
    void leaveNothingBehind() {
        Probe.assertIdle(mutex);
    }

    static void meet(CyclicBarrier barrier) throws Exception {
        barrier.await(Delays.LONG_DELAY.toNanos(), TimeUnit.NANOSECONDS);
    }

    static void pauseUntil(long nanoTime) {
        while (System.nanoTime() - nanoTime < 0L) {
            Thread.onSpinWait();
        }
    }

    static void awaitAsleep(Thread thread) {
        TestThreads.await(thread + " sleeps", () -> TestThreads.isAsleep(thread));
    }
}
