package dev.parkinglot.locks;

import static dev.parkinglot.locks.Exclusive.bump;
import static dev.parkinglot.locks.Exclusive.isLocked;
import static dev.parkinglot.locks.Exclusive.isOurs;
import static dev.parkinglot.locks.Exclusive.lock;
import static dev.parkinglot.locks.Exclusive.unlock;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parkinglot.testing.Delays;
import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThreadKind;
import dev.parkinglot.testing.ThrowingRunnable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.openjdk.jol.info.ClassLayout;

/** {@link Condvar}: who is signalled, moved or timed out, with any lock that it works with. */
@Concurrent
abstract class CondvarSignalsContract {
    final Condvar condvar = new Condvar();
    final List<Integer> order = new ArrayList<>(); // guarded by the mutex
    CondvarLock mutex;

    abstract CondvarLock newMutex();

    @BeforeEach
    void makeMutex() {
        mutex = newMutex();
    }

    @AfterEach
    void leaveNothingBehind() {
        assertEquals(List.of(), Probe.queueOf(condvar));
        Probe.assertIdle(mutex);
        assertFalse(condvar.signal());
    }

    /** One way to wait. */
    record Way(String name, Attempt attempt) {
        interface Attempt {
            /** True when signalled. */
            boolean await(Condvar condvar, CondvarLock mutex) throws InterruptedException;
        }

        boolean await(Condvar condvar, CondvarLock mutex) throws InterruptedException {
            return attempt.await(condvar, mutex);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static final Way AWAIT = new Way("await", (condvar, mutex) -> {
        condvar.await(mutex);
        return true;
    });

    static final Way AWAIT_UNINTERRUPTIBLY = new Way("awaitUninterruptibly", (condvar, mutex) -> {
        condvar.awaitUninterruptibly(mutex);
        return true;
    });

    private static Way awaitFor(Duration timeout) {
        return new Way("awaitFor(" + timeout + ")", (condvar, mutex) -> condvar.awaitFor(mutex, timeout));
    }

    private static Way awaitUntil(long nanosFromNow) {
        return new Way(
                "awaitUntil(now + " + nanosFromNow + ")",
                (condvar, mutex) -> condvar.awaitUntil(mutex, System.nanoTime() + nanosFromNow));
    }

    static Stream<Way> interruptibleWays() {
        return Stream.of(
                AWAIT,
                awaitFor(Delays.LONG_DELAY),
                awaitFor(Duration.ofSeconds(Long.MAX_VALUE, 999_999_999L)),
                awaitUntil(Delays.LONG_DELAY.toNanos()),
                awaitUntil(LockWay.FAR_NANOS));
    }

    static Stream<Way> endlessWays() {
        return Stream.concat(Stream.of(AWAIT_UNINTERRUPTIBLY), interruptibleWays());
    }

    static Stream<Way> shortWays() {
        return Stream.of(awaitFor(Delays.SHORT_DELAY), awaitUntil(Delays.SHORT_DELAY.toNanos()));
    }

    static Stream<Way> immediateWays() {
        return Stream.of(
                awaitFor(Duration.ZERO),
                awaitFor(Duration.ofNanos(-1L)),
                awaitFor(Duration.ofSeconds(Long.MIN_VALUE)),
                awaitUntil(0L),
                awaitUntil(-1L),
                awaitUntil(-LockWay.FAR_NANOS));
    }

    static Stream<Way> allWays() {
        return Stream.of(endlessWays(), shortWays(), immediateWays()).flatMap(ways -> ways);
    }

    /** Waits with the mutex, notes its number in {@link #order} when it returns, and unlocks. */
    final ThrowingRunnable waiter(int number, Way way) {
        return () -> {
            lock(mutex);
            assertTrue(way.await(condvar, mutex), "signalled");
            assertTrue(isLocked(mutex));
            order.add(number);
            unlock(mutex);
        };
    }

    /** Starts waiters that are queued on the condition variable in this order, the mutex free. */
    final Thread[] startWaiters(TestThreads threads, int count) {
        Thread[] waiters = Probe.queueUp(threads, condvar, count, i -> waiter(i, AWAIT));
        awaitUnlocked();
        return waiters;
    }

    /** A waiter is queued a moment before it has unlocked the mutex. */
    final void awaitUnlocked() {
        TestThreads.await("await unlocks the mutex", () -> !isLocked(mutex));
    }

    // ---- signalling

    @Test
    void takesSixteenBytes() {
        assertEquals(16L, ClassLayout.parseClass(Condvar.class).instanceSize());
    }

    @Test
    void aSignalWithoutWaitersIsNotRememberedAndNeedsNoMutex() throws InterruptedException {
        assertFalse(condvar.signal());
        assertEquals(0, condvar.signalAll());
        lock(mutex);
        assertFalse(condvar.signal());
        assertEquals(0, condvar.signalAll());
        assertFalse(condvar.awaitFor(mutex, Delays.SHORT_DELAY), "signalled by a signal before the wait");
        unlock(mutex);
    }

    @ParameterizedTest
    @MethodSource("endlessWays")
    void awaitUnlocksTheMutexAndHoldsItAgainWhenSignalled(Way way) {
        for (ThreadKind kind : ThreadKind.available()) {
            try (TestThreads threads = new TestThreads(kind)) {
                AtomicBoolean signalled = new AtomicBoolean();
                Thread waiter = threads.start("waiter", () -> {
                    lock(mutex);
                    assertTrue(way.await(condvar, mutex));
                    assertTrue(signalled.get(), "returned without a signal");
                    assertTrue(isOurs(mutex), "the mutex is ours again");
                    unlock(mutex);
                });
                Probe.awaitQueue(condvar, waiter);
                lock(mutex); // succeeds since await has unlocked
                signalled.set(true);
                assertTrue(condvar.signal());
                assertFalse(condvar.signal(), "nobody is left");
                unlock(mutex);
            }
        }
    }

    @OnEachKind
    void signalWakesTheLongestWaitingIfTheMutexIsFree(TestThreads threads) {
        Thread[] waiters = startWaiters(threads, 3);
        for (int i = 0; i < 3; i++) {
            assertTrue(condvar.signal());
            TestThreads.join(waiters[i]);
            assertEquals(List.of(waiters).subList(i + 1, 3), Probe.queueOf(condvar));
        }
        threads.join();
        assertEquals(List.of(0, 1, 2), order);
    }

    @OnEachKind
    void signalMovesTheLongestWaitingAsleepToAHeldMutex(TestThreads threads) {
        Thread[] waiters = startWaiters(threads, 3);
        lock(mutex);
        assertTrue(condvar.signal());
        assertEquals(List.of(waiters[0]), Probe.queueOf(mutex));
        assertEquals(List.of(waiters[1], waiters[2]), Probe.queueOf(condvar));
        assertTrue(condvar.signal());
        assertEquals(List.of(waiters[0], waiters[1]), Probe.queueOf(mutex));
        unlock(mutex);
        TestThreads.join(waiters[0]);
        TestThreads.join(waiters[1]);
        assertEquals(List.of(waiters[2]), Probe.queueOf(condvar));
        assertTrue(condvar.signal());
        threads.join();
        assertEquals(List.of(0, 1, 2), order);
    }

    @OnEachKind
    void signalAllMovesAllAsleepToAHeldMutex(TestThreads threads) {
        Thread[] waiters = startWaiters(threads, 5);
        lock(mutex);
        assertEquals(5, condvar.signalAll());
        assertEquals(List.of(waiters), Probe.queueOf(mutex));
        assertEquals(List.of(), Probe.queueOf(condvar));
        assertEquals(0, condvar.signalAll());
        unlock(mutex);
        threads.join();
        assertEquals(List.of(0, 1, 2, 3, 4), order);
    }

    @OnEachKind
    void signalAllWakesOnlyTheFirstIfTheMutexIsFreeAndMovesTheOthers(TestThreads threads) {
        CountDownLatch seen = new CountDownLatch(1);
        Thread[] waiters = Probe.queueUp(threads, condvar, 3, i -> () -> {
            lock(mutex);
            condvar.await(mutex);
            order.add(i);
            if (i == 0) {
                seen.await();
            }
            unlock(mutex);
        });
        awaitUnlocked();
        assertEquals(3, condvar.signalAll());
        assertEquals(List.of(waiters[1], waiters[2]), Probe.queueOf(mutex));
        seen.countDown();
        threads.join();
        assertEquals(List.of(0, 1, 2), order);
    }

    @Test
    void movedThreadsGoBeforeThoseThatCameToLockUnlessTheLockKeepsTheOrder(TestThreads threads) {
        boolean precede = mutex.signalledThreadsPrecede();
        Thread[] waiters = startWaiters(threads, 2);
        lock(mutex);
        Thread[] lockers = Probe.queueUp(threads, mutex, 2, i -> () -> {
            lock(mutex);
            order.add(10 + i);
            unlock(mutex);
        });
        assertEquals(2, condvar.signalAll());
        assertEquals(
                precede
                        ? List.of(waiters[0], waiters[1], lockers[0], lockers[1])
                        : List.of(lockers[0], lockers[1], waiters[0], waiters[1]),
                Probe.queueOf(mutex));
        unlock(mutex);
        threads.join();
        if (precede) {
            assertEquals(Set.of(0, 1, 10, 11), Set.copyOf(order)); // a locker may be the eldest, and have its turn
        } else {
            assertEquals(List.of(10, 11, 0, 1), order);
        }
    }

    @Test
    void aSignalReachesAThreadThatWaitsWhenTheSignalIsGivenWithTheMutexHeld(TestThreads threads) {
        // Upstream's loop: signal until there is somebody to signal, letting others in by bump meanwhile.
        lock(mutex);
        Thread waiter = threads.start("waiter", waiter(0, AWAIT));
        TestThreads.await("somebody waits", () -> {
            bump(mutex);
            return condvar.signal();
        });
        assertEquals(List.of(waiter), Probe.queueOf(mutex));
        unlock(mutex);
        threads.join();
        assertEquals(List.of(0), order);
    }

    @Test
    void theBlockerOfAWaiterIsTheCondvar(TestThreads threads) {
        Thread waiter = threads.start("waiter", waiter(0, AWAIT));
        TestThreads.await("the blocker", () -> LockSupport.getBlocker(waiter) == condvar);
        lock(mutex);
        condvar.signal();
        unlock(mutex);
    }

    @Test
    void anyNumberOfCondvarsCanBeUsedWithOneMutex(TestThreads threads) {
        Condvar other = new Condvar();
        Thread first = threads.start("first", waiter(1, AWAIT));
        Thread second = threads.start(
                "second", waiter(2, new Way("with the other", (ignored, held) -> AWAIT.await(other, held))));
        Probe.awaitQueue(condvar, first);
        Probe.awaitQueue(other, second);
        lock(mutex);
        assertEquals(1, other.signalAll());
        unlock(mutex);
        TestThreads.join(second);
        assertEquals(List.of(first), Probe.queueOf(condvar));
        assertTrue(condvar.signal());
        threads.join();
        assertEquals(List.of(2, 1), order);
    }

    @Test
    void theFirstWaitMakesTheMutexLeaveItsCheapestUnlockForGood() throws InterruptedException {
        assumeTrue(mutex.mayOverlookWaiters(), "there is no cheapest unlock");
        assertFalse(Probe.isShared(mutex));
        lock(mutex);
        assertFalse(condvar.awaitFor(mutex, Duration.ZERO));
        assertTrue(Probe.isShared(mutex));
        unlock(mutex);
        assertTrue(Probe.isShared(mutex));
        lock(mutex);
        unlock(mutex);
        assertTrue(Probe.isShared(mutex));
    }

    @Test
    void theMutexIsSharedBeforeAwaitUnlocksIt(TestThreads threads) {
        assumeTrue(mutex.mayOverlookWaiters(), "there is no cheapest unlock");
        Thread waiter = threads.start("waiter", waiter(0, AWAIT));
        Probe.awaitQueue(condvar, waiter);
        lock(mutex);
        assertTrue(Probe.isShared(mutex));
        condvar.signal();
        unlock(mutex);
    }

    // ---- timeouts

    @ParameterizedTest
    @MethodSource("shortWays")
    void aTimeoutIsReportedNotEarlyAndWithTheMutexHeld(Way way) throws InterruptedException {
        lock(mutex);
        long deadline = System.nanoTime() + Delays.SHORT_DELAY.toNanos();
        assertFalse(way.await(condvar, mutex));
        assertTrue(System.nanoTime() - deadline >= 0L, "too early");
        assertTrue(isOurs(mutex), "the mutex is ours again");
        unlock(mutex);
    }

    @ParameterizedTest
    @MethodSource("immediateWays")
    void noTimeAtAllStillUnlocksAndLocksTheMutex(Way way, TestThreads threads) throws InterruptedException {
        lock(mutex);
        Thread locker = threads.start("locker", () -> {
            lock(mutex);
            order.add(1);
            unlock(mutex);
        });
        Probe.awaitQueue(mutex, locker);
        // A Mutex lets the one who unlocks lock again at once, so the locker may need several chances.
        while (order.isEmpty()) {
            assertFalse(way.await(condvar, mutex));
            assertTrue(isLocked(mutex));
        }
        unlock(mutex);
    }

    @Test
    void theDeadlineOfOneWaiterLeavesTheOthersQueued(TestThreads threads) {
        Thread first = threads.start("first", waiter(0, AWAIT));
        Probe.awaitQueue(condvar, first);
        Thread timed = threads.start("timed", () -> {
            lock(mutex);
            assertFalse(condvar.awaitFor(mutex, Delays.SHORT_DELAY));
            unlock(mutex);
        });
        TestThreads.join(timed);
        Thread last = threads.start("last", waiter(1, AWAIT));
        Probe.awaitQueue(condvar, first, last);
        awaitUnlocked();
        assertEquals(2, condvar.signalAll());
        threads.join();
        assertEquals(List.of(0, 1), order);
    }

    // ---- many threads

    @OnEachKind
    void signalAllLetsTenThreadsGoThatWaitForOneState(TestThreads threads) {
        int count = 10;
        AtomicBoolean go = new AtomicBoolean();
        threads.start(count, "waiter", () -> {
            lock(mutex);
            condvar.awaitWhile(mutex, () -> !go.get());
            unlock(mutex);
        });
        TestThreads.await("all wait", () -> Probe.queueOf(condvar).size() == count);
        lock(mutex);
        go.set(true);
        assertEquals(count, condvar.signalAll());
        unlock(mutex);
        threads.join();
        assertEquals(0, condvar.signalAll());
    }

    /** Upstream's issue 129: threads in untimed waits must not be forgotten when others on the same key time out. */
    @OnEachKind
    void aSignalIsPassedOnThroughWaitsThatTimeOut(TestThreads threads) {
        int count = 4;
        Probe.queueUp(threads, condvar, count, i -> () -> {
            lock(mutex);
            condvar.await(mutex);
            condvar.awaitFor(mutex, Duration.ofMillis(1));
            condvar.signal();
            unlock(mutex);
        });
        assertTrue(condvar.signal());
    }
}
