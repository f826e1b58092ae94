package dev.parkinglot.examples.faults;

import dev.parkinglot.core.DeadlockDetector;
import dev.parkinglot.locks.Mutex;
import dev.parkinglot.locks.ReentrantLock;
import dev.parkinglot.locks.RwLock;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.Lock;

// region:cycle
/** Three threads, each of which waits for the next, in three kinds of locks. */
final class Cycle {
    private static final CountDownLatch ALL_HOLD_ONE = new CountDownLatch(3);

    public static void main(String[] args) throws InterruptedException {
        DeadlockDetector.recordHolders(); // before the first lock
        Mutex ledger = new Mutex();
        RwLock accounts = new RwLock();
        ReentrantLock outbox = new ReentrantLock();
        new Thread(() -> lockBoth(ledger, accounts.write()), "update").start();
        new Thread(() -> lockBoth(accounts.read(), outbox), "report").start();
        new Thread(() -> lockBoth(outbox, ledger), "deliver").start();
        while (DeadlockDetector.findDeadlocks().isEmpty()) {
            Thread.sleep(10L);
        }
        DeadlockDetector.findDeadlocks().forEach(System.out::println);
    }

    private static void lockBoth(Lock first, Lock second) {
        first.lock();
        ALL_HOLD_ONE.countDown();
        while (ALL_HOLD_ONE.getCount() > 0L) {
            Thread.onSpinWait();
        }
        second.lock(); // for ever
    }
}
// end
