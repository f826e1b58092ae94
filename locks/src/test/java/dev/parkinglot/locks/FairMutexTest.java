package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThreadKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
            mutex.lock();
            Probe.assertHandsOver(kind, mutex, mutex::unlock);
        }
    }

    @Test
    void closingAGuardHandsOver() {
        MutexGuard guard = mutex.guard();
        Probe.assertHandsOver(ThreadKind.PLATFORM, mutex, guard::close);
    }

    @Test
    void awaitHandsTheMutexOver(TestThreads threads) throws InterruptedException {
        List<Integer> order = new ArrayList<>();
        mutex.lock();
        Thread locker = threads.start("locker", () -> mutex.runLocked(() -> order.add(1)));
        Probe.awaitQueue(mutex, locker);
        assertFalse(new Condvar().awaitFor(mutex, Duration.ZERO));
        assertEquals(List.of(1), order, "the locker was first");
        mutex.unlock();
    }
}
