package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.locks.juc.ReentrantLock;
import dev.parkinglot.testing.TestThreads;
import java.util.concurrent.locks.Condition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/**
 * A thread that waits for a condition is in its queue before it has unlocked the lock. Signalled at that moment, its own unlock
 * must not wake it out of the queue of the lock while the signaller holds it.
 */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD) // should this thread itself be wedged
class SignalWhileUnlockingTest {
    private static final int ROUNDS = 20_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition condition = lock.newCondition();
    private boolean waits; // guarded by the lock
    private int rounds;

    @Test
    void aSignalledThreadIsNotWokenByItsOwnUnlock() {
        try (TestThreads threads = new TestThreads()) {
            Thread waiter = threads.start("waiter", () -> {
                lock.lock();
                while (rounds < ROUNDS) {
                    Probe.markParked(lock); // so that the unlock that follows believes that it must wake somebody
                    waits = true;
                    condition.awaitUninterruptibly();
                }
                lock.unlock();
            });
            while (rounds < ROUNDS) {
                lock.lock();
                if (waits) {
                    waits = false;
                    rounds++;
                    condition.signal();
                    for (int look = 0; look < 3; look++) {
                        assertTrue(lock.hasQueuedThread(waiter), "in round " + rounds);
                    }
                }
                lock.unlock();
            }
        }
    }
}
