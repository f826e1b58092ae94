package dev.parkinglot.locks;

import static dev.parkinglot.locks.Threads.meet;
import static dev.parkinglot.locks.Threads.pauseUntil;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.core.ParkingLot;
import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThreadKind;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Failures that other condition variables had. The number in a name is that of a row in the table of docs/design.md
 * ("What is tested how").
 */
class CondvarRegressionsTest extends RegressionsFixture {
    private final Condvar condvar = new Condvar();

    @AfterEach
    void leaveNobodyQueued() {
        assertEquals(List.of(), Probe.queueOf(condvar));
    }

    // ---- R5: a signal races the deadline

    @OnEachKind
    void r05_signalAllAtTheDeadlineCountsExactlyThoseWhoReportASignal(TestThreads threads) throws Exception {
        int rounds = 300;
        int waiters = 3;
        Random random = new Random(5L);
        CyclicBarrier barrier = new CyclicBarrier(waiters + 1);
        AtomicInteger reported = new AtomicInteger();
        long[] deadline = new long[1];
        threads.start(waiters, "waiter", () -> {
            for (int i = 0; i < rounds; i++) {
                meet(barrier);
                mutex.lock();
                if (condvar.awaitUntil(mutex, deadline[0])) {
                    reported.incrementAndGet();
                }
                mutex.unlock();
                meet(barrier);
            }
        });
        for (int i = 0; i < rounds; i++) {
            reported.set(0);
            deadline[0] = System.nanoTime() + 300_000L;
            meet(barrier);
            pauseUntil(deadline[0] + random.nextInt(150_000) - 30_000);
            int count;
            if (i % 2 == 0) {
                count = condvar.signalAll();
            } else {
                mutex.lock();
                count = condvar.signalAll();
                mutex.unlock();
            }
            meet(barrier);
            assertEquals(count, reported.get());
        }
    }

    // ---- R14: signalling all while one leaves

    @Test
    void r14_signalAllCountsAllAlsoIfTheLastHasGoneMeanwhile(TestThreads threads) {
        Thread[] waiters = Probe.queueUp(threads, condvar, 2, i -> () -> {
            mutex.lock();
            condvar.await(mutex);
            mutex.unlock();
        });
        Thread last = threads.start("last", () -> {
            mutex.lock();
            assertThrows(InterruptedException.class, () -> condvar.await(mutex));
            mutex.unlock();
        });
        Probe.awaitQueue(condvar, waiters[0], waiters[1], last);
        mutex.lock();
        last.interrupt();
        Probe.awaitQueue(mutex, last);
        assertEquals(2, condvar.signalAll());
        assertEquals(
                mutex.signalledThreadsPrecede()
                        ? List.of(waiters[0], waiters[1], last)
                        : List.of(last, waiters[0], waiters[1]),
                Probe.queueOf(mutex));
        mutex.unlock();
    }

    // ---- R20: stray permits

    @OnEachKind
    void r20_strayPermitsDoNotEndAnAwait(TestThreads threads) {
        AtomicBoolean signalled = new AtomicBoolean();
        Thread waiter = threads.start("waiter", () -> {
            mutex.lock();
            condvar.await(mutex);
            assertTrue(signalled.get(), "returned without a signal");
            mutex.unlock();
        });
        Probe.awaitQueue(condvar, waiter);
        for (int i = 0; i < 1_000; i++) {
            LockSupport.unpark(waiter);
        }
        awaitAsleep(waiter);
        Probe.awaitQueue(condvar, waiter);
        mutex.lock();
        signalled.set(true);
        assertTrue(condvar.signal());
        mutex.unlock();
    }

    // ---- R22: errors

    @Test
    void r22_anErrorOfAConditionLeavesTheMutexHeldAndNobodyQueued(TestThreads threads) {
        OutOfMemoryError failure = new OutOfMemoryError("on purpose");
        AtomicInteger looks = new AtomicInteger();
        BooleanSupplier failing = () -> {
            if (looks.incrementAndGet() == 2) {
                throw failure;
            }
            return true;
        };
        Thread waiter = threads.start("waiter", () -> {
            mutex.lock();
            OutOfMemoryError thrown = assertThrows(OutOfMemoryError.class, () -> condvar.awaitWhile(mutex, failing));
            assertSame(failure, thrown);
            assertFalse(mutex.tryLock(), "the mutex is ours again");
            mutex.unlock();
        });
        Probe.awaitQueue(condvar, waiter);
        mutex.lock();
        assertTrue(condvar.signal());
        mutex.unlock();
    }

    @Test
    void r22_aFailureBetweenEnqueueingAndSleepingLeavesNoPhantomWaiter(TestThreads threads)
            throws InterruptedException {
        Checks.assumeThatAnyThreadMayUnlock();
        Thread[] waiter = new Thread[1];
        // Hold the bucket of the condition variable, so that the waiter stands before it, past all checks.
        ParkingLot.unparkOne(condvar, 0L, null, (context, parkToken, result) -> {
            waiter[0] = threads.start("waiter", () -> {
                mutex.lock();
                assertThrows(IllegalMonitorStateException.class, () -> condvar.await(mutex));
            });
            TestThreads.await("it is past the checks", () -> TestThreads.isAsleep(waiter[0]));
            mutex.unlock(); // so its own unlock, the first thing after enqueueing, must fail
            return ParkingLot.DEFAULT_UNPARK_TOKEN;
        });
        TestThreads.join(waiter[0]);
        assertEquals(List.of(), Probe.queueOf(condvar));
        assertFalse(condvar.signal());
        threads.join();
        // Also the pairing with the mutex is undone.
        MutualExclusionLock other = kind.newMutex();
        other.lock();
        assertFalse(condvar.awaitFor(other, Duration.ZERO));
        other.unlock();
    }

    // ---- R26: waiter and notifier never both miss

    @ParameterizedTest
    @MethodSource(Probe.THREAD_KINDS)
    void r26_aThreadMovedWhileTheHolderUnlocksIsNotForgotten(ThreadKind kind) {
        int rounds = 20_000;
        AtomicInteger go = new AtomicInteger();
        AtomicInteger returned = new AtomicInteger();
        Random random = new Random(26L);
        try (TestThreads threads = new TestThreads(kind);
                TestThreads signallers = new TestThreads()) {
            Thread waiter = threads.start("waiter", () -> {
                for (int round = 1; round <= rounds; round++) {
                    mutex.lock();
                    condvar.awaitUninterruptibly(mutex);
                    mutex.unlock();
                    returned.set(round);
                }
            });
            signallers.start("signaller", () -> {
                Random jitter = new Random(62L);
                for (int round = 1; round <= rounds; round++) {
                    while (go.get() != round) {
                        Thread.onSpinWait(); // without yielding: it is about nanoseconds
                    }
                    pause(jitter.nextInt(32));
                    assertTrue(condvar.signal());
                }
            });
            for (int round = 1; round <= rounds; round++) {
                int expected = round;
                Probe.awaitQueue(condvar, waiter);
                mutex.lock();
                go.set(round);
                pause(random.nextInt(64));
                mutex.unlock(); // the only one: nobody comes by afterwards who could find the waiter
                TestThreads.await("the waiter returns", () -> returned.get() == expected);
            }
        }
    }

    private static void pause(int times) {
        for (int i = 0; i < times; i++) {
            Thread.onSpinWait();
        }
    }

    // ---- R29: an untimed wait right after a timed one

    @OnEachKind
    void r29_anUntimedWaitRightAfterATimedOneIsWoken(TestThreads threads) {
        int rounds = 100;
        AtomicInteger untimed = new AtomicInteger();
        Thread waiter = threads.start("waiter", () -> {
            for (int i = 1; i <= rounds; i++) {
                mutex.lock();
                assertFalse(condvar.awaitFor(mutex, Duration.ofMillis(1)));
                untimed.set(i);
                condvar.await(mutex);
                mutex.unlock();
            }
        });
        for (int i = 1; i <= rounds; i++) {
            int round = i;
            TestThreads.await("the untimed wait is next", () -> untimed.get() == round);
            Probe.awaitQueue(condvar, waiter);
            mutex.lock();
            assertTrue(condvar.signal());
            mutex.unlock();
        }
    }
}
