package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.TestThreads;
import java.util.List;
import java.util.concurrent.locks.Condition;

/**
 * A thread that waits for a condition is in its queue before it has unlocked the lock. Signalled at that moment, its
 * own unlock (or that of any earlier holder) must not wake it out of the queue of the lock while the signaller holds
 * it. The moment lasts for nanoseconds; here the rest of such an unlock is done when everything else is in its place.
 */
@Concurrent
@SuppressWarnings("WaitNotInLoop") // a single wait is what is tested
class SignalWhileUnlockingTest {
    @OnEachKind
    void aSignalledThreadIsNotWokenByAnUnlockThatIsStillUnderWay(TestThreads threads) {
        for (boolean fair : new boolean[] {false, true}) {
            ReentrantLock lock = new ReentrantLock(fair);
            Condition condition = lock.newCondition();
            Thread waiter = threads.start("waiter", () -> {
                lock.lock();
                condition.await();
                lock.unlock();
            });
            Probe.awaitQueue(condition, waiter);
            lock.lock();
            condition.signal();
            assertEquals(List.of(waiter), Probe.queueOf(lock));
            ((MutexProtocol) lock).wakeOne(); // the rest of an unlock
            assertEquals(List.of(waiter), Probe.queueOf(lock));
            assertTrue(lock.isHeldByCurrentThread());
            lock.unlock();
            threads.join();
            assertFalse(lock.isLocked());
            assertEquals(List.of(), Probe.queueOf(lock));
        }
    }
}
