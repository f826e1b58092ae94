package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.parkinglot.core.ParkedThread;
import dev.parkinglot.core.ParkingLot;
import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThreadKind;
import dev.parkinglot.testing.ThrowingRunnable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.Lock;
import java.util.function.IntFunction;
import org.junit.jupiter.api.function.Executable;

/** What tests see of a lock, and do to it, that users cannot: its queue and its bytes. */
final class Probe {
    /** For {@code @MethodSource}: tests of contention run on each kind of thread that this JDK has. */
    static final String THREAD_KINDS = "dev.parkinglot.testing.ThreadKind#available";

    private Probe() {}

    /** The threads that are parked on a lock, condition variable or once, in the order of the queue. */
    static List<Thread> queueOf(Object key) {
        List<ParkedThread> parked = key instanceof CondvarLock lock
                ? ParkingLot.waiters(lock.base(), lock.offset() + CondvarLock.QUEUE)
                : ParkingLot.waiters(key, 0L);
        return parked.stream().map(ParkedThread::thread).toList();
    }

    /**
     * Waits until exactly these threads are parked on a lock, condition variable or once, in this order, and asleep. A
     * thread is in the queue of a condition variable before it has unlocked the mutex for the wait, and that unlock
     * still looks after the mutex's queue: signalled at that moment, it may wake itself.
     */
    static void awaitQueue(Object key, Thread... threads) {
        List<Thread> expected = List.of(threads);
        TestThreads.await(
                "the queue of " + key + " is " + expected,
                () -> queueOf(key).equals(expected) && expected.stream().allMatch(Probe::isAsleep));
    }

    static boolean isAsleep(Thread thread) {
        return TestThreads.isAsleep(thread);
    }

    /**
     * Starts threads one by one, each when those before it are parked on the key: so their order in its queue is known.
     */
    static Thread[] queueUp(TestThreads threads, Object key, int count, IntFunction<ThrowingRunnable> bodies) {
        List<Thread> queue = new ArrayList<>(queueOf(key));
        Thread[] started = new Thread[count];
        for (int i = 0; i < count; i++) {
            started[i] = threads.start("queued-" + i, bodies.apply(i));
            queue.add(started[i]);
            awaitQueue(key, queue.toArray(Thread[]::new));
        }
        return started;
    }

    /** The caller holds the lock: its release gives it to a thread that is parked, without it ever being free. */
    static void assertHandsOver(ThreadKind kind, Lock lock, Runnable release) {
        CountDownLatch tried = new CountDownLatch(1);
        try (TestThreads threads = new TestThreads(kind)) {
            Thread waiter = threads.start("waiter", () -> {
                lock.lock();
                tried.await();
                lock.unlock();
            });
            awaitQueue(lock, waiter);
            release.run();
            boolean taken = lock.tryLock();
            if (taken) {
                lock.unlock();
            }
            tried.countDown();
            assertFalse(taken, "the waiter owned the lock already");
        }
    }

    /** What is thrown inside leaves as it is. */
    static void assertThrowsSame(Throwable failure, Executable action) {
        assertSame(failure, assertThrows(failure.getClass(), action));
    }

    /** Nobody holds the lock, nobody waits for it, and it does not believe that anybody does. */
    static void assertIdle(CondvarLock lock) {
        assertAll(
                () -> assertFalse(Exclusive.isLocked(lock), "locked"),
                () -> assertEquals(List.of(), queueOf(lock), "queue"),
                () -> assertFalse(isMarkedParked(lock), "PARKED"));
    }

    static boolean isMarkedParked(CondvarLock lock) {
        return lock instanceof ReadersWriterLock rwLock
                ? (rwLock.stateOpaque() & RwWord.PARKED) != 0
                : hasFlag((MutexProtocol) lock, MutexProtocol.PARKED);
    }

    /** Whether the lock knows that a Condvar was used with it; one without a 1-0 exit need not. */
    static boolean isShared(CondvarLock lock) {
        return lock instanceof MutexProtocol mutex && hasFlag(mutex, MutexProtocol.SHARED);
    }

    private static boolean hasFlag(MutexProtocol mutex, int flag) {
        return (mutex.flagsVolatile() & flag) != 0;
    }

    /**
     * Says that somebody waits although nobody does, which is legal. A thread that parks and gives up takes the mark
     * away when it is the last to leave: so if the mark stands, nobody has been to the lot.
     */
    static void markParked(MutexProtocol mutex) {
        mutex.markParked();
    }

    /** Takes the mark away, as an unlock does that finds nobody in the queue. */
    static void unmarkParked(MutualExclusionLock mutex) {
        mutex.clearParkedUnless(false);
    }

    static int flagsOf(MutexProtocol mutex) {
        return mutex.flagsVolatile();
    }

    /** Sets flags as they would be at some moment of a contest that no test can hold still. */
    static void setFlags(MutexProtocol mutex, int flags) {
        while (!mutex.casFlags(mutex.flagsVolatile(), flags)) {
            Thread.onSpinWait();
        }
    }

    /** Makes the holder's unlock measure the hold, as it does after some waits. */
    static void measureFromNow(MutexProtocol mutex) {
        mutex.setHeldSince(Spinning.stamp(System.nanoTime()));
        mutex.changeFlags(MutexProtocol.TIMED, 0);
    }

    /**
     * Does what is left of an unlock whose store came late and which had not seen the waiters: the lock is free, and
     * nobody is told.
     */
    static void unlockOverlookingWaiters(MutexProtocol mutex) {
        mutex.setLockedVolatile(MutexProtocol.FREE);
    }
}
