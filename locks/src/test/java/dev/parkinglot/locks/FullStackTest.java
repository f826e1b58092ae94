package dev.parkinglot.locks;

import static dev.parkinglot.locks.MutexWord.PARKED;
import static dev.parkinglot.locks.MutexWord.WOKEN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.core.Patience;
import dev.parkinglot.testing.TestThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Threads that run out of stack in the middle of a lock operation. A thread goes down to the end of its stack and, in
 * every frame on its way back, calls the operation, until it has returned once. So the stack ends at each point of it
 * in turn. Afterwards nobody waits for ever: not those who wait for this lock, and no stranger.
 */
@Concurrent
class FullStackTest {
    private static final int ROUNDS = 12;
    private static final int STACK_BYTES = 200_000;

    private final List<Throwable> unexpected = new ArrayList<>();

    /** Runs out of stack below here, and tries the operation in each frame on the way back. */
    @SuppressWarnings("InfiniteRecursion") // until there is no more stack
    private void descend(Runnable operation, boolean[] done) {
        try {
            descend(operation, done);
        } catch (StackOverflowError e) {
            // the end
        }
        if (!done[0]) {
            try {
                operation.run();
                done[0] = true; // without a call, for which there may be no stack
            } catch (StackOverflowError e) {
                // the next frame has a little more
            } catch (RuntimeException | Error e) {
                unexpected.add(e);
                done[0] = true;
            }
        }
    }

    private void runDeep(TestThreads threads, int round, Runnable before, Runnable operation, Runnable after) {
        Thread thread = threads.start("deep", STACK_BYTES + 16L * round, () -> {
            before.run();
            descend(operation, new boolean[1]);
            after.run();
        });
        TestThreads.join(thread);
    }

    @AfterEach
    void noStrangerWaits() {
        assertEquals(List.of(), unexpected);
        for (int i = 0; i < 100; i++) {
            Mutex stranger = new Mutex();
            stranger.lock();
            assertFalse(stranger.tryLockUntil(System.nanoTime() + 1_000L));
            stranger.unlock();
        }
    }

    private static void lockAndUnlock(Lock lock) {
        lock.lock();
        lock.unlock();
    }

    @ParameterizedTest
    @EnumSource
    void unlockThatHasNoStackLeavesTheLockHeldAndNobodyBehind(WaitingKind kind, TestThreads threads) {
        for (int round = 0; round < ROUNDS; round++) {
            WaitingKind.Pair pair = kind.newPair();
            List<Thread> waiting = new ArrayList<>();
            Runnable before = () -> {
                pair.lock().lock();
                for (int i = 0; i < 3; i++) {
                    waiting.add(threads.start("waiting-" + i, () -> lockAndUnlock(pair.excluding())));
                }
                waiting.forEach(thread -> TestThreads.await("it waits", () -> TestThreads.isAsleep(thread)));
            };
            runDeep(threads, round, before, pair.lock()::unlock, () -> {});
            threads.join();
            assertFree(pair);
        }
    }

    /** Whether its executor starts threads, or runs tasks at the end of the stack. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void unlockThatHasNoStackLosesNoFuture(boolean onTheSpot, TestThreads threads) {
        Executor executor = onTheSpot ? Runnable::run : new CompletableFuture<>().defaultExecutor();
        for (int round = 0; round < ROUNDS; round++) {
            AsyncMutex mutex = new AsyncMutex();
            List<CompletableFuture<Void>> stages = new ArrayList<>();
            Runnable before = () -> {
                mutex.lock();
                for (int i = 0; i < 3; i++) {
                    stages.add(mutex.lockAsync(executor).thenAccept(MutexGuard::close));
                }
            };
            runDeep(threads, round, before, mutex::unlock, () -> {});
            threads.join();
            stages.forEach(stage -> TestThreads.await("it has the lock", stage::isDone));
            TestThreads.await("the lock is free", () -> !mutex.isLocked());
            assertFalse(mutex.hasQueuedThreads());
        }
    }

    /** A task that finds its future given up passes the lock on; it is run again where there is a little more stack. */
    @Test
    void taskThatHasNoStackLosesNoFuture() {
        for (int round = 0; round < ROUNDS; round++) {
            AsyncMutex mutex = new AsyncMutex();
            mutex.lock();
            Runnable[] task = new Runnable[1];
            CompletableFuture<MutexGuard> givenUp = mutex.lockAsync(given -> task[0] = given);
            CompletableFuture<MutexGuard> next = mutex.lockAsync(Runnable::run);
            mutex.unlock();
            assertTrue(givenUp.cancel(false));
            try (TestThreads threads = new TestThreads()) {
                runDeep(threads, round, () -> {}, task[0], () -> {});
            }
            assertTrue(next.isDone(), "nobody has been given the lock");
            next.join().close();
            assertFalse(mutex.isLocked());
        }
    }

    @ParameterizedTest
    @EnumSource
    void lockThatHasNoStackHoldsNothing(WaitingKind kind, TestThreads threads) {
        for (int round = 0; round < ROUNDS; round++) {
            WaitingKind.Pair pair = kind.newPair();
            AtomicBoolean stop = new AtomicBoolean();
            threads.start("busy", () -> {
                while (!stop.get()) {
                    lockAndUnlock(pair.excluding());
                }
            });
            // If it held the lock after a failure, it would now wait for itself, or leave it locked.
            runDeep(threads, round, () -> {}, pair.lock()::lock, pair.lock()::unlock);
            stop.set(true);
            threads.join();
            assertFree(pair);
        }
    }

    /** It has parked where it is, so it can go on there; whoever waits relies on it until it has the lock or parks. */
    @Test
    void wokenThreadThatFindsTheLockTakenDoesNotKeepItsPromise(TestThreads threads) {
        for (int round = 0; round < ROUNDS; round++) {
            Mutex mutex = new Mutex();
            mutex.lock();
            Runnable parkAndBeWoken = () -> {
                if ((Probe.flagsOf(mutex) & WOKEN) != 0) {
                    throw new AssertionError("it has left, and all who wait rely on it");
                }
                Probe.setFlags(mutex, 0);
                mutex.acquire(Patience.until(System.nanoTime()), false);
                Probe.setFlags(mutex, PARKED | WOKEN);
                mutex.acquire(Patience.until(System.nanoTime()), true);
            };
            runDeep(threads, round, () -> {}, parkAndBeWoken, () -> {});
            threads.join();
            assertEquals(0, Probe.flagsOf(mutex) & WOKEN);
        }
    }

    @ParameterizedTest
    @EnumSource
    void tryLockThatHasNoStackLeavesTheQueue(WaitingKind kind, TestThreads threads) {
        for (int round = 0; round < ROUNDS; round++) {
            WaitingKind.Pair pair = kind.newPair();
            AtomicBoolean stop = new AtomicBoolean();
            threads.start("holder", () -> {
                pair.excluding().lock();
                TestThreads.await("the other has tried", stop::get);
                pair.excluding().unlock();
            });
            TestThreads.await("it is locked", () -> !tryOnce(pair.lock()));
            runDeep(threads, round, () -> {}, () -> tryForAMoment(pair.lock()), () -> {});
            stop.set(true);
            threads.join();
            assertFree(pair);
        }
    }

    @ParameterizedTest
    @EnumSource
    void awaitThatHasNoStackHoldsTheLockAgain(WaitingKind kind, TestThreads threads) {
        for (int round = 0; kind.hasConditions() && round < ROUNDS; round++) {
            WaitingKind.Pair pair = kind.newPair();
            Condition condition = pair.lock().newCondition();
            AtomicBoolean stop = new AtomicBoolean();
            threads.start("busy", () -> {
                while (!stop.get()) {
                    pair.lock().lock();
                    condition.signal();
                    pair.lock().unlock();
                }
            });
            runDeep(threads, round, pair.lock()::lock, () -> awaitForAMoment(condition), pair.lock()::unlock);
            stop.set(true);
            threads.join();
            assertFree(pair);
        }
    }

    @ParameterizedTest
    @EnumSource
    void signalThatHasNoStackSignalsNobodyOrSomebody(WaitingKind kind, TestThreads threads) {
        for (int round = 0; kind.hasConditions() && round < ROUNDS; round++) {
            WaitingKind.Pair pair = kind.newPair();
            Condition condition = pair.lock().newCondition();
            Thread waiter = threads.start("waiter", () -> {
                pair.lock().lock();
                condition.awaitUninterruptibly();
                pair.lock().unlock();
            });
            TestThreads.await("it waits", () -> TestThreads.isAsleep(waiter));
            runDeep(threads, round, pair.lock()::lock, condition::signal, pair.lock()::unlock);
            threads.join();
            assertFree(pair);
        }
    }

    private static boolean tryOnce(Lock lock) {
        if (lock.tryLock()) {
            lock.unlock();
            return true;
        }
        return false;
    }

    private static void tryForAMoment(Lock lock) {
        try {
            if (lock.tryLock(1L, TimeUnit.MICROSECONDS)) {
                lock.unlock();
            }
        } catch (InterruptedException e) {
            throw new AssertionError("nobody interrupts it", e);
        }
    }

    @SuppressWarnings("WaitNotInLoop") // nobody asks why it ends
    private static void awaitForAMoment(Condition condition) {
        try {
            condition.awaitNanos(1_000L);
        } catch (InterruptedException e) {
            throw new AssertionError("nobody interrupts it", e);
        }
    }

    private static void assertFree(WaitingKind.Pair pair) {
        try (TestThreads threads = new TestThreads()) {
            threads.start("stranger", () -> lockAndUnlock(pair.excluding()));
        }
    }

    /** To lock takes little stack once it has been compiled, and less than a guard may take that is made seldom. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void guardThatHasNoStackHoldsNothing(boolean reentrant) {
        for (int round = 0; round < 4 * ROUNDS; round++) {
            ScopedLock<?> lock = reentrant ? new ReentrantMutex() : new Mutex();
            BooleanSupplier isLocked =
                    lock instanceof Mutex mutex ? mutex::isLocked : ((ReentrantMutex) lock)::isLocked;
            for (int i = 0; round == 0 && i < 50_000; i++) {
                lockAndUnlock(lock);
                assertFalse(isLocked.getAsBoolean());
            }
            LockGuard[] guard = new LockGuard[1];
            try (TestThreads threads = new TestThreads()) {
                Runnable makeOne = () -> {
                    if (isLocked.getAsBoolean()) {
                        throw new AssertionError("held by a guard that nobody has");
                    }
                    guard[0] = lock.guard();
                };
                runDeep(threads, round, () -> {}, makeOne, () -> guard[0].close());
            }
            assertFalse(isLocked.getAsBoolean());
        }
    }

    /** A try for writing claims a biased lock before it knows whether there are readers. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void tryForWritingThatHasNoStackClaimsNothing(boolean upgrades) {
        for (int round = 0; round < ROUNDS; round++) {
            RwLock lock = new RwLock();
            boolean[] upgraded = new boolean[1];
            try (TestThreads threads = new TestThreads()) {
                Runnable before = () -> {
                    if (upgrades) {
                        lock.lockUpgradable();
                    }
                };
                Runnable tryOnce = () -> {
                    while (!RwProbe.has(lock, RwProbe.WRITER) && !biasAgain(lock)) {
                        Thread.onSpinWait();
                    }
                    upgraded[0] = upgrades ? lock.tryUpgrade() : lock.tryLockWrite();
                };
                runDeep(threads, round, before, tryOnce, () -> {});
            }
            assertTrue(upgraded[0]);
            assertTrue(RwProbe.rawState(lock) == RwProbe.WRITER);
        }
    }

    private static boolean biasAgain(RwLock lock) {
        return (RwProbe.rawState(lock) & RwProbe.BIASED) != 0 || RwProbe.bias(lock);
    }

    /** Runs an action each time on an object of its own, for which two threads wait when the action returns. */
    @Test
    void onceThatHasNoStackLeavesNobodyBehind() {
        new Once().callOnce(() -> {}); // a class that is initialised where there is no stack is lost
        for (int round = 0; round < ROUNDS; round++) {
            Awaited awaited = new Awaited();
            try (TestThreads threads = new TestThreads()) {
                threads.start("starter", () -> {
                    int seen = 0;
                    while (!awaited.over) {
                        if (awaited.runs != seen) {
                            seen = awaited.runs;
                            Once once = awaited.once;
                            Probe.queueUp(threads, once, 2, i -> () -> waitForAnyEnd(once));
                            awaited.waits = seen;
                        }
                    }
                });
                runDeep(threads, round, () -> {}, awaited::runAnother, () -> awaited.over = true);
            }
        }
    }

    private static void waitForAnyEnd(Once once) {
        try {
            once.callOnce(() -> {
                throw new AssertionError("somebody else runs an action");
            });
        } catch (IllegalStateException poisoned) {
            // for want of stack
        }
    }

    private static final class Awaited implements Runnable {
        volatile Once once;
        volatile int runs;
        volatile int waits;
        volatile boolean over;

        void runAnother() {
            once = new Once();
            once.callOnce(this);
        }

        @Override
        @SuppressWarnings("NonAtomicOperationOnVolatileField") // by one thread
        public void run() {
            int run = runs + 1;
            runs = run;
            while (waits != run) {
                // without a call, for which there may be no stack
            }
        }
    }
}
