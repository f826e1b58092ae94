package dev.parkinglot.locks;

import static dev.parkinglot.locks.CheckJvm.require;
import static dev.parkinglot.locks.CheckJvm.requireThrows;

import dev.parkinglot.core.DeadlockDetector;
import dev.parkinglot.core.LockCheck;
import dev.parkinglot.core.LockChecks;
import dev.parkinglot.core.LockReport;
import dev.parkinglot.core.ParkingLot;
import dev.parkinglot.testing.TestThreads;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;

/** What {@link LockChecksTest} runs in a JVM with all checks: each case by its name. */
final class LockChecksCheck {
    static final Map<String, CheckJvm.Case> CASES = new TreeMap<>();

    private static final Queue<LockReport> REPORTS = new ConcurrentLinkedQueue<>();

    /** Longer than it takes to report what is looked for now and then. */
    private static final long LONG_ENOUGH_NANOS = TimeUnit.SECONDS.toNanos(6L);

    static {
        CASES.put("whoWouldWaitForItselfIsTold", LockChecksCheck::whoWouldWaitForItselfIsTold);
        CASES.put("whoWaitsForItselfButNotForEverIsNotTold", LockChecksCheck::whoWaitsForItselfButNotForEverIsNotTold);
        CASES.put("whoReadsAgainBehindAWriterIsTold", LockChecksCheck::whoReadsAgainBehindAWriterIsTold);
        CASES.put("whoUnlocksForAnotherIsTold", LockChecksCheck::whoUnlocksForAnotherIsTold);
        CASES.put("whoUpgradesForAnotherIsTold", LockChecksCheck::whoUpgradesForAnotherIsTold);
        CASES.put("aThreadThatEndsWithALockIsReported", LockChecksCheck::aThreadThatEndsWithALockIsReported);
        CASES.put("anInversionOfTwoLocksIsReported", LockChecksCheck::anInversionOfTwoLocksIsReported);
        CASES.put("anInversionOfWaitsIsReported", LockChecksCheck::anInversionOfWaits);
        CASES.put("anInversionOfInterruptibleWaitsIsReported", LockChecksCheck::anInversionOfInterruptibleWaits);
        CASES.put("aLongerCircleOverDifferentLocksIsReported", LockChecksCheck::aLongerCircleOverDifferentLocks);
        CASES.put("aLockInACallbackIsReported", LockChecksCheck::aLockInACallbackIsReported);
        CASES.put("aWaitThatNobodyEndsIsReported", LockChecksCheck::aWaitThatNobodyEndsIsReported);
        CASES.put("aCorrectLoadHasNoReports", LockChecksCheck::aCorrectLoadHasNoReports);
        CASES.put("aHoldOfAFutureIsOneOfNoThread", LockChecksCheck::aHoldOfAFutureIsOneOfNoThread);
        CASES.put("aListenerThatFailsDoesNoHarm", LockChecksCheck::aListenerThatFailsDoesNoHarm);
    }

    private LockChecksCheck() {}

    public static void main(String[] names) throws Exception {
        for (LockCheck check : LockCheck.values()) {
            require(LockChecks.isEnabled(check), "the premise: " + check + " is on");
        }
        LockChecks.enable(); // which is not too late, since all are on
        LockChecks.addListener(REPORTS::add);
        CheckJvm.runCases(CASES, names);
    }

    /** Whoever closes its guard is right, and whoever asks while it holds the mutex does not wait for itself. */
    private static void aHoldOfAFutureIsOneOfNoThread() {
        AsyncMutex mutex = new AsyncMutex();
        mutex.lock();
        CompletableFuture<MutexGuard> future = mutex.lockAsync(Runnable::run);
        CompletableFuture<MutexGuard> another = mutex.lockAsync(Runnable::run);
        require(DeadlockDetector.findDeadlocks().isEmpty(), "no thread waits");
        mutex.unlock();
        require(!DeadlockDetector.isRegisteredHere(mutex, 0L, Holding.EXCLUSIVE), "it is not the unlocker's hold");
        try (TestThreads threads = new TestThreads()) {
            threads.start("closer", future.join()::close);
        }
        another.join().close();
        require(!mutex.isLocked(), "both holds have ended");
        mutex.lock();
        mutex.unlock();
        require(REPORTS.isEmpty(), REPORTS.toString());
    }

    private static LockReport awaitReport(LockCheck check) {
        TestThreads.await("a report of " + check, () -> !REPORTS.isEmpty());
        LockReport report = REPORTS.remove();
        require(report.check() == check, report.toString());
        return report;
    }

    private static void requireFree(Lock lock) {
        require(lock.tryLock(), "free: " + lock);
        lock.unlock();
    }

    private static boolean isHere(Throwable place, String method) {
        return Arrays.stream(place.getStackTrace())
                .anyMatch(frame -> frame.getMethodName().contains(method));
    }

    // ---- what throws

    private static void whoWouldWaitForItselfIsTold() throws Exception {
        RwLock rw = new RwLock();
        Mutex mutex = new Mutex();
        FairMutex fair = new FairMutex();
        MutualExclusionLock inBuffer = InBuffer.newMutex();
        List<List<Lock>> pairs = List.of(
                List.of(mutex, mutex),
                List.of(fair, fair),
                List.of(inBuffer, inBuffer),
                List.of(InField.newMutex(), mutex),
                List.of(rw.read(), rw.write()),
                List.of(rw.write(), rw.read()),
                List.of(rw.write(), rw.readRecursive()),
                List.of(rw.write(), rw.write()),
                List.of(rw.write(), rw.upgradable()),
                List.of(rw.upgradable(), rw.upgradable()),
                List.of(rw.upgradable(), rw.write()));
        for (List<Lock> pair : pairs) {
            Lock held = pair.get(0);
            Lock wanted = pair.get(1);
            held.lock();
            if (held != wanted && wanted == mutex) {
                wanted.lock(); // another lock: nobody is told anything
                wanted.unlock();
            } else {
                IllegalStateException told = requireThrows(IllegalStateException.class, wanted::lock, pair.toString());
                require(told.getMessage().contains("for ever"), told.getMessage());
                require(isHere(told.getCause(), "whoWouldWaitForItselfIsTold"), "where it was taken");
            }
            held.unlock();
            requireFree(held);
            requireFree(wanted);
        }
        ReentrantReadWriteLock dropIn = new ReentrantReadWriteLock();
        dropIn.readLock().lock();
        requireThrows(IllegalStateException.class, dropIn.writeLock()::lock, "an upgrade that the drop-in lacks");
        dropIn.readLock().unlock();
        requireFree(dropIn.writeLock());
    }

    private static void whoWaitsForItselfButNotForEverIsNotTold() throws Exception {
        Mutex mutex = new Mutex();
        mutex.lock();
        require(!mutex.tryLockFor(Duration.ofMillis(1)), "it is held");
        mutex.unlock();
        try (TestThreads threads = new TestThreads()) {
            Thread alone = threads.start("alone", () -> {
                mutex.lock();
                requireThrows(InterruptedException.class, mutex::lockInterruptibly, "until it is interrupted");
                mutex.unlock();
            });
            TestThreads.await("it waits", mutex::hasQueuedThreads);
            alone.interrupt();
        }
        requireFree(mutex);
    }

    private static void whoReadsAgainBehindAWriterIsTold() throws Exception {
        RwLock lock = new RwLock();
        lock.lockRead();
        lock.lockRead(); // nobody waits yet, so it is admitted
        lock.unlockRead();
        Holders.requireNotReadBehindWriter(lock); // which one asks that has merely lost a race of readers
        try (TestThreads threads = new TestThreads()) {
            threads.start("writer", () -> lock.runWrite(() -> {}));
            TestThreads.await("a writer waits", lock::hasQueuedThreads);
            require(!lock.tryLockReadFor(Duration.ofNanos(1L)), "one that gives up does not wait for ever");
            try (TestThreads others = new TestThreads()) {
                others.start("newcomer", () -> Holders.requireNotReadBehindWriter(lock));
            }
            IllegalStateException told =
                    requireThrows(IllegalStateException.class, lock::lockRead, "reading again behind a writer");
            require(told.getMessage().contains("lockReadRecursive"), told.getMessage());
            lock.lockReadRecursive();
            lock.unlockRead();
            lock.unlockRead();
        }
        requireFree(lock.write());
    }

    private static void whoUnlocksForAnotherIsTold() throws Exception {
        RwLock rw = new RwLock();
        for (Lock lock : List.of(new Mutex(), new FairMutex(), rw.read(), rw.upgradable(), rw.write())) {
            CountDownLatch held = new CountDownLatch(1);
            CountDownLatch told = new CountDownLatch(1);
            try (TestThreads threads = new TestThreads()) {
                threads.start("holder", () -> {
                    lock.lock();
                    held.countDown();
                    told.await();
                    lock.unlock();
                });
                held.await();
                IllegalMonitorStateException failure =
                        requireThrows(IllegalMonitorStateException.class, lock::unlock, lock.toString());
                require(failure.getMessage().contains("\"holder\""), failure.getMessage());
                require(isHere(failure.getCause(), "whoUnlocksForAnotherIsTold"), "where it was taken");
                told.countDown();
            }
            requireFree(lock);
        }
    }

    private static void whoUpgradesForAnotherIsTold() throws Exception {
        RwLock lock = new RwLock();
        for (Runnable upgrade : List.<Runnable>of(lock::upgrade, lock::tryUpgrade)) {
            CountDownLatch held = new CountDownLatch(1);
            CountDownLatch told = new CountDownLatch(1);
            try (TestThreads threads = new TestThreads()) {
                threads.start("holder", () -> {
                    lock.lockUpgradable();
                    held.countDown();
                    told.await();
                    lock.unlockUpgradable();
                });
                held.await();
                requireThrows(IllegalMonitorStateException.class, upgrade::run, "upgraded for another");
                require(!lock.isWriteLocked(), "the lock is as it was");
                told.countDown();
            }
            requireFree(lock.write());
        }
    }

    // ---- what is reported

    private static void aThreadThatEndsWithALockIsReported() throws Exception {
        RwLock lock = new RwLock();
        try (TestThreads threads = new TestThreads()) {
            threads.start("forgetful", lock::lockRead);
        }
        LockReport report = awaitReport(LockCheck.THREAD_END);
        require(report.message().contains("\"forgetful\" has ended"), report.message());
        require(report.message().contains("for reading"), report.message());
        require(isHere(report.places().get(0), "lockRead"), report.toString());
        LockSupport.parkNanos(LONG_ENOUGH_NANOS / 2L);
        require(REPORTS.isEmpty(), "once: " + REPORTS);
    }

    private static void inThisOrder(Lock first, Lock second) {
        first.lock();
        try {
            second.lock();
            second.unlock();
        } finally {
            first.unlock();
        }
    }

    private static void anInversionOfTwoLocksIsReported() throws Exception {
        Mutex one = new Mutex();
        ReentrantLock two = new ReentrantLock();
        inThisOrder(one, two);
        inThisOrder(one, two);
        two.lock();
        require(one.tryLock(), "a try cannot wait, so its order does not matter");
        one.unlock();
        require(one.tryLock(1L, TimeUnit.DAYS), "nor does that of one that ends by itself");
        one.unlock();
        two.unlock();
        inThisOrder(two, one);
        LockReport report = awaitReport(LockCheck.ORDER);
        require(report.message().contains("circle of 2"), report.message());
        require(report.places().stream().allMatch(place -> isHere(place, "inThisOrder")), report.toString());
        inThisOrder(two, one);
        Mutex third = new Mutex();
        inThisOrder(two, third);
        require(REPORTS.isEmpty(), "once: " + REPORTS);
    }

    private static List<List<Lock>> pairs() {
        return List.of(
                List.of(new Mutex(), new ReentrantLock()),
                List.of(new FairMutex(), new ReentrantMutex()),
                List.of(InBuffer.newMutex(), InField.newMutex()),
                List.of(new RwLock().write(), new ReentrantReadWriteLock().writeLock()),
                List.of(new RwLock().upgradable(), InBuffer.newRwLock().write()),
                List.of(new RwLock().read(), new ReentrantReadWriteLock().readLock()));
    }

    private static void anInversionOfWaits() throws Exception {
        for (List<Lock> pair : pairs()) {
            inThisOrder(pair.get(0), pair.get(1));
            inThisOrder(pair.get(1), pair.get(0));
            require(awaitReport(LockCheck.ORDER).message().contains("circle of 2"), pair.toString());
        }
    }

    private static void anInversionOfInterruptibleWaits() throws Exception {
        for (List<Lock> pair : pairs()) {
            for (int first = 0; first < 2; first++) {
                pair.get(first).lockInterruptibly();
                pair.get(1 - first).lockInterruptibly();
                pair.get(1 - first).unlock();
                pair.get(first).unlock();
            }
            require(awaitReport(LockCheck.ORDER).message().contains("circle of 2"), pair.toString());
        }
    }

    private static void aLongerCircleOverDifferentLocks() throws Exception {
        Mutex first = new Mutex();
        RwLock second = new RwLock();
        ReentrantReadWriteLock third = new ReentrantReadWriteLock();
        inThisOrder(first, second.read());
        inThisOrder(second.write(), third.readLock());
        require(REPORTS.isEmpty(), "so far there is none: " + REPORTS);
        inThisOrder(third.writeLock(), first);
        LockReport report = awaitReport(LockCheck.ORDER);
        require(report.message().contains("circle of 3") && report.places().size() == 3, report.toString());
        second.lockRead();
        inThisOrder(second.readRecursive(), new Mutex()); // a lock that it holds is in no order to itself
        second.unlockRead();
        require(REPORTS.isEmpty(), "no other: " + REPORTS);
    }

    private static void aLockInACallbackIsReported() throws Exception {
        Mutex mutex = new Mutex();
        ParkingLot.park(new Object(), 0L, () -> {
            mutex.lock();
            mutex.unlock();
            return false;
        });
        LockReport report = awaitReport(LockCheck.CALLBACK);
        require(isHere(report.places().get(0), "aLockInACallbackIsReported"), report.toString());
        awaitReport(LockCheck.CALLBACK); // when it is held
        awaitReport(LockCheck.CALLBACK); // and when it is released
        inCallback(() -> require(mutex.tryLock(), "it is free"));
        require(
                awaitReport(LockCheck.CALLBACK)
                        .message()
                        .contains(" takes " + mutex.getClass().getName()),
                "tryLock");
        inCallback(mutex::unlock);
        require(awaitReport(LockCheck.CALLBACK).message().contains(" releases "), "unlock");
        mutex.lock();
        requireThrows(IllegalStateException.class, () -> inCallback(mutex::lock), "it would have to wait");
        require(awaitReport(LockCheck.CALLBACK).message().contains(" takes "), "before it fails");
        mutex.unlock();
        ParkingLot.park(new Object(), 0L, () -> false);
        mutex.runLocked(() -> {});
        require(REPORTS.isEmpty(), "no other: " + REPORTS);
    }

    private static void inCallback(Runnable action) {
        ParkingLot.park(new Object(), 0L, () -> {
            action.run();
            return false;
        });
    }

    private static void aWaitThatNobodyEndsIsReported() throws Exception {
        AtomicBoolean open = new AtomicBoolean();
        AtomicBoolean closed = new AtomicBoolean(true);
        Object gate = new Object();
        Object other = new Object();
        try (TestThreads threads = new TestThreads()) {
            threads.start("waiter", () -> ParkingLot.park(gate, 0L, () -> !open.get()));
            threads.start("rightly", () -> ParkingLot.park(other, 0L, closed::get));
            TestThreads.await(
                    "both wait",
                    () -> ParkingLot.waiters(gate, 0L).size()
                                    + ParkingLot.waiters(other, 0L).size()
                            == 2);
            LockSupport.parkNanos(LONG_ENOUGH_NANOS);
            require(REPORTS.isEmpty(), "both rightly: " + REPORTS);
            open.set(true); // and forgets to unpark
            LockReport report = awaitReport(LockCheck.LOST_WAKE);
            require(report.message().contains("\"waiter\""), report.message());
            require(isHere(report.places().get(0), "park"), report.toString());
            LockSupport.parkNanos(LONG_ENOUGH_NANOS);
            require(REPORTS.isEmpty(), "once: " + REPORTS);
            ParkingLot.unparkAll(gate, 0L);
            ParkingLot.unparkAll(other, 0L);
        }
    }

    private static void aCorrectLoadHasNoReports() throws Exception {
        HoldersCheck.CASES.get("aDeadlockFreeLoadHasNone").run();
        require(REPORTS.isEmpty(), "no report: " + REPORTS);
    }

    private static void aListenerThatFailsDoesNoHarm() throws Exception {
        LockChecks.addListener(report -> {
            throw new IllegalStateException("injected");
        });
        anInversionOfTwoLocksIsReported();
        anInversionOfTwoLocksIsReported();
    }
}
