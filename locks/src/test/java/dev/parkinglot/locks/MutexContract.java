package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.Delays;
import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThreadKind;
import dev.parkinglot.testing.ThrowingRunnable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@link Mutex} and {@link FairMutex} have in common, sentence by sentence of their Javadoc. */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD) // should this thread itself be wedged
abstract class MutexContract {
    /** As near to 292 years as a deadline may lie. */
    private static final long FAR_NANOS = Long.MAX_VALUE - TimeUnit.DAYS.toNanos(1);

    MutualExclusionLock mutex;

    abstract MutualExclusionLock newMutex();

    @BeforeEach
    void makeMutex() {
        mutex = newMutex();
    }

    @AfterEach
    void leaveNothingBehind() {
        assertEquals(List.of(), Probe.queueOf(mutex));
    }

    /** One way to lock. */
    interface Way {
        boolean lock(MutualExclusionLock mutex) throws InterruptedException;
    }

    private record Named(String name, Way way) implements Way {
        @Override
        public boolean lock(MutualExclusionLock mutex) throws InterruptedException {
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

    /** Those that go on waiting until the lock is theirs, as far as a test can see. */
    static Stream<Way> endlessWays() {
        return Stream.concat(
                Stream.of(LOCK, LOCK_INTERRUPTIBLY),
                Stream.of(
                        tryLock(Long.MAX_VALUE, TimeUnit.NANOSECONDS),
                        tryLock(Long.MAX_VALUE, TimeUnit.DAYS),
                        tryLockFor(Duration.ofSeconds(Long.MAX_VALUE, 999_999_999L)),
                        tryLockUntil(FAR_NANOS)));
    }

    static Stream<Way> shortWays() {
        long nanos = Delays.SHORT_DELAY.toNanos();
        return Stream.of(tryLock(nanos, TimeUnit.NANOSECONDS), tryLockFor(Delays.SHORT_DELAY), tryLockUntil(nanos));
    }

    static Stream<Way> immediateWays() {
        return Stream.of(
                new Named("tryLock", MutualExclusionLock::tryLock),
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

    // ---- locking

    @ParameterizedTest
    @MethodSource("allWays")
    void aFreeMutexIsLockedAtOnce(Way way) throws InterruptedException {
        assertTrue(way.lock(mutex));
        assertTrue(mutex.isLocked());
        mutex.unlock();
        Probe.assertIdle(mutex);
    }

    @ParameterizedTest
    @MethodSource("immediateWays")
    void aHeldMutexIsRefusedAtOnceWithoutGoingToTheLot(Way way) throws InterruptedException {
        mutex.lock();
        Probe.markParked(mutex);
        assertFalse(way.lock(mutex));
        assertTrue(mutex.isLocked());
        assertTrue(Probe.isMarkedParked(mutex), "a park that gives up would have taken the mark away");
        mutex.unlock();
        Probe.assertIdle(mutex);
    }

    @ParameterizedTest
    @MethodSource("shortWays")
    void aTimeoutIsNotEarlyAndLeavesTheMutexAsItWas(Way way) throws InterruptedException {
        mutex.lock();
        long deadline = System.nanoTime() + Delays.SHORT_DELAY.toNanos();
        assertFalse(way.lock(mutex));
        assertTrue(System.nanoTime() - deadline >= 0L, "too early");
        assertTrue(mutex.isLocked());
        assertFalse(Probe.isMarkedParked(mutex), "the last to leave clears the mark");
        mutex.unlock();
        Probe.assertIdle(mutex);
    }

    @ParameterizedTest
    @MethodSource("endlessWays")
    void aWaiterGetsTheLockWhenItIsUnlocked(Way way) {
        for (ThreadKind kind : ThreadKind.available()) {
            try (TestThreads threads = new TestThreads(kind)) {
                mutex.lock();
                AtomicBoolean unlocked = new AtomicBoolean();
                Thread waiter = threads.start("waiter", () -> {
                    assertTrue(way.lock(mutex));
                    assertTrue(unlocked.get(), "acquired while the lock was held");
                    mutex.unlock();
                });
                Probe.awaitQueue(mutex, waiter);
                unlocked.set(true);
                mutex.unlock();
            }
            Probe.assertIdle(mutex);
        }
    }

    @Test
    void timeoutsAndUnitsMustBeGiven() {
        assertThrows(NullPointerException.class, () -> mutex.tryLock(1L, null));
        assertThrows(NullPointerException.class, () -> mutex.tryLockFor(null));
        Probe.assertIdle(mutex);
    }

    @Test
    void theBlockerOfAWaiterIsTheMutex() {
        try (TestThreads threads = new TestThreads()) {
            mutex.lock();
            Thread waiter = threads.start("waiter", this::lockAndUnlock);
            TestThreads.await("the blocker", () -> Blockers.isBlocker(waiter, mutex.base()));
            mutex.unlock();
        }
    }

    @ParameterizedTest
    @MethodSource(Probe.THREAD_KINDS)
    void oneThreadAtATimeHoldsTheLockAndSeesWhatTheOthersWrote(ThreadKind kind) {
        int each = 10_000;
        long[] counter = new long[1]; // plain: only the lock orders it
        try (TestThreads threads = new TestThreads(kind)) {
            threads.start(4, "incrementer", () -> {
                for (int i = 0; i < each; i++) {
                    mutex.lock();
                    counter[0]++;
                    mutex.unlock();
                }
            });
        }
        assertEquals(4L * each, counter[0]);
        Probe.assertIdle(mutex);
    }

    // ---- interrupts

    @ParameterizedTest
    @MethodSource("interruptibleWays")
    void aPendingInterruptPreventsAnInterruptibleLockEvenIfTheMutexIsFree(Way way) {
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> way.lock(mutex));
        assertFalse(Thread.currentThread().isInterrupted());
        Probe.assertIdle(mutex);
    }

    @ParameterizedTest
    @MethodSource("interruptibleWays")
    void aPendingInterruptIsSeenBeforeTheQueue(Way way) {
        mutex.lock();
        Probe.markParked(mutex);
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> way.lock(mutex));
        assertFalse(Thread.currentThread().isInterrupted());
        assertTrue(mutex.isLocked());
        assertTrue(Probe.isMarkedParked(mutex), "a park that gives up would have taken the mark away");
        mutex.unlock();
    }

    @Test
    void aPendingInterruptCountsForATryLockWithoutTime() {
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> mutex.tryLock(0L, TimeUnit.SECONDS));
        assertFalse(Thread.currentThread().isInterrupted());
        Probe.assertIdle(mutex);
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
                });
                Probe.awaitQueue(mutex, waiter);
                waiter.interrupt();
                TestThreads.join(waiter);
                assertTrue(mutex.isLocked());
                assertFalse(Probe.isMarkedParked(mutex), "the last to leave clears the mark");
                mutex.unlock();
                Probe.assertIdle(mutex);
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
        Probe.assertIdle(mutex);
    }

    @Test
    void anUninterruptibleWaitThatTimesOutKeepsTheInterruptPending() {
        mutex.lock();
        Thread.currentThread().interrupt();
        assertFalse(mutex.tryLockFor(Delays.SHORT_DELAY));
        assertTrue(Thread.interrupted());
        mutex.unlock();
    }

    // ---- unlocking

    @Test
    void unlockingAFreeMutexIsRefusedAndChangesNothing() {
        for (ThrowingRunnable misuse : misuses()) {
            assertThrows(IllegalMonitorStateException.class, misuse::run);
            Probe.assertIdle(mutex);
        }
        mutex.lock();
        mutex.unlock();
        Probe.assertIdle(mutex);
    }

    @Test
    void unlockingAFreeMutexIsRefusedAlsoWhileAThreadWaitsWithIt() {
        Condvar condvar = new Condvar();
        try (TestThreads threads = new TestThreads()) {
            Thread waiter = threads.start("waiter", () -> {
                mutex.lock();
                condvar.await(mutex);
                mutex.unlock();
            });
            Probe.awaitQueue(condvar, waiter);
            TestThreads.await("await has unlocked", () -> !mutex.isLocked());
            for (ThrowingRunnable misuse : misuses()) {
                assertThrows(IllegalMonitorStateException.class, misuse::run);
                assertFalse(mutex.isLocked());
                assertEquals(List.of(waiter), Probe.queueOf(condvar));
            }
            assertTrue(condvar.signal());
        }
        Probe.assertIdle(mutex);
    }

    private List<ThrowingRunnable> misuses() {
        return List.of(mutex::unlock, mutex::unlockFair, mutex::bump);
    }

    @Test
    void anyThreadMayUnlock() {
        Checks.assumeThatAnyThreadMayUnlock();
        mutex.lock();
        try (TestThreads threads = new TestThreads()) {
            threads.start("another", mutex::unlock);
        }
        Probe.assertIdle(mutex);
    }

    @ParameterizedTest
    @MethodSource(Probe.THREAD_KINDS)
    void everyUnlockSeesToItThatTheNextOneGetsTheLock(ThreadKind kind) {
        int count = 5;
        List<Integer> order = new ArrayList<>();
        try (TestThreads threads = new TestThreads(kind)) {
            mutex.lock();
            Probe.queueUp(threads, mutex, count, i -> () -> {
                mutex.lock();
                order.add(i);
                mutex.unlock();
            });
            mutex.unlock();
        }
        // In this order, except that whoever looks again just when a woken thread is on its way may overtake it.
        assertEquals(List.of(0, 1, 2, 3, 4), order.stream().sorted().toList());
        Probe.assertIdle(mutex);
    }

    @ParameterizedTest
    @MethodSource(Probe.THREAD_KINDS)
    void unlockFairHandsOverInOrderAndTheLockIsNeverFreeInBetween(ThreadKind kind) {
        int count = 5;
        List<Integer> order = new ArrayList<>();
        AtomicLong looks = new AtomicLong();
        CountDownLatch over = new CountDownLatch(1);
        try (TestThreads threads = new TestThreads(kind);
                TestThreads watchers = new TestThreads()) {
            mutex.lock();
            Thread[] queue = Probe.queueUp(threads, mutex, count, i -> () -> {
                mutex.lock();
                order.add(i);
                if (i == count - 1) {
                    over.await();
                } else {
                    awaitOneMore(looks);
                }
                mutex.unlockFair();
            });
            Thread watcher = watchers.start("watcher", () -> {
                while (Probe.queueOf(mutex).size() > 0 || looks.get() < count) {
                    assertTrue(mutex.isLocked(), "seen free");
                    assertCannotBeTaken();
                    looks.incrementAndGet();
                }
            });
            awaitOneMore(looks);
            mutex.unlockFair();
            assertFalse(mutex.tryLock(), "the one who handed over took it back");
            TestThreads.join(watcher);
            over.countDown();
            TestThreads.join(queue[count - 1]);
        }
        assertEquals(List.of(0, 1, 2, 3, 4), order);
        Probe.assertIdle(mutex);
    }

    /**
     * A spinning thread has told the lock that those who are parked can be forgotten for now; not by one who is to be
     * fair.
     */
    @ParameterizedTest
    @MethodSource(Probe.THREAD_KINDS)
    void unlockFairHandsOverToTheParkedAlsoWhileAnotherThreadSpins(ThreadKind kind) {
        CountDownLatch tried = new CountDownLatch(1);
        try (TestThreads threads = new TestThreads(kind)) {
            mutex.lock();
            Probe.queueUp(threads, mutex, 1, i -> () -> {
                mutex.lock();
                tried.await();
                mutex.unlock();
            });
            mutex.changeFlags(MutexProtocol.SPINNING, 0);
            mutex.unlockFair();
            assertFalse(mutex.tryLock(), "the spinning thread would have got it");
            tried.countDown();
            threads.join();
            mutex.changeFlags(0, MutexProtocol.SPINNING);
        }
        assertFalse(mutex.isLocked());
    }

    private void assertCannotBeTaken() {
        boolean taken = mutex.tryLock();
        if (taken) {
            mutex.unlock(); // or the failure would leave others waiting
        }
        assertFalse(taken, "could be taken");
    }

    private static void awaitOneMore(AtomicLong looks) {
        long before = looks.get();
        TestThreads.await("the watcher looks again", () -> looks.get() > before);
    }

    @ParameterizedTest
    @MethodSource(Probe.THREAD_KINDS)
    void unlockFairHandsOverAlsoWhenTheTimerOfTheBucketDoesNotAskForIt(ThreadKind kind) {
        int count = 50; // in quick succession, so that most hand-overs come long before a millisecond is over
        AtomicInteger got = new AtomicInteger();
        CountDownLatch over = new CountDownLatch(1);
        try (TestThreads threads = new TestThreads(kind)) {
            mutex.lock();
            Probe.queueUp(threads, mutex, count, i -> () -> {
                mutex.lock();
                if (got.incrementAndGet() == count) {
                    over.await();
                }
                mutex.unlockFair();
            });
            mutex.unlockFair();
            while (got.get() < count) {
                assertCannotBeTaken();
            }
            over.countDown();
        }
        Probe.assertIdle(mutex);
    }

    /** The timer of a bucket runs for a millisecond at most, so after one the next unlock must be fair. */
    @ParameterizedTest
    @MethodSource(Probe.THREAD_KINDS)
    void unlockHandsOverWhenAMillisecondHasPassedWithoutAHandOver(ThreadKind kind) {
        for (int round = 0; round < 200; round++) {
            CountDownLatch tried = new CountDownLatch(1);
            try (TestThreads threads = new TestThreads(kind)) {
                mutex.lock();
                Thread waiter = threads.start("waiter", () -> {
                    mutex.lock();
                    tried.await();
                    mutex.unlock();
                });
                Probe.awaitQueue(mutex, waiter);
                // Not just one: the waiter looks by itself after a millisecond, and could find the lock free for an
                // instant.
                long later = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(3L);
                TestThreads.await("a millisecond has passed", () -> System.nanoTime() - later > 0L);
                mutex.unlock();
                assertFalse(mutex.tryLock(), "the waiter owns the lock already");
                tried.countDown();
            }
        }
        Probe.assertIdle(mutex);
    }

    @Test
    void unlockFairWithoutWaitersUnlocks() {
        mutex.lock();
        mutex.unlockFair();
        Probe.assertIdle(mutex);
    }

    @Test
    void unlockFairUnlocksIfTheWaiterHasJustGoneAway() {
        mutex.lock();
        Probe.markParked(mutex);
        mutex.unlockFair();
        Probe.assertIdle(mutex);
    }

    // ---- bump

    @ParameterizedTest
    @MethodSource(Probe.THREAD_KINDS)
    void bumpLetsTheLongestWaitingInAndReturnsHolding(ThreadKind kind) {
        List<String> order = new ArrayList<>();
        try (TestThreads threads = new TestThreads(kind)) {
            mutex.lock();
            Probe.queueUp(threads, mutex, 2, i -> () -> {
                mutex.lock();
                order.add("waiter " + i);
                mutex.unlockFair();
            });
            mutex.bump();
            order.add("bumper");
            assertTrue(mutex.isLocked());
            assertEquals(List.of("waiter 0", "waiter 1", "bumper"), order, "the bumper queues up behind the others");
            mutex.unlock();
        }
        Probe.assertIdle(mutex);
    }

    @ParameterizedTest
    @MethodSource(Probe.THREAD_KINDS)
    void bumpHandsOverSoThatNobodyElseGetsInBetween(ThreadKind kind) {
        int turns = 100; // in quick succession, as above
        Thread bumper = Thread.currentThread();
        AtomicInteger taken = new AtomicInteger();
        AtomicBoolean over = new AtomicBoolean();
        try (TestThreads threads = new TestThreads(kind);
                TestThreads watchers = new TestThreads()) {
            mutex.lock();
            Thread waiter = threads.start("waiter", () -> {
                for (int i = 0; i < turns; i++) {
                    mutex.lock();
                    taken.incrementAndGet();
                    try {
                        Probe.awaitQueue(mutex, bumper);
                    } finally {
                        mutex.unlockFair();
                    }
                }
            });
            watchers.start("watcher", () -> {
                while (!over.get()) {
                    assertCannotBeTaken();
                }
            });
            for (int i = 1; i <= turns; i++) {
                Probe.awaitQueue(mutex, waiter);
                mutex.bump();
                assertEquals(i, taken.get(), "the waiter was let in");
            }
            over.set(true);
            watchers.join();
            mutex.unlock();
        }
        Probe.assertIdle(mutex);
    }

    @Test
    void unlockedRunsItsActionWithoutTheLockAndTheGuardHoldsItAgain() {
        IllegalArgumentException failure = new IllegalArgumentException();
        try (MutexGuard guard = mutex.guard()) {
            guard.unlocked(() -> {
                assertFalse(mutex.isLocked());
                mutex.lock(); // somebody else's hold, as far as the guard can tell
                mutex.unlock();
            });
            assertTrue(mutex.isLocked());
            LockAction<IllegalArgumentException> failing = () -> {
                assertFalse(mutex.isLocked());
                throw failure;
            };
            assertSame(failure, assertThrows(IllegalArgumentException.class, () -> guard.unlocked(failing)));
            assertTrue(mutex.isLocked());
            guard.bump();
            assertTrue(mutex.isLocked());
            assertThrows(NullPointerException.class, () -> guard.unlocked(null));
            assertTrue(mutex.isLocked());
        }
        assertFalse(mutex.isLocked());
    }

    @Test
    void aGuardWhoseHoldHasEndedRunsNothingUnlockedAndBumpsNobody() {
        MutexGuard guard = mutex.guard();
        guard.close();
        mutex.lock();
        AtomicBoolean ran = new AtomicBoolean();
        assertThrows(IllegalMonitorStateException.class, () -> guard.unlocked(() -> ran.set(true)));
        assertThrows(IllegalMonitorStateException.class, guard::bump);
        assertFalse(ran.get());
        assertTrue(mutex.isLocked());
        mutex.unlock();
    }

    @Test
    void bumpWithoutWaitersGoesOnHolding() {
        mutex.lock();
        mutex.bump();
        assertTrue(mutex.isLocked());
        mutex.unlock();
        Probe.assertIdle(mutex);
    }

    @Test
    void aGuardStaysValidOverABump() {
        try (TestThreads threads = new TestThreads()) {
            MutexGuard guard = mutex.guard();
            Thread waiter = threads.start("waiter", () -> {
                try (MutexGuard inner = mutex.guard()) {
                    assertNotNull(inner);
                }
            });
            Probe.awaitQueue(mutex, waiter);
            mutex.bump();
            TestThreads.join(waiter);
            assertTrue(mutex.isLocked());
            guard.close();
            assertFalse(mutex.isLocked(), "the guard did not know its hold again");
        }
    }

    @Test
    void aBumpDoesNotReviveAnEndedGuard() {
        MutexGuard ended = mutex.guard();
        mutex.unlock();
        try (TestThreads threads = new TestThreads()) {
            mutex.lock();
            Thread waiter = threads.start("waiter", this::lockAndUnlock);
            Probe.awaitQueue(mutex, waiter);
            mutex.bump();
            ended.close();
            assertTrue(mutex.isLocked());
            mutex.unlock();
        }
    }

    // ---- guards and withLock

    @Test
    void aGuardHoldsUntilItIsClosed() {
        try (MutexGuard guard = mutex.guard()) {
            assertNotNull(guard);
            assertTrue(mutex.isLocked());
            assertFalse(mutex.tryLock());
        }
        Probe.assertIdle(mutex);
    }

    @Test
    void closingAGuardTwiceDoesNothingAlsoWhenTheMutexIsHeldAgain() {
        MutexGuard guard = mutex.guard();
        guard.close();
        guard.close();
        Probe.assertIdle(mutex);
        mutex.lock();
        guard.close();
        guard.closeFair();
        assertTrue(mutex.isLocked());
        mutex.unlock();
    }

    @Test
    void aGuardEndsOnlyItsOwnHold() {
        MutexGuard first = mutex.guard();
        mutex.unlock();
        MutexGuard second = mutex.guard();
        first.close();
        assertTrue(mutex.isLocked(), "the hold of the second guard");
        second.close();
        Probe.assertIdle(mutex);

        MutexGuard third = mutex.guard();
        mutex.unlockFair();
        mutex.lock();
        third.close();
        assertTrue(mutex.isLocked(), "a hold without a guard");
        mutex.unlock();
    }

    @Test
    void aGuardClosedAfterAnExplicitUnlockDoesNothing() {
        MutexGuard guard = mutex.guard();
        mutex.unlock();
        assertDoesNotThrow(guard::close);
        assertDoesNotThrow(guard::closeFair);
        Probe.assertIdle(mutex);
    }

    @Test
    void theHoldOfAGuardThatHandsOverIsOver() {
        try (TestThreads threads = new TestThreads()) {
            MutexGuard guard = mutex.guard();
            CountDownLatch tried = new CountDownLatch(1);
            Thread waiter = threads.start("waiter", () -> {
                mutex.lock();
                tried.await();
                mutex.unlock();
            });
            Probe.awaitQueue(mutex, waiter);
            mutex.unlockFair();
            guard.close();
            assertTrue(mutex.isLocked(), "the waiter's hold");
            tried.countDown();
        }
        Probe.assertIdle(mutex);
    }

    @Test
    void closeFairHandsOver() {
        try (TestThreads threads = new TestThreads()) {
            MutexGuard guard = mutex.guard();
            CountDownLatch tried = new CountDownLatch(1);
            Thread waiter = threads.start("waiter", () -> {
                mutex.lock();
                tried.await();
                mutex.unlock();
            });
            Probe.awaitQueue(mutex, waiter);
            guard.closeFair();
            assertFalse(mutex.tryLock());
            tried.countDown();
        }
        Probe.assertIdle(mutex);
    }

    @Test
    void moreGuardsThanThereAreStampsFollowOneAnother() {
        MutexGuard before = mutex.guard();
        before.close();
        for (int i = 0; i < 1_000; i++) {
            try (MutexGuard guard = mutex.guard()) {
                assertNotNull(guard);
                assertTrue(mutex.isLocked());
                before.close();
                assertTrue(mutex.isLocked(), "closing a closed guard");
            }
            assertFalse(mutex.isLocked());
        }
    }

    @Test
    void aGuardThatWasClosedFairlyStaysClosedWhenItsStampComesRound() {
        MutexGuard closed = mutex.guard();
        closed.closeFair();
        for (int i = 0; i < 125; i++) {
            mutex.guard().close();
        }
        MutexGuard withTheSameStamp = mutex.guard();
        closed.close();
        assertTrue(mutex.isLocked());
        withTheSameStamp.close();
        Probe.assertIdle(mutex);
    }

    @Test
    void runLockedRunsAnActionWhileHolding() {
        List<Boolean> held = new ArrayList<>();
        mutex.runLocked(() -> {
            held.add(mutex.isLocked());
        });
        assertEquals(List.of(true), held);
        Probe.assertIdle(mutex);
    }

    @Test
    void withLockReturnsWhatTheActionComputedWhileHolding() {
        assertTrue(mutex.withLock(mutex::isLocked));
        Probe.assertIdle(mutex);
    }

    @Test
    void whatAnActionThrowsLeavesAfterTheLockWasReleased() {
        IllegalArgumentException failure = new IllegalArgumentException("on purpose");
        LockAction<IllegalArgumentException> action = () -> {
            throw failure;
        };
        LockCall<String, IllegalArgumentException> computation = () -> {
            throw failure;
        };
        assertSame(failure, assertThrows(IllegalArgumentException.class, () -> mutex.runLocked(action)));
        Probe.assertIdle(mutex);
        assertSame(failure, assertThrows(IllegalArgumentException.class, () -> mutex.withLock(computation)));
        Probe.assertIdle(mutex);
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
    void threadsThatASignalHasMovedAreParkedForItToo() {
        Condvar condvar = new Condvar();
        try (TestThreads threads = new TestThreads()) {
            Probe.queueUp(threads, condvar, 2, i -> () -> {
                mutex.lock();
                condvar.await(mutex);
                mutex.unlock();
            });
            mutex.lock();
            assertEquals(0, mutex.getQueueLength());
            condvar.signalAll();
            assertEquals(2, mutex.getQueueLength());
            assertTrue(mutex.hasQueuedThreads());
            mutex.unlock();
        }
        assertEquals(0, mutex.getQueueLength());
    }

    @Test
    void anActionMustBeGiven() {
        assertThrows(NullPointerException.class, () -> mutex.runLocked(null));
        assertThrows(NullPointerException.class, () -> mutex.withLock(null));
        Probe.assertIdle(mutex);
    }

    // ---- state

    @Test
    void toStringTellsClassIdentityAndState() {
        String identity = mutex.getClass().getName() + "@" + Integer.toHexString(System.identityHashCode(mutex));
        assertEquals(identity + "[Unlocked]", mutex.toString());
        mutex.lock();
        assertEquals(identity + "[Locked]", mutex.toString());
        mutex.unlock();
    }

    @Test
    @SuppressWarnings("WaitNotInLoop") // it is meant to time out
    void everyConditionIsNewAndWaitsWithThisMutex() throws InterruptedException {
        assertNotNull(mutex.newCondition());
        assertFalse(mutex.newCondition() == mutex.newCondition());
        mutex.lock();
        assertFalse(mutex.newCondition().await(0L, TimeUnit.SECONDS));
        assertTrue(mutex.isLocked());
        mutex.unlock();
    }

    @Test
    void lockingTwiceOnOneThreadDoesNotSucceed() {
        mutex.lock();
        assertFalse(mutex.tryLock());
        assertFalse(mutex.tryLockFor(Delays.SHORT_DELAY));
        mutex.unlock();
    }

    @Test
    void differentMutexesDoNotKnowEachOther() {
        MutualExclusionLock other = newMutex();
        mutex.lock();
        assertTrue(other.tryLock());
        mutex.unlock();
        assertTrue(other.isLocked());
        other.unlock();
    }

    /** Locks and unlocks: a waiter who wants nothing else. */
    private void lockAndUnlock() {
        mutex.lock();
        mutex.unlock();
    }
}
