package dev.parkinglot.examples.faults;

import dev.parkinglot.core.DeadlockDetector;
import dev.parkinglot.locks.ReentrantLock;
import java.util.concurrent.CountDownLatch;

// region:inversion
/** Two threads lock two locks in opposite orders. */
final class Inversion {
    private static final ReentrantLock ACCOUNTS = new ReentrantLock();
    private static final ReentrantLock AUDIT = new ReentrantLock();
    private static final CountDownLatch BOTH_HOLD_ONE = new CountDownLatch(2);

    public static void main(String[] args) throws InterruptedException {
        new Thread(() -> lockBoth(ACCOUNTS, AUDIT), "transfer").start();
        new Thread(() -> lockBoth(AUDIT, ACCOUNTS), "report").start();
        while (DeadlockDetector.findDeadlocks().isEmpty()) {
            Thread.sleep(10L); // they are not asleep yet
        }
        DeadlockDetector.findDeadlocks().forEach(System.out::println);
    }

    private static void lockBoth(ReentrantLock first, ReentrantLock second) {
        first.lock();
        BOTH_HOLD_ONE.countDown();
        while (BOTH_HOLD_ONE.getCount() > 0L) {
            Thread.onSpinWait();
        }
        second.lock(); // for ever
    }
}
// end
