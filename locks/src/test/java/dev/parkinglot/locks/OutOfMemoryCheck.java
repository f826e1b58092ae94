package dev.parkinglot.locks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.function.BooleanSupplier;

/**
 * What {@link OutOfMemoryTest} runs. Threads lock, wait and signal while another fills the memory up and frees it
 * again. Wherever an {@code OutOfMemoryError} comes up, the thread holds the lock as before or not at all, and at the
 * end everybody gets it.
 */
@SuppressWarnings({"WaitNotInLoop", "ModifiedButNotUsed"
}) // waits for time to pass; what fills the heap need only be kept
final class OutOfMemoryCheck {
    private static final int THREADS = 4;
    private static Lock lock;
    private static BooleanSupplier isHeld;
    private static Condition condition;
    private static final AtomicInteger errors = new AtomicInteger();
    private static final AtomicReference<String> defect = new AtomicReference<>();
    private static final Thread[] workers = new Thread[THREADS];
    private static final AtomicReference<Throwable> unexpected = new AtomicReference<>();
    private static volatile boolean go;
    private static volatile boolean over;
    private static int inside;

    private OutOfMemoryCheck() {}

    public static void main(String[] args) throws InterruptedException {
        ReentrantLock unfair = new ReentrantLock();
        ReentrantLock fair = new ReentrantLock(true);
        ReentrantReadWriteLock.WriteLock write = new ReentrantReadWriteLock().writeLock();
        switch (args[0]) {
            case "ReentrantLock" -> prepare(unfair, unfair::isHeldByCurrentThread);
            case "fair ReentrantLock" -> prepare(fair, fair::isHeldByCurrentThread);
            case "WriteLock" -> prepare(write, write::isHeldByCurrentThread);
            default -> throw new IllegalArgumentException(args[0]);
        }
        // The first use of anything links and initialises, which needs memory and cannot be taken back.
        startWorkers(3_000);
        go = true;
        awaitEnd();
        go = false;
        Thread hog = new Thread(OutOfMemoryCheck::fillMemory, "hog");
        hog.setDaemon(true);
        startWorkers(20_000);
        hog.start();
        awaitEnd();
        over = true;
        hog.join();
        require(lock.tryLock(1L, TimeUnit.SECONDS), "the lock is lost");
        System.out.println("ran out of memory " + errors + " times; " + defect);
        if (unexpected.get() != null) {
            unexpected.get().printStackTrace();
        }
        Runtime.getRuntime().halt(defect.get() == null && unexpected.get() == null ? 0 : 1);
    }

    private static void prepare(Lock chosen, BooleanSupplier isHeldHere) {
        lock = chosen;
        isHeld = isHeldHere;
        condition = chosen.newCondition();
    }

    private static void startWorkers(int rounds) {
        for (int i = 0; i < THREADS; i++) {
            workers[i] = new Thread(() -> work(rounds), "worker-" + i);
            workers[i].setDaemon(true);
            workers[i].start();
        }
    }

    /** Allocates nothing. */
    private static void awaitEnd() {
        long start = System.nanoTime();
        for (Thread worker : workers) {
            while (worker.isAlive()) {
                long nanos = System.nanoTime() - start;
                if (nanos > 40_000_000_000L) {
                    Runtime.getRuntime().halt(2); // a thread does not end
                }
                if (nanos > 5_000_000_000L) {
                    over = true; // that was enough, on a machine that does little but collect garbage
                }
                Thread.yield();
            }
        }
    }

    private static void fillMemory() {
        go = true;
        while (!over) {
            List<byte[]> memory = new ArrayList<>(100_000);
            int size = 1 << 20;
            while (!over && size >= 16) {
                try {
                    memory.add(new byte[size]);
                } catch (OutOfMemoryError e) {
                    size /= 2;
                }
            }
            long full = System.nanoTime() + 1_000_000L;
            while (!over && System.nanoTime() - full < 0L) {
                Thread.onSpinWait(); // sleeping might need memory
            }
            memory.clear();
        }
    }

    private static void work(int rounds) {
        while (!go) {
            Thread.onSpinWait();
        }
        for (int i = 0; i < rounds && !over; i++) {
            try {
                round(i);
            } catch (OutOfMemoryError e) {
                errors.getAndIncrement();
            } catch (RuntimeException | Error e) {
                unexpected.compareAndSet(null, e); // described later, when there is memory for it
            } finally {
                while (isHeld.getAsBoolean()) {
                    lock.unlock();
                }
            }
        }
    }

    private static void round(int i) {
        lock.lock();
        enter();
        try {
            condition.signal();
            if (i % 3 == 0) {
                inside--;
                try {
                    condition.awaitNanos(50_000L);
                } catch (InterruptedException e) {
                    require(false, "nobody interrupts");
                } finally {
                    if (isHeld.getAsBoolean()) {
                        enter();
                    } else {
                        require(false, "the lock is not held after a wait");
                    }
                }
            }
        } finally {
            inside--;
            lock.unlock();
        }
    }

    private static void enter() {
        if (++inside != 1) {
            require(false, "two threads hold the lock");
        }
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            defect.compareAndSet(null, what);
        }
    }
}
