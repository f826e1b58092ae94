package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.Delays;
import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThreadKind;
import dev.parkinglot.testing.ThrowingRunnable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Conditions of a {@link RwLock}: only the write lock has any, and {@link Condvar} takes the lock if it is held for
 * writing. What is true of conditions of every lock: {@link ConditionContract}.
 */
@SuppressWarnings({"WaitNotInLoop", "JavaUtilDate"}) // single waits and dates are what is tested
class RwLockConditionTest extends RwLockFixture {
    private final Condition condition = lock.writeLock().newCondition();
    private final List<Integer> order = new ArrayList<>(); // guarded by the lock

    @AfterEach
    void leaveNobodyQueued() {
        RwProbe.awaitQueue(condition);
    }

    /** One way to wait; true when it says that it was signalled. */
    private interface Way {
        boolean await(Condition condition) throws InterruptedException;
    }

    private static Date fromNow(Duration duration) {
        return new Date(System.currentTimeMillis() + duration.toMillis());
    }

    static Stream<Way> interruptibleWays() {
        return Stream.of(
                condition -> {
                    condition.await();
                    return true;
                },
                condition -> condition.await(Long.MAX_VALUE, TimeUnit.DAYS),
                condition -> condition.awaitNanos(Long.MAX_VALUE) > 0L,
                condition -> condition.awaitUntil(fromNow(Delays.LONG_DELAY)),
                condition -> condition.awaitUntil(new Date(Long.MAX_VALUE)));
    }

    static Stream<Way> endlessWays() {
        Way uninterruptibly = condition -> {
            condition.awaitUninterruptibly();
            return true;
        };
        return Stream.concat(Stream.of(uninterruptibly), interruptibleWays());
    }

    private void assertHeldForWriting() {
        assertTrue(RwProbe.has(lock, RwProbe.WRITER), "the lock is ours");
        assertEquals(0, RwProbe.readers(lock), "and ours alone");
    }

    private ThrowingRunnable waiter(int number, Way way) {
        return () -> {
            lock.lockWrite();
            assertTrue(way.await(condition), "signalled");
            assertHeldForWriting();
            order.add(number);
            lock.unlockWrite();
        };
    }

    /** Starts threads that wait for the condition, in this order; the lock is then free. */
    private Thread[] startWaiters(TestThreads threads, int count) {
        Thread[] waiters = new Thread[count];
        for (int i = 0; i < count; i++) {
            waiters[i] = threads.start(
                    "waiter-" + i, waiter(i, endlessWays().toList().get(0)));
            Thread[] soFar = new Thread[i + 1];
            System.arraycopy(waiters, 0, soFar, 0, i + 1);
            RwProbe.awaitQueue(condition, soFar);
        }
        TestThreads.await("await releases the lock", () -> !lock.isLocked());
        return waiters;
    }

    @ParameterizedTest
    @MethodSource("endlessWays")
    void awaitReleasesTheLockAndHoldsItForWritingAgainWhenSignalled(Way way) {
        for (ThreadKind kind : ThreadKind.available()) {
            try (TestThreads threads = new TestThreads(kind)) {
                Thread waiter = threads.start("waiter", waiter(0, way));
                RwProbe.awaitQueue(condition, waiter);
                lock.lockWrite(); // succeeds since await has released it
                assertEquals(List.of(), order);
                condition.signal();
                RwProbe.awaitQueue(condition);
                RwProbe.awaitQueue(lock, RwProbe.MAIN, waiter); // moved, asleep
                lock.unlockWrite();
            }
            assertEquals(List.of(0), order);
            order.clear();
        }
    }

    @ParameterizedTest
    @MethodSource(RwProbe.THREAD_KINDS)
    void aMovedThreadWaitsForItsTurnAmongThoseWhoWaitForTheLock(ThreadKind kind) {
        try (TestThreads threads = new TestThreads(kind)) {
            Thread waiter = startWaiters(threads, 1)[0];
            lock.lockWrite();
            Thread before = RwProbe.startQueued(threads, lock, RwProbe.MAIN, "before", () -> {
                lock.lockWrite();
                order.add(-1);
                lock.unlockWrite();
            });
            condition.signal();
            Thread behind = RwProbe.startQueued(threads, lock, RwProbe.MAIN, "behind", () -> {
                lock.lockWrite();
                order.add(1);
                lock.unlockWrite();
            });
            RwProbe.awaitQueue(lock, RwProbe.MAIN, before, waiter, behind);
            lock.unlockWrite();
        }
        assertEquals(List.of(-1, 0, 1), order);
    }

    @ParameterizedTest
    @MethodSource(RwProbe.THREAD_KINDS)
    void aMovedThreadToWhomTheLockIsHandedHoldsIt(ThreadKind kind) {
        try (TestThreads threads = new TestThreads(kind)) {
            startWaiters(threads, 1);
            lock.lockWrite();
            condition.signal();
            lock.unlockWriteFair();
        }
        assertEquals(List.of(0), order);
    }

    @ParameterizedTest
    @MethodSource(RwProbe.THREAD_KINDS)
    void aMovedThreadToWhomTheClaimIsHandedWaitsForTheReadersFirst(ThreadKind kind) {
        try (TestThreads threads = new TestThreads(kind)) {
            Thread waiter = startWaiters(threads, 1)[0];
            CountDownLatch over = new CountDownLatch(1);
            lock.lockWrite();
            RwProbe.startQueued(threads, lock, RwProbe.MAIN, "reader", () -> {
                lock.lockRead();
                over.await();
                lock.unlockRead();
            });
            condition.signal();
            RwProbe.awaitQueued(lock, RwProbe.MAIN, waiter);
            lock.unlockWriteFair();
            assertFalse(lock.tryLockRead(), "a newcomer got in before the writer that was handed the claim");
            RwProbe.awaitQueue(lock, RwProbe.DRAIN, waiter);
            over.countDown();
        }
        assertEquals(List.of(0), order);
    }

    /** Somebody signals who does not hold the lock; the readers who do are waited for. */
    @ParameterizedTest
    @MethodSource(RwProbe.THREAD_KINDS)
    void aThreadThatIsSignalledWhileOthersReadDrainsThem(ThreadKind kind) {
        Condvar condvar = new Condvar();
        try (TestThreads threads = new TestThreads(kind)) {
            ThrowingRunnable body = () -> {
                lock.lockWrite();
                condvar.await(lock);
                assertHeldForWriting();
                lock.unlockWrite();
            };
            Thread first = threads.start("first", body);
            RwProbe.awaitQueue(condvar, first);
            Thread second = threads.start("second", body);
            RwProbe.awaitQueue(condvar, first, second);
            lock.lockRead();
            lock.lockRead();
            assertEquals(2, condvar.signalAll());
            RwProbe.awaitQueue(lock, RwProbe.DRAIN, first);
            RwProbe.awaitQueue(lock, RwProbe.MAIN, second);
            lock.unlockRead();
            RwProbe.awaitQueue(lock, RwProbe.DRAIN, first); // one still reads
            lock.unlockRead();
        }
    }

    @ParameterizedTest
    @MethodSource(RwProbe.THREAD_KINDS)
    void aThreadThatIsSignalledUnderAnUpgradableHoldIsMovedAndWaitsForIt(ThreadKind kind) {
        Condvar condvar = new Condvar();
        try (TestThreads threads = new TestThreads(kind)) {
            Thread waiter = threads.start("waiter", () -> {
                lock.lockWrite();
                condvar.await(lock);
                assertHeldForWriting();
                lock.unlockWrite();
            });
            RwProbe.awaitQueue(condvar, waiter);
            lock.lockUpgradable();
            assertTrue(condvar.signal());
            RwProbe.awaitQueue(lock, RwProbe.MAIN, waiter);
            assertTrue(lock.tryLockRead(), "it keeps no reader out");
            lock.unlockRead();
            lock.unlockUpgradable();
        }
    }

    // ---- interrupts

    @ParameterizedTest
    @MethodSource("interruptibleWays")
    void anInterruptBeforeTheSignalEndsTheWaitWithTheLockHeld(Way way) {
        for (ThreadKind kind : ThreadKind.available()) {
            try (TestThreads threads = new TestThreads(kind)) {
                Thread waiter = threads.start("waiter", () -> {
                    lock.lockWrite();
                    assertThrows(InterruptedException.class, () -> way.await(condition));
                    assertFalse(Thread.currentThread().isInterrupted());
                    assertHeldForWriting();
                    lock.unlockWrite();
                });
                RwProbe.awaitQueue(condition, waiter);
                waiter.interrupt();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("interruptibleWays")
    void anInterruptAfterTheSignalStaysPendingAndTheThreadKeepsItsPlace(Way way) {
        for (ThreadKind kind : ThreadKind.available()) {
            try (TestThreads threads = new TestThreads(kind)) {
                Thread waiter = threads.start("waiter", () -> {
                    lock.lockWrite();
                    assertTrue(way.await(condition));
                    assertTrue(Thread.currentThread().isInterrupted());
                    assertHeldForWriting();
                    lock.unlockWrite();
                });
                RwProbe.awaitQueue(condition, waiter);
                lock.lockWrite();
                condition.signal();
                Thread behind = RwProbe.startQueued(threads, lock, RwProbe.MAIN, "behind", () -> {
                    lock.lockWrite();
                    lock.unlockWrite();
                });
                waiter.interrupt();
                TestThreads.awaitInterruptNoticed(waiter);
                RwProbe.awaitQueue(lock, RwProbe.MAIN, waiter, behind);
                lock.unlockWrite();
            }
        }
    }

    // ---- misuse (waiting without the lock: RwLockTest)

    @Test
    void aReadOrUpgradableHoldIsNotEnoughForACondvar() {
        Condvar condvar = new Condvar();
        for (RwKind kind : List.of(RwKind.READ, RwKind.UPGRADABLE)) {
            kind.lock(lock);
            try (TestThreads threads = new TestThreads()) {
                threads.start("misuser", () -> {
                    assertThrows(IllegalMonitorStateException.class, () -> condvar.await(lock));
                    assertThrows(IllegalMonitorStateException.class, () -> condvar.awaitFor(lock, Duration.ZERO));
                    assertThrows(IllegalMonitorStateException.class, () -> condvar.awaitUninterruptibly(lock));
                    assertThrows(IllegalMonitorStateException.class, () -> condvar.awaitWhile(lock, () -> false));
                });
            }
            assertEquals(kind.hold, RwProbe.state(lock));
            kind.unlock(lock);
        }
    }

    @ParameterizedTest
    @MethodSource(RwProbe.THREAD_KINDS)
    void aPipelineOfOneSlotDeliversEverythingOnceBesideReaders(ThreadKind kind) {
        int messages = 1_000;
        Condition notFull = condition;
        Condition notEmpty = lock.writeLock().newCondition();
        int[] slot = new int[1]; // 0 is empty
        List<Integer> received = new ArrayList<>();
        try (TestThreads threads = new TestThreads(kind)) {
            threads.start("producer", () -> {
                for (int i = 1; i <= messages; i++) {
                    lock.writeLock().lock();
                    while (slot[0] != 0) {
                        notFull.await();
                    }
                    slot[0] = i;
                    notEmpty.signal();
                    lock.writeLock().unlock();
                }
            });
            threads.start("consumer", () -> {
                for (int i = 1; i <= messages; i++) {
                    lock.writeLock().lock();
                    while (slot[0] == 0) {
                        notEmpty.await();
                    }
                    received.add(slot[0]);
                    slot[0] = 0;
                    notFull.signal();
                    lock.writeLock().unlock();
                }
            });
            threads.start(2, "reader", () -> {
                for (int i = 0; i < messages; i++) {
                    lock.lockRead();
                    int seen = slot[0];
                    assertTrue(seen >= 0 && seen <= messages);
                    lock.unlockRead();
                }
            });
        }
        assertEquals(messages, received.size());
        for (int i = 0; i < messages; i++) {
            assertEquals(i + 1, received.get(i));
        }
    }
}
