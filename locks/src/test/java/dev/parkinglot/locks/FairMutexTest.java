package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThreadKind;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.openjdk.jol.info.ClassLayout;

class FairMutexTest extends MutexContract {
    @Override
    MutualExclusionLock newMutex() {
        return new FairMutex();
    }

    @Test
    void takesSixteenBytes() {
        assertEquals(16L, ClassLayout.parseClass(FairMutex.class).instanceSize());
    }

    @ParameterizedTest
    @MethodSource(Probe.THREAD_KINDS)
    void everyUnlockHandsOver(ThreadKind kind) {
        // Many rounds: a Mutex hands over too, but only about once a millisecond.
        for (int round = 0; round < 100; round++) {
            CountDownLatch tried = new CountDownLatch(1);
            try (TestThreads threads = new TestThreads(kind)) {
                mutex.lock();
                Thread waiter = threads.start("waiter", () -> {
                    mutex.lock();
                    tried.await();
                    mutex.unlock();
                });
                Probe.awaitQueue(mutex, waiter);
                mutex.unlock();
                assertFalse(mutex.tryLock(), "the waiter owns the lock already");
                tried.countDown();
            }
        }
        Probe.assertIdle(mutex);
    }

    @Test
    void closingAGuardHandsOver() {
        CountDownLatch tried = new CountDownLatch(1);
        try (TestThreads threads = new TestThreads()) {
            MutexGuard guard = mutex.guard();
            Thread waiter = threads.start("waiter", () -> {
                mutex.lock();
                tried.await();
                mutex.unlock();
            });
            Probe.awaitQueue(mutex, waiter);
            guard.close();
            assertFalse(mutex.tryLock(), "the waiter owns the lock already");
            tried.countDown();
        }
        Probe.assertIdle(mutex);
    }
}
