package dev.parkinglot.locks;

import static dev.parkinglot.locks.CheckJvm.require;
import static dev.parkinglot.locks.CheckJvm.requireThrows;

import dev.parkinglot.core.DeadlockDetector;
import dev.parkinglot.core.LockCheck;
import dev.parkinglot.core.LockChecks;
import dev.parkinglot.core.ParkingLot;
import dev.parkinglot.testing.FullHeap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.Lock;

/**
 * What {@link LockChecksTest} runs in a JVM with all checks and little memory: holds that cannot be noted, since they
 * begin when there is no memory. Each case runs with memory first: what is done for the first time may load a class or
 * link a call, and needs memory for that.
 */
final class MissingHoldsCheck {
    static final Map<String, CheckJvm.Case> CASES = new TreeMap<>();

    static {
        CASES.put("aHoldThatWasNotNotedCanBeEnded", MissingHoldsCheck::aHoldThatWasNotNotedCanBeEnded);
        CASES.put("aHoldThatWasNotNotedCanBeConverted", MissingHoldsCheck::aHoldThatWasNotNotedCanBeConverted);
        CASES.put("aLockInACallbackIsNotLost", MissingHoldsCheck::aLockInACallbackIsNotLost);
    }

    private MissingHoldsCheck() {}

    public static void main(String[] names) throws Exception {
        require(LockChecks.isEnabled(LockCheck.UNLOCKER), "the premise");
        CheckJvm.runCases(CASES, names);
    }

    /** One way to hold a lock, and how such a hold is recorded. */
    private record Way(CondvarLock lock, Holding holding, Lock mode) {
        boolean isNotedHere() {
            return DeadlockDetector.isRegisteredHere(lock.base(), lock.offset() + holding.queue(), holding);
        }
    }

    private static List<Way> ways() {
        List<Way> ways = new ArrayList<>();
        for (MutualExclusionLock lock :
                List.of(new Mutex(), new FairMutex(), InBuffer.newMutex(), InField.newMutex())) {
            ways.add(new Way(lock, Holding.EXCLUSIVE, lock));
        }
        ReentrantMutex reentrant = new ReentrantMutex();
        ways.add(new Way(reentrant, Holding.EXCLUSIVE, reentrant));
        ReentrantLock dropIn = new ReentrantLock();
        ways.add(new Way(dropIn, Holding.EXCLUSIVE, dropIn));
        ReentrantReadWriteLock rw = new ReentrantReadWriteLock();
        ways.add(new Way(rw, Holding.READ, rw.readLock()));
        ways.add(new Way(rw, Holding.WRITE, rw.writeLock()));
        for (ReadersWriterLock lock : List.of(new RwLock(), InBuffer.newRwLock())) {
            for (RwLockMode mode : List.of(lock.read(), lock.readRecursive(), lock.upgradable(), lock.write())) {
                ways.add(new Way(lock, mode.access().holding, mode));
            }
        }
        return ways;
    }

    /** Runs something, with memory or without; what it throws is thrown when there is memory again. */
    private static void run(boolean full, Runnable action) {
        Throwable thrown = null;
        if (full) {
            FullHeap.fill();
        }
        try {
            action.run();
        } catch (Throwable e) {
            thrown = e;
        }
        FullHeap.empty();
        if (thrown != null) {
            throw new AssertionError("thrown " + (full ? "without" : "with") + " memory", thrown);
        }
    }

    /** Runs something on a thread of its own, which has had no hold yet. */
    private static void elsewhere(CheckJvm.Case action) throws InterruptedException {
        Throwable[] thrown = {null};
        Thread thread = new Thread(() -> {
            try {
                action.run();
            } catch (Throwable e) {
                thrown[0] = e;
            }
        });
        thread.start();
        thread.join();
        if (thrown[0] != null) {
            throw new AssertionError(thrown[0]);
        }
    }

    /** Holds a lock until it is closed. */
    private static final class Other implements AutoCloseable {
        private final CountDownLatch held = new CountDownLatch(1);
        private final CountDownLatch over = new CountDownLatch(1);
        private final Thread thread;

        Other(Lock lock) {
            thread = new Thread(
                    () -> {
                        lock.lock();
                        held.countDown();
                        await(over);
                        lock.unlock();
                    },
                    "other");
            thread.start();
            await(held);
        }

        private static void await(CountDownLatch latch) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                throw new AssertionError("nobody interrupts", e);
            }
        }

        @Override
        public void close() {
            over.countDown();
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new AssertionError("nobody interrupts", e);
            }
        }
    }

    private static void aHoldThatWasNotNotedCanBeEnded() throws Exception {
        for (boolean full : new boolean[] {false, true}) {
            for (boolean known : new boolean[] {true, false}) {
                for (Way way : ways()) {
                    elsewhere(() -> endMissing(way, full, known));
                }
            }
        }
    }

    private static void endMissing(Way way, boolean full, boolean known) throws Exception {
        if (known) {
            new Mutex().runLocked(() -> {}); // then the thread has a list of its holds
        }
        run(full, way.mode::lock);
        require(way.isNotedHere() == !full, "the premise: it is noted if there is memory: " + way);
        if (way.holding == Holding.READ) {
            try (Other other = new Other(way.mode)) {
                way.mode.unlock();
                require(other.thread.isAlive(), "the premise");
            }
            try (Other other = new Other(way.mode)) {
                run(full, way.mode::lock);
                way.mode.unlock();
                require(other.thread.isAlive(), "the premise");
            }
        } else {
            way.mode.unlock();
        }
        try (Other other = new Other(way.mode)) {
            requireThrows(IllegalMonitorStateException.class, way.mode::unlock, "it is not held here");
            require(other.thread.isAlive(), "the premise");
        }
        run(full, () -> {
            way.mode.lock();
            way.mode.unlock();
        });
        require(way.mode.tryLock(), "it is free: " + way);
        way.mode.unlock();
    }

    private static void aHoldThatWasNotNotedCanBeConverted() throws Exception {
        for (boolean full : new boolean[] {false, true}) {
            for (ReadersWriterLock lock : List.of(new RwLock(), InBuffer.newRwLock())) {
                elsewhere(() -> convertMissing(lock, full, false));
                elsewhere(() -> convertMissing(lock, full, full));
            }
        }
    }

    private static void convertMissing(ReadersWriterLock lock, boolean full, boolean fullAgain) {
        Way reading = new Way(lock, Holding.READ, lock.read());
        run(full, lock::lockUpgradable);
        run(fullAgain, lock::upgrade);
        run(fullAgain, lock::downgradeToUpgradable);
        run(fullAgain, lock::downgradeUpgradable);
        require(reading.isNotedHere() == !fullAgain, "it is noted as soon as there is memory");
        try (Other other = new Other(lock.read())) {
            lock.unlockRead();
            require(other.thread.isAlive(), "the premise");
        }
        run(full, lock::lockWrite);
        run(fullAgain, lock::downgrade);
        require(reading.isNotedHere() == !fullAgain, "it is noted as soon as there is memory");
        try (Other other = new Other(lock.read())) {
            lock.unlockRead();
            require(other.thread.isAlive(), "the premise");
        }
        require(lock.tryLockWrite(), "it is free: " + lock);
        lock.unlockWrite();
    }

    private static void aLockInACallbackIsNotLost() {
        Mutex mutex = new Mutex();
        boolean[] locked = {false};
        for (boolean full : new boolean[] {false, true}) {
            ParkingLot.park(mutex, 8L, () -> {
                run(full, () -> locked[0] = mutex.tryLock());
                return false;
            });
            require(locked[0], "it is free");
            ParkingLot.park(mutex, 8L, () -> {
                run(full, mutex::unlock);
                return false;
            });
            require(!mutex.isLocked(), "unlocked");
        }
    }
}
