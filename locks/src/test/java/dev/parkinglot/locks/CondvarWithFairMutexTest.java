package dev.parkinglot.locks;

import static dev.parkinglot.locks.Exclusive.lock;
import static dev.parkinglot.locks.Exclusive.unlock;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.parkinglot.testing.TestThreads;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CondvarWithFairMutexTest extends CondvarContract {
    @Override
    MutualExclusionLock newMutex() {
        return new FairMutex();
    }

    @Test
    void awaitHandsTheMutexOver(TestThreads threads) throws InterruptedException {
        lock(mutex);
        Thread locker = threads.start("locker", () -> {
            lock(mutex);
            order.add(1);
            unlock(mutex);
        });
        Probe.awaitQueue(mutex, locker);
        assertFalse(condvar.awaitFor(mutex, Duration.ZERO));
        assertEquals(1, order.size(), "the locker was first");
        unlock(mutex);
    }
}
