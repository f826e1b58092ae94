package dev.parkinglot.locks;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.stream.Stream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/**
 * What {@link VirtualThreadsTest} runs in a JVM of its own. Ends with status 0 if all went well, and with another,
 * after a while, if not.
 */
@SuppressWarnings("WaitNotInLoop") // there are no spurious wake-ups, and one would be found
final class VirtualThreadsCheck {
    private static final int CROWD = 100_000;
    private static final long PATIENCE_SECONDS = 60L;
    private static final AtomicReference<Throwable> failure = new AtomicReference<>();
    private static final Field THREAD_LOCALS = threadLocals();

    /** What is being checked, for the report. */
    private static volatile String stage = "";

    private VirtualThreadsCheck() {}

    public static void main(String[] args) throws Exception {
        Thread watchdog = new Thread(VirtualThreadsCheck::endIfWedged, "watchdog");
        watchdog.setDaemon(true);
        watchdog.start();
        // The first use initialises classes, and a thread that waits for that is pinned, whatever the class. What a
        // small crowd does not come to is excused below.
        everything(1_000);
        try (Recording recording = new Recording()) {
            recording
                    .enable("jdk.VirtualThreadPinned")
                    .withThreshold(Duration.ZERO)
                    .withStackTrace();
            recording.disable("dev.parkinglot.Wait"); // or each thread that waits would remember since when
            recording.start();
            everything(CROWD);
            recording.stop();
            requireNoPinning(recording);
        }
        if (failure.get() != null) {
            throw new AssertionError(failure.get());
        }
        System.out.println("all well");
    }

    private static void everything(int crowd) throws Exception {
        for (boolean fair : new boolean[] {false, true}) {
            stage = (fair ? "fair" : "unfair") + ", blocked threads";
            aBlockedThreadFreesItsCarrier(new ReentrantLock(fair));
            aBlockedThreadFreesItsCarrier(new ReentrantReadWriteLock(fair).writeLock());
            stage = (fair ? "fair" : "unfair") + ", an unlock";
            for (int i = 0; i < 100; i++) {
                anUnlockLetsNobodyElseRunFirst(new ReentrantLock(fair));
            }
            stage = (fair ? "fair" : "unfair") + ", a crowd";
            aCrowdOnOneLock(new ReentrantLock(fair), crowd);
            stage = (fair ? "fair" : "unfair") + ", mixed threads";
            virtualAndPlatformThreadsTogether(new ReentrantLock(fair));
            stage = (fair ? "fair" : "unfair") + ", conditions";
            conditions(fair);
            stage = (fair ? "fair" : "unfair") + ", readers";
            aCrowdOfReaders(new ReentrantReadWriteLock(fair), crowd);
        }
    }

    /** With one carrier: the holder can only go on if the thread that waits for it gives up the carrier. */
    private static void aBlockedThreadFreesItsCarrier(Lock lock) throws InterruptedException {
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Thread holder = start(() -> {
            lock.lock();
            held.countDown();
            release.await();
            lock.unlock();
        });
        held.await();
        List<Thread> blocked = startAll(10, () -> {
            lock.lock();
            lock.unlock();
            requireNoThreadLocals();
        });
        start(() -> require(!lock.tryLock(1L, TimeUnit.MILLISECONDS), "it was held"))
                .join();
        for (Thread thread : blocked) {
            while (thread.getState() != Thread.State.WAITING && thread.getState() != Thread.State.TIMED_WAITING) {
                Thread.sleep(1L); // lets the carriers have the processors
            }
        }
        start(release::countDown);
        holder.join();
        join(blocked);
    }

    /** With one carrier: whoever yields there waits for all that are ready, and may hold other locks meanwhile. */
    private static void anUnlockLetsNobodyElseRunFirst(ReentrantLock lock) throws InterruptedException {
        start(() -> {
                    CountDownLatch go = new CountDownLatch(1);
                    AtomicBoolean ran = new AtomicBoolean();
                    Thread ready = start(() -> {
                        go.await();
                        ran.set(true);
                    });
                    while (ready.getState() != Thread.State.WAITING) {
                        Thread.yield();
                    }
                    lock.lock();
                    Thread waiter = start(() -> {
                        lock.lock();
                        lock.unlock();
                    });
                    while (!lock.hasQueuedThread(waiter)) {
                        Thread.yield(); // and does not sleep, or it would be the waiter's turn to be given the lock
                    }
                    go.countDown();
                    lock.unlock();
                    require(
                            Integer.getInteger("jdk.virtualThreadScheduler.parallelism") > 1 || !ran.get(),
                            "it yielded");
                    join(List.of(ready, waiter));
                })
                .join();
    }

    private static void aCrowdOnOneLock(ReentrantLock lock, int size) throws InterruptedException {
        int[] count = new int[1];
        lock.lock();
        List<Thread> crowd = startAll(size, () -> {
            lock.lock();
            count[0]++;
            lock.unlock();
            requireNoThreadLocals();
        });
        while (lock.getQueueLength() < size) {
            Thread.sleep(10L);
        }
        lock.unlock();
        join(crowd);
        require(count[0] == size, count[0] + " of " + size);
        require(!lock.isLocked() && !lock.hasQueuedThreads(), "left behind: " + lock);
    }

    private static void virtualAndPlatformThreadsTogether(ReentrantLock lock) throws InterruptedException {
        int rounds = 2_000;
        int[] count = new int[1];
        List<Thread> threads = new ArrayList<>();
        Task counter = () -> {
            for (int i = 0; i < rounds; i++) {
                if (i % 4 == 0) {
                    while (!lock.tryLock(1L, TimeUnit.MILLISECONDS)) {
                        Thread.yield();
                    }
                } else {
                    lock.lock();
                }
                count[0]++;
                if (i % 100 == 0) {
                    Thread.yield(); // unmounts while it holds the lock
                }
                lock.unlock();
            }
        };
        for (int i = 0; i < 4; i++) {
            threads.add(start(counter));
            threads.add(Thread.ofPlatform().start(() -> run(counter)));
        }
        join(threads);
        require(count[0] == 8 * rounds, count[0] + " of " + 8 * rounds);
    }

    private static void conditions(boolean fair) throws InterruptedException {
        ReentrantLock lock = new ReentrantLock(fair);
        Condition condition = lock.newCondition();
        int crowd = 10_000;
        int[] passed = new int[1];
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < crowd; i++) {
            boolean timed = i % 2 == 0;
            threads.add(start(() -> {
                lock.lock();
                if (timed) {
                    require(condition.await(1L, TimeUnit.DAYS), "signalled");
                } else {
                    condition.await();
                }
                passed[0]++;
                lock.unlock();
                requireNoThreadLocals();
            }));
        }
        int waiting = 0;
        while (waiting < crowd) {
            Thread.sleep(1L);
            lock.lock();
            waiting = lock.getWaitQueueLength(condition);
            lock.unlock();
        }
        lock.lock();
        condition.signalAll();
        require(lock.getQueueLength() == crowd, "all are in the queue of the lock");
        lock.unlock();
        join(threads);
        require(passed[0] == crowd, passed[0] + " of " + crowd);
    }

    private static void aCrowdOfReaders(ReentrantReadWriteLock lock, int size) throws InterruptedException {
        CountDownLatch in = new CountDownLatch(size);
        CountDownLatch out = new CountDownLatch(1);
        List<Thread> crowd = startAll(size, () -> {
            lock.readLock().lock();
            lock.readLock().lock();
            in.countDown();
            out.await();
            lock.readLock().unlock();
            require(lock.getReadHoldCount() == 1, "one hold is left");
            lock.readLock().unlock();
            requireNoThreadLocals();
        });
        in.await();
        require(lock.getReadLockCount() == 2 * size, lock.toString());
        Thread writer = start(() -> {
            lock.writeLock().lock();
            lock.writeLock().unlock();
        });
        out.countDown();
        writer.join();
        join(crowd);
        require(lock.getReadLockCount() == 0 && lock.writeLock().tryLock(), lock.toString());
    }

    // ---- tools

    private interface Task {
        void run() throws Exception;
    }

    private static Thread start(Task task) {
        return Thread.ofVirtual().start(() -> run(task));
    }

    private static List<Thread> startAll(int count, Task task) {
        return Stream.generate(() -> start(task)).limit(count).toList();
    }

    private static void run(Task task) {
        try {
            task.run();
        } catch (Throwable e) {
            failure.compareAndSet(null, e);
        }
    }

    private static void join(List<Thread> threads) throws InterruptedException {
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            failure.compareAndSet(null, new AssertionError(what));
        }
    }

    private static void requireNoThreadLocals() throws IllegalAccessException {
        require(THREAD_LOCALS.get(Thread.currentThread()) == null, "a thread has thread-locals");
    }

    private static Field threadLocals() {
        try {
            Field field = Thread.class.getDeclaredField("threadLocals");
            field.setAccessible(true);
            return field;
        } catch (NoSuchFieldException e) {
            throw new AssertionError(e);
        }
    }

    private static void requireNoPinning(Recording recording) throws IOException {
        Path file = Files.createTempFile("pinned", ".jfr");
        try {
            recording.dump(file);
            for (RecordedEvent event : RecordingFile.readAllEvents(file)) {
                boolean pinned = event.getEventType().getName().equals("jdk.VirtualThreadPinned");
                require(!pinned || isFirstUseOfAClass(event), "pinned: " + event);
            }
        } finally {
            Files.delete(file);
        }
    }

    /**
     * Where a class is used first, the JVM calls the class loader, and two threads that do so at once meet in a
     * monitor. There is none else here: the locks have no monitors.
     */
    private static boolean isFirstUseOfAClass(RecordedEvent event) {
        return event.hasField("blockingOperation")
                && "Contended monitor enter".equals(event.getString("blockingOperation"));
    }

    private static void endIfWedged() {
        try {
            TimeUnit.SECONDS.sleep(PATIENCE_SECONDS);
        } catch (InterruptedException e) {
            return;
        }
        System.out.println("wedged: " + stage + "; failure so far: " + failure.get());
        Thread.getAllStackTraces().forEach((thread, stack) -> System.out.println(thread + " " + List.of(stack)));
        Runtime.getRuntime().halt(2);
    }
}
