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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.openjdk.jol.info.ClassLayout;

/** Locks that are to come, among threads that wait for the same mutex. */
@SuppressWarnings("FutureReturnValueIgnored") // stages are known by what they do
class LockFutureTest {
    /** The mutexes for which a future can wait. */
    enum Kind {
        ASYNC {
            @Override
            Mutex newMutex() {
                return new AsyncMutex();
            }
        },
        FAIR {
            @Override
            Mutex newMutex() {
                return new FairMutex();
            }
        };

        abstract Mutex newMutex();

        static CompletableFuture<MutexGuard> lockAsync(Mutex mutex, Executor executor) {
            return mutex instanceof AsyncMutex async
                    ? async.lockAsync(executor)
                    : ((FairMutex) mutex).lockAsync(executor);
        }
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

    @ParameterizedTest
    @EnumSource
    void freeLockIsHadAtOnce(Kind kind) {
        Mutex mutex = kind.newMutex();
        Tasks tasks = new Tasks();
        MutexGuard guard = guardOf(Kind.lockAsync(mutex, tasks));
        assertTrue(mutex.isLocked());
        assertEquals(0, tasks.count());
        guard.close();
        guard.close();
        assertIdle(mutex);
    }

    @ParameterizedTest
    @EnumSource
    void unlockHandsOverAndTheExecutorCompletes(Kind kind) {
        Mutex mutex = kind.newMutex();
        Tasks tasks = new Tasks();
        mutex.lock();
        CompletableFuture<MutexGuard> future = Kind.lockAsync(mutex, tasks);
        assertTrue(mutex.hasQueuedThreads());
        mutex.unlock();
        assertFalse(future.isDone());
        assertTrue(mutex.isLocked(), "handed over");
        assertFalse(mutex.tryLock());
        tasks.runNext();
        guardOf(future).close();
        assertIdle(mutex);
    }

    @ParameterizedTest
    @EnumSource
    void guardIsClosedOnAnotherThread(Kind kind) {
        Mutex mutex = kind.newMutex();
        mutex.lock();
        CompletableFuture<MutexGuard> future = Kind.lockAsync(mutex, Runnable::run);
        mutex.unlock();
        try (TestThreads threads = new TestThreads()) {
            threads.start("closer", guardOf(future)::close);
        }
        assertIdle(mutex);
    }

    @ParameterizedTest
    @EnumSource
    void threadsAndFuturesAreServedInTheOrderOfTheirArrival(Kind kind) {
        List<String> served = new ArrayList<>();
        try (DrivenLot lot = new DrivenLot()) {
            Mutex mutex = kind.newMutex();
            mutex.lock();
            List<DrivenThread> threads = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                String number = "" + i;
                Kind.lockAsync(mutex, Runnable::run).thenAccept(guard -> {
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

    @ParameterizedTest
    @EnumSource
    void stagesOfTheDefaultExecutorRunElsewhere(Kind kind) throws Exception {
        Mutex mutex = kind.newMutex();
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
        assertIdle(mutex);
    }

    @ParameterizedTest
    @EnumSource
    void longChainOfFuturesTakesNoStack(Kind kind) {
        Mutex mutex = kind.newMutex();
        mutex.lock();
        int[] served = new int[1];
        int count = 20_000;
        for (int i = 0; i < count; i++) {
            Kind.lockAsync(mutex, Runnable::run).thenAccept(guard -> {
                served[0]++;
                guard.close();
            });
        }
        mutex.unlock();
        assertEquals(count, served[0]);
        assertIdle(mutex);
    }

    // ---- giving up

    @ParameterizedTest
    @EnumSource
    void cancelledBeforeItsTurn(Kind kind) {
        Mutex mutex = kind.newMutex();
        Tasks tasks = new Tasks();
        mutex.lock();
        CompletableFuture<MutexGuard> future = Kind.lockAsync(mutex, tasks);
        CompletableFuture<MutexGuard> next = Kind.lockAsync(mutex, tasks);
        assertTrue(future.cancel(false));
        assertEquals(1, mutex.getQueueLength());
        mutex.unlock();
        tasks.runNext();
        guardOf(next).close();
        assertIdle(mutex);
        assertEquals(0, tasks.count());
    }

    @ParameterizedTest
    @EnumSource
    void cancelledAsTheLastClearsParked(Kind kind) {
        Mutex mutex = kind.newMutex();
        mutex.lock();
        assertTrue(Kind.lockAsync(mutex, Runnable::run).cancel(false));
        assertEquals(0, mutex.flagsVolatile() & MutexWord.PARKED);
        mutex.unlock();
        assertIdle(mutex);
    }

    @ParameterizedTest
    @EnumSource
    void cancelledAfterItWasChosenPassesTheLockOn(Kind kind) {
        Mutex mutex = kind.newMutex();
        Tasks tasks = new Tasks();
        mutex.lock();
        CompletableFuture<MutexGuard> future = Kind.lockAsync(mutex, tasks);
        CompletableFuture<MutexGuard> next = Kind.lockAsync(mutex, tasks);
        mutex.unlock();
        assertTrue(future.cancel(false));
        assertTrue(future.isCancelled());
        tasks.runNext();
        assertTrue(mutex.isLocked(), "it is the next one's");
        assertFalse(next.isDone());
        tasks.runNext();
        guardOf(next).close();
        assertIdle(mutex);
    }

    @ParameterizedTest
    @EnumSource
    void cancelledAfterItWasChosenAsTheLastFreesTheLock(Kind kind) {
        Mutex mutex = kind.newMutex();
        Tasks tasks = new Tasks();
        mutex.lock();
        CompletableFuture<MutexGuard> future = Kind.lockAsync(mutex, tasks);
        mutex.unlock();
        assertTrue(future.completeExceptionally(new IllegalArgumentException("given up")));
        tasks.runNext();
        assertIdle(mutex);
    }

    @ParameterizedTest
    @EnumSource
    void cancelledAfterItWasCompletedDoesNothing(Kind kind) {
        Mutex mutex = kind.newMutex();
        CompletableFuture<MutexGuard> future = Kind.lockAsync(mutex, Runnable::run);
        assertFalse(future.cancel(false));
        assertTrue(mutex.isLocked());
        guardOf(future).close();
        assertIdle(mutex);
    }

    @ParameterizedTest
    @EnumSource
    void timeoutTakesItOutOfTheQueue(Kind kind) {
        Mutex mutex = kind.newMutex();
        mutex.lock();
        CompletableFuture<MutexGuard> future =
                Kind.lockAsync(mutex, Runnable::run).orTimeout(1L, TimeUnit.NANOSECONDS);
        ExecutionException timedOut = assertThrows(
                ExecutionException.class, () -> future.get(Delays.LONG_DELAY.toNanos(), TimeUnit.NANOSECONDS));
        assertInstanceOf(TimeoutException.class, timedOut.getCause());
        assertFalse(mutex.hasQueuedThreads());
        mutex.unlock();
        assertIdle(mutex);
    }

    // ---- what goes wrong

    @ParameterizedTest
    @EnumSource
    void refusedTaskFailsTheFutureAndPassesTheLockOn(Kind kind) {
        Mutex mutex = kind.newMutex();
        RuntimeException refused = new RejectedExecutionException("injected");
        mutex.lock();
        CompletableFuture<MutexGuard> future = Kind.lockAsync(mutex, task -> {
            throw refused;
        });
        CompletableFuture<MutexGuard> next = Kind.lockAsync(mutex, Runnable::run);
        mutex.unlock();
        assertSame(
                refused, assertThrows(CompletionException.class, future::join).getCause());
        guardOf(next).close();
        assertIdle(mutex);
    }

    @ParameterizedTest
    @EnumSource
    void withoutMemoryForATaskTheFutureIsCompletedOnTheSpot(Kind kind) {
        Mutex mutex = kind.newMutex();
        mutex.lock();
        CompletableFuture<MutexGuard> future = Kind.lockAsync(mutex, task -> {
            throw new OutOfMemoryError("injected");
        });
        mutex.unlock();
        guardOf(future).close();
        assertIdle(mutex);
    }

    @ParameterizedTest
    @EnumSource
    void executorThatThrowsAfterRunningTheTaskDoesNotUnlockTwice(Kind kind) {
        Mutex mutex = kind.newMutex();
        mutex.lock();
        RuntimeException late = new IllegalArgumentException("injected");
        CompletableFuture<MutexGuard> future = Kind.lockAsync(mutex, task -> {
            task.run();
            throw late;
        });
        assertSame(late, assertThrows(IllegalArgumentException.class, mutex::unlock));
        assertTrue(mutex.isLocked(), "it is the future's");
        guardOf(future).close();
        assertIdle(mutex);
    }

    @ParameterizedTest
    @EnumSource
    void taskThatIsRunTwiceDeliversOnce(Kind kind) {
        Mutex mutex = kind.newMutex();
        mutex.lock();
        List<Runnable> tasks = new ArrayList<>();
        CompletableFuture<MutexGuard> future = Kind.lockAsync(mutex, tasks::add);
        mutex.unlock();
        tasks.get(0).run();
        guardOf(future).close();
        mutex.lock();
        tasks.get(0).run();
        assertTrue(mutex.isLocked());
        mutex.unlock();
        assertIdle(mutex);
    }

    @ParameterizedTest
    @EnumSource
    void stageThatThrowsDoesNotReachTheUnlocker(Kind kind) {
        Mutex mutex = kind.newMutex();
        mutex.lock();
        CompletableFuture<Void> stage = Kind.lockAsync(mutex, Runnable::run).thenAccept(guard -> {
            try (guard) {
                throw new IllegalArgumentException("injected");
            }
        });
        mutex.unlock();
        assertTrue(stage.isCompletedExceptionally());
        assertIdle(mutex);
    }

    @Test
    void executorIsNeeded() {
        assertThrows(
                NullPointerException.class,
                () -> new AsyncMutex().lockAsync(null).join());
    }

    // ---- what it costs

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
    @ParameterizedTest
    @EnumSource
    void excludesAndLosesNothing(Kind kind) {
        Mutex mutex = kind.newMutex();
        int rounds = 2_000;
        int[] inside = new int[1];
        AtomicInteger asked = new AtomicInteger();
        AtomicInteger answered = new AtomicInteger();
        Executor pool = new CompletableFuture<>().defaultExecutor();
        try (TestThreads threads = new TestThreads()) {
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
                    CompletableFuture<MutexGuard> future = Kind.lockAsync(mutex, chance == 0 ? Runnable::run : pool);
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
        }
        TestThreads.await("all are answered", () -> answered.get() == 2 * rounds);
        TestThreads.await("nobody holds the lock, or waits for it", () -> isIdle(mutex));
        assertEquals(0, inside[0]);
    }
}
