package dev.parkinglot.locks;

import static dev.parkinglot.locks.CheckJvm.require;
import static dev.parkinglot.locks.CheckJvm.requireThrows;

import dev.parkinglot.core.DeadlockDetector;
import dev.parkinglot.testing.TestThreads;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;

/** That the record tells after each operation what this thread holds: one of the cases of {@link HoldersCheck}. */
@SuppressWarnings("WaitNotInLoop") // those waits are meant to time out
final class RecordedHolds {
    private final CondvarLock lock;

    private RecordedHolds(CondvarLock lock) {
        this.lock = lock;
    }

    static void everyOperationKeepsTheRecord() throws Exception {
        for (ReadersWriterLock lock : List.of(new RwLock(), new BufferRwLock(HoldersCheck.buffer(), 16))) {
            everyConversion(lock);
            for (RwLockMode mode : List.of(lock.read(), lock.readRecursive(), lock.upgradable(), lock.write())) {
                everyForm(lock, mode, mode.access().holding, lock.write(), Holding.WRITE);
            }
            someRandomOperations(lock);
        }
        for (MutualExclusionLock mutex :
                List.of(new Mutex(), new FairMutex(), InField.newMutex(), InBuffer.newMutex())) {
            everyForm(mutex, mutex, Holding.EXCLUSIVE, mutex, Holding.EXCLUSIVE);
        }
        reentrantLocks();
        dropInReadWriteLock();
    }

    private void isAll(Set<Holding> expected, String when) {
        for (Holding holding : Holding.values()) {
            boolean held = DeadlockDetector.isRegisteredHere(lock.base(), lock.offset() + holding.queue(), holding);
            require(held == expected.contains(holding), when + ": " + holding + " is " + held);
        }
    }

    /** Null for no hold. */
    private void is(Holding expected, String when) {
        isAll(expected == null ? Set.of() : Set.of(expected), when);
    }

    private void isAfter(CheckJvm.Case operation, Holding expected, String name) throws Exception {
        operation.run();
        is(expected, name);
    }

    private static CheckJvm.Case successful(CheckJvm.Try operation) {
        return () -> require(operation.run(), "it succeeds");
    }

    /** Waits for a signal that does not come. */
    private static void awaitInVain(Lock lock) throws InterruptedException {
        require(!lock.newCondition().await(1L, TimeUnit.NANOSECONDS), "nobody signals");
    }

    private static void everyConversion(ReadersWriterLock lock) throws Exception {
        RecordedHolds record = new RecordedHolds(lock);
        record.isAfter(lock::lockUpgradable, Holding.UPGRADABLE, "lockUpgradable");
        record.isAfter(lock::upgrade, Holding.WRITE, "upgrade");
        record.isAfter(lock::downgradeToUpgradable, Holding.UPGRADABLE, "downgradeToUpgradable");
        record.isAfter(successful(lock::tryUpgrade), Holding.WRITE, "tryUpgrade");
        record.isAfter(lock::downgrade, Holding.READ, "downgrade");
        record.isAfter(lock::unlockRead, null, "unlockRead");
        lock.lockUpgradable();
        record.isAfter(lock::downgradeUpgradable, Holding.READ, "downgradeUpgradable");
        lock.unlockRead();
        lock.lockUpgradable();
        lock.runUpgraded(() -> record.is(Holding.WRITE, "runUpgraded"));
        record.is(Holding.UPGRADABLE, "after runUpgraded");
        lock.lockReadRecursive();
        require(!lock.tryUpgradeFor(Duration.ofNanos(1L)), "a reader is there");
        record.isAfter(lock::unlockRead, Holding.UPGRADABLE, "an upgrade that was given up");
        record.isAfter(lock::unlockUpgradableFair, null, "unlockUpgradableFair");
    }

    /** Of a mutex or of one mode of a lock, to which another mode leaves no room. */
    private static void everyForm(
            CondvarLock lock, ScopedLock<?> mode, Holding holding, ScopedLock<?> other, Holding otherHolding)
            throws Exception {
        RecordedHolds record = new RecordedHolds(lock);
        record.isAfter(mode::lock, holding, mode + " lock");
        record.isAfter(mode::bump, holding, mode + " bump");
        record.isAfter(mode::unlock, null, mode + " unlock");
        record.isAfter(successful(mode::tryLock), holding, mode + " tryLock");
        record.isAfter(mode::unlockFair, null, mode + " unlockFair");
        record.isAfter(mode::lockInterruptibly, holding, mode + " lockInterruptibly");
        mode.unlock();
        record.isAfter(successful(() -> mode.tryLock(1L, TimeUnit.DAYS)), holding, mode + " tryLock with a timeout");
        mode.unlock();
        try (LockGuard guard = mode.guard()) {
            record.is(holding, mode + " guard");
            guard.unlocked(() -> record.is(null, mode + " unlocked"));
            record.is(holding, mode + " after unlocked");
        }
        record.is(null, mode + " close");
        mode.runLocked(() -> record.is(holding, mode + " runLocked"));
        record.is(null, mode + " after runLocked");
        other.lock();
        require(!mode.tryLock() && !mode.tryLockFor(Duration.ofNanos(1L)), "it is taken");
        record.is(otherHolding, mode + " in vain");
        record.isAfter(() -> awaitInVain(other), otherHolding, "await");
        record.isAfter(other::unlock, null, "unlock after await");
        requireThrows(IllegalMonitorStateException.class, mode::unlock, mode + " unlock");
        record.is(null, mode + " unlocked once too often");
    }

    /** A thread alone, in whatever order. */
    private static void someRandomOperations(ReadersWriterLock lock) {
        RecordedHolds record = new RecordedHolds(lock);
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Holding held = null;
        for (int i = 0; i < 20_000; i++) {
            int choice = random.nextInt(4);
            if (held == null) {
                RwLockMode mode = List.of(lock.read(), lock.readRecursive(), lock.upgradable(), lock.write())
                        .get(choice);
                mode.lock();
                held = mode.access().holding;
            } else if (held == Holding.READ) {
                lock.unlockRead();
                held = null;
            } else if (held == Holding.UPGRADABLE) {
                switch (choice) {
                    case 0 -> lock.upgrade();
                    case 1 -> lock.tryUpgrade();
                    case 2 -> lock.downgradeUpgradable();
                    default -> lock.unlockUpgradable();
                }
                held = choice < 2 ? Holding.WRITE : choice == 2 ? Holding.READ : null;
            } else {
                switch (choice) {
                    case 0 -> lock.downgrade();
                    case 1 -> lock.downgradeToUpgradable();
                    case 2 -> lock.unlockWrite();
                    default -> lock.unlockWriteFair();
                }
                held = choice == 0 ? Holding.READ : choice == 1 ? Holding.UPGRADABLE : null;
            }
            record.is(held, "seed " + seed + ", step " + i);
        }
        for (Access mode : Access.values()) {
            lock.unlockIfHeld(mode, false);
        }
    }

    private static void reentrantLocks() throws Exception {
        ReentrantLock lock = new ReentrantLock();
        RecordedHolds record = new RecordedHolds(lock);
        lock.lock();
        lock.lock();
        record.isAfter(successful(lock::tryLock), Holding.EXCLUSIVE, "lock");
        record.isAfter(() -> awaitInVain(lock), Holding.EXCLUSIVE, "await");
        lock.unlock();
        record.isAfter(lock::unlock, Holding.EXCLUSIVE, "all unlocks but one");
        record.isAfter(lock::unlock, null, "the last unlock");
        lock.lockInterruptibly();
        lock.unlock();
        record.isAfter(successful(() -> lock.tryLock(1L, TimeUnit.DAYS)), Holding.EXCLUSIVE, "tryLock");
        lock.unlock();

        ReentrantMutex mutex = new ReentrantMutex();
        RecordedHolds ofMutex = new RecordedHolds(mutex);
        mutex.lock();
        mutex.lock();
        ofMutex.isAfter(mutex::bump, Holding.EXCLUSIVE, "bump");
        ofMutex.isAfter(mutex::unlockFair, Holding.EXCLUSIVE, "one unlockFair");
        ofMutex.isAfter(mutex::unlockFair, null, "the last unlockFair");
    }

    private static void dropInReadWriteLock() throws Exception {
        ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
        RecordedHolds record = new RecordedHolds(lock);
        Lock reading = lock.readLock();
        Lock writing = lock.writeLock();
        everyFormTwice(record, writing, reading, Holding.READ);
        everyFormTwice(record, writing, writing, Holding.WRITE);
        writing.lock();
        record.isAfter(() -> awaitInVain(writing), Holding.WRITE, "await of the write lock");
        reading.lock();
        awaitInVain(writing);
        record.isAll(Set.of(Holding.READ, Holding.WRITE), "await of a writer that reads, too");
        record.isAfter(reading::unlock, Holding.WRITE, "one record for each mode");
        reading.lock();
        record.isAfter(writing::unlock, Holding.READ, "downgraded");
        record.isAfter(reading::unlock, null, "free again");
    }

    private static void everyFormTwice(RecordedHolds record, Lock writing, Lock mode, Holding holding)
            throws Exception {
        List<CheckJvm.Case> forms = List.of(
                mode::lock,
                mode::lockInterruptibly,
                successful(mode::tryLock),
                successful(() -> mode.tryLock(1L, TimeUnit.DAYS)));
        for (CheckJvm.Case first : forms) {
            for (CheckJvm.Case second : forms) {
                record.isAfter(first, holding, "first");
                record.isAfter(second, holding, "second");
                record.isAfter(mode::unlock, holding, "one unlock");
                record.isAfter(mode::unlock, null, "two unlocks");
            }
        }
        writing.lock();
        try (TestThreads threads = new TestThreads()) {
            threads.start("in vain", () -> {
                require(!mode.tryLock() && !mode.tryLock(1L, TimeUnit.NANOSECONDS), "it is taken");
                record.is(null, "in vain");
            });
        }
        writing.unlock();
    }
}
