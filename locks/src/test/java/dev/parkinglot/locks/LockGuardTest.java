package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.Delays;
import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testkit.DrivenLot;
import dev.parkinglot.testkit.DrivenThread;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the guards of all locks that exclude others have in common. */
class LockGuardTest {
    private interface Maker {
        LockGuard make() throws InterruptedException;
    }

    /** A lock, and every way to get a guard of it. */
    private record Kind(
            Maker blocking,
            Maker interruptible,
            BooleanSupplier isLocked,
            java.util.function.Supplier<Optional<? extends LockGuard>> trying,
            java.util.function.Function<Duration, Optional<? extends LockGuard>> timed,
            java.util.function.LongFunction<Optional<? extends LockGuard>> until) {}

    private enum Lock {
        MUTEX,
        FAIR_MUTEX,
        REENTRANT_MUTEX,
        WRITE_MODE;

        Kind create() {
            return switch (this) {
                case MUTEX -> of(new Mutex());
                case FAIR_MUTEX -> of(new FairMutex());
                case REENTRANT_MUTEX -> of(new ReentrantMutex());
                case WRITE_MODE -> of(new RwLock());
            };
        }

        private static Kind of(MutualExclusionLock mutex) {
            return new Kind(
                    mutex::guard,
                    mutex::guardInterruptibly,
                    mutex::isLocked,
                    mutex::tryGuard,
                    mutex::tryGuardFor,
                    mutex::tryGuardUntil);
        }

        private static Kind of(ReentrantMutex mutex) {
            return new Kind(
                    mutex::guard,
                    mutex::guardInterruptibly,
                    mutex::isLocked,
                    mutex::tryGuard,
                    mutex::tryGuardFor,
                    mutex::tryGuardUntil);
        }

        private static Kind of(RwLock lock) {
            return new Kind(
                    () -> lock.write().guard(),
                    () -> lock.write().guardInterruptibly(),
                    lock::isLocked,
                    () -> lock.write().tryGuard(),
                    timeout -> lock.write().tryGuardFor(timeout),
                    deadline -> lock.write().tryGuardUntil(deadline));
        }

        private static Stream<Maker> makers(Kind kind) {
            return Stream.of(
                    kind.blocking,
                    kind.interruptible,
                    () -> kind.trying.get().orElseThrow(),
                    () -> kind.timed.apply(Delays.LONG_DELAY).orElseThrow(),
                    () -> kind.until.apply(System.nanoTime()).orElseThrow());
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyFormLocksAndClosingUnlocksOnce(Lock lock) throws InterruptedException {
        Kind kind = lock.create();
        for (Maker maker : Lock.makers(kind).toList()) {
            LockGuard guard = maker.make();
            assertTrue(kind.isLocked.getAsBoolean());
            guard.close();
            assertFalse(kind.isLocked.getAsBoolean());
            LockGuard next = kind.blocking.make();
            guard.close();
            guard.closeFair();
            assertTrue(kind.isLocked.getAsBoolean(), "closing again does not end the hold of another");
            next.closeFair();
            assertFalse(kind.isLocked.getAsBoolean());
        }
    }

    /** Time stands still, so it is nobody's turn, and a close that is not fair would free the lock. */
    @ParameterizedTest
    @EnumSource
    void closingFairlyHandsTheLockToWhoeverWaits(Lock lock) {
        Kind kind = lock.create();
        try (DrivenLot lot = new DrivenLot()) {
            DrivenThread holder = lot.thread("holder", () -> {
                LockGuard guard = kind.blocking.make();
                lot.stop("holds");
                guard.closeFair();
            });
            holder.step();
            DrivenThread waiter = lot.start("waiter", () -> kind.blocking.make().close());
            assertTrue(waiter.isAsleep());
            assertTrue(holder.run().hasEnded());
            assertTrue(kind.isLocked.getAsBoolean(), "it is the waiter's already");
            assertTrue(waiter.run().hasEnded());
            assertFalse(kind.isLocked.getAsBoolean());
        }
    }

    @ParameterizedTest
    @EnumSource
    void triesAreEmptyWhileAnotherThreadHoldsTheLock(Lock lock) throws InterruptedException {
        Kind kind = lock.create();
        try (LockGuard guard = kind.blocking.make();
                TestThreads threads = new TestThreads()) {
            threads.start("other", () -> {
                assertEquals(Optional.empty(), kind.trying.get());
                assertEquals(Optional.empty(), kind.timed.apply(Duration.ofNanos(1)));
                assertEquals(Optional.empty(), kind.timed.apply(Duration.ofNanos(-1)));
                assertEquals(Optional.empty(), kind.until.apply(System.nanoTime()));
                Thread.currentThread().interrupt();
                assertThrows(InterruptedException.class, kind.interruptible::make);
            });
            guard.bump();
        }
        assertFalse(kind.isLocked.getAsBoolean());
    }

    @ParameterizedTest
    @EnumSource
    void unlockedIsUnlockThenLockWhateverIsThrown(Lock lock) throws InterruptedException {
        Kind kind = lock.create();
        LockGuard guard = kind.blocking.make();
        guard.unlocked(() -> assertFalse(kind.isLocked.getAsBoolean()));
        assertTrue(kind.isLocked.getAsBoolean());
        assertThrows(
                IOException.class,
                () -> guard.unlocked(() -> {
                    throw new IOException();
                }));
        assertTrue(kind.isLocked.getAsBoolean());
        guard.close();
        assertFalse(kind.isLocked.getAsBoolean());
        assertThrows(IllegalMonitorStateException.class, () -> guard.unlocked(() -> {}));
        assertThrows(IllegalMonitorStateException.class, guard::bump);
    }

    @ParameterizedTest
    @EnumSource
    void aConditionIsWaitedForWithAGuardWhichHoldsTheLockAgain(Lock lock) throws InterruptedException {
        Kind kind = lock.create();
        Condvar condvar = new Condvar();
        boolean[] ready = new boolean[1];
        try (TestThreads threads = new TestThreads()) {
            threads.start("waiter", () -> {
                try (LockGuard guard = kind.blocking.make()) {
                    condvar.awaitWhile(guard, () -> !ready[0]);
                    assertFalse(condvar.awaitFor(guard, Duration.ZERO));
                    assertTrue(kind.isLocked.getAsBoolean());
                }
            });
            threads.start("signaller", () -> {
                try (LockGuard guard = kind.blocking.make()) {
                    ready[0] = true;
                    condvar.signalAll();
                    guard.bump();
                }
            });
        }
        LockGuard closed = kind.blocking.make();
        closed.close();
        assertThrows(IllegalMonitorStateException.class, () -> condvar.awaitFor(closed, Duration.ZERO));
        assertFalse(kind.isLocked.getAsBoolean());
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
