package dev.parkinglot.locks;

import dev.parkinglot.testing.FullHeap;
import java.nio.ByteBuffer;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.function.BooleanSupplier;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** What {@link FullHeapTest} runs. */
final class FullHeapCheck {
    /** As large as a guard. */
    @SuppressWarnings("unused") // it only takes memory
    private static byte[] room;

    private static volatile boolean full;

    private FullHeapCheck() {}

    public static void main(String[] args) throws Exception {
        AtomicBuffer buffer = new UnsafeBuffer(ByteBuffer.allocateDirect(64));
        Lock inField = InField.newLock();
        switch (args[0]) {
            case "Mutex" -> guardsWhileFull(new Mutex());
            case "BufferMutex" -> guardsWhileFull(new BufferMutex(buffer, 0));
            case "ReentrantMutex" -> {
                ReentrantMutex mutex = new ReentrantMutex();
                guardWhileFull(mutex::guard, mutex::isLocked);
                guardWhileFull(mutex::guardInterruptibly, mutex::isLocked);
                tryGuardWhileFull(() -> mutex.tryGuard().orElseThrow(), mutex::isLocked);
            }
            case "Guarded" -> {
                Guarded<String> guarded = new Guarded<>("value");
                guardWhileFull(guarded::lock, guarded::isLocked);
                guardWhileFull(guarded::lockInterruptibly, guarded::isLocked);
                tryGuardWhileFull(() -> guarded.tryLock().orElseThrow(), guarded::isLocked);
            }
            case "RwGuarded" -> {
                RwGuarded<String> guarded = new RwGuarded<>("value");
                RwGuarded.Mode<String> write = guarded.write();
                BooleanSupplier isLocked = () -> guarded.toString().equals("RwGuarded[locked]");
                guardWhileFull(write::lock, isLocked);
                guardWhileFull(write::lockInterruptibly, isLocked);
                tryGuardWhileFull(() -> write.tryLock().orElseThrow(), isLocked);
            }
            case "LockField.unlock" -> unlockWhileFull(inField::lock, inField::unlock, () -> !inField.tryLock());
            case "BufferMutex.unlock" ->
                unlockWhileFull(
                        () -> BufferMutex.lock(buffer, 0),
                        () -> BufferMutex.unlock(buffer, 0),
                        () -> BufferMutex.isLocked(buffer, 0));
            case "AsyncMutex.unlock" -> {
                for (int i = 0; i < 3; i++) {
                    handOverToFutures(() -> {});
                }
                handOverToFutures(FullHeap::fill);
            }
            case "Once" -> {
                for (int i = 0; i < 3; i++) {
                    endAttempt(() -> {});
                }
                endAttempt(FullHeapCheck::fillForAWhile);
            }
            default -> throw new IllegalArgumentException(args[0]);
        }
        System.out.println("nothing is lost");
        Runtime.getRuntime().halt(0);
    }

    private static void guardsWhileFull(MutualExclusionLock mutex) throws Exception {
        guardWhileFull(mutex::guard, mutex::isLocked);
        guardWhileFull(mutex::guardInterruptibly, mutex::isLocked);
        tryGuardWhileFull(() -> mutex.tryGuard().orElseThrow(), mutex::isLocked);
    }

    /** A form that needs two objects: also with memory for the first of them alone. */
    private static void tryGuardWhileFull(Callable<AutoCloseable> guard, BooleanSupplier isLocked) throws Exception {
        guardWhileFull(guard, isLocked);
        room = new byte[8];
        guardWhileFull(guard, isLocked);
    }

    private static void guardWhileFull(Callable<AutoCloseable> guard, BooleanSupplier isLocked) throws Exception {
        guard.call().close(); // loads and links what it takes
        boolean failed = false;
        FullHeap.fill();
        room = null;
        try {
            failed = guard.call() == null;
        } catch (OutOfMemoryError e) {
            failed = true;
        }
        FullHeap.empty();
        require(failed, "there was memory for a guard, so nothing was tested");
        require(!isLocked.getAsBoolean(), "the lock is held by a guard that nobody has");
    }

    /** To one whose executor has no memory for a task, and then to one that is told on the spot. */
    private static void handOverToFutures(Runnable fill) throws Exception {
        AsyncMutex mutex = new AsyncMutex();
        mutex.lock();
        Executor pool = new CompletableFuture<>().defaultExecutor();
        CompletableFuture<MutexGuard> first = mutex.lockAsync(task -> {
            room = new byte[1 << 12];
            pool.execute(task);
        });
        CompletableFuture<MutexGuard> second = mutex.lockAsync(Runnable::run);
        Throwable thrown = null;
        fill.run();
        try {
            mutex.unlock();
        } catch (Throwable e) {
            thrown = e;
        }
        FullHeap.empty();
        require(thrown == null, "the unlock has thrown " + thrown);
        first.get(20L, TimeUnit.SECONDS).close();
        second.get(20L, TimeUnit.SECONDS).close();
        require(!mutex.isLocked(), "the lock is still held");
    }

    private static void unlockWhileFull(Runnable lock, Runnable unlock, BooleanSupplier isLocked)
            throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            waitAndUnlock(lock, unlock, () -> {});
        }
        waitAndUnlock(lock, unlock, FullHeap::fill); // which this thread empties only after the unlock
        require(!isLocked.getAsBoolean(), "the lock is still held");
    }

    /** Has a thread wait for the lock, prepares, and unlocks; the thread must get the lock. */
    private static void waitAndUnlock(Runnable lock, Runnable unlock, Runnable prepare) throws InterruptedException {
        lock.run();
        Thread waiter = startWaiter(() -> {
            lock.run();
            unlock.run();
        });
        boolean failed = false;
        prepare.run();
        try {
            unlock.run();
        } catch (OutOfMemoryError e) {
            failed = true;
        }
        FullHeap.empty();
        require(!failed, "the unlock ran out of memory");
        waiter.join(20_000L);
        require(!waiter.isAlive(), "the thread that waits is forgotten");
    }

    /** Several threads wait for the end of an action; what wakes them all takes a little memory. */
    private static void endAttempt(Runnable fill) throws InterruptedException {
        Once once = new Once();
        Thread[] waiters = new Thread[2];
        once.callOnce(() -> {
            for (int i = 0; i < waiters.length; i++) {
                waiters[i] = startWaiter(() -> once.callOnce(() -> {}));
            }
            fill.run();
        });
        for (Thread waiter : waiters) {
            waiter.join(20_000L);
            require(!waiter.isAlive(), "a thread that waits for an action is forgotten");
        }
    }

    /** Returns when it waits. */
    private static Thread startWaiter(Runnable body) {
        Thread waiter = new Thread(body);
        waiter.setDaemon(true);
        waiter.start();
        while (waiter.getState() != Thread.State.WAITING && waiter.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        return waiter;
    }

    /** Another thread gives the memory back, some time after this has returned. */
    private static void fillForAWhile() {
        full = false;
        new Thread(() -> {
                    while (!full) {
                        Thread.onSpinWait();
                    }
                    for (int i = 0; i < 100_000; i++) {
                        Thread.yield();
                    }
                    FullHeap.empty();
                })
                .start();
        FullHeap.fill();
        full = true;
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            System.out.println(what);
            Runtime.getRuntime().halt(1);
        }
    }
}
