package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.TestThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;

/** What tests of {@link LockMembers} ask and do. */
abstract class LockConformance extends Conformance {
    LockMembers lock;

    @BeforeEach
    void makeLock() {
        lock = row.newLock();
    }

    static void assertFree(LockMembers lock) {
        assertAll(
                () -> assertFalse(lock.isLocked()),
                () -> assertFalse(lock.isHeldByCurrentThread()),
                () -> assertEquals(0, lock.getHoldCount()),
                () -> assertNull(lock.getOwner()),
                () -> assertFalse(lock.hasQueuedThreads()),
                () -> assertEquals(0, lock.getQueueLength()),
                () -> assertTrue(lock.toString().endsWith("[Unlocked]"), lock::toString));
    }

    static void assertHeld(LockMembers lock, int holds) {
        assertAll(
                () -> assertTrue(lock.isLocked()),
                () -> assertTrue(lock.isHeldByCurrentThread()),
                () -> assertEquals(holds, lock.getHoldCount()),
                () -> assertSame(Thread.currentThread(), lock.getOwner()),
                () -> assertTrue(
                        lock.toString()
                                .endsWith("[Locked by thread "
                                        + Thread.currentThread().getName() + "]"),
                        lock::toString));
    }

    static void awaitQueued(LockMembers lock, Thread thread) {
        TestThreads.await(
                thread + " is queued and asleep", () -> lock.hasQueuedThread(thread) && TestThreads.isAsleep(thread));
    }

    /** Starts threads one by one, each when those before it wait for the lock. */
    static List<Thread> queueUp(TestThreads threads, LockMembers lock, int count, Consumer<Integer> body) {
        List<Thread> queued = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int number = i;
            queued.add(threads.start("queued-" + i, () -> body.accept(number)));
            awaitQueued(lock, queued.get(i));
        }
        return queued;
    }

    static void awaitWaiting(LockMembers lock, Condition condition, Thread thread) {
        TestThreads.await(thread + " waits", () -> {
            lock.lock();
            try {
                return lock.getWaitingThreads(condition).contains(thread);
            } finally {
                lock.unlock();
            }
        });
    }

    /** Starts threads one by one, each when those before it wait for the condition. */
    static List<Thread> waitUp(
            TestThreads threads, LockMembers lock, Condition condition, int count, Consumer<Integer> afterwards) {
        List<Thread> waiting = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int number = i;
            waiting.add(threads.start("waiting-" + i, () -> {
                lock.lock();
                try {
                    condition.await();
                    afterwards.accept(number);
                } finally {
                    lock.unlock();
                }
            }));
            awaitWaiting(lock, condition, waiting.get(i));
        }
        return waiting;
    }
}
