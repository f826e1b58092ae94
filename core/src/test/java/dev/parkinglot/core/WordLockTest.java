package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThreadKind;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The lock of a bucket. */
class WordLockTest {
    /** One whose waiters do not look by themselves, so that a wake that gets lost would be missed. */
    private static final class Lock extends WordLock {
        /** Plain: only the lock keeps updates from getting lost. */
        int counter;

        Lock(boolean held) {
            super(held);
        }

        @Override
        void sleep(long nanos) {
            LockSupport.park();
        }
    }

    /** As it is used. */
    private static final class UsualLock extends WordLock {
        UsualLock(boolean held) {
            super(held);
        }
    }

    /** One with a single waiter that sleeps until the test lets it return; nothing else wakes it. */
    private static final class HandDrivenLock extends WordLock {
        final List<Long> sleeps = new CopyOnWriteArrayList<>();
        private final Semaphore returns = new Semaphore(0);
        private final AtomicInteger asleep = new AtomicInteger();

        HandDrivenLock() {
            super(true);
        }

        @Override
        void sleep(long nanos) {
            sleeps.add(nanos);
            asleep.incrementAndGet();
            while (!returns.tryAcquire()) { // without touching the interrupt flag
                TestThreads.letOthersRun();
            }
        }

        /** Waits until the waiter sleeps for that time. */
        void awaitSleep(int number) {
            TestThreads.await("sleep number " + number, () -> asleep.get() == number);
        }

        void letSleepReturn() {
            returns.release();
        }

        void letEverySleepReturn() {
            returns.release(Integer.MAX_VALUE - returns.availablePermits());
        }
    }

    static List<ThreadKind> kinds() {
        return ThreadKind.available();
    }

    @Test
    void isHeldBetweenLockAndUnlock() {
        Lock lock = new Lock(false);
        assertFalse(lock.isHeld());
        lock.lock();
        assertTrue(lock.isHeld());
        lock.unlock();
        assertFalse(lock.isHeld());
    }

    @Test
    void canBeBornHeld() {
        Lock lock = new Lock(true);
        try (TestThreads threads = new TestThreads()) {
            AtomicInteger entered = new AtomicInteger();
            Thread waiter = threads.start("waiter", () -> {
                lock.lock();
                entered.incrementAndGet();
                lock.unlock();
            });
            awaitAsleep(waiter);
            assertEquals(0, entered.get());
            lock.unlock();
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void excludesUnderContention(ThreadKind kind) {
        int count = 6;
        int rounds = 20_000;
        Lock lock = new Lock(false);
        CyclicBarrier start = new CyclicBarrier(count);
        try (TestThreads threads = new TestThreads(kind)) {
            threads.start(count, "worker", () -> {
                start.await();
                for (int i = 0; i < rounds; i++) {
                    lock.lock();
                    lock.counter++;
                    lock.unlock();
                }
            });
        }
        assertEquals(count * rounds, lock.counter);
    }

    /** Held for longer than anybody spins, so that each of them parks and depends on being woken. */
    @ParameterizedTest
    @MethodSource("kinds")
    void wakesEveryParkedThread(ThreadKind kind) {
        int count = 6;
        for (int round = 0; round < 50; round++) {
            Lock lock = new Lock(true);
            try (TestThreads threads = new TestThreads(kind)) {
                List<Thread> waiters = threads.startAll(count, "waiter", () -> {
                    lock.lock();
                    lock.counter++;
                    lock.unlock();
                });
                waiters.forEach(WordLockTest::awaitAsleep);
                lock.unlock();
            }
            assertEquals(count, lock.counter);
            assertFalse(lock.isHeld());
        }
    }

    /**
     * The holder unlocks at about the time when the waiter gives up spinning and goes to sleep, and there is no other
     * unlock that could make good for a lost wake-up.
     */
    @ParameterizedTest
    @MethodSource("kinds")
    void losesNoWakeWhenTheUnlockComesJustAsTheWaiterGoesToSleep(ThreadKind kind) {
        int rounds = 60_000;
        Lock lock = new Lock(false);
        AtomicInteger held = new AtomicInteger();
        AtomicInteger done = new AtomicInteger();
        try (TestThreads threads = new TestThreads(kind)) {
            threads.start("waiter", () -> {
                for (int round = 1; round <= rounds; round++) {
                    awaitValue(held, round);
                    lock.lock();
                    lock.unlock();
                    done.set(round);
                }
            });
            threads.start("holder", () -> {
                for (int round = 1; round <= rounds; round++) {
                    lock.lock();
                    held.set(round);
                    for (int pause = ThreadLocalRandom.current().nextInt(400); pause > 0; pause--) {
                        Thread.onSpinWait();
                    }
                    lock.unlock();
                    awaitValue(done, round);
                }
            });
        }
        assertEquals(rounds, done.get());
    }

    private static void awaitValue(AtomicInteger counter, int value) {
        TestThreads.await("value " + value, () -> counter.get() == value);
    }

    /** Each holder lets the others go to sleep again, so that a wake-up is due at every unlock. */
    @ParameterizedTest
    @MethodSource("kinds")
    void wakesTheNextAtEveryUnlockWhileOthersSleep(ThreadKind kind) {
        Lock lock = new Lock(false);
        AtomicInteger turns = new AtomicInteger();
        try (TestThreads threads = new TestThreads(kind)) {
            threads.start(4, "worker", () -> {
                for (int i = 0; i < 200; i++) {
                    lock.lock();
                    for (int pause = 0; pause < 50; pause++) {
                        Thread.yield();
                    }
                    turns.incrementAndGet();
                    lock.unlock();
                }
            });
        }
        assertEquals(800, turns.get());
    }

    // ---- in which order

    /** Once a thread has waited its way in, those behind it are woken in the order in which they came. */
    @Test
    void wakesTheLongestWaitingFirstAndArrivalsLast() {
        Lock lock = new Lock(true);
        StringBuilder order = new StringBuilder();
        CountDownLatch lateHasCome = new CountDownLatch(1);
        try (TestThreads threads = new TestThreads()) {
            for (int i = 0; i < 5; i++) {
                int number = i;
                awaitAsleep(threads.start("waiter-" + i, () -> {
                    lock.lock();
                    order.append(number);
                    if (number == 4) {
                        lateHasCome.await();
                    }
                    lock.unlock();
                }));
            }
            lock.unlock();
            TestThreads.await("the first is in", lock::isHeld);
            awaitAsleep(threads.start("late", () -> {
                lock.lock();
                order.append("L");
                lock.unlock();
            }));
            lateHasCome.countDown();
        }
        // The first to be woken is the top of the arrivals; it files the others, oldest first.
        assertEquals("40123L", order.toString());
    }

    @Test
    void waiterThatWasPassedByIsNotPassedByANewcomerAgain() {
        HandDrivenLock lock = new HandDrivenLock();
        AtomicInteger entered = new AtomicInteger();
        try (TestThreads threads = new TestThreads()) {
            threads.start("waiter", () -> {
                lock.lock();
                entered.incrementAndGet();
                lock.unlock();
            });
            lock.awaitSleep(1);
            lock.unlock();
            assertTrue(lock.tryLock(), "a newcomer may be faster");
            lock.letSleepReturn();
            lock.awaitSleep(2);
            lock.unlock();
            assertFalse(lock.tryLock(), "but not twice");
            assertFalse(lock.isHeld(), "although it is free");
            lock.letSleepReturn();
        }
        assertEquals(1, entered.get());
        assertTrue(lock.tryLock(), "nobody is passed by any more");
    }

    @Test
    void newcomersThatMayNotPassWaitInLine() {
        HandDrivenLock lock = new HandDrivenLock();
        try (TestThreads threads = new TestThreads()) {
            threads.start("waiter", () -> lockAndUnlock(lock));
            lock.awaitSleep(1);
            lock.letSleepReturn();
            lock.awaitSleep(2); // it has found the lock held
            threads.start("newcomer", () -> lockAndUnlock(lock));
            lock.awaitSleep(3);
            lock.unlock();
            lock.letEverySleepReturn(); // the one of the two that is second may find the lock held by the other
        }
        assertFalse(lock.isHeld());
    }

    // ---- wakes that get lost or fail

    @ParameterizedTest
    @MethodSource("kinds")
    void wakeThatGetsLostIsSurvived(ThreadKind kind) {
        for (int round = 0; round < 20; round++) {
            UsualLock lock = new UsualLock(true);
            try (TestThreads threads = new TestThreads(kind)) {
                List<Thread> waiters = threads.startAll(3, "waiter", () -> {
                    lock.lock();
                    lock.state = WordLock.FREE; // as somebody does who has no stack to wake anybody
                });
                waiters.forEach(WordLockTest::awaitAsleep);
                lock.state = WordLock.FREE;
            }
            assertFalse(lock.isHeld());
        }
    }

    @Test
    void waiterLooksByItselfLessAndLessOften() {
        int sleeps = 12;
        HandDrivenLock lock = new HandDrivenLock();
        try (TestThreads threads = new TestThreads()) {
            threads.start("waiter", () -> lockAndUnlock(lock));
            for (int i = 1; i <= sleeps; i++) {
                lock.awaitSleep(i);
                if (i == sleeps) {
                    lock.unlock();
                }
                lock.letSleepReturn();
            }
        }
        long first = WordLock.SHORTEST_SLEEP_NANOS;
        long longest = WordLock.LONGEST_SLEEP_NANOS;
        assertTrue(first << (sleeps - 1) > longest, "so that the longest is among them");
        assertEquals(
                IntStream.range(0, sleeps)
                        .mapToObj(i -> Math.min(first << i, longest))
                        .toList(),
                lock.sleeps);
    }

    /** A thread whose interrupt, called by itself, throws, and which notes what it sees then. */
    private static final class Touchy extends Thread {
        private final WordLock lock;
        final AtomicInteger calls = new AtomicInteger();
        volatile boolean lockWasHeld;
        volatile boolean wasInterruptedInside;
        volatile Throwable failure;

        Touchy(WordLock lock) {
            this.lock = lock;
            setDaemon(true);
        }

        @Override
        public void run() {
            try {
                lock.lock();
                wasInterruptedInside = super.isInterrupted();
                lock.unlock();
            } catch (Throwable e) {
                failure = e;
            }
        }

        @Override
        public void interrupt() {
            if (Thread.currentThread() == this) {
                calls.incrementAndGet();
                lockWasHeld = lock.isHeld();
                throw new IllegalStateException("injected");
            }
            super.interrupt();
        }
    }

    @Test
    void interruptIsSetAgainWhenTheLockIsFreeAndUnlockDoesNotThrowEvenIfThatDoes() {
        HandDrivenLock lock = new HandDrivenLock();
        Touchy thread = new Touchy(lock);
        thread.start();
        lock.awaitSleep(1);
        thread.interrupt();
        lock.letSleepReturn(); // now the lock has taken the interrupt off the thread
        lock.awaitSleep(2);
        lock.unlock();
        lock.letSleepReturn();
        TestThreads.join(thread);
        assertNull(thread.failure);
        assertEquals(1, thread.calls.get(), "the interrupt was to be set again");
        assertFalse(thread.wasInterruptedInside);
        assertFalse(thread.lockWasHeld, "somebody else's code is not called under the lock");
        assertFalse(lock.isHeld());
    }

    @Test
    void successorIsWokenEvenIfTheInterruptCannotBeSetAgain() {
        Lock lock = new Lock(true);
        Touchy thread = new Touchy(lock);
        try (TestThreads threads = new TestThreads()) {
            Thread successor = threads.start("successor", () -> lockAndUnlock(lock));
            awaitAsleep(successor);
            thread.start();
            awaitAsleep(thread);
            thread.interrupt();
            TestThreads.await("the interrupt was noticed", () -> !thread.isInterrupted());
            awaitAsleep(thread);
            lock.unlock(); // wakes the last that came, which is the touchy one
        }
        TestThreads.join(thread);
        assertEquals(1, thread.calls.get());
        assertNull(thread.failure);
    }

    // ---- interrupts

    @Test
    void interruptDoesNotLetAThreadInNorIsItSwallowed() {
        Lock lock = new Lock(true);
        try (TestThreads threads = new TestThreads()) {
            Thread waiter = threads.start("waiter", () -> {
                lock.lock();
                lock.counter++;
                assertFalse(Thread.currentThread().isInterrupted(), "not before the lock is free again");
                lock.unlock();
                assertTrue(Thread.interrupted());
                lock.lock();
                lock.unlock();
                assertFalse(Thread.interrupted(), "but only once");
            });
            awaitAsleep(waiter);
            waiter.interrupt();
            TestThreads.await("the interrupt was noticed", () -> !waiter.isInterrupted());
            awaitAsleep(waiter);
            assertEquals(0, lock.counter);
            lock.unlock();
        }
        assertEquals(1, lock.counter);
    }

    private static void lockAndUnlock(WordLock lock) {
        lock.lock();
        lock.unlock();
    }

    private static void awaitAsleep(Thread thread) {
        TestThreads.await("asleep", () -> TestThreads.isAsleep(thread));
    }
}
