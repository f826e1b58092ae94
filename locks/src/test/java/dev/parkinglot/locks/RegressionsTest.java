package dev.parkinglot.locks;

import static dev.parkinglot.locks.Threads.meet;
import static dev.parkinglot.locks.Threads.pauseUntil;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.Delays;
import dev.parkinglot.testing.JavaProcess;
import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThreadKind;
import dev.parkinglot.testing.ThrowingRunnable;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * Failures that other lots and locks had. The number in a name is that of a row in the table of docs/design.md ("What
 * is tested how"). Those of condition variables: {@link CondvarRegressionsTest}.
 */
class RegressionsTest extends RegressionsFixture {
    // ---- R5: a hand-over races the timeout or the interrupt of the chosen thread

    /**
     * Makes a waiter give up, and chooses it when it stands before the lock of its bucket to leave the queue: the last
     * moment at which it can be chosen. A thread in that place is parked without a blocker.
     */
    private void handOverToOneWhoIsLeaving(Thread waiter, Runnable makeItLeave) {
        mutex.unparkOne(mutex, Mutex.QUEUE, (context, parkToken, result) -> {
            makeItLeave.run();
            TestThreads.await(
                    "the waiter waits for its bucket",
                    () -> TestThreads.isAsleep(waiter) && LockSupport.getBlocker(waiter) == null);
            return Mutex.HANDOFF;
        });
    }

    @Test
    void r05_whoIsHandedTheLockWhileTimingOutOwnsIt(TestThreads threads) {
        mutex.lock();
        long deadline = System.nanoTime() + Delays.SHORT_DELAY.toNanos() * 10L;
        Thread waiter = threads.start("waiter", () -> {
            assertTrue(mutex.tryLockUntil(deadline));
            assertTrue(mutex.isLocked());
            mutex.unlock();
        });
        Probe.awaitQueue(mutex, waiter);
        handOverToOneWhoIsLeaving(waiter, () -> pauseUntil(deadline));
    }

    @Test
    void r05_whoIsHandedTheLockWhileBeingInterruptedOwnsItAndKeepsTheFlag(TestThreads threads) {
        mutex.lock();
        Thread waiter = threads.start("waiter", () -> {
            mutex.lockInterruptibly();
            assertTrue(Thread.currentThread().isInterrupted());
            assertTrue(mutex.isLocked());
            mutex.unlock();
        });
        Probe.awaitQueue(mutex, waiter);
        handOverToOneWhoIsLeaving(waiter, waiter::interrupt);
    }

    private void handOver(CyclicBarrier barrier, boolean[] acquired) throws Exception {
        mutex.unlockFair();
        meet(barrier);
        assertEquals(acquired[0], mutex.isLocked(), "locked by its owner or by nobody");
        if (acquired[0]) {
            mutex.unlock();
        }
    }

    @OnEachKind
    void r05_aHandOverAtTheDeadlineLeavesOneOwnerOrNone(TestThreads threads) throws Exception {
        Checks.assumeThatAnyThreadMayUnlock();
        int rounds = 1_000;
        Random random = new Random(5L);
        CyclicBarrier barrier = new CyclicBarrier(2);
        long[] deadline = new long[1];
        boolean[] acquired = new boolean[1];
        threads.start("waiter", () -> {
            for (int i = 0; i < rounds; i++) {
                meet(barrier);
                acquired[0] = mutex.tryLockUntil(deadline[0]);
                meet(barrier);
            }
        });
        for (int i = 0; i < rounds; i++) {
            mutex.lock();
            deadline[0] = System.nanoTime() + 200_000L;
            meet(barrier);
            pauseUntil(deadline[0] + random.nextInt(120_000) - 20_000);
            handOver(barrier, acquired);
        }
    }

    @OnEachKind
    void r05_aHandOverToAnInterruptedThreadLeavesOneOwnerOrNone(TestThreads threads) throws Exception {
        Checks.assumeThatAnyThreadMayUnlock();
        int rounds = 1_000;
        Random random = new Random(5L);
        CyclicBarrier barrier = new CyclicBarrier(2);
        boolean[] acquired = new boolean[1];
        Thread waiter = threads.start("waiter", () -> {
            for (int i = 0; i < rounds; i++) {
                meet(barrier);
                try {
                    mutex.lockInterruptibly();
                    acquired[0] = true;
                    assertTrue(Thread.interrupted(), "the interrupt that came first stays pending");
                } catch (InterruptedException e) {
                    acquired[0] = false;
                    assertFalse(Thread.interrupted());
                }
                meet(barrier);
            }
        });
        for (int i = 0; i < rounds; i++) {
            mutex.lock();
            meet(barrier);
            Probe.awaitQueue(mutex, waiter);
            waiter.interrupt();
            pauseUntil(System.nanoTime() + random.nextInt(60_000));
            handOver(barrier, acquired);
        }
    }

    // ---- R12

    @OnEachKind
    void r12_wokenThreadsAndSpinnersReadTheStateAgainInEveryRound(TestThreads threads) {
        int each = 20_000;
        int[] inside = new int[1];
        long[] total = new long[1];
        threads.start(3, "locker", () -> {
            for (int i = 0; i < each; i++) {
                mutex.lock();
                assertEquals(1, ++inside[0], "alone");
                total[0]++;
                inside[0]--;
                if ((i & 63) == 0) {
                    mutex.unlockFair(); // so that there are woken threads among the spinning ones
                } else {
                    mutex.unlock();
                }
            }
        });
        threads.join();
        assertEquals(3L * each, total[0]);
    }

    // ---- R19: odd timeouts

    @OnEachKind
    void r19_theLongestTimeoutsDoNotOverflow(TestThreads threads) {
        mutex.lock();
        Probe.queueUp(threads, mutex, 4, i -> () -> {
            boolean acquired = switch (i) {
                case 0 -> mutex.tryLock(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
                case 1 -> mutex.tryLock(Long.MAX_VALUE, TimeUnit.DAYS);
                case 2 -> mutex.tryLockFor(Duration.ofNanos(Long.MAX_VALUE));
                default -> mutex.tryLockFor(Duration.ofSeconds(Long.MAX_VALUE, 999_999_999L));
            };
            assertTrue(acquired);
            mutex.unlock();
        });
        mutex.unlock();
    }

    // ---- R20: interrupts and stray permits

    @OnEachKind
    void r20_aPendingInterruptAndStrayPermitsNeitherKeepALockerAwakeNorLetItIn(TestThreads threads) {
        mutex.lock();
        AtomicBoolean unlocked = new AtomicBoolean();
        Thread waiter = threads.start("waiter", () -> {
            mutex.lock();
            assertTrue(unlocked.get(), "acquired while the lock was held");
            assertTrue(Thread.currentThread().isInterrupted());
            mutex.unlock();
        });
        Probe.awaitQueue(mutex, waiter);
        waiter.interrupt();
        TestThreads.awaitInterruptNoticed(waiter);
        awaitAsleep(waiter); // one that spins, because the pending interrupt ends every park, is always running
        for (int i = 0; i < 1_000; i++) {
            LockSupport.unpark(waiter);
        }
        awaitAsleep(waiter);
        Probe.awaitQueue(mutex, waiter);
        unlocked.set(true);
        mutex.unlock();
    }

    // ---- R21: virtual threads

    /** What r21 runs in a JVM of its own, whose virtual threads share one carrier. */
    static final class OnOneCarrier {
        public static void main(String[] args) {
            Mutex mutex = new Mutex();
            Condvar condvar = new Condvar();
            int count = 20;
            int each = 200;
            int[] turns = new int[1];
            try (TestThreads threads = new TestThreads(ThreadKind.VIRTUAL)) {
                for (int i = 0; i < count; i++) {
                    int number = i;
                    threads.start("virtual-" + i, () -> {
                        for (int turn = 0; turn < each; turn++) {
                            mutex.lock();
                            // In turn: nearly everybody waits at any time, the carrier never.
                            condvar.awaitWhile(mutex, () -> turns[0] % count != number);
                            turns[0]++;
                            condvar.signalAll();
                            mutex.bump();
                            mutex.unlock();
                            if (mutex.tryLockFor(Duration.ofNanos(1_000L))) {
                                mutex.unlockFair();
                            }
                        }
                    });
                }
            }
            if (turns[0] != count * each) {
                throw new AssertionError(turns[0] + " turns");
            }
        }
    }

    @Test
    void r21_virtualThreadsOnOneCarrierLoseNoPermit() throws Exception {
        Assumptions.assumeTrue(ThreadKind.available().contains(ThreadKind.VIRTUAL), "needs virtual threads");
        List<String> flags =
                List.of("-Djdk.virtualThreadScheduler.parallelism=1", "-Djdk.virtualThreadScheduler.maxPoolSize=1");
        JavaProcess.outputOf(OnOneCarrier.class, flags);
    }

    @Test
    void r21_aLockSharedByPlatformAndManyVirtualThreadsLosesNoPermit() {
        int virtual = 100;
        int platform = 2;
        int each = 200;
        int[] count = new int[1];
        try (TestThreads platforms = new TestThreads();
                TestThreads others = new TestThreads(
                        ThreadKind.available().get(ThreadKind.available().size() - 1))) {
            ThrowingRunnable body = () -> {
                for (int i = 0; i < each; i++) {
                    mutex.lock();
                    count[0]++;
                    mutex.unlock();
                }
            };
            platforms.start(platform, "platform", body);
            others.start(virtual, "virtual", body);
        }
        assertEquals((virtual + platform) * each, count[0]);
    }

    // ---- R22: errors

    private static int overflow(int depth) {
        return depth < 0 ? 0 : overflow(depth + 1) + 1;
    }

    @Test
    void r22_anErrorOfAnActionReleasesTheLock() {
        LockAction<RuntimeException> overflow = () -> overflow(0);
        LockCall<long[][], RuntimeException> exhaust = () -> new long[Integer.MAX_VALUE][Integer.MAX_VALUE];
        assertThrows(StackOverflowError.class, () -> mutex.runLocked(overflow));
        Probe.assertIdle(mutex);
        assertThrows(OutOfMemoryError.class, () -> mutex.withLock(exhaust));
        Probe.assertIdle(mutex);
        assertTrue(mutex.tryLock());
        mutex.unlock();
    }

    // ---- R24: fairness

    private static final int OVERTAKEN_AT_MOST = 20;

    /**
     * T1 holds for 100 us and locks again at once; T2 waits. Not the time is measured but how often an unlock of T1
     * found T2 in the queue and T1 got the lock again all the same: the timer of the bucket runs for at most a
     * millisecond, in which ten such unlocks have room. The bound is twice that.
     */
    @OnEachKind
    void r24_aQueuedThreadIsOvertakenForAMillisecondAtMost(TestThreads threads) {
        int turns = 100;
        int[] taken = new int[1]; // guarded by the mutex
        int worst = 0;
        mutex.lock();
        Thread second = threads.start("T2", () -> {
            for (int i = 0; i < turns; i++) {
                mutex.lock();
                taken[0]++;
                mutex.unlock();
            }
        });
        int overtaken = 0;
        while (taken[0] < turns && worst <= OVERTAKEN_AT_MOST) {
            int before = taken[0];
            pauseUntil(System.nanoTime() + 100_000L);
            boolean queued = Probe.queueOf(mutex).contains(second);
            mutex.unlock();
            mutex.lock();
            if (taken[0] != before) {
                overtaken = 0;
            } else if (queued) {
                overtaken++;
                worst = Math.max(worst, overtaken);
            }
        }
        mutex.unlock();
        threads.join();
        assertTrue(worst <= OVERTAKEN_AT_MOST, "overtaken " + worst + " times in a row");
    }

    // ---- R26: waiter and notifier never both miss

    @Test
    void r26_aWaiterWhoseMarkIsTakenAwayBeforeItIsQueuedMarksAgain(TestThreads threads) {
        mutex.lock();
        Thread[] waiter = new Thread[1];
        // Hold the bucket, so that the waiter has marked and stands before it; then do what an unlock and a lock in
        // between would do.
        mutex.unparkOne(mutex, Mutex.QUEUE, (context, parkToken, result) -> {
            waiter[0] = threads.start("waiter", () -> mutex.runLocked(() -> {}));
            TestThreads.await(
                    "it has marked and waits for its bucket",
                    () -> Probe.isMarkedParked(mutex) && TestThreads.isAsleep(waiter[0]));
            Probe.unmarkParked(mutex);
            return Mutex.RETRY;
        });
        Probe.awaitQueue(mutex, waiter[0]);
        assertTrue(Probe.isMarkedParked(mutex), "asleep, and no unlock would see it");
        mutex.unlock();
    }

    // ---- R29: an untimed park right after a timed one

    @OnEachKind
    void r29_lockRightAfterATimedOutTryIsWoken(TestThreads threads) {
        int rounds = 100;
        AtomicInteger go = new AtomicInteger();
        AtomicInteger untimed = new AtomicInteger();
        AtomicInteger acquired = new AtomicInteger();
        Thread waiter = threads.start("waiter", () -> {
            for (int i = 1; i <= rounds; i++) {
                int round = i;
                TestThreads.await("go", () -> go.get() == round);
                assertFalse(mutex.tryLockFor(Duration.ofMillis(1)));
                untimed.set(i);
                mutex.lock();
                mutex.unlock();
                acquired.set(i);
            }
        });
        for (int i = 1; i <= rounds; i++) {
            int round = i;
            mutex.lock();
            go.set(i);
            TestThreads.await("lock is next", () -> untimed.get() == round);
            Probe.awaitQueue(mutex, waiter);
            mutex.unlock();
            TestThreads.await("woken", () -> acquired.get() == round);
        }
    }
}
