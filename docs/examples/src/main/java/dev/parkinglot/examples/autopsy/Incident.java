package dev.parkinglot.examples.autopsy;

import dev.parkinglot.core.KeyNames;
import dev.parkinglot.locks.Mutex;
import dev.parkinglot.locks.ReentrantLock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/**
 * A service with two faults, to try the tools on: workers that hold a lock for too long, and two threads that lock two
 * locks in opposite orders. It ends after as many seconds as its argument says.
 */
public final class Incident {
    private static final Duration LONG_WORK = Duration.ofMillis(40);
    private static final int WORKERS = 4;

    // region:name
    private final Mutex ledger = KeyNames.name(new Mutex(), "ledger");
    // end
    private final ReentrantLock accounts = KeyNames.name(new ReentrantLock(), "accounts");
    private final ReentrantLock audit = KeyNames.name(new ReentrantLock(), "audit");
    private final CountDownLatch bothHold = new CountDownLatch(2);

    private Incident() {}

    /** Runs for so many seconds. */
    public static void main(String[] args) throws InterruptedException {
        Incident incident = new Incident();
        for (int i = 1; i <= WORKERS; i++) {
            start("worker-" + i, incident::work);
        }
        start("transfer", () -> incident.lockBoth(incident.accounts, incident.audit));
        start("report", () -> incident.lockBoth(incident.audit, incident.accounts));
        System.out.println("running as process " + ProcessHandle.current().pid());
        Thread.sleep(Duration.ofSeconds(Long.parseLong(args[0])).toMillis());
    }

    private static void start(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void work() {
        while (true) {
            ledger.runLocked(() -> pause(LONG_WORK));
        }
    }

    private void lockBoth(ReentrantLock first, ReentrantLock second) {
        first.lock();
        try {
            bothHold.countDown();
            while (bothHold.getCount() != 0L) {
                Thread.onSpinWait();
            }
            second.lock();
            second.unlock();
        } finally {
            first.unlock();
        }
    }

    private static void pause(Duration duration) {
        try {
            Thread.sleep(duration.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
