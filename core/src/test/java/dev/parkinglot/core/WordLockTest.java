package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThreadKind;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The lock of a bucket. */
class WordLockTest {
    private static final class Lock extends WordLock {
        /** Plain: only the lock keeps updates from getting lost. */
        int counter;

        Lock(boolean held) {
            super(held);
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

    /** Once a thread has waited its way in, those behind it are woken in the order in which they came. */
    @Test
    void wakesTheLongestWaitingFirst() {
        Lock lock = new Lock(true);
        StringBuilder order = new StringBuilder();
        try (TestThreads threads = new TestThreads()) {
            for (int i = 0; i < 5; i++) {
                int number = i;
                awaitAsleep(threads.start("waiter-" + i, () -> {
                    lock.lock();
                    order.append(number);
                    lock.unlock();
                }));
            }
            lock.unlock();
        }
        // The first to be woken is the top of the arrivals; it files the others, oldest first.
        assertEquals("40123", order.toString());
    }

    @Test
    void anInterruptDoesNotLetAThreadInNorIsItSwallowed() {
        Lock lock = new Lock(true);
        try (TestThreads threads = new TestThreads()) {
            Thread waiter = threads.start("waiter", () -> {
                lock.lock();
                lock.counter++;
                lock.unlock();
                assertTrue(Thread.interrupted());
            });
            awaitAsleep(waiter);
            waiter.interrupt();
            awaitAsleep(waiter);
            assertEquals(0, lock.counter);
            lock.unlock();
        }
        assertEquals(1, lock.counter);
    }

    private static void awaitAsleep(Thread thread) {
        TestThreads.await("asleep", () -> TestThreads.isAsleep(thread));
    }
}
