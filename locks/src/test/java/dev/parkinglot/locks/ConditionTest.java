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
import dev.parkinglot.testing.ThrowingRunnable;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code newCondition} of the locks returns, by the rules of {@link Condition}. */
@SuppressWarnings({"WaitNotInLoop", "JavaUtilDate"}) // single waits and dates are what is tested
@ParameterizedClass
@EnumSource(LockKind.class)
@Concurrent
class ConditionTest {
    @Parameter
    private LockKind kind;

    private CondvarLock mutex;
    private Condition condition;

    @BeforeEach
    void makeMutexAndCondition() {
        mutex = kind.newLock();
        condition = Exclusive.newCondition(mutex);
    }

    @AfterEach
    void leaveNothingBehind() {
        Probe.assertIdle(mutex);
    }

    /** One way to wait; true when it says that there was time left. */
    interface Way {
        boolean await(Condition condition) throws InterruptedException;
    }

    private static Date fromNow(long millis) {
        return new Date(System.currentTimeMillis() + millis);
    }

    static List<Way> endlessWays() {
        return List.of(
                condition -> {
                    condition.await();
                    return true;
                },
                condition -> {
                    condition.awaitUninterruptibly();
                    return true;
                },
                condition -> condition.await(Long.MAX_VALUE, TimeUnit.DAYS),
                condition -> condition.awaitNanos(Long.MAX_VALUE) > 0L,
                condition -> condition.awaitNanos(Delays.LONG_DELAY.toNanos()) > 0L,
                condition -> condition.awaitUntil(fromNow(Delays.LONG_DELAY.toMillis())),
                condition -> condition.awaitUntil(new Date(Long.MAX_VALUE)));
    }

    static List<Way> shortWays() {
        return List.of(
                condition -> condition.await(Delays.SHORT_DELAY.toNanos(), TimeUnit.NANOSECONDS),
                condition -> condition.awaitNanos(Delays.SHORT_DELAY.toNanos()) > 0L,
                condition -> condition.awaitUntil(fromNow(Delays.SHORT_DELAY.toMillis())));
    }

    static List<Way> immediateWays() {
        return List.of(
                condition -> condition.await(0L, TimeUnit.SECONDS),
                condition -> condition.await(Long.MIN_VALUE, TimeUnit.DAYS),
                condition -> condition.awaitNanos(0L) > 0L,
                condition -> condition.awaitNanos(Long.MIN_VALUE) > 0L,
                condition -> condition.awaitUntil(fromNow(0L)),
                condition -> condition.awaitUntil(new Date(0L)),
                condition -> condition.awaitUntil(new Date(Long.MIN_VALUE)));
    }

    /** Which thread waits is known only by the mutex being free and its queue empty: wait until a signal moves it. */
    private void signalTheWaiter(TestThreads threads, Thread waiter) {
        lock(mutex);
        TestThreads.await("there is somebody to signal", () -> {
            unlock(mutex);
            lock(mutex);
            condition.signal();
            return Probe.queueOf(mutex).equals(List.of(waiter));
        });
        unlock(mutex);
        threads.join();
    }

    @ParameterizedTest
    @MethodSource("endlessWays")
    void aSignalEndsTheWaitWithTimeLeftAndTheMutexHeld(Way way, TestThreads threads) {
        lock(mutex);
        Thread waiter = threads.start("waiter", () -> {
            lock(mutex);
            assertTrue(way.await(condition));
            assertTrue(isOurs(mutex), "the mutex is ours again");
            unlock(mutex);
        });
        Probe.awaitQueue(mutex, waiter);
        unlockFair(mutex);
        signalTheWaiter(threads, waiter);
    }

    @ParameterizedTest
    @MethodSource("shortWays")
    void aTimeoutIsReportedNotEarlyAndWithTheMutexHeld(Way way) throws InterruptedException {
        lock(mutex);
        long start = System.nanoTime();
        assertFalse(way.await(condition));
        // awaitUntil counts in whole milliseconds of another clock.
        assertTrue(System.nanoTime() - start >= Delays.SHORT_DELAY.toNanos() - TimeUnit.MILLISECONDS.toNanos(2));
        assertTrue(isOurs(mutex), "the mutex is ours again");
        unlock(mutex);
    }

    @ParameterizedTest
    @MethodSource("immediateWays")
    void noTimeAtAllIsATimeout(Way way) throws InterruptedException {
        lock(mutex);
        assertFalse(way.await(condition));
        assertTrue(isLocked(mutex));
        unlock(mutex);
    }

    @Test
    void awaitNanosTellsWhatIsLeft() throws InterruptedException {
        lock(mutex);
        assertTrue(condition.awaitNanos(Delays.SHORT_DELAY.toNanos()) <= 0L);
        assertTrue(condition.awaitNanos(-5L) <= -5L);
        unlock(mutex);
    }

    @Test
    void anInterruptEndsEveryWaitButOne() {
        List<ThrowingRunnable> waits = List.of(
                condition::await,
                () -> condition.await(1L, TimeUnit.DAYS),
                () -> condition.awaitNanos(Long.MAX_VALUE),
                () -> condition.awaitUntil(new Date(Long.MAX_VALUE)));
        lock(mutex);
        for (ThrowingRunnable wait : waits) {
            Thread.currentThread().interrupt();
            assertThrows(InterruptedException.class, wait::run);
            assertFalse(Thread.currentThread().isInterrupted());
            assertTrue(isOurs(mutex), "the mutex is ours still");
        }
        unlock(mutex);
    }

    @Test
    void anUninterruptibleWaitKeepsTheInterruptPending(TestThreads threads) {
        lock(mutex);
        Thread waiter = threads.start("waiter", () -> {
            lock(mutex);
            Thread.currentThread().interrupt();
            condition.awaitUninterruptibly();
            assertTrue(Thread.currentThread().isInterrupted());
            unlock(mutex);
        });
        Probe.awaitQueue(mutex, waiter);
        unlockFair(mutex);
        signalTheWaiter(threads, waiter);
    }

    @Test
    void everyMethodNeedsTheMutex() {
        List<ThrowingRunnable> calls = List.of(
                condition::await,
                condition::awaitUninterruptibly,
                () -> condition.await(1L, TimeUnit.SECONDS),
                () -> condition.awaitNanos(1L),
                () -> condition.awaitUntil(fromNow(1L)),
                condition::signal,
                condition::signalAll);
        for (ThrowingRunnable call : calls) {
            assertThrows(IllegalMonitorStateException.class, call::run);
            Probe.assertIdle(mutex);
        }
    }

    @Test
    void signalWakesTheLongestWaitingAndSignalAllTheOthers(TestThreads threads) {
        List<Integer> order = new ArrayList<>();
        int[] waiting = {0};
        for (int i = 0; i < 4; i++) {
            int number = i;
            Thread waiter = threads.start("waiter-" + i, () -> {
                lock(mutex);
                waiting[0]++;
                condition.await();
                order.add(number);
                unlock(mutex);
            });
            TestThreads.await("it waits", () -> underTheLock(() -> waiting[0]) == number + 1);
            TestThreads.await("it sleeps", () -> Probe.isAsleep(waiter));
        }
        lock(mutex);
        condition.signal();
        assertEquals(1, Probe.queueOf(mutex).size());
        condition.signalAll();
        assertEquals(4, Probe.queueOf(mutex).size());
        unlock(mutex);
        threads.join();
        assertEquals(List.of(0, 1, 2, 3), order);
    }

    @Test
    void conditionsOfOneMutexAreSignalledSeparately(TestThreads threads) {
        Condition other = Exclusive.newCondition(mutex);
        boolean[] waiting = new boolean[1];
        Thread waiter = threads.start("waiter", () -> {
            lock(mutex);
            waiting[0] = true;
            other.await();
            unlock(mutex);
        });
        TestThreads.await("it waits", () -> underTheLock(() -> waiting[0]));
        TestThreads.await("it sleeps", () -> Probe.isAsleep(waiter));
        lock(mutex);
        condition.signalAll();
        assertEquals(List.of(), Probe.queueOf(mutex));
        other.signal();
        assertEquals(1, Probe.queueOf(mutex).size());
        unlock(mutex);
    }

    private <T> T underTheLock(Supplier<T> action) {
        lock(mutex);
        try {
            return action.get();
        } finally {
            unlock(mutex);
        }
    }
}
