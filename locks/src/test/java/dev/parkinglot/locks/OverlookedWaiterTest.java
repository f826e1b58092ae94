package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parkinglot.parkers.AsymmetricFence;
import dev.parkinglot.testing.Delays;
import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThreadKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Case 3 of the 1-0 exit (see {@link Mutex}): an unlock has become visible only after the waiter had validated, and its
 * look at the flags came before the waiter's mark. Real hardware does this for nanoseconds, too rarely to wait for;
 * here the outcome is produced: the lock is free, waiters are parked, and nobody is going to wake them.
 *
 * <p>It is produced long after the waiters parked. Where the system has an asymmetric fence, waiters know by then that
 * it cannot come about, and do not look: these tests are for where it has none, which includes JDK 17, and 25 without
 * native access.
 */
@ParameterizedClass
@EnumSource(
        value = MutexKind.class,
        names = {"PLAIN", "IN_BUFFER"})
@Concurrent
class OverlookedWaiterTest {
    @Parameter
    private MutexKind kind;

    private MutualExclusionLock mutex;
    private final List<Integer> order = new ArrayList<>(); // guarded by the mutex

    @BeforeEach
    void makeMutexWithoutTheFence() {
        mutex = kind.newMutex();
        assumeTrue(AsymmetricFence.unavailableReason().isPresent(), "with the fence this cannot happen");
    }

    @AfterEach
    void leaveNothingBehind() {
        Probe.assertIdle(mutex);
    }

    private void lockAndNote(int number) {
        mutex.lock();
        order.add(number);
        mutex.unlock();
    }

    @OnEachKind
    void anOverlookedWaiterFindsOutByItself(TestThreads threads) {
        mutex.lock();
        Probe.queueUp(threads, mutex, 1, i -> () -> lockAndNote(i));
        Probe.unlockOverlookingWaiters(mutex);
        threads.join();
        assertEquals(List.of(0), order);
    }

    @OnEachKind
    void itFindsOutAlsoWithATimeoutOrInterruptibly(TestThreads threads) {
        mutex.lock();
        Probe.queueUp(threads, mutex, 1, i -> () -> {
            assertTrue(mutex.tryLock(Delays.LONG_DELAY.toNanos(), TimeUnit.NANOSECONDS));
            mutex.unlock();
        });
        Probe.unlockOverlookingWaiters(mutex);
    }

    @OnEachKind
    void ofSeveralOverlookedWaitersTheOneOnDutyFindsOutAndTheUnlocksWakeTheOthers(TestThreads threads) {
        mutex.lock();
        Probe.queueUp(threads, mutex, 5, i -> () -> lockAndNote(i));
        Probe.unlockOverlookingWaiters(mutex);
        threads.join();
        // The one on duty leaves its place and competes with whom it then wakes, so the order is open.
        assertEquals(Set.of(0, 1, 2, 3, 4), Set.copyOf(order));
    }

    @OnEachKind
    void theDutyPassesOnWhenTheOneOnDutyIsInterrupted(TestThreads threads) {
        mutex.lock();
        Thread onDuty = threads.start(
                "on duty", () -> assertThrows(InterruptedException.class, () -> mutex.lockInterruptibly()));
        Probe.awaitQueue(mutex, onDuty);
        Thread second = threads.start("second", () -> lockAndNote(1));
        Probe.awaitQueue(mutex, onDuty, second);
        onDuty.interrupt();
        TestThreads.join(onDuty);
        Probe.awaitQueue(mutex, second);
        Probe.unlockOverlookingWaiters(mutex);
        threads.join();
        assertEquals(List.of(1), order);
    }

    @OnEachKind
    void theDutyPassesOnWhenTheOneOnDutyTimesOut(TestThreads threads) {
        mutex.lock();
        Thread onDuty =
                threads.start("on duty", () -> assertFalse(mutex.tryLockUntil(System.nanoTime() + 100_000_000L)));
        TestThreads.await(
                "it waits or has waited", () -> Probe.queueOf(mutex).equals(List.of(onDuty)) || !onDuty.isAlive());
        Thread second = threads.start("second", () -> lockAndNote(1));
        TestThreads.join(onDuty);
        Probe.awaitQueue(mutex, second);
        Probe.unlockOverlookingWaiters(mutex);
        threads.join();
        assertEquals(List.of(1), order);
    }

    @OnEachKind
    void theDutyPassesOnAlsoIfTheOneOnDutyLeavesWhenTheLockIsFreeAlready(TestThreads threads) {
        // It may take the lock or be interrupted, whichever it notices first; the second gets its turn in both cases.
        for (int round = 0; round < 5; round++) {
            mutex.lock();
            Thread onDuty = threads.start("on duty", () -> {
                try {
                    mutex.lockInterruptibly();
                    mutex.unlock();
                } catch (InterruptedException e) {
                    assertFalse(Thread.currentThread().isInterrupted());
                }
            });
            Probe.awaitQueue(mutex, onDuty);
            Thread second = threads.start("second", () -> lockAndNote(1));
            Probe.awaitQueue(mutex, onDuty, second);
            Probe.unlockOverlookingWaiters(mutex);
            onDuty.interrupt();
            threads.join();
            Probe.assertIdle(mutex);
        }
        assertEquals(5, order.size());
    }

    @ParameterizedTest
    @MethodSource(Probe.THREAD_KINDS)
    void theDutyIsTakenUpAgainWhenTheOneOnDutyWasWokenAndFoundTheLockTaken(ThreadKind kind) {
        boolean overtaken = false;
        int rounds = 0;
        do {
            int before = order.size();
            rounds++;
            try (TestThreads threads = new TestThreads(kind)) {
                mutex.lock();
                Thread[] queue = Probe.queueUp(threads, mutex, 2, i -> () -> lockAndNote(i));
                mutex.unlock(); // wakes the first, who was on duty, and now finds the lock taken in most rounds
                if (mutex.tryLock()) {
                    overtaken = order.size() == before;
                    if (overtaken) {
                        Probe.awaitQueue(mutex, queue[0], queue[1]); // back in its place
                        Probe.unlockOverlookingWaiters(mutex);
                    } else {
                        mutex.unlock();
                    }
                }
            }
        } while (!overtaken);
        assertEquals(2 * rounds, order.size());
    }

    @OnEachKind
    void afterAnAwaitUnlocksOverlookNobodySoMovedThreadsNeedNoDuty(TestThreads threads) {
        // A moved thread sleeps without a deadline: only an unlock that sees it can end this test.
        int rounds = 200;
        Condvar condvar = new Condvar();
        for (int round = 0; round < rounds; round++) {
            Thread[] waiters = Probe.queueUp(threads, condvar, 2, i -> () -> {
                mutex.lock();
                condvar.await(mutex);
                order.add(i);
                mutex.unlock();
            });
            mutex.lock();
            assertTrue(Probe.isShared(mutex));
            assertEquals(2, condvar.signalAll());
            assertEquals(List.of(waiters), Probe.queueOf(mutex));
            mutex.unlock();
            threads.join();
        }
        assertEquals(2 * rounds, order.size());
    }
}
