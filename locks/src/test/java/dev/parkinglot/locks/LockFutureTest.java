package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.Delays;
import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testkit.DrivenLot;
import dev.parkinglot.testkit.DrivenThread;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.openjdk.jol.info.ClassLayout;

/** Locks that are to come, among threads that wait for the same mutex: of either kind for which a future can wait. */
@ParameterizedClass
@MethodSource("kinds")
@SuppressWarnings("FutureReturnValueIgnored") // stages are known by what they do
@Concurrent
class LockFutureTest {
    private final Mutex mutex;

    LockFutureTest(Class<? extends Mutex> kind) {
        mutex = kind == AsyncMutex.class ? new AsyncMutex() : new FairMutex();
    }

    static List<Class<? extends Mutex>> kinds() {
        return List.of(AsyncMutex.class, FairMutex.class);
    }

    @AfterEach
    void leaveNothingBehind() {
        assertIdle(mutex);
    }

    private CompletableFuture<MutexGuard> lockAsync(Executor executor) {
        return mutex instanceof AsyncMutex async ? async.lockAsync(executor) : ((FairMutex) mutex).lockAsync(executor);
    }

    /** Keeps tasks until the test runs them. */
    private static final class Tasks implements Executor {
        private final Queue<Runnable> tasks = new ArrayDeque<>();

        @Override
        public void execute(Runnable task) {
            tasks.add(task);
        }

        void runNext() {
            tasks.remove().run();
        }

        int count() {
            return tasks.size();
        }
    }

    private static boolean isIdle(Mutex mutex) {
        int waiting = MutexWord.PARKED | MutexWord.WAKE | MutexWord.WOKEN;
        return !mutex.isLocked() && !mutex.hasQueuedThreads() && (mutex.flagsVolatile() & waiting) == 0;
    }

    private static void assertIdle(Mutex mutex) {
        assertTrue(isIdle(mutex), mutex::toString);
    }

    private static MutexGuard guardOf(CompletableFuture<MutexGuard> future) {
        assertTrue(future.isDone());
        return future.join();
    }

    // ---- locking

    @Test
    void freeLockIsHadAtOnce() {
        Tasks tasks = new Tasks();
        MutexGuard guard = guardOf(lockAsync(tasks));
        assertTrue(mutex.isLocked());
        assertEquals(0, tasks.count());
        guard.close();
        guard.close();
    }

    @Test
    void unlockHandsOverAndTheExecutorCompletes() {
        Tasks tasks = new Tasks();
        mutex.lock();
        CompletableFuture<MutexGuard> future = lockAsync(tasks);
        assertTrue(mutex.hasQueuedThreads());
        mutex.unlock();
        assertFalse(future.isDone());
        assertTrue(mutex.isLocked(), "handed over");
        assertFalse(mutex.tryLock());
        tasks.runNext();
        guardOf(future).close();
    }

    @Test
    void guardIsClosedOnAnotherThread(TestThreads threads) {
        mutex.lock();
        CompletableFuture<MutexGuard> future = lockAsync(Runnable::run);
        mutex.unlock();
        threads.start("closer", guardOf(future)::close);
    }

    @Test
    void threadsAndFuturesAreServedInTheOrderOfTheirArrival() {
        List<String> served = new ArrayList<>();
        try (DrivenLot lot = new DrivenLot()) {
            mutex.lock();
            List<DrivenThread> threads = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                String number = "" + i;
                lockAsync(Runnable::run).thenAccept(guard -> {
                    served.add("future " + number);
                    guard.closeFair();
                });
                threads.add(lot.start("thread " + i, () -> {
                    mutex.lock();
                    served.add("thread " + number);
                    mutex.unlockFair();
                }));
                assertFalse(threads.get(i).hasEnded());
            }
            mutex.unlockFair();
            lot.runAll();
            assertIdle(mutex);
        }
        assertEquals(List.of("future 0", "thread 0", "future 1", "thread 1", "future 2", "thread 2"), served);
    }

    @Test
    void exitThatComesTooLateLeavesTheFutureToTheHolder() {
        AsyncMutex mutex = new AsyncMutex();
        mutex.lock();
        CompletableFuture<MutexGuard> future = mutex.lockAsync(Runnable::run);
        mutex.wakeOne(); // by one who has released the lock, before somebody else took it
        assertFalse(future.isDone());
        mutex.unlock();
        guardOf(future).close();
        assertIdle(mutex);
    }

    @Test
    void stagesOfTheDefaultExecutorRunElsewhere() throws Exception {
        mutex.lock();
        CompletableFuture<MutexGuard> future =
                mutex instanceof AsyncMutex async ? async.lockAsync() : ((FairMutex) mutex).lockAsync();
        CompletableFuture<Thread> where = future.thenApply(guard -> {
            try (guard) {
                return Thread.currentThread();
            }
        });
        mutex.unlock();
        assertNotSame(Thread.currentThread(), where.get(Delays.LONG_DELAY.toNanos(), TimeUnit.NANOSECONDS));
    }

    @Test
    void longChainOfFuturesTakesNoStack() {
        mutex.lock();
        int[] served = new int[1];
        int count = 20_000;
        for (int i = 0; i < count; i++) {
            lockAsync(Runnable::run).thenAccept(guard -> {
                served[0]++;
                guard.close();
            });
        }
        mutex.unlock();
        assertEquals(count, served[0]);
    }

    // ---- giving up

    @Test
    void cancelledBeforeItsTurn() {
        Tasks tasks = new Tasks();
        mutex.lock();
        CompletableFuture<MutexGuard> future = lockAsync(tasks);
        CompletableFuture<MutexGuard> next = lockAsync(tasks);
        assertTrue(future.cancel(false));
        assertEquals(1, mutex.getQueueLength());
        mutex.unlock();
        tasks.runNext();
        guardOf(next).close();
        assertIdle(mutex);
        assertEquals(0, tasks.count());
    }

    @Test
    void cancelledAsTheLastClearsParked() {
        mutex.lock();
        assertTrue(lockAsync(Runnable::run).cancel(false));
        assertEquals(0, mutex.flagsVolatile() & MutexWord.PARKED);
        mutex.unlock();
    }

    @Test
    void cancelledAfterItWasChosenPassesTheLockOn() {
        Tasks tasks = new Tasks();
        mutex.lock();
        CompletableFuture<MutexGuard> future = lockAsync(tasks);
        CompletableFuture<MutexGuard> next = lockAsync(tasks);
        mutex.unlock();
        assertTrue(future.cancel(false));
        assertTrue(future.isCancelled());
        tasks.runNext();
        assertTrue(mutex.isLocked(), "it is the next one's");
        assertFalse(next.isDone());
        tasks.runNext();
        guardOf(next).close();
    }

    @Test
    void cancelledAfterItWasChosenAsTheLastFreesTheLock() {
        Tasks tasks = new Tasks();
        mutex.lock();
        CompletableFuture<MutexGuard> future = lockAsync(tasks);
        mutex.unlock();
        assertTrue(future.completeExceptionally(new IllegalArgumentException("given up")));
        tasks.runNext();
    }

    @Test
    void cancelledAfterItWasCompletedDoesNothing() {
        CompletableFuture<MutexGuard> future = lockAsync(Runnable::run);
        assertFalse(future.cancel(false));
        assertTrue(mutex.isLocked());
        guardOf(future).close();
    }

    @Test
    void timeoutTakesItOutOfTheQueue() {
        mutex.lock();
        CompletableFuture<MutexGuard> future = lockAsync(Runnable::run).orTimeout(1L, TimeUnit.NANOSECONDS);
        ExecutionException timedOut = assertThrows(
                ExecutionException.class, () -> future.get(Delays.LONG_DELAY.toNanos(), TimeUnit.NANOSECONDS));
        assertInstanceOf(TimeoutException.class, timedOut.getCause());
        assertFalse(mutex.hasQueuedThreads());
        mutex.unlock();
    }

    // ---- what goes wrong

    @Test
    void refusedTaskFailsTheFutureAndPassesTheLockOn() {
        RuntimeException refused = new RejectedExecutionException("injected");
        mutex.lock();
        CompletableFuture<MutexGuard> future = lockAsync(task -> {
            throw refused;
        });
        CompletableFuture<MutexGuard> next = lockAsync(Runnable::run);
        mutex.unlock();
        assertSame(
                refused, assertThrows(CompletionException.class, future::join).getCause());
        guardOf(next).close();
    }

    @Test
    void withoutMemoryForATaskTheFutureIsCompletedOnTheSpot() {
        mutex.lock();
        CompletableFuture<MutexGuard> future = lockAsync(task -> {
            throw new OutOfMemoryError("injected");
        });
        mutex.unlock();
        guardOf(future).close();
    }

    @Test
    void executorThatThrowsAfterRunningTheTaskDoesNotUnlockTwice() {
        mutex.lock();
        RuntimeException late = new IllegalArgumentException("injected");
        CompletableFuture<MutexGuard> future = lockAsync(task -> {
            task.run();
            throw late;
        });
        assertSame(late, assertThrows(IllegalArgumentException.class, mutex::unlock));
        assertTrue(mutex.isLocked(), "it is the future's");
        guardOf(future).close();
    }

    @Test
    void taskThatIsRunTwiceDeliversOnce() {
        mutex.lock();
        List<Runnable> tasks = new ArrayList<>();
        CompletableFuture<MutexGuard> future = lockAsync(tasks::add);
        mutex.unlock();
        tasks.get(0).run();
        guardOf(future).close();
        mutex.lock();
        tasks.get(0).run();
        assertTrue(mutex.isLocked());
        mutex.unlock();
    }

    @Test
    void stageThatThrowsDoesNotReachTheUnlocker() {
        mutex.lock();
        CompletableFuture<Void> stage = lockAsync(Runnable::run).thenAccept(guard -> {
            try (guard) {
                throw new IllegalArgumentException("injected");
            }
        });
        mutex.unlock();
        assertTrue(stage.isCompletedExceptionally());
    }

    @Test
    void executorIsNeeded() {
        assertThrows(
                NullPointerException.class,
                () -> new AsyncMutex().lockAsync(null).join());
    }

    // ---- what it costs

    @Test
    void takesSixteenBytes() {
        assertEquals(16L, ClassLayout.parseClass(AsyncMutex.class).instanceSize());
    }

    @Test
    void pendingFutureTakesOneHundredAndTwentyEightBytes() {
        AsyncMutex mutex = new AsyncMutex();
        mutex.lock();
        CompletableFuture<MutexGuard> future = mutex.lockAsync();
        long entry = 64L; // see QueuedEntryTest
        assertEquals(
                128L,
                ClassLayout.parseInstance(future).instanceSize()
                        + ClassLayout.parseClass(MutexGuard.class).instanceSize()
                        + entry);
        assertTrue(future.cancel(false));
        mutex.unlock();
    }

    // ---- everything at once

    /** Threads and futures, some of which give up, exclude each other; at the end nothing is locked or forgotten. */
    @Test
    void excludesAndLosesNothing(TestThreads threads) {
        int rounds = 2_000;
        int[] inside = new int[1];
        AtomicInteger asked = new AtomicInteger();
        AtomicInteger answered = new AtomicInteger();
        Executor pool = new CompletableFuture<>().defaultExecutor();
        threads.start(2, "locker", () -> {
            for (int i = 0; i < rounds; i++) {
                mutex.lock();
                assertEquals(1, ++inside[0]);
                inside[0]--;
                mutex.unlock();
            }
        });
        threads.start(2, "asker", () -> {
            ThreadLocalRandom random = ThreadLocalRandom.current();
            for (int i = 0; i < rounds; i++) {
                int chance = random.nextInt(4);
                CompletableFuture<MutexGuard> future = lockAsync(chance == 0 ? Runnable::run : pool);
                asked.incrementAndGet();
                future.thenAccept(guard -> {
                            try (guard) {
                                assertEquals(1, ++inside[0]);
                                inside[0]--;
                            }
                        })
                        .whenComplete((nothing, failure) -> {
                            if (failure == null || future.isCancelled()) {
                                answered.incrementAndGet();
                            }
                        });
                if (chance == 1) {
                    future.cancel(false);
                }
                if (asked.get() - answered.get() > 200) { // not more at a time than a test can look through
                    TestThreads.await("some are answered", () -> asked.get() - answered.get() < 100);
                }
            }
        });
        threads.join();
        TestThreads.await("all are answered", () -> answered.get() == 2 * rounds);
        TestThreads.await("nobody holds the lock, or waits for it", () -> isIdle(mutex));
        assertEquals(0, inside[0]);
    }
}
