package dev.parkinglot.locks;

import static dev.parkinglot.locks.CheckJvm.require;

import dev.parkinglot.core.Deadlock;
import dev.parkinglot.core.DeadlockDetector;
import dev.parkinglot.core.DeadlockWatch;
import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThreadKind;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** What {@link HoldersTest} runs in a JVM in which holders are recorded: each case by its name. */
@SuppressWarnings("WaitNotInLoop") // those waits are meant to time out
final class HoldersCheck {
    static final Map<String, CheckJvm.Case> CASES = new TreeMap<>();

    private static final ThreadMXBean JVM = ManagementFactory.getThreadMXBean();

    /** So long one of the cases looks for a false report. */
    private static final Duration LOAD = Duration.ofSeconds(3);

    static {
        CASES.put("aCycleOverAMutexAReaderAndADropIn", HoldersCheck::aCycleOverAMutexAReaderAndADropIn);
        CASES.put("ringsOfEachLockAndMixtures", HoldersCheck::ringsOfEachLockAndMixtures);
        CASES.put("ringsOfVirtualThreads", HoldersCheck::ringsOfVirtualThreads);
        CASES.put("aReaderThatReadsAgainBehindAWriter", HoldersCheck::aReaderThatReadsAgainBehindAWriter);
        CASES.put("selfDeadlocks", HoldersCheck::selfDeadlocks);
        CASES.put("theJvmFindsThemToo", HoldersCheck::theJvmFindsThemToo);
        CASES.put("timedWaitsAreNone", HoldersCheck::timedWaitsAreNone);
        CASES.put("anUpgradeBesideAReaderIsNone", HoldersCheck::anUpgradeBesideAReaderIsNone);
        CASES.put("everyOperationKeepsTheRecord", HoldersCheck::everyOperationKeepsTheRecord);
        CASES.put("aDeadlockFreeLoadHasNone", HoldersCheck::aDeadlockFreeLoadHasNone);
    }

    private HoldersCheck() {}

    public static void main(String[] names) throws Exception {
        require(DeadlockDetector.isRecording(), "the premise: holders are recorded");
        CheckJvm.runCases(CASES, names);
    }

    // ---- rings

    /** A way to hold a lock, and a way to want it, which conflicts with the first. */
    private record Part(String name, Lock held, Lock wanted) {
        static Part of(String name, Lock lock) {
            return new Part(name, lock, lock);
        }
    }

    private static Part mutex() {
        return Part.of("Mutex", new Mutex());
    }

    private static Part fairMutex() {
        return Part.of("FairMutex", new FairMutex());
    }

    private static Part dropIn() {
        return Part.of("ReentrantLock", new ReentrantLock());
    }

    private static Part reader() {
        RwLock lock = new RwLock();
        return new Part("a reader", lock.read(), lock.write());
    }

    private static Part recursiveReader() {
        RwLock lock = new RwLock();
        return new Part("a recursive reader", lock.readRecursive(), lock.write());
    }

    private static Part writer() {
        RwLock lock = new RwLock();
        return new Part("a writer", lock.write(), lock.read());
    }

    private static Part upgradable() {
        RwLock lock = new RwLock();
        return new Part("an upgradable holder", lock.upgradable(), lock.upgradable());
    }

    private static Part upgradableBeforeWriter() {
        RwLock lock = new RwLock();
        return new Part("an upgradable holder before a writer", lock.upgradable(), lock.write());
    }

    private static Part dropInReader() {
        ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
        return new Part("a reader of a drop-in", lock.readLock(), lock.writeLock());
    }

    private static Part bufferReader() {
        BufferRwLock lock = new BufferRwLock(buffer(), 8);
        return new Part("a reader in a buffer", lock.read(), lock.write());
    }

    private static Part bufferMutex() {
        return Part.of("BufferMutex", new BufferMutex(buffer(), 8));
    }

    private static Part fieldMutex() {
        return Part.of("LockField", InField.newMutex());
    }

    private static AtomicBuffer buffer() {
        return new UnsafeBuffer(ByteBuffer.allocateDirect(64));
    }

    private static final List<Supplier<Part>> PARTS = List.of(
            HoldersCheck::mutex,
            HoldersCheck::fairMutex,
            HoldersCheck::dropIn,
            HoldersCheck::reader,
            HoldersCheck::recursiveReader,
            HoldersCheck::writer,
            HoldersCheck::upgradable,
            HoldersCheck::upgradableBeforeWriter,
            HoldersCheck::dropInReader,
            HoldersCheck::bufferReader,
            HoldersCheck::bufferMutex,
            HoldersCheck::fieldMutex);

    /** Threads each of which holds a lock and waits for the next one's, until it is interrupted. */
    private static final class Ring implements AutoCloseable {
        final List<Thread> threads = new ArrayList<>();
        private final TestThreads started = new TestThreads();

        Ring(List<ThreadKind> kinds, List<Part> parts) {
            CountDownLatch held = new CountDownLatch(parts.size());
            for (int i = 0; i < parts.size(); i++) {
                Lock mine = parts.get(i).held();
                Lock next = parts.get((i + 1) % parts.size()).wanted();
                ThreadKind kind = kinds.get(i % kinds.size());
                String name = "ring-" + i;
                threads.add(started.start(task -> kind.unstarted(name, task), () -> {
                    mine.lock();
                    try {
                        held.countDown();
                        held.await();
                        next.lockInterruptibly();
                        next.unlock();
                    } catch (InterruptedException e) {
                        // which dissolves the ring
                    } finally {
                        mine.unlock();
                    }
                }));
            }
        }

        @Override
        public void close() {
            threads.forEach(Thread::interrupt);
            started.close();
        }
    }

    private static void assertRingIsFound(List<ThreadKind> kinds, List<Part> parts) {
        String what = parts.stream().map(Part::name).toList().toString();
        try (Ring ring = new Ring(kinds, parts)) {
            TestThreads.await(
                    "found: " + what, () -> !DeadlockDetector.findDeadlocks().isEmpty());
            List<Deadlock> found = DeadlockDetector.findDeadlocks();
            require(found.size() == 1, what + " is one: " + found);
            Set<Thread> threads =
                    found.get(0).threads().stream().map(Deadlock.Member::thread).collect(Collectors.toSet());
            require(threads.equals(Set.copyOf(ring.threads)), what + ": all threads: " + found);
            require(
                    found.get(0).threads().stream()
                            .allMatch(member -> member.holds().stream()
                                            .filter(held -> !held.endsWith("with a claim to write"))
                                            .count()
                                    == 1L),
                    what + ": what each holds: " + found);
            ring.threads.get(0).interrupt();
            TestThreads.await(
                    "dissolved: " + what, () -> DeadlockDetector.findDeadlocks().isEmpty());
        }
    }

    private static void ringsOfEachLockAndMixtures() {
        for (int i = 0; i < PARTS.size(); i++) {
            Supplier<Part> part = PARTS.get(i);
            assertRingIsFound(List.of(ThreadKind.PLATFORM), List.of(part.get(), part.get(), part.get()));
            assertRingIsFound(
                    List.of(ThreadKind.PLATFORM),
                    List.of(
                            part.get(),
                            PARTS.get((i + 3) % PARTS.size()).get(),
                            PARTS.get((i + 7) % PARTS.size()).get()));
        }
    }

    private static void ringsOfVirtualThreads() {
        if (ThreadKind.available().contains(ThreadKind.VIRTUAL)) {
            for (Supplier<Part> part : PARTS) {
                assertRingIsFound(List.of(ThreadKind.VIRTUAL), List.of(part.get(), part.get()));
            }
        }
    }

    private static void aCycleOverAMutexAReaderAndADropIn() {
        ThreadKind last = ThreadKind.available().get(ThreadKind.available().size() - 1);
        List<Part> parts = List.of(mutex(), reader(), dropIn());
        try (Ring ring = new Ring(List.of(ThreadKind.PLATFORM, last, ThreadKind.PLATFORM), parts)) {
            TestThreads.await("found", () -> !DeadlockDetector.findDeadlocks().isEmpty());
            String text = DeadlockDetector.findDeadlocks().get(0).toString();
            for (String line : List.of(
                    "deadlock of 3 thread(s)",
                    "\"ring-0\" waits for " + RwLock.class.getName(),
                    "until its readers have left, held by \"ring-1\"; holds ",
                    "with a claim to write",
                    "\"ring-1\" waits for " + ReentrantLock.class.getName(),
                    "held by \"ring-2\"; holds " + RwLock.class.getName(),
                    " for reading\n",
                    "\"ring-2\" waits for " + Mutex.class.getName(),
                    "held by \"ring-0\"; holds " + ReentrantLock.class.getName(),
                    "HoldersCheck$Ring")) {
                require(text.contains(line), line + " in " + text);
            }
            System.out.println(text);
            require(ring.threads.size() == 3, "the premise");
        }
    }

    // ---- other deadlocks

    private static void aReaderThatReadsAgainBehindAWriter() {
        RwLock lock = new RwLock();
        CountDownLatch read = new CountDownLatch(1);
        try (TestThreads threads = new TestThreads()) {
            Thread reader = threads.start("reader", () -> {
                lock.lockRead();
                read.countDown();
                TestThreads.await("a writer waits", lock::hasQueuedThreads);
                try {
                    lock.lockReadInterruptibly();
                } catch (InterruptedException e) {
                    // ends it
                } finally {
                    lock.unlockRead();
                }
            });
            read.await();
            threads.start("writer", () -> lock.runWrite(() -> {}));
            TestThreads.await("found", () -> DeadlockDetector.findDeadlocks().size() == 1);
            awaitJvmFinds(2);
            reader.interrupt();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        require(DeadlockDetector.findDeadlocks().isEmpty(), "over");
    }

    private static void selfDeadlocks() {
        RwLock rw = new RwLock();
        Mutex mutex = new Mutex();
        FairMutex fair = new FairMutex();
        List<List<Lock>> pairs = List.of(
                List.of(mutex, mutex),
                List.of(fair, fair),
                List.of(rw.read(), rw.write()),
                List.of(rw.write(), rw.read()),
                List.of(rw.write(), rw.readRecursive()),
                List.of(rw.write(), rw.write()),
                List.of(rw.write(), rw.upgradable()),
                List.of(rw.upgradable(), rw.upgradable()),
                List.of(rw.upgradable(), rw.write()));
        for (List<Lock> pair : pairs) {
            try (TestThreads threads = new TestThreads()) {
                Thread thread = threads.start("alone", () -> {
                    pair.get(0).lock();
                    try {
                        pair.get(1).lockInterruptibly();
                        throw new AssertionError("it is held: " + pair);
                    } catch (InterruptedException e) {
                        // ends it
                    } finally {
                        pair.get(0).unlock();
                    }
                });
                TestThreads.await(
                        "found: " + pair, () -> DeadlockDetector.findDeadlocks().size() == 1);
                List<Deadlock.Member> members =
                        DeadlockDetector.findDeadlocks().get(0).threads();
                require(members.size() == 1 && members.get(0).thread() == thread, members.toString());
                thread.interrupt();
            }
        }
    }

    // ---- the JVM's own tools

    private static void awaitJvmFinds(int count) {
        TestThreads.await("the JVM finds " + count, () -> {
            long[] found = JVM.findDeadlockedThreads();
            return found != null && found.length == count;
        });
    }

    /**
     * Whether one look of the JVM finds the ring, and who waits for whom. The next look may not: a thread that waits
     * may have a permit left from what it waited for before, so its sleep may return once more, and begin again.
     */
    private static boolean jvmFinds(Ring ring) {
        long[] found = JVM.findDeadlockedThreads();
        if (found == null || found.length != ring.threads.size()) {
            return false;
        }
        Map<Long, String> owners = Arrays.stream(JVM.getThreadInfo(found))
                .collect(Collectors.toMap(ThreadInfo::getThreadId, info -> String.valueOf(info.getLockOwnerName())));
        return IntStream.range(0, found.length)
                .allMatch(i -> ("ring-" + (i + 1) % found.length)
                        .equals(owners.get(ring.threads.get(i).getId())));
    }

    private static void theJvmFindsThemToo() {
        for (List<Part> parts : List.of(
                List.of(dropIn(), dropIn()),
                List.of(mutex(), mutex()),
                List.of(mutex(), reader(), dropIn()),
                List.of(fairMutex(), writer(), upgradableBeforeWriter(), dropInReader()),
                List.of(Part.of("a JDK lock", new java.util.concurrent.locks.ReentrantLock()), mutex()))) {
            try (Ring ring = new Ring(List.of(ThreadKind.PLATFORM), parts)) {
                TestThreads.await("the JVM finds " + parts, () -> jvmFinds(ring));
                ring.threads.get(0).interrupt();
                TestThreads.await("dissolved", () -> JVM.findDeadlockedThreads() == null);
            }
        }
    }

    // ---- what is none

    private static void timedWaitsAreNone() {
        Mutex one = new Mutex();
        RwLock two = new RwLock();
        CountDownLatch held = new CountDownLatch(2);
        try (TestThreads threads = new TestThreads()) {
            Thread timed = threads.start("timed", () -> {
                one.lock();
                held.countDown();
                held.await();
                try {
                    two.read().tryLock(1L, TimeUnit.DAYS);
                } catch (InterruptedException e) {
                    // ends it
                } finally {
                    one.unlock();
                }
            });
            threads.start("endless", () -> {
                two.lockWrite();
                held.countDown();
                held.await();
                one.lock();
                one.unlock();
                two.unlockWrite();
            });
            TestThreads.await("both wait", () -> one.hasQueuedThreads() && two.hasQueuedThreads());
            for (int i = 0; i < 20; i++) {
                require(DeadlockDetector.findDeadlocks().isEmpty(), "a deadline dissolves it");
                require(JVM.findDeadlockedThreads() == null, "the JVM, too");
            }
            timed.interrupt();
        }
    }

    /** The upgrader waits for a reader that waits for a thread that runs. */
    private static void anUpgradeBesideAReaderIsNone() {
        RwLock lock = new RwLock();
        Mutex other = new Mutex();
        other.lock();
        CountDownLatch read = new CountDownLatch(1);
        try (TestThreads threads = new TestThreads()) {
            threads.start("reader", () -> {
                lock.lockRead();
                read.countDown();
                other.lock();
                other.unlock();
                lock.unlockRead();
            });
            threads.start("upgrader", () -> {
                lock.lockUpgradable();
                read.await();
                lock.upgrade();
                lock.unlockWrite();
            });
            TestThreads.await("both wait", () -> other.hasQueuedThreads() && lock.hasQueuedThreads());
            for (int i = 0; i < 20; i++) {
                require(DeadlockDetector.findDeadlocks().isEmpty(), "the holder of the mutex runs");
                require(JVM.findDeadlockedThreads() == null, "the JVM, too");
            }
            other.unlock();
        }
    }

    private static void requireHeld(CondvarLock lock, Holding expected, String after) {
        requireAllHeld(lock, expected == null ? Set.of() : Set.of(expected), after);
    }

    private static void requireAllHeld(CondvarLock lock, Set<Holding> expected, String after) {
        for (Holding holding : Holding.values()) {
            boolean held = DeadlockDetector.isRegisteredHere(lock.base(), lock.offset() + holding.queue(), holding);
            require(held == expected.contains(holding), after + ": " + holding + " is " + held);
        }
    }

    private static void everyOperationKeepsTheRecord() throws Exception {
        for (ReadersWriterLock lock : List.of(new RwLock(), new BufferRwLock(buffer(), 16))) {
            everyConversionKeepsTheRecord(lock);
            everyFormOfAModeKeepsTheRecord(lock);
            someRandomOperationsKeepTheRecord(lock);
        }
        dropInsKeepTheRecord();
        for (MutualExclusionLock mutex :
                List.of(new Mutex(), new FairMutex(), InField.newMutex(), InBuffer.newMutex())) {
            everyOperationOfAMutexKeepsTheRecord(mutex);
        }
    }

    private static void everyConversionKeepsTheRecord(ReadersWriterLock lock) {
        lock.lockUpgradable();
        requireHeld(lock, Holding.UPGRADABLE, "lockUpgradable");
        lock.upgrade();
        requireHeld(lock, Holding.WRITE, "upgrade");
        lock.downgradeToUpgradable();
        requireHeld(lock, Holding.UPGRADABLE, "downgradeToUpgradable");
        require(lock.tryUpgrade(), "nobody else reads");
        requireHeld(lock, Holding.WRITE, "tryUpgrade");
        lock.downgrade();
        requireHeld(lock, Holding.READ, "downgrade");
        lock.unlockRead();
        requireHeld(lock, null, "unlockRead");
        lock.lockUpgradable();
        lock.downgradeUpgradable();
        requireHeld(lock, Holding.READ, "downgradeUpgradable");
        lock.unlockRead();
        lock.lockUpgradable();
        lock.runUpgraded(() -> requireHeld(lock, Holding.WRITE, "runUpgraded"));
        requireHeld(lock, Holding.UPGRADABLE, "after runUpgraded");
        lock.lockReadRecursive();
        require(!lock.tryUpgradeFor(Duration.ofNanos(1L)), "a reader is there");
        lock.unlockRead();
        requireHeld(lock, Holding.UPGRADABLE, "an upgrade that was given up");
        lock.unlockUpgradableFair();
        requireHeld(lock, null, "unlockUpgradableFair");
    }

    private static void everyFormOfAModeKeepsTheRecord(ReadersWriterLock lock) throws Exception {
        for (RwLockMode mode : List.of(lock.read(), lock.readRecursive(), lock.upgradable(), lock.write())) {
            Holding holding = mode.access().holding;
            mode.lock();
            requireHeld(lock, holding, mode + " lock");
            mode.bump();
            requireHeld(lock, holding, mode + " bump");
            mode.unlock();
            requireHeld(lock, null, mode + " unlock");
            require(mode.tryLock(), "it is free");
            requireHeld(lock, holding, mode + " tryLock");
            mode.unlockFair();
            requireHeld(lock, null, mode + " unlockFair");
            mode.lockInterruptibly();
            requireHeld(lock, holding, mode + " lockInterruptibly");
            mode.unlock();
            require(mode.tryLock(1L, TimeUnit.DAYS) && holding != null, "it is free");
            requireHeld(lock, holding, mode + " tryLock with a timeout");
            mode.unlock();
            try (RwLockGuard guard = mode.guard()) {
                requireHeld(lock, holding, mode + " guard");
                guard.unlocked(() -> requireHeld(lock, null, mode + " unlocked"));
                requireHeld(lock, holding, mode + " after unlocked");
            }
            requireHeld(lock, null, mode + " close");
            mode.runLocked(() -> requireHeld(lock, holding, mode + " runLocked"));
            requireHeld(lock, null, mode + " after runLocked");
            requireNothingAfterFailures(lock, mode);
        }
        Lock write = lock.write();
        write.lock();
        require(!lock.write().newCondition().await(1L, TimeUnit.NANOSECONDS), "nobody signals");
        requireHeld(lock, Holding.WRITE, "await");
        write.unlock();
        requireHeld(lock, null, "unlock after await");
    }

    /** Attempts that fail, and releases of what is not held. */
    private static void requireNothingAfterFailures(ReadersWriterLock lock, RwLockMode mode) throws Exception {
        lock.lockWrite();
        require(!mode.tryLock() && !mode.tryLockFor(Duration.ofNanos(1L)), "it is taken");
        requireHeld(lock, Holding.WRITE, mode + " in vain");
        lock.unlockWrite();
        try {
            mode.unlock();
            throw new AssertionError("it is not held");
        } catch (IllegalMonitorStateException e) {
            requireHeld(lock, null, mode + " unlocked once too often");
        }
    }

    /** A thread alone, in whatever order. */
    private static void someRandomOperationsKeepTheRecord(ReadersWriterLock lock) {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Holding held = null;
        for (int i = 0; i < 20_000; i++) {
            int choice = random.nextInt(4);
            if (held == null) {
                RwLockMode mode = List.of(lock.read(), lock.readRecursive(), lock.upgradable(), lock.write())
                        .get(choice);
                mode.lock();
                held = mode.access().holding;
            } else if (held == Holding.READ) {
                lock.unlockRead();
                held = null;
            } else if (held == Holding.UPGRADABLE) {
                switch (choice) {
                    case 0 -> lock.upgrade();
                    case 1 -> lock.tryUpgrade();
                    case 2 -> lock.downgradeUpgradable();
                    default -> lock.unlockUpgradable();
                }
                held = choice < 2 ? Holding.WRITE : choice == 2 ? Holding.READ : null;
            } else {
                switch (choice) {
                    case 0 -> lock.downgrade();
                    case 1 -> lock.downgradeToUpgradable();
                    case 2 -> lock.unlockWrite();
                    default -> lock.unlockWriteFair();
                }
                held = choice == 0 ? Holding.READ : choice == 1 ? Holding.UPGRADABLE : null;
            }
            requireHeld(lock, held, "seed " + seed + ", step " + i);
        }
        for (Access mode : Access.values()) {
            lock.unlockIfHeld(mode, false);
        }
    }

    private static void dropInsKeepTheRecord() throws Exception {
        ReentrantLock lock = new ReentrantLock();
        lock.lock();
        lock.lock();
        require(lock.tryLock(), "it is mine");
        requireHeld(lock, Holding.EXCLUSIVE, "lock");
        require(!lock.newCondition().await(1L, TimeUnit.NANOSECONDS), "nobody signals");
        requireHeld(lock, Holding.EXCLUSIVE, "await");
        lock.unlock();
        lock.unlock();
        requireHeld(lock, Holding.EXCLUSIVE, "all unlocks but one");
        lock.unlock();
        requireHeld(lock, null, "the last unlock");
        lock.lockInterruptibly();
        lock.unlock();
        require(lock.tryLock(1L, TimeUnit.DAYS), "it is free");
        requireHeld(lock, Holding.EXCLUSIVE, "tryLock");
        lock.unlock();
        ReentrantMutex mutex = new ReentrantMutex();
        mutex.lock();
        mutex.lock();
        mutex.bump();
        requireHeld(mutex, Holding.EXCLUSIVE, "bump");
        mutex.unlockFair();
        requireHeld(mutex, Holding.EXCLUSIVE, "one unlockFair");
        mutex.unlockFair();
        requireHeld(mutex, null, "the last unlockFair");
        ReentrantReadWriteLock rw = new ReentrantReadWriteLock();
        rw.readLock().lock();
        rw.readLock().lock();
        requireHeld(rw, Holding.READ, "two read holds");
        rw.readLock().unlock();
        requireHeld(rw, Holding.READ, "one read hold");
        rw.readLock().unlock();
        requireHeld(rw, null, "no read hold");
        rw.writeLock().lock();
        require(rw.writeLock().tryLock(), "it is mine");
        requireHeld(rw, Holding.WRITE, "write");
        require(!rw.writeLock().newCondition().await(1L, TimeUnit.NANOSECONDS), "nobody signals");
        requireHeld(rw, Holding.WRITE, "await of the write lock");
        rw.writeLock().unlock();
        rw.readLock().lock();
        rw.writeLock().unlock();
        requireHeld(rw, Holding.READ, "downgraded");
        rw.readLock().unlock();
        requireHeld(rw, null, "free");
        everyFormOfADropInModeKeepsTheRecord(rw, rw.readLock(), Holding.READ);
        everyFormOfADropInModeKeepsTheRecord(rw, rw.writeLock(), Holding.WRITE);
        rw.writeLock().lock();
        rw.readLock().lock();
        require(!rw.writeLock().newCondition().await(1L, TimeUnit.NANOSECONDS), "nobody signals");
        requireAllHeld(rw, Set.of(Holding.READ, Holding.WRITE), "await of a writer that reads, too");
        rw.readLock().unlock();
        requireHeld(rw, Holding.WRITE, "one record for each mode");
        rw.writeLock().unlock();
        requireHeld(rw, null, "free again");
    }

    private static void everyFormOfADropInModeKeepsTheRecord(ReentrantReadWriteLock rw, Lock mode, Holding holding)
            throws Exception {
        List<CheckJvm.Case> forms = List.of(
                mode::lock,
                mode::lockInterruptibly,
                () -> require(mode.tryLock(), "it is free"),
                () -> require(mode.tryLock(1L, TimeUnit.DAYS), "it is free"));
        for (CheckJvm.Case first : forms) {
            for (CheckJvm.Case second : forms) {
                first.run();
                requireHeld(rw, holding, "first");
                second.run();
                requireHeld(rw, holding, "second");
                mode.unlock();
                requireHeld(rw, holding, "one unlock");
                mode.unlock();
                requireHeld(rw, null, "two unlocks");
            }
        }
        try (TestThreads threads = new TestThreads()) {
            rw.writeLock().lock();
            threads.start("in vain", () -> {
                require(!mode.tryLock() && !mode.tryLock(1L, TimeUnit.NANOSECONDS), "it is taken");
                requireHeld(rw, null, "in vain");
            });
            threads.join();
            rw.writeLock().unlock();
        }
    }

    private static void everyOperationOfAMutexKeepsTheRecord(MutualExclusionLock mutex) throws InterruptedException {
        mutex.lock();
        requireHeld(mutex, Holding.EXCLUSIVE, "lock");
        mutex.bump();
        requireHeld(mutex, Holding.EXCLUSIVE, "bump");
        require(!mutex.tryLock() && !mutex.tryLockFor(Duration.ofNanos(1L)), "it is held");
        require(!mutex.newCondition().await(1L, TimeUnit.NANOSECONDS), "nobody signals");
        requireHeld(mutex, Holding.EXCLUSIVE, "await");
        mutex.unlock();
        requireHeld(mutex, null, "unlock");
        mutex.lockInterruptibly();
        requireHeld(mutex, Holding.EXCLUSIVE, "lockInterruptibly");
        mutex.unlockFair();
        requireHeld(mutex, null, "unlockFair");
        require(mutex.tryLock(), "it is free");
        requireHeld(mutex, Holding.EXCLUSIVE, "tryLock");
        mutex.unlock();
        require(mutex.tryLock(1L, TimeUnit.DAYS), "it is free");
        requireHeld(mutex, Holding.EXCLUSIVE, "tryLock with a timeout");
        mutex.unlock();
        try (MutexGuard guard = mutex.guard()) {
            requireHeld(mutex, Holding.EXCLUSIVE, "guard");
            guard.unlocked(() -> requireHeld(mutex, null, "unlocked"));
            requireHeld(mutex, Holding.EXCLUSIVE, "after unlocked");
        }
        requireHeld(mutex, null, "close");
        try {
            mutex.unlock();
            throw new AssertionError("it is not held");
        } catch (IllegalMonitorStateException e) {
            requireHeld(mutex, null, "unlocked once too often");
        }
    }

    // ---- load

    private static void aDeadlockFreeLoadHasNone() {
        Queue<String> reports = new ConcurrentLinkedQueue<>();
        List<Mutex> mutexes = IntStream.range(0, 3)
                .mapToObj(i -> i == 1 ? new FairMutex() : new Mutex())
                .toList();
        List<RwLock> rwLocks = IntStream.range(0, 2).mapToObj(i -> new RwLock()).toList();
        ReentrantLock dropIn = new ReentrantLock();
        Condvar condvar = new Condvar();
        long end = System.nanoTime() + LOAD.toNanos();
        try (DeadlockWatch watch =
                        DeadlockDetector.watch(Duration.ofNanos(100_000L), found -> reports.add(found.toString()));
                TestThreads threads = new TestThreads()) {
            require(watch != null, "it watches");
            threads.start("jvm", () -> {
                while (System.nanoTime() - end < 0L) {
                    if (JVM.findDeadlockedThreads() != null) {
                        reports.add("the JVM has found one");
                    }
                    Thread.sleep(1L); // a look stops the world
                }
            });
            threads.start(8, "load", () -> {
                Random random = new Random();
                while (System.nanoTime() - end < 0L) {
                    inOrder(mutexes, rwLocks, dropIn, condvar, random);
                }
            });
            threads.join();
        }
        require(reports.isEmpty(), "no deadlock: " + reports);
    }

    /** Takes locks, always in the same order. */
    private static void inOrder(
            List<Mutex> mutexes, List<RwLock> rwLocks, ReentrantLock dropIn, Condvar condvar, Random random)
            throws InterruptedException {
        Mutex mutex = mutexes.get(random.nextInt(mutexes.size()));
        boolean locked = random.nextBoolean() || mutex.tryLockFor(Duration.ofNanos(random.nextInt(100_000)));
        if (!locked) {
            return;
        }
        if (!DeadlockDetector.isRegisteredHere(mutex.base(), mutex.offset(), Holding.EXCLUSIVE)) {
            mutex.lock();
        }
        try {
            underMutex(mutex, mutexes.get(0), rwLocks, dropIn, condvar, random);
        } finally {
            if (random.nextBoolean()) {
                mutex.unlock();
            } else {
                mutex.unlockFair();
            }
        }
    }

    private static void underMutex(
            Mutex mutex, Mutex first, List<RwLock> rwLocks, ReentrantLock dropIn, Condvar condvar, Random random)
            throws InterruptedException {
        switch (random.nextInt(4)) {
            case 0 -> mutex.bump();
            case 1 -> {
                if (mutex == first) {
                    condvar.awaitFor(mutex, Duration.ofNanos(random.nextInt(200_000)));
                    condvar.signalAll();
                }
            }
            case 2 -> dropIn.lock();
            default -> dropIn.tryLock(random.nextInt(100_000), TimeUnit.NANOSECONDS);
        }
        try {
            for (RwLock lock : rwLocks) {
                useRwLock(lock, random);
            }
        } finally {
            if (dropIn.isHeldByCurrentThread()) {
                dropIn.unlock();
            }
        }
    }

    private static void useRwLock(RwLock lock, Random random) {
        switch (random.nextInt(6)) {
            case 0 -> lock.runRead(() -> lock.readRecursive().runLocked(Thread::onSpinWait));
            case 1 -> {
                lock.lockUpgradable();
                if (lock.tryUpgradeFor(Duration.ofNanos(random.nextInt(50_000)))) {
                    lock.downgradeToUpgradable();
                }
                lock.upgrade();
                lock.downgrade();
                lock.unlockRead();
            }
            case 2 -> {
                lock.lockWrite();
                lock.bumpWrite();
                lock.unlockWriteFair();
            }
            case 3 -> {
                if (lock.tryLockWriteFor(Duration.ofNanos(random.nextInt(50_000)))) {
                    lock.unlockWrite();
                }
            }
            case 4 -> {
                lock.lockUpgradable();
                lock.bumpUpgradable();
                lock.unlockUpgradable();
            }
            default -> {
                lock.lockRead();
                lock.bumpRead();
                lock.unlockRead();
            }
        }
    }
}
