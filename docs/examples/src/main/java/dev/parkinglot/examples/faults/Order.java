package dev.parkinglot.examples.faults;

import dev.parkinglot.core.LockCheck;
import dev.parkinglot.core.LockChecks;
import dev.parkinglot.locks.Mutex;
import dev.parkinglot.locks.RwLock;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.Lock;

// region:order
/** Two threads that lock in opposite orders, one after the other, so that nothing hangs. */
final class Order {
    public static void main(String[] args) throws InterruptedException {
        LockChecks.enable(LockCheck.ORDER); // before the first lock
        CountDownLatch reported = new CountDownLatch(1);
        LockChecks.addListener(report -> {
            System.out.println(report);
            reported.countDown();
        });
        Mutex ledger = new Mutex();
        RwLock accounts = new RwLock();
        run("transfer", ledger, accounts.read());
        run("close", accounts.write(), ledger);
        reported.await(); // it comes from a daemon thread
    }

    private static void run(String name, Lock first, Lock second) throws InterruptedException {
        Thread thread = new Thread(() -> lockBoth(first, second), name);
        thread.start();
        thread.join();
    }

    private static void lockBoth(Lock first, Lock second) {
        first.lock();
        try {
            second.lock();
            second.unlock();
        } finally {
            first.unlock();
        }
    }
}
// end
