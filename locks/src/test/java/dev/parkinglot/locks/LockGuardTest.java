package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.Delays;
import dev.parkinglot.testing.TestThreads;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the guards of all locks that exclude others have in common. */
@Concurrent
class LockGuardTest {
    static List<ScopedLock<?>> locks() {
        return List.of(new Mutex(), new FairMutex(), new ReentrantMutex(), new RwLock().write());
    }

    private interface Maker {
        LockGuard make() throws InterruptedException;
    }

    /** From another thread: a reentrant lock could be locked again from its own. */
    private static boolean isLocked(ScopedLock<?> lock) {
        boolean[] free = new boolean[1];
        try (TestThreads threads = new TestThreads()) {
            threads.start("another", () -> {
                free[0] = lock.tryLock();
                if (free[0]) {
                    lock.unlock();
                }
            });
        }
        return !free[0];
    }

    @ParameterizedTest
    @MethodSource("locks")
    void everyFormLocksAndClosingUnlocksOnce(ScopedLock<?> lock) throws InterruptedException {
        List<Maker> makers = List.of(
                lock::guard,
                lock::guardInterruptibly,
                () -> lock.tryGuard().orElseThrow(),
                () -> lock.tryGuardFor(Delays.LONG_DELAY).orElseThrow(),
                () -> lock.tryGuardUntil(System.nanoTime()).orElseThrow());
        for (Maker maker : makers) {
            LockGuard guard = maker.make();
            assertTrue(isLocked(lock));
            guard.close();
            assertFalse(isLocked(lock));
            LockGuard next = lock.guard();
            guard.close();
            guard.closeFair();
            assertTrue(isLocked(lock), "closing again does not end the hold of another");
            next.closeFair();
            assertFalse(isLocked(lock));
        }
    }

    @ParameterizedTest
    @MethodSource("locks")
    void triesAreEmptyWhileAnotherThreadHoldsTheLock(ScopedLock<?> lock) throws InterruptedException {
        try (LockGuard guard = lock.guard();
                TestThreads threads = new TestThreads()) {
            threads.start("other", () -> {
                assertEquals(Optional.empty(), lock.tryGuard());
                assertEquals(Optional.empty(), lock.tryGuardFor(Duration.ofNanos(1)));
                assertEquals(Optional.empty(), lock.tryGuardFor(Duration.ofNanos(-1)));
                assertEquals(Optional.empty(), lock.tryGuardUntil(System.nanoTime()));
                Thread.currentThread().interrupt();
                assertThrows(InterruptedException.class, lock::guardInterruptibly);
            });
            guard.bump();
        }
        assertFalse(isLocked(lock));
    }

    @ParameterizedTest
    @MethodSource("locks")
    void aConditionIsWaitedForWithAGuardWhichHoldsTheLockAgain(ScopedLock<?> lock, TestThreads threads)
            throws InterruptedException {
        Condvar condvar = new Condvar();
        boolean[] ready = new boolean[1];
        threads.start("waiter", () -> {
            try (LockGuard guard = lock.guard()) {
                condvar.awaitWhile(guard, () -> !ready[0]);
                assertFalse(condvar.awaitFor(guard, Duration.ZERO));
                assertTrue(isLocked(lock));
            }
        });
        threads.start("signaller", () -> {
            try (LockGuard guard = lock.guard()) {
                ready[0] = true;
                condvar.signalAll();
                guard.bump();
            }
        });
        threads.join();
        LockGuard closed = lock.guard();
        closed.close();
        assertThrows(IllegalMonitorStateException.class, () -> condvar.awaitFor(closed, Duration.ZERO));
        assertFalse(isLocked(lock));
    }

    @Test
    void aReaderCannotWaitForACondition() {
        RwLock lock = new RwLock();
        try (RwLockGuard guard = lock.read().guard()) {
            assertThrows(IllegalMonitorStateException.class, () -> new Condvar().awaitFor(guard, Duration.ZERO));
        }
        assertFalse(lock.isLocked());
    }
}
