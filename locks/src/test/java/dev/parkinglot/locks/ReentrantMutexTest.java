package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.Delays;
import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThreadKind;
import dev.parkinglot.testing.ThrowingRunnable;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.openjdk.jol.info.ClassLayout;

/** {@link ReentrantMutex}, sentence by sentence of its Javadoc. */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD) // should this thread itself be wedged
class ReentrantMutexTest {
    /** As near to 292 years as a deadline may lie. */
    private static final long FAR_NANOS = Long.MAX_VALUE - TimeUnit.DAYS.toNanos(1);

    private static final VarHandle AGAIN;

    static {
        try {
            AGAIN = MethodHandles.privateLookupIn(ReentrantProtocol.class, MethodHandles.lookup())
                    .findVarHandle(ReentrantProtocol.class, "again", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final ReentrantMutex mutex = new ReentrantMutex();

    @AfterEach
    void leaveNothingBehind() {
        assertFree();
    }

    private void assertFree() {
        Probe.assertIdle(mutex);
        assertAll(
                () -> assertEquals(0, mutex.getHoldCount()),
                () -> assertFalse(mutex.isHeldByCurrentThread()),
                () -> assertEquals(0, (int) AGAIN.getVolatile(mutex), "the next owner would start with holds"),
                () -> assertTrue(mutex.toString().endsWith("[Unlocked]"), mutex::toString));
    }

    private void assertHeld(int holds) {
        assertAll(
                () -> assertEquals(holds, mutex.getHoldCount()),
                () -> assertTrue(mutex.isHeldByCurrentThread()),
                () -> assertTrue(mutex.isLocked()));
    }

    private void lock(int times) {
        for (int i = 0; i < times; i++) {
            mutex.lock();
        }
    }

    private void unlock(int times) {
        for (int i = 0; i < times; i++) {
            mutex.unlock();
        }
    }

    /** Runs something on another thread, to its end. */
    private static void elsewhere(ThrowingRunnable action) {
        try (TestThreads threads = new TestThreads()) {
            threads.start("another", action);
        }
    }

    /** One way to lock. */
    interface Way {
        boolean lock(ReentrantMutex mutex) throws InterruptedException;
    }

    private record Named(String name, Way way) implements Way {
        @Override
        public boolean lock(ReentrantMutex mutex) throws InterruptedException {
            return way.lock(mutex);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static final Named LOCK = new Named("lock", mutex -> {
        mutex.lock();
        return true;
    });

    private static final Named LOCK_INTERRUPTIBLY = new Named("lockInterruptibly", mutex -> {
        mutex.lockInterruptibly();
        return true;
    });

    private static Named tryLock(long time, TimeUnit unit) {
        return new Named("tryLock(" + time + ", " + unit + ")", mutex -> mutex.tryLock(time, unit));
    }

    private static Named tryLockFor(Duration timeout) {
        return new Named("tryLockFor(" + timeout + ")", mutex -> mutex.tryLockFor(timeout));
    }

    private static Named tryLockUntil(long nanosFromNow) {
        return new Named(
                "tryLockUntil(now + " + nanosFromNow + ")",
                mutex -> mutex.tryLockUntil(System.nanoTime() + nanosFromNow));
    }

    static Stream<Way> endlessWays() {
        return Stream.of(
                LOCK,
                LOCK_INTERRUPTIBLY,
                tryLock(Long.MAX_VALUE, TimeUnit.NANOSECONDS),
                tryLock(Long.MAX_VALUE, TimeUnit.DAYS),
                tryLockFor(Duration.ofSeconds(Long.MAX_VALUE, 999_999_999L)),
                tryLockUntil(FAR_NANOS));
    }

    static Stream<Way> shortWays() {
        long nanos = Delays.SHORT_DELAY.toNanos();
        return Stream.of(tryLock(nanos, TimeUnit.NANOSECONDS), tryLockFor(Delays.SHORT_DELAY), tryLockUntil(nanos));
    }

    static Stream<Way> immediateWays() {
        return Stream.of(
                new Named("tryLock", ReentrantMutex::tryLock),
                tryLock(0L, TimeUnit.SECONDS),
                tryLock(-1L, TimeUnit.NANOSECONDS),
                tryLock(Long.MIN_VALUE, TimeUnit.DAYS),
                tryLockFor(Duration.ZERO),
                tryLockFor(Duration.ofNanos(-1L)),
                tryLockFor(Duration.ofSeconds(Long.MIN_VALUE)),
                tryLockUntil(0L),
                tryLockUntil(-1L),
                tryLockUntil(-FAR_NANOS));
    }

    static Stream<Way> allWays() {
        return Stream.of(endlessWays(), shortWays(), immediateWays()).flatMap(ways -> ways);
    }

    static Stream<Way> interruptibleWays() {
        return Stream.of(LOCK_INTERRUPTIBLY, tryLock(Long.MAX_VALUE, TimeUnit.DAYS));
    }

    static Stream<Way> uninterruptibleWays() {
        return Stream.of(LOCK, tryLockFor(Delays.LONG_DELAY), tryLockUntil(Delays.LONG_DELAY.toNanos()));
    }

    // ---- locking, again and again

    @ParameterizedTest
    @MethodSource("allWays")
    void theOwnerLocksAgainAndMustUnlockAsOften(Way way) throws InterruptedException {
        for (int holds = 1; holds <= 3; holds++) {
            assertTrue(way.lock(mutex));
            assertHeld(holds);
        }
        for (int holds = 2; holds >= 1; holds--) {
            mutex.unlock();
            assertHeld(holds);
            elsewhere(() -> assertFalse(mutex.tryLock(), "one hold is left"));
        }
        mutex.unlock();
        assertFree();
        elsewhere(() -> {
            assertTrue(mutex.tryLock());
            assertHeld(1);
            mutex.unlock();
        });
    }

    @ParameterizedTest
    @MethodSource("allWays")
    void lockingAgainDoesNotGoToTheLotEvenIfOthersWait(Way way) throws InterruptedException {
        try (TestThreads threads = new TestThreads()) {
            mutex.lock();
            Thread waiter = threads.start("waiter", () -> {
                mutex.lock();
                mutex.unlock();
            });
            Probe.awaitQueue(mutex, waiter);
            assertTrue(way.lock(mutex));
            assertHeld(2);
            mutex.unlock();
            assertEquals(List.of(waiter), Probe.queueOf(mutex), "an inner unlock lets nobody in");
            mutex.unlock();
        }
    }

    @ParameterizedTest
    @MethodSource("immediateWays")
    void anotherThreadIsRefusedAtOnceWithoutGoingToTheLot(Way way) {
        mutex.lock();
        Probe.markParked(mutex);
        elsewhere(() -> {
            assertFalse(way.lock(mutex));
            assertFalse(mutex.isHeldByCurrentThread());
            assertEquals(0, mutex.getHoldCount());
        });
        assertTrue(Probe.isMarkedParked(mutex), "a park that gives up would have taken the mark away");
        assertHeld(1);
        mutex.unlock();
    }

    @ParameterizedTest
    @MethodSource("shortWays")
    void aTimeoutIsNotEarlyAndChangesNothing(Way way) {
        lock(2);
        elsewhere(() -> {
            long deadline = System.nanoTime() + Delays.SHORT_DELAY.toNanos();
            assertFalse(way.lock(mutex));
            assertTrue(System.nanoTime() - deadline >= 0L, "too early");
            assertFalse(mutex.isHeldByCurrentThread());
        });
        assertFalse(Probe.isMarkedParked(mutex), "the last to leave clears the mark");
        assertHeld(2);
        unlock(2);
    }

    @ParameterizedTest
    @MethodSource("endlessWays")
    void aWaiterOwnsTheLockOnceWhenItIsUnlocked(Way way) {
        for (ThreadKind kind : ThreadKind.available()) {
            try (TestThreads threads = new TestThreads(kind)) {
                AtomicBoolean unlocked = new AtomicBoolean();
                lock(2);
                Thread waiter = threads.start("waiter", () -> {
                    assertTrue(way.lock(mutex));
                    assertTrue(unlocked.get(), "acquired while the lock was held");
                    assertHeld(1);
                    mutex.unlock();
                });
                Probe.awaitQueue(mutex, waiter);
                mutex.unlock();
                unlocked.set(true);
                mutex.unlock();
            }
            assertFree();
        }
    }

    @Test
    void timeoutsAndUnitsMustBeGiven() {
        assertThrows(NullPointerException.class, () -> mutex.tryLock(1L, null));
        assertThrows(NullPointerException.class, () -> mutex.tryLockFor(null));
    }

    @Test
    void theBlockerOfAWaiterIsTheMutex() {
        try (TestThreads threads = new TestThreads()) {
            mutex.lock();
            Thread waiter = threads.start("waiter", () -> {
                mutex.lock();
                mutex.unlock();
            });
            TestThreads.await("the blocker", () -> Blockers.isBlocker(waiter, mutex));
            mutex.unlock();
        }
    }

    // ---- too many holds

    @ParameterizedTest
    @MethodSource("allWays")
    void oneHoldTooManyIsRefusedWithAnErrorAndChangesNothing(Way way) throws InterruptedException {
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
    @MethodSource("interruptibleWays")
    void aPendingInterruptPreventsAnInterruptibleLockAlsoOfTheOwner(Way way) {
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
    void aPendingInterruptCountsForATryLockWithoutTime() {
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> mutex.tryLock(0L, TimeUnit.SECONDS));
        assertFalse(Thread.currentThread().isInterrupted());
    }

    @Test
    void tryLockWithoutArgumentsDoesNotMindInterrupts() {
        Thread.currentThread().interrupt();
        assertTrue(mutex.tryLock());
        assertTrue(mutex.tryLock());
        assertTrue(Thread.interrupted());
        unlock(2);
    }

    @ParameterizedTest
    @MethodSource("interruptibleWays")
    void anInterruptEndsAnInterruptibleWait(Way way) {
        for (ThreadKind kind : ThreadKind.available()) {
            try (TestThreads threads = new TestThreads(kind)) {
                mutex.lock();
                Thread waiter = threads.start("waiter", () -> {
                    assertThrows(InterruptedException.class, () -> way.lock(mutex));
                    assertFalse(Thread.currentThread().isInterrupted());
                    assertFalse(mutex.isHeldByCurrentThread());
                });
                Probe.awaitQueue(mutex, waiter);
                waiter.interrupt();
                TestThreads.join(waiter);
                assertHeld(1);
                assertFalse(Probe.isMarkedParked(mutex), "the last to leave clears the mark");
                mutex.unlock();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("uninterruptibleWays")
    void anInterruptNeitherEndsAnUninterruptibleWaitNorIsItLost(Way way) {
        for (ThreadKind kind : ThreadKind.available()) {
            for (boolean pendingBefore : new boolean[] {true, false}) {
                try (TestThreads threads = new TestThreads(kind)) {
                    mutex.lock();
                    AtomicBoolean unlocked = new AtomicBoolean();
                    Thread waiter = threads.start("waiter", () -> {
                        if (pendingBefore) {
                            Thread.currentThread().interrupt();
                        }
                        assertTrue(way.lock(mutex));
                        assertTrue(unlocked.get(), "acquired while the lock was held");
                        assertTrue(Thread.currentThread().isInterrupted());
                        assertHeld(1);
                        mutex.unlock();
                    });
                    Probe.awaitQueue(mutex, waiter);
                    if (!pendingBefore) {
                        waiter.interrupt();
                    }
                    // The parker takes the flag away in order to sleep, and gives it back when it leaves.
                    TestThreads.awaitInterruptNoticed(waiter);
                    Probe.awaitQueue(mutex, waiter);
                    unlocked.set(true);
                    mutex.unlock();
                }
            }
        }
    }

    // ---- unlocking

    private List<ThrowingRunnable> misuses() {
        return List.of(mutex::unlock, mutex::unlockFair, mutex::bump);
    }

    @Test
    void unlockingAFreeMutexIsRefusedAndChangesNothing() {
        for (ThrowingRunnable misuse : misuses()) {
            assertThrows(IllegalMonitorStateException.class, misuse::run);
            assertFree();
        }
        mutex.lock();
        assertHeld(1);
        mutex.unlock();
    }

    @Test
    void r10_unlockingByAnotherThreadThanTheOwnerIsRefusedAndChangesNothing() {
        for (int holds = 1; holds <= 3; holds++) {
            mutex.lock();
            elsewhere(() -> {
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
    void r10_unlockingByAnotherThreadIsRefusedAlsoIfThatThreadHasOwnedTheLockBefore() {
        mutex.lock();
        mutex.unlock();
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch tried = new CountDownLatch(1);
        try (TestThreads threads = new TestThreads()) {
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
    }

    @ParameterizedTest
    @MethodSource(Probe.THREAD_KINDS)
    void everyUnlockSeesToItThatTheNextOneGetsTheLock(ThreadKind kind) {
        List<Integer> order = new ArrayList<>();
        try (TestThreads threads = new TestThreads(kind)) {
            lock(2);
            Probe.queueUp(threads, mutex, 5, i -> () -> {
                lock(2);
                order.add(i);
                unlock(2);
            });
            unlock(2);
        }
        // In this order, except that whoever looks again just when a woken thread is on its way may overtake it.
        assertEquals(List.of(0, 1, 2, 3, 4), order.stream().sorted().toList());
    }

    @ParameterizedTest
    @MethodSource(Probe.THREAD_KINDS)
    void theLastUnlockFairHandsOverInOrderAndTheLockIsNeverFreeInBetween(ThreadKind kind) {
        int count = 50; // in quick succession, so that most hand-overs come long before a millisecond is over
        List<Integer> order = new ArrayList<>();
        AtomicInteger got = new AtomicInteger();
        CountDownLatch over = new CountDownLatch(1);
        try (TestThreads threads = new TestThreads(kind)) {
            lock(2);
            Thread[] queue = Probe.queueUp(threads, mutex, count, i -> () -> {
                lock(2);
                order.add(i);
                if (got.incrementAndGet() == count) {
                    over.await();
                }
                mutex.unlockFair();
                assertHeld(1);
                mutex.unlockFair();
            });
            mutex.unlockFair();
            assertHeld(1);
            assertEquals(List.of(queue), Probe.queueOf(mutex), "an inner unlock lets nobody in");
            mutex.unlockFair();
            while (got.get() < count) {
                assertFalse(mutex.tryLock(), "could be taken");
            }
            over.countDown();
        }
        assertEquals(Stream.iterate(0, i -> i + 1).limit(count).toList(), order);
    }

    @Test
    void unlockFairWithoutWaitersUnlocks() {
        mutex.lock();
        mutex.unlockFair();
        assertFree();
        mutex.lock();
        Probe.markParked(mutex); // somebody has just gone away
        mutex.unlockFair();
    }

    // ---- bump

    @ParameterizedTest
    @MethodSource(Probe.THREAD_KINDS)
    void bumpGivesUpAllHoldsForTheWaiterAndTakesThemAgain(ThreadKind kind) {
        for (int holds = 1; holds <= 3; holds++) {
            List<String> order = new ArrayList<>();
            try (TestThreads threads = new TestThreads(kind)) {
                lock(holds);
                Probe.queueUp(threads, mutex, 2, i -> () -> {
                    lock(5);
                    assertHeld(5);
                    order.add("waiter " + i);
                    for (int k = 0; k < 5; k++) {
                        mutex.unlockFair();
                    }
                });
                mutex.bump();
                order.add("bumper");
                assertEquals(
                        List.of("waiter 0", "waiter 1", "bumper"), order, "the bumper queues up behind the others");
                assertHeld(holds);
                for (int left = holds - 1; left > 0; left--) {
                    mutex.unlock();
                    assertHeld(left);
                }
                mutex.unlock();
            }
            assertFree();
        }
    }

    @ParameterizedTest
    @MethodSource(Probe.THREAD_KINDS)
    void everyBumpLetsAWaiterIn(ThreadKind kind) {
        int turns = 200; // in quick succession: the timer of the bucket alone would hand over once a millisecond
        AtomicInteger taken = new AtomicInteger();
        try (TestThreads threads = new TestThreads(kind)) {
            lock(2);
            Thread waiter = threads.start("waiter", () -> {
                for (int i = 0; i < turns; i++) {
                    mutex.lock();
                    taken.incrementAndGet();
                    mutex.unlock();
                }
            });
            while (taken.get() < turns) {
                Probe.awaitQueue(mutex, waiter);
                int before = taken.get();
                mutex.bump();
                assertTrue(taken.get() > before, "the waiter was not let in");
            }
            assertHeld(2);
            unlock(2);
        }
    }

    @Test
    void bumpWithoutWaitersGoesOnHolding() {
        lock(2);
        mutex.bump();
        assertHeld(2);
        Probe.markParked(mutex); // somebody has just gone away
        mutex.bump();
        assertHeld(2);
        unlock(2);
    }

    @Test
    void bumpKeepsAnInterruptPending() {
        try (TestThreads threads = new TestThreads()) {
            mutex.lock();
            Thread waiter = threads.start("waiter", () -> {
                mutex.lock();
                mutex.unlock();
            });
            Probe.awaitQueue(mutex, waiter);
            Thread.currentThread().interrupt();
            mutex.bump();
            assertTrue(Thread.interrupted());
            assertHeld(1);
            mutex.unlock();
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
            assertSame(failure, assertThrows(IllegalArgumentException.class, () -> inner.unlocked(failing)));
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
    void r10_aGuardClosedTwiceDoesNothingAlsoWhenTheMutexIsHeldAgain() {
        ReentrantMutex.Guard guard = mutex.guard();
        guard.close();
        guard.close();
        guard.closeFair();
        assertFree();
        mutex.lock();
        guard.close();
        guard.closeFair();
        assertHeld(1);
        mutex.unlock();
    }

    @Test
    void r10_aGuardClosedAfterItsHoldWasEndedInAnotherWayDoesNothing() {
        for (ThrowingRunnable unlock : List.<ThrowingRunnable>of(mutex::unlock, mutex::unlockFair)) {
            ReentrantMutex.Guard guard = mutex.guard();
            assertDoesNotThrow(unlock::run);
            guard.close();
            guard.closeFair();
            assertFree();

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
        elsewhere(() -> {
            assertThrows(IllegalMonitorStateException.class, guard::close);
            assertThrows(IllegalMonitorStateException.class, guard::closeFair);
        });
        assertHeld(1);
        guard.close();
        assertFree();
        elsewhere(() -> assertDoesNotThrow(guard::close, "a closed one does nothing, wherever it is closed"));
    }

    @ParameterizedTest
    @MethodSource(Probe.THREAD_KINDS)
    void closeFairHandsOver(ThreadKind kind) {
        // Many rounds: an unfair unlock hands over too, but only about once a millisecond.
        for (int round = 0; round < 100; round++) {
            CountDownLatch tried = new CountDownLatch(1);
            try (TestThreads threads = new TestThreads(kind)) {
                ReentrantMutex.Guard guard = mutex.guard();
                Thread waiter = threads.start("waiter", () -> {
                    mutex.lock();
                    tried.await();
                    mutex.unlock();
                });
                Probe.awaitQueue(mutex, waiter);
                guard.closeFair();
                assertFalse(mutex.tryLock(), "the waiter owns the lock already");
                tried.countDown();
            }
        }
    }

    @Test
    void aGuardStaysValidOverABump() {
        try (TestThreads threads = new TestThreads()) {
            mutex.lock();
            ReentrantMutex.Guard guard = mutex.guard();
            Thread waiter = threads.start("waiter", () -> {
                mutex.lock();
                mutex.unlock();
            });
            Probe.awaitQueue(mutex, waiter);
            mutex.bump();
            assertHeld(2);
            guard.close();
            assertHeld(1);
            mutex.unlock();
        }
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
    void whatAnActionThrowsLeavesAfterItsHoldWasEnded() {
        IllegalArgumentException failure = new IllegalArgumentException("on purpose");
        LockAction<IllegalArgumentException> action = () -> {
            throw failure;
        };
        LockCall<String, IllegalArgumentException> computation = () -> {
            throw failure;
        };
        mutex.lock();
        assertSame(failure, assertThrows(IllegalArgumentException.class, () -> mutex.runLocked(action)));
        assertHeld(1);
        assertSame(failure, assertThrows(IllegalArgumentException.class, () -> mutex.withLock(computation)));
        assertHeld(1);
        mutex.unlock();
    }

    @Test
    void tellsHowManyThreadsAreParkedForIt() {
        assertFalse(mutex.hasQueuedThreads());
        assertEquals(0, mutex.getQueueLength());
        try (TestThreads threads = new TestThreads()) {
            mutex.lock();
            Probe.queueUp(threads, mutex, 3, i -> () -> {
                mutex.lock();
                mutex.unlock();
            });
            assertTrue(mutex.hasQueuedThreads());
            assertEquals(3, mutex.getQueueLength());
            mutex.unlock();
        }
        assertFalse(mutex.hasQueuedThreads());
    }

    @Test
    void anActionMustBeGiven() {
        assertThrows(NullPointerException.class, () -> mutex.runLocked(null));
        assertThrows(NullPointerException.class, () -> mutex.withLock(null));
    }

    // ---- what it is

    @Test
    void holdsAreThoseOfTheCallingThread() {
        lock(3);
        assertTrue(mutex.isHeldByCurrentThread());
        elsewhere(() -> {
            assertEquals(0, mutex.getHoldCount());
            assertFalse(mutex.isHeldByCurrentThread());
            assertTrue(mutex.isLocked());
        });
        unlock(3);
    }

    @Test
    void tellsItsOwnerByName() {
        elsewhere(() -> {
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

        void depositTwice(long amount) {
            runLocked(() -> {
                deposit(amount);
                deposit(amount);
            });
        }
    }

    @Test
    void aSubclassIsItsOwnLock() {
        Account account = new Account();
        account.depositTwice(5L);
        assertEquals(10L, account.balance);
        Probe.assertIdle(account);
        assertEquals(
                24L + Long.BYTES,
                ClassLayout.parseClass(Account.class).instanceSize(),
                "a lock costs no object of its own");
        assertTrue(account.toString().contains("Account"));
    }

    @Test
    void isALock() {
        Lock lock = mutex;
        lock.lock();
        assertTrue(lock.tryLock());
        lock.unlock();
        lock.unlock();
    }

    // ---- many threads

    @ParameterizedTest
    @MethodSource(Probe.THREAD_KINDS)
    void oneThreadAtATimeHoldsTheLockHoweverOftenAndSeesWhatTheOthersWrote(ThreadKind kind) {
        int each = 5_000;
        long[] counter = new long[1]; // plain: only the lock orders it
        try (TestThreads threads = new TestThreads(kind)) {
            threads.start(4, "incrementer", () -> {
                for (int i = 0; i < each; i++) {
                    int holds = i % 3 + 1;
                    lock(holds);
                    counter[0]++;
                    assertEquals(holds, mutex.getHoldCount());
                    unlock(holds);
                }
            });
        }
        assertEquals(4L * each, counter[0]);
    }

    /**
     * The hold count is zero before the releasing store: otherwise the next owner starts with holds of the one before.
     */
    @ParameterizedTest
    @MethodSource(Probe.THREAD_KINDS)
    void r11_twoThreadsNestThreeDeep(ThreadKind kind) {
        int turns = 20_000;
        try (TestThreads threads = new TestThreads(kind)) {
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
    }

    /** The same at every way to give up several holds at once, where they could be forgotten. */
    @Test
    void r11_theNextOwnerStartsWithoutHoldsAfterABumpAndAnAwait() {
        Condvar condvar = new Condvar();
        try (TestThreads threads = new TestThreads()) {
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

    @ParameterizedTest
    @MethodSource(Probe.THREAD_KINDS)
    void everythingAtOnceForAWhile(ThreadKind kind) {
        Stress stress = new Stress(mutex);
        stress.run(kind);
        assertEquals(stress.expected.get(), stress.counter);
    }

    private static final class Stress {
        private static final int THREADS = 4;
        private static final int TURNS = 2_000;

        private final ReentrantMutex mutex;
        private final AtomicInteger expected = new AtomicInteger();
        private final AtomicInteger running = new AtomicInteger(THREADS);

        // Guarded by the mutex, which is what this test is about.
        private int counter;
        private boolean inside;

        Stress(ReentrantMutex mutex) {
            this.mutex = mutex;
        }

        void run(ThreadKind kind) {
            List<Thread> workers = new ArrayList<>();
            try (TestThreads threads = new TestThreads(kind);
                    TestThreads others = new TestThreads()) {
                for (int i = 0; i < THREADS; i++) {
                    Random random = new Random(i);
                    workers.add(threads.start("worker-" + i, () -> {
                        try {
                            for (int turn = 0; turn < TURNS; turn++) {
                                nest(random, random.nextInt(4) + 1);
                            }
                        } finally {
                            running.decrementAndGet();
                        }
                    }));
                }
                others.start("interrupter", () -> {
                    Random random = new Random(-1L);
                    while (running.get() > 0) {
                        workers.get(random.nextInt(THREADS)).interrupt();
                        if (mutex.tryLockFor(Duration.ofNanos(random.nextInt(100_000)))) {
                            mutex.unlock();
                        }
                    }
                });
            }
        }

        /** Locks, does something, goes deeper, and unlocks. */
        private void nest(Random random, int deeper) {
            int before = mutex.getHoldCount();
            boolean acquired;
            try {
                acquired = lock(random);
            } catch (InterruptedException e) {
                acquired = false;
            }
            assertEquals(before + (acquired ? 1 : 0), mutex.getHoldCount());
            if (!acquired) {
                return;
            }
            count();
            if (random.nextInt(4) == 0) {
                mutex.bump();
                assertEquals(before + 1, mutex.getHoldCount());
            }
            if (deeper > 1) {
                nest(random, deeper - 1);
            }
            count();
            if (random.nextInt(4) == 0) {
                mutex.unlockFair();
            } else {
                mutex.unlock();
            }
            assertEquals(before, mutex.getHoldCount());
        }

        private boolean lock(Random random) throws InterruptedException {
            long nanos = random.nextInt(1_000_000);
            switch (random.nextInt(6)) {
                case 0 -> mutex.lockInterruptibly();
                case 1 -> {
                    return mutex.tryLock();
                }
                case 2 -> {
                    return mutex.tryLock(nanos, TimeUnit.NANOSECONDS);
                }
                case 3 -> {
                    return mutex.tryLockFor(Duration.ofNanos(nanos));
                }
                case 4 -> {
                    return mutex.tryLockUntil(System.nanoTime() + nanos);
                }
                default -> mutex.lock();
            }
            return true;
        }

        private void count() {
            assertFalse(inside, "two threads inside");
            inside = true;
            counter++;
            for (int i = counter & 127; i > 0; i--) {
                Thread.onSpinWait(); // long enough for others to come and park
            }
            inside = false;
            expected.incrementAndGet();
        }
    }
}
