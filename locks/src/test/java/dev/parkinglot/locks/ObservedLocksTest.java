package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.core.DeadlockDetector;
import dev.parkinglot.core.FinishedWait;
import dev.parkinglot.core.FinishedWait.Outcome;
import dev.parkinglot.core.KeyNames;
import dev.parkinglot.core.Observation;
import dev.parkinglot.core.ParkingLot;
import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThrowingRunnable;
import dev.parkinglot.testkit.DrivenLot;
import dev.parkinglot.testkit.DrivenThread;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What observers are told of waits for locks: one wait each, however often the thread parks. */
@Concurrent
class ObservedLocksTest {
    private final List<FinishedWait> waits = new CopyOnWriteArrayList<>();
    private final Observation observation = Observation.start(waits::add);

    @AfterEach
    void close() {
        observation.close();
    }

    private FinishedWait onlyWaitFor(Object base) {
        List<FinishedWait> found =
                waits.stream().filter(wait -> wait.base() == base).toList();
        assertEquals(1, found.size(), found::toString);
        return found.get(0);
    }

    /** With a thread that waits in a queue of the lock: does something that ends the wait, and joins the thread. */
    private static Thread whileWaiting(Object base, long offset, ThrowingRunnable wait, ThrowingRunnable end)
            throws Throwable {
        try (TestThreads threads = new TestThreads()) {
            Thread waiter = threads.start("waiter", wait);
            TestThreads.await("queued", () -> ParkingLot.waiters(base, offset).size() == 1);
            end.run();
            return waiter;
        }
    }

    static List<MutualExclusionLock> mutexes() {
        return List.of(new Mutex(), new FairMutex());
    }

    @ParameterizedTest
    @MethodSource("mutexes")
    void aWaitForAMutexIsOneWait(MutualExclusionLock mutex) throws Throwable {
        mutex.lock();
        Thread waiter = whileWaiting(mutex, 0L, () -> mutex.runLocked(() -> {}), mutex::unlock);
        FinishedWait wait = onlyWaitFor(mutex);
        assertSame(waiter, wait.thread());
        assertEquals("lock", wait.mode());
        assertEquals(0L, wait.offset());
        assertEquals(Outcome.ACQUIRED, wait.outcome());
        assertTrue(wait.parks() >= 1, wait::toString);
    }

    @Test
    void anAcquisitionThatNeedNotWaitIsNotTold() {
        Mutex mutex = new Mutex();
        mutex.lock();
        assertFalse(mutex.tryLock());
        mutex.unlock();
        assertEquals(List.of(), waits);
    }

    @Test
    void aHandOverIsTold() throws Throwable {
        Mutex mutex = new Mutex();
        mutex.lock();
        whileWaiting(mutex, 0L, () -> mutex.runLocked(() -> {}), mutex::unlockFair);
        assertTrue(onlyWaitFor(mutex).handedOver());
    }

    @Test
    void theOwnerOfAReentrantLockIsTold() throws Throwable {
        ReentrantLock lock = new ReentrantLock();
        lock.lock();
        whileWaiting(
                lock,
                0L,
                () -> {
                    lock.lock();
                    lock.unlock();
                },
                lock::unlock);
        assertSame(Thread.currentThread(), onlyWaitFor(lock).holder());
    }

    @Test
    void aTimeoutIsTold() throws InterruptedException {
        Mutex mutex = new Mutex();
        mutex.lock();
        // The time begins to run before the wait does: a thread that is held up in between has waited for less.
        for (int tries = 100; tries > 0 && waits.stream().allMatch(wait -> wait.nanos() < 2_000_000L); tries--) {
            waits.clear();
            assertFalse(mutex.tryLock(2, TimeUnit.MILLISECONDS));
        }
        assertEquals(Outcome.TIMED_OUT, onlyWaitFor(mutex).outcome());
        assertTrue(onlyWaitFor(mutex).nanos() >= 2_000_000L);
    }

    @Test
    void anInterruptIsTold(TestThreads threads) throws Throwable {
        Mutex mutex = new Mutex();
        mutex.lock();
        Thread waiter =
                threads.start("waiter", () -> assertThrows(InterruptedException.class, mutex::lockInterruptibly));
        TestThreads.await("queued", () -> ParkingLot.waiters(mutex, 0L).size() == 1);
        waiter.interrupt();
        threads.join();
        assertEquals(Outcome.INTERRUPTED, onlyWaitFor(mutex).outcome());
    }

    /** Under the lock of a bucket nobody may wait. */
    @Test
    void aWaitThatFailsIsTold() throws Throwable {
        Mutex mutex = new Mutex();
        mutex.lock();
        Object gate = new Object();
        whileWaiting(gate, 0L, () -> ParkingLot.park(gate, 0L, () -> true), () -> {
            assertThrows(
                    IllegalStateException.class,
                    () -> ParkingLot.unparkOne(gate, 0L, mutex, (context, parkToken, result) -> {
                        mutex.lock();
                        return 0L;
                    }));
            ParkingLot.unparkAll(gate, 0L);
        });
        assertEquals(Outcome.FAILED, onlyWaitFor(mutex).outcome());
        mutex.unlock();
    }

    @Test
    void aLockInABufferIsToldByItsPlace() throws Throwable {
        byte[] array = new byte[64];
        UnsafeBuffer buffer = new UnsafeBuffer(array);
        BufferMutex.lock(buffer, 8);
        whileWaiting(
                array,
                buffer.addressOffset() + 8,
                () -> {
                    BufferMutex.lock(buffer, 8);
                    BufferMutex.unlock(buffer, 8);
                },
                () -> BufferMutex.unlock(buffer, 8));
        assertEquals(buffer.addressOffset() + 8, onlyWaitFor(array).offset());
    }

    @Test
    void aWaitOfAReaderIsTold() throws Throwable {
        RwLock lock = new RwLock();
        lock.lockWrite();
        whileWaiting(lock, 0L, () -> lock.runRead(() -> {}), lock::unlockWrite);
        assertEquals("read", onlyWaitFor(lock).mode());
    }

    @Test
    void aWriterThatClaimsAndDrainsHasWaitedOnce() throws Throwable {
        RwLock lock = new RwLock();
        lock.lockRead();
        whileWaiting(lock, 1L, () -> lock.runWrite(() -> {}), lock::unlockRead);
        assertEquals("write", onlyWaitFor(lock).mode());
        assertEquals(0L, onlyWaitFor(lock).offset());
        assertEquals(Outcome.ACQUIRED, onlyWaitFor(lock).outcome());
    }

    @Test
    void anUpgradeThatWaitsIsTold() throws Throwable {
        RwLock lock = new RwLock();
        lock.lockRead();
        whileWaiting(
                lock,
                1L,
                () -> {
                    lock.lockUpgradable();
                    lock.upgrade();
                    lock.unlockWrite();
                },
                lock::unlockRead);
        assertEquals("upgrade", onlyWaitFor(lock).mode());
        assertEquals(0L, onlyWaitFor(lock).offset());
        assertEquals(Outcome.ACQUIRED, onlyWaitFor(lock).outcome());
    }

    @Test
    void aWaitForASignalIsAParkOfTheCondition() throws Throwable {
        Mutex mutex = new Mutex();
        Condvar condvar = new Condvar();
        whileWaiting(
                condvar,
                0L,
                () -> {
                    mutex.lock();
                    condvar.await(mutex);
                    mutex.unlock();
                },
                () -> TestThreads.await("signalled", condvar::signal));
        assertEquals("park", onlyWaitFor(condvar).mode());
        assertEquals(Outcome.ACQUIRED, onlyWaitFor(condvar).outcome());
    }

    /** As long as it has not arrived, releases leave the others to it: nothing may be left of that. */
    @Test
    void aThreadThatWasMovedAndWokenArrives() {
        Mutex mutex = new Mutex();
        arriveAfterAwait(mutex, mutex);
        assertEquals(0, Probe.flagsOf(mutex) & MutexWord.WOKEN);
        RwLock rwLock = new RwLock();
        arriveAfterAwait(rwLock, rwLock.write());
        RwProbe.assertIdle(rwLock);
    }

    private static void arriveAfterAwait(CondvarLock lock, Lock mode) {
        Condvar condvar = new Condvar();
        try (DrivenLot lot = new DrivenLot()) {
            DrivenThread waiter = lot.start("waiter", () -> {
                mode.lock();
                condvar.awaitUninterruptibly(lock);
                mode.unlock();
            });
            mode.lock();
            assertTrue(condvar.signal());
            assertTrue(waiter.isAsleep());
            mode.unlock();
            assertTrue(waiter.run().hasEnded());
        }
    }

    static List<CondvarLock> locks() {
        return List.of(
                new Mutex(),
                new FairMutex(),
                new ReentrantMutex(),
                new ReentrantLock(),
                new RwLock(),
                new ReentrantReadWriteLock());
    }

    @ParameterizedTest
    @MethodSource("locks")
    void theNameOfALockStandsInItsText(CondvarLock lock) {
        String before = lock.toString();
        String identity = before.substring(0, before.indexOf('['));
        assertEquals(lock.getClass().getName() + "@" + Integer.toHexString(lock.hashCode()), identity);
        KeyNames.name(lock, "accounts");
        assertEquals(before.replace(identity, identity + " \"accounts\""), lock.toString());
        KeyNames.name(lock, null);
        assertEquals(before, lock.toString());
    }

    @Test
    void theNameStandsInAReportOfAWait() throws InterruptedException {
        Mutex mutex = KeyNames.name(new Mutex(), "ledger");
        mutex.lock();
        assertFalse(mutex.tryLock(Duration.ofMillis(1).toNanos(), TimeUnit.NANOSECONDS));
        assertTrue(onlyWaitFor(mutex).lock().endsWith(" \"ledger\""));
        Thread known = DeadlockDetector.isRecording() ? Thread.currentThread() : null; // a mutex has no owner itself
        assertSame(known, onlyWaitFor(mutex).holder());
    }
}
