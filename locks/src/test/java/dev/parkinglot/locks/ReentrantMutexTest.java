package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThrowingRunnable;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.openjdk.jol.info.ClassLayout;

/** {@link ReentrantMutex}, sentence by sentence of its Javadoc: here what comes of its owner and of its holds. */
class ReentrantMutexTest extends ExclusionContract<ReentrantMutex> {
    private static final VarHandle AGAIN;

    static {
        try {
            AGAIN = MethodHandles.privateLookupIn(ReentrantProtocol.class, MethodHandles.lookup())
                    .findVarHandle(ReentrantProtocol.class, "again", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @Override
    ReentrantMutex newMutex() {
        return new ReentrantMutex();
    }

    @Override
    int depth() {
        return 3;
    }

    @Override
    void asAnother(ThrowingRunnable action) {
        try (TestThreads threads = new TestThreads()) {
            threads.start("another", action);
        }
    }

    @Override
    @AfterEach
    void assertFree() {
        super.assertFree();
        assertAll(
                () -> assertEquals(0, mutex.getHoldCount()),
                () -> assertFalse(mutex.isHeldByCurrentThread()),
                () -> assertEquals(0, (int) AGAIN.getVolatile(mutex), "the next owner would start with holds"),
                () -> assertTrue(mutex.toString().endsWith("[Unlocked]"), mutex::toString));
    }

    @Override
    void assertHeld(int holds) {
        assertAll(
                () -> assertEquals(holds, mutex.getHoldCount()),
                () -> assertTrue(mutex.isHeldByCurrentThread()),
                () -> assertTrue(mutex.isLocked()));
    }

    @Override
    void assertHeldByAnother() {
        assertAll(
                () -> assertEquals(0, mutex.getHoldCount()),
                () -> assertFalse(mutex.isHeldByCurrentThread()),
                () -> assertTrue(mutex.isLocked()));
    }

    // ---- locking, again and again

    @ParameterizedTest
    @MethodSource("dev.parkinglot.locks.LockWay#all")
    void theOwnerLocksAgainAndMustUnlockAsOften(LockWay way) throws InterruptedException {
        for (int holds = 1; holds <= 3; holds++) {
            assertTrue(way.lock(mutex));
            assertHeld(holds);
        }
        for (int holds = 2; holds >= 1; holds--) {
            mutex.unlock();
            assertHeld(holds);
            asAnother(() -> assertFalse(mutex.tryLock(), "one hold is left"));
        }
        mutex.unlock();
        assertFree();
        asAnother(() -> {
            assertTrue(mutex.tryLock());
            assertHeld(1);
            mutex.unlock();
        });
    }

    @ParameterizedTest
    @MethodSource("dev.parkinglot.locks.LockWay#all")
    void lockingAgainDoesNotGoToTheLotEvenIfOthersWait(LockWay way, TestThreads threads) throws InterruptedException {
        mutex.lock();
        Thread waiter = threads.start("waiter", this::lockAndUnlock);
        Probe.awaitQueue(mutex, waiter);
        assertTrue(way.lock(mutex));
        assertHeld(2);
        mutex.unlock();
        assertEquals(List.of(waiter), Probe.queueOf(mutex), "an inner unlock lets nobody in");
        mutex.unlock();
    }

    // ---- too many holds

    @ParameterizedTest
    @MethodSource("dev.parkinglot.locks.LockWay#all")
    void oneHoldTooManyIsRefusedWithAnErrorAndChangesNothing(LockWay way) throws InterruptedException {
        mutex.lock();
        AGAIN.setVolatile(mutex, Integer.MAX_VALUE - 2);
        assertHeld(Integer.MAX_VALUE - 1);
        assertTrue(way.lock(mutex)); // hold number 2 147 483 647
        assertHeld(Integer.MAX_VALUE);
        for (int i = 0; i < 2; i++) {
            assertSame(
                    Error.class,
                    assertThrows(Error.class, () -> way.lock(mutex)).getClass());
            assertEquals(Integer.MAX_VALUE - 1, (int) AGAIN.getVolatile(mutex));
            assertHeld(Integer.MAX_VALUE);
        }
        mutex.unlock();
        assertEquals(Integer.MAX_VALUE - 2, (int) AGAIN.getVolatile(mutex));
        assertTrue(way.lock(mutex), "there is room for one again");
        AGAIN.setVolatile(mutex, 0);
        mutex.unlock();
    }

    // ---- interrupts

    @ParameterizedTest
    @MethodSource("dev.parkinglot.locks.LockWay#interruptible")
    void aPendingInterruptPreventsAnInterruptibleLockAlsoOfTheOwner(LockWay way) {
        for (int holds = 0; holds < 3; holds++) {
            Thread.currentThread().interrupt();
            assertThrows(InterruptedException.class, () -> way.lock(mutex));
            assertFalse(Thread.currentThread().isInterrupted());
            assertEquals(holds, mutex.getHoldCount());
            mutex.lock();
        }
        unlock(3);
    }

    @Test
    void tryLockWithoutArgumentsDoesNotMindInterrupts() {
        Thread.currentThread().interrupt();
        assertTrue(mutex.tryLock());
        assertTrue(mutex.tryLock());
        assertTrue(Thread.interrupted());
        unlock(2);
    }

    // ---- unlocking

    @Test
    void r10_unlockingByAnotherThreadThanTheOwnerIsRefusedAndChangesNothing() {
        for (int holds = 1; holds <= 3; holds++) {
            mutex.lock();
            asAnother(() -> {
                for (ThrowingRunnable misuse : misuses()) {
                    assertThrows(IllegalMonitorStateException.class, misuse::run);
                }
                assertFalse(mutex.tryLock(), "it became free");
            });
            assertHeld(holds);
        }
        for (int holds = 2; holds >= 0; holds--) {
            mutex.unlock();
            assertEquals(holds, mutex.getHoldCount());
        }
    }

    @Test
    void r10_unlockingByAnotherThreadIsRefusedAlsoIfThatThreadHasOwnedTheLockBefore(TestThreads threads) {
        mutex.lock();
        mutex.unlock();
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch tried = new CountDownLatch(1);
        threads.start("owner", () -> {
            lock(2);
            held.countDown();
            tried.await();
            assertHeld(2);
            unlock(2);
        });
        TestThreads.await("held", () -> held.getCount() == 0L);
        try {
            for (ThrowingRunnable misuse : misuses()) {
                assertThrows(IllegalMonitorStateException.class, misuse::run);
            }
            assertFalse(mutex.isHeldByCurrentThread());
        } finally {
            tried.countDown();
        }
    }

    // ---- guards and withLock

    @Test
    void unlockedGivesUpOneHoldAndTakesItAgainWhateverTheActionThrows() {
        IllegalArgumentException failure = new IllegalArgumentException();
        try (ReentrantMutex.Guard outer = mutex.guard()) {
            outer.unlocked(() -> assertFalse(mutex.isLocked()));
            assertEquals(1, mutex.getHoldCount());
            ReentrantMutex.Guard inner = mutex.guard();
            LockAction<IllegalArgumentException> failing = () -> {
                assertEquals(1, mutex.getHoldCount());
                throw failure;
            };
            Probe.assertThrowsSame(failure, () -> inner.unlocked(failing));
            assertEquals(2, mutex.getHoldCount());
            inner.bump();
            assertEquals(2, mutex.getHoldCount());
            inner.close();
            assertThrows(IllegalMonitorStateException.class, inner::bump);
            assertThrows(IllegalMonitorStateException.class, () -> inner.unlocked(() -> {}));
            assertEquals(1, mutex.getHoldCount());
        }
        assertFalse(mutex.isLocked());
    }

    @Test
    @SuppressWarnings("try") // closing early, and so twice, is what is tested
    void guardsNestAndEachEndsOneHold() {
        try (ReentrantMutex.Guard outer = mutex.guard()) {
            assertHeld(1);
            try (ReentrantMutex.Guard inner = mutex.guard()) {
                assertHeld(2);
                inner.close();
                assertHeld(1);
                inner.close();
                assertHeld(1);
            }
            assertHeld(1);
            outer.close();
            assertFree();
        }
    }

    @Test
    void r10_anInnerGuardClosedAfterItsHoldWasEndedInAnotherWayDoesNothing() {
        for (ThrowingRunnable unlock : List.<ThrowingRunnable>of(mutex::unlock, mutex::unlockFair)) {
            mutex.lock();
            ReentrantMutex.Guard inner = mutex.guard();
            assertDoesNotThrow(unlock::run);
            inner.close();
            assertHeld(1);
            mutex.unlock();
        }
    }

    @Test
    void aGuardEndsAnotherHoldOnlyIfTheMutexHasBeenLockedAgainAsDeeply() {
        mutex.lock();
        ReentrantMutex.Guard guard = mutex.guard();
        mutex.unlock();
        mutex.lock();
        assertHeld(2);
        guard.close(); // one hold is as good as another
        assertHeld(1);
        mutex.unlock();
    }

    @Test
    void r10_aGuardClosedOnAnotherThreadThrowsAndCanStillBeClosedAtHome() {
        ReentrantMutex.Guard guard = mutex.guard();
        asAnother(() -> {
            assertThrows(IllegalMonitorStateException.class, guard::close);
            assertThrows(IllegalMonitorStateException.class, guard::closeFair);
        });
        assertHeld(1);
        guard.close();
        assertFree();
        asAnother(() -> assertDoesNotThrow(guard::close, "a closed one does nothing, wherever it is closed"));
    }

    @Test
    void withLockRunsAnActionWithOneMoreHold() {
        List<Integer> holds = new ArrayList<>();
        mutex.runLocked(() -> {
            holds.add(mutex.getHoldCount());
            mutex.runLocked(() -> {
                holds.add(mutex.getHoldCount());
            });
            holds.add(mutex.getHoldCount());
        });
        assertEquals(List.of(1, 2, 1), holds);
        assertFree();
        assertEquals(2, mutex.<Integer, RuntimeException>withLock(() -> mutex.withLock(mutex::getHoldCount)));
    }

    @Test
    void tellsHowManyThreadsAreParkedForIt(TestThreads threads) {
        assertFalse(mutex.hasQueuedThreads());
        assertEquals(0, mutex.getQueueLength());
        mutex.lock();
        Probe.queueUp(threads, mutex, 3, i -> this::lockAndUnlock);
        assertTrue(mutex.hasQueuedThreads());
        assertEquals(3, mutex.getQueueLength());
        mutex.unlock();
        threads.join();
        assertFalse(mutex.hasQueuedThreads());
    }

    // ---- what it is

    @Test
    void tellsItsOwnerByName() {
        asAnother(() -> {
            mutex.lock();
            assertTrue(mutex.toString().endsWith("[Locked by thread another]"), mutex::toString);
            assertTrue(mutex.toString().startsWith(ReentrantMutex.class.getName() + "@"), mutex::toString);
            mutex.unlock();
        });
        assertTrue(mutex.toString().endsWith("[Unlocked]"), mutex::toString);
    }

    @Test
    void takesTwentyFourBytes() {
        assertEquals(24L, ClassLayout.parseClass(ReentrantMutex.class).instanceSize());
    }

    private static final class Account extends ReentrantMutex {
        long balance;

        void deposit(long amount) {
            runLocked(() -> {
                balance += amount;
            });
        }
    }

    @Test
    void aSubclassIsItsOwnLock() {
        Account account = new Account();
        account.runLocked(() -> account.deposit(10L));
        assertEquals(10L, account.balance);
        Probe.assertIdle(account);
        assertEquals(
                24L + Long.BYTES,
                ClassLayout.parseClass(Account.class).instanceSize(),
                "a lock costs no object of its own");
        assertTrue(account.toString().contains("Account"));
    }

    // ---- many threads

    /**
     * The hold count is zero before the releasing store: otherwise the next owner starts with holds of the one before.
     */
    @OnEachKind
    void r11_twoThreadsNestThreeDeep(TestThreads threads) {
        int turns = 20_000;
        threads.start(2, "nester", () -> {
            for (int i = 0; i < turns; i++) {
                for (int holds = 1; holds <= 3; holds++) {
                    mutex.lock();
                    assertEquals(holds, mutex.getHoldCount());
                }
                for (int holds = 2; holds >= 0; holds--) {
                    mutex.unlock();
                    assertEquals(holds, mutex.getHoldCount());
                }
            }
        });
    }

    /** The same at every way to give up several holds at once, where they could be forgotten. */
    @Test
    void r11_theNextOwnerStartsWithoutHoldsAfterABumpAndAnAwait(TestThreads threads) {
        Condvar condvar = new Condvar();
        lock(3);
        Thread bumpedIn = threads.start("bumped in", () -> {
            mutex.lock();
            assertHeld(1);
            mutex.unlock();
        });
        Probe.awaitQueue(mutex, bumpedIn);
        mutex.bump();
        TestThreads.join(bumpedIn);
        unlock(3);
        assertFree();

        Thread waiter = threads.start("waiter", () -> {
            lock(3);
            condvar.await(mutex);
            assertHeld(3);
            unlock(3);
        });
        Probe.awaitQueue(condvar, waiter);
        mutex.lock();
        assertHeld(1);
        assertTrue(condvar.signal());
        mutex.unlock();
    }
}
