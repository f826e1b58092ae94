package dev.parkinglot.locks;

import static dev.parkinglot.locks.Exclusive.isLocked;
import static dev.parkinglot.locks.Exclusive.isOurs;
import static dev.parkinglot.locks.Exclusive.lock;
import static dev.parkinglot.locks.Exclusive.unlock;
import static dev.parkinglot.locks.Exclusive.unlockFair;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.Delays;
import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThreadKind;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** {@link Condvar} with every {@link CondvarLock}, and with two of them. */
@Concurrent
class CondvarLocksTest {
    private final Condvar condvar = new Condvar();

    private Thread startWaiter(TestThreads threads, CondvarLock lock) {
        Thread waiter = threads.start("waiter", () -> {
            lock(lock);
            condvar.await(lock);
            assertTrue(isOurs(lock));
            unlock(lock);
        });
        Probe.awaitQueue(condvar, waiter);
        return waiter;
    }

    /** The classes below a sealed one, down to those that users make. */
    private static Set<Class<?>> publicClassesBelow(Class<?> type) {
        Set<Class<?>> found = new HashSet<>();
        for (Class<?> below : List.of(type.getPermittedSubclasses())) {
            // The two in the middle are not sealed, and package-private: their subclasses lie in this package.
            if (below == MutexWord.class) {
                found.addAll(List.of(Mutex.class, FairMutex.class, ReentrantMutex.class, BufferMutex.class));
            } else if (below == RwWord.class) {
                found.addAll(List.of(RwLock.class, BufferRwLock.class));
            } else {
                found.add(below);
            }
        }
        return found;
    }

    @Test
    void theTestsRunWithEveryLockThatThereIs() {
        Set<Class<?>> tested = Arrays.stream(LockKind.values())
                .map(kind -> kind.newLock().getClass())
                .filter(type -> Modifier.isPublic(type.getModifiers())) // which a view of a field is not
                .collect(Collectors.toSet());
        assertEquals(publicClassesBelow(CondvarLock.class), tested);
    }

    @ParameterizedTest
    @EnumSource
    void aMovedThreadIsHandedTheLockByAFairUnlock(LockKind kind, TestThreads threads) {
        // Many rounds: most locks hand over at any unlock too, but only about once a millisecond.
        for (int round = 0; round < 100; round++) {
            CondvarLock lock = kind.newLock();
            CountDownLatch looked = new CountDownLatch(1);
            Thread waiter = threads.start("waiter", () -> {
                lock(lock);
                condvar.await(lock);
                looked.await();
                assertTrue(isOurs(lock));
                unlock(lock);
            });
            Probe.awaitQueue(condvar, waiter);
            lock(lock);
            assertTrue(condvar.signal());
            assertEquals(List.of(waiter), Probe.queueOf(lock));
            unlockFair(lock);
            assertTrue(isLocked(lock), "free for a moment");
            looked.countDown();
            threads.join();
            Probe.assertIdle(lock);
        }
    }

    @ParameterizedTest
    @MethodSource("kindsOfBoth")
    void r14_theDeadlineOfAMovedThreadPassesAndItReportsTheSignal(LockKind lockKind, ThreadKind kind) {
        CondvarLock lock = lockKind.newLock();
        boolean moved = false;
        for (int attempt = 1; !moved; attempt++) {
            long deadline = System.nanoTime() + attempt * Delays.SHORT_DELAY.toNanos();
            boolean[] signalled = new boolean[1]; // guarded by the lock
            try (TestThreads threads = new TestThreads(kind)) {
                Thread waiter = threads.start("waiter", () -> {
                    lock(lock);
                    assertEquals(condvar.awaitUntil(lock, deadline), signalled[0]);
                    unlock(lock);
                });
                TestThreads.await(
                        "it waits or has waited",
                        () -> !waiter.isAlive() || Probe.queueOf(condvar).contains(waiter));
                lock(lock);
                // On a slow machine the deadline may have come before this: then once more, with more time.
                moved = condvar.signal();
                signalled[0] = moved;
                if (moved) {
                    Thread behind = Probe.queueUp(threads, lock, 1, i -> () -> {
                        lock(lock);
                        unlock(lock);
                    })[0];
                    TestThreads.awaitSleepWithoutDeadline(waiter);
                    assertEquals(List.of(waiter, behind), Probe.queueOf(lock));
                }
                unlock(lock);
            }
            Probe.assertIdle(lock);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whoIsMovedOrInterruptedLeavesNoMarkBehind(LockKind kind, TestThreads threads) {
        CondvarLock lock = kind.newLock();
        Thread waiter = threads.start("waiter", () -> {
            lock(lock);
            Thread.currentThread().interrupt();
            condvar.awaitUninterruptibly(lock);
            assertTrue(Thread.interrupted());
            assertThrows(InterruptedException.class, () -> condvar.await(lock));
            unlock(lock);
        });
        Probe.awaitQueue(condvar, waiter);
        lock(lock);
        assertTrue(condvar.signal());
        Probe.awaitQueue(lock, waiter);
        unlock(lock);
        Probe.awaitQueue(condvar, waiter);
        waiter.interrupt();
        threads.join();
        Probe.assertIdle(lock);
    }

    static List<List<LockKind>> pairs() {
        List<List<LockKind>> pairs = new ArrayList<>();
        for (LockKind first : LockKind.values()) {
            for (LockKind second : LockKind.values()) {
                pairs.add(List.of(first, second)); // also two of one kind
            }
        }
        return pairs;
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void aSecondLockIsRefusedWhileThreadsWaitWithAFirst(List<LockKind> pair, TestThreads threads)
            throws InterruptedException {
        CondvarLock first = pair.get(0).newLock();
        CondvarLock second = pair.get(1).newLock();
        Thread waiter = startWaiter(threads, first);
        lock(first);
        lock(second);
        assertThrows(IllegalMonitorStateException.class, () -> condvar.await(second));
        assertThrows(IllegalMonitorStateException.class, () -> condvar.awaitFor(second, Duration.ZERO));
        assertTrue(isOurs(second));
        assertTrue(isLocked(first));
        assertEquals(List.of(waiter), Probe.queueOf(condvar));
        assertTrue(condvar.signal());
        assertFalse(condvar.awaitFor(second, Duration.ZERO), "nobody waits with the first any more");
        unlock(second);
        unlock(first);
        threads.join();
        Probe.assertIdle(first);
        Probe.assertIdle(second);
    }

    static List<Object[]> kindsOfBoth() {
        List<Object[]> both = new ArrayList<>();
        for (LockKind lock : LockKind.values()) {
            for (ThreadKind kind : ThreadKind.available()) {
                both.add(new Object[] {lock, kind});
            }
        }
        return both;
    }

    /** Two threads take turns, each signalling the other: one signal lost, and both wait for ever. */
    @ParameterizedTest
    @MethodSource("kindsOfBoth")
    void r26_threadsThatTakeTurnsLoseNoSignal(LockKind lockKind, ThreadKind kind) {
        int turns = 2_000;
        CondvarLock lock = lockKind.newLock();
        int[] turn = new int[1]; // guarded by the lock
        try (TestThreads threads = new TestThreads(kind)) {
            for (int i = 0; i < 2; i++) {
                int mine = i;
                threads.start("player-" + i, () -> {
                    for (int k = 0; k < turns; k++) {
                        boolean underTheLock = k % 2 == 0;
                        lock(lock);
                        condvar.awaitWhile(lock, () -> turn[0] % 2 != mine);
                        turn[0]++;
                        if (underTheLock) {
                            condvar.signal();
                        }
                        unlock(lock);
                        if (!underTheLock) {
                            condvar.signal();
                        }
                    }
                });
            }
        }
        assertEquals(2 * turns, turn[0]);
        Probe.assertIdle(lock);
    }
}
