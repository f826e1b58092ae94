package dev.parkinglot.locks;

import static dev.parkinglot.locks.CheckJvm.require;
import static dev.parkinglot.locks.CheckJvm.requireThrows;

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
import java.util.function.Function;
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
        CASES.put("everyOperationKeepsTheRecord", RecordedHolds::everyOperationKeepsTheRecord);
        CASES.put("aDeadlockFreeLoadHasNone", HoldersCheck::aDeadlockFreeLoadHasNone);
    }

    private HoldersCheck() {}

    public static void main(String[] names) throws Exception {
        require(DeadlockDetector.isRecording(), "the premise: holders are recorded");
        CheckJvm.runCases(CASES, names);
    }

    /** A way to hold a lock, and a way to want it, which conflicts with the first. */
    private record Part(String name, Lock held, Lock wanted) {
        static Part of(String name, Lock lock) {
            return new Part(name, lock, lock);
        }
    }

    /** Two modes of a new lock. */
    private static Part modes(String name, Function<RwLock, Lock> held, Function<RwLock, Lock> wanted) {
        RwLock lock = new RwLock();
        return new Part(name, held.apply(lock), wanted.apply(lock));
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
        return modes("a reader", RwLock::read, RwLock::write);
    }

    private static Part writer() {
        return modes("a writer", RwLock::write, RwLock::read);
    }

    private static Part upgradableBeforeWriter() {
        return modes("an upgradable holder before a writer", RwLock::upgradable, RwLock::write);
    }

    private static Part dropInReader() {
        ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
        return new Part("a reader of a drop-in", lock.readLock(), lock.writeLock());
    }

    private static Part bufferReader() {
        BufferRwLock lock = new BufferRwLock(buffer(), 8);
        return new Part("a reader in a buffer", lock.read(), lock.write());
    }

    /** Memory outside the heap. */
    static AtomicBuffer buffer() {
        return new UnsafeBuffer(ByteBuffer.allocateDirect(64));
    }

    private static final List<Supplier<Part>> PARTS = List.of(
            HoldersCheck::mutex,
            HoldersCheck::fairMutex,
            HoldersCheck::dropIn,
            HoldersCheck::reader,
            () -> modes("a recursive reader", RwLock::readRecursive, RwLock::write),
            HoldersCheck::writer,
            () -> modes("an upgradable holder", RwLock::upgradable, RwLock::upgradable),
            HoldersCheck::upgradableBeforeWriter,
            HoldersCheck::dropInReader,
            HoldersCheck::bufferReader,
            () -> Part.of("BufferMutex", new BufferMutex(buffer(), 8)),
            () -> Part.of("LockField", InField.newMutex()));

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

    private static void aReaderThatReadsAgainBehindAWriter() throws InterruptedException {
        RwLock lock = new RwLock();
        CountDownLatch read = new CountDownLatch(1);
        try (TestThreads threads = new TestThreads()) {
            Thread reader = threads.start("reader", () -> {
                lock.lockRead();
                read.countDown();
                TestThreads.await("a writer waits", lock::hasQueuedThreads);
                requireThrows(InterruptedException.class, lock::lockReadInterruptibly, "it waits for itself");
                lock.unlockRead();
            });
            read.await();
            threads.start("writer", () -> lock.runWrite(() -> {}));
            TestThreads.await("found", () -> DeadlockDetector.findDeadlocks().size() == 1);
            awaitJvmFinds(2);
            reader.interrupt();
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
                    requireThrows(InterruptedException.class, pair.get(1)::lockInterruptibly, "it is held: " + pair);
                    pair.get(0).unlock();
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

    private static void requireNone(String why) {
        for (int i = 0; i < 20; i++) {
            require(DeadlockDetector.findDeadlocks().isEmpty(), why);
            require(JVM.findDeadlockedThreads() == null, "the JVM, too: " + why);
        }
    }

    private static void timedWaitsAreNone() {
        Mutex one = new Mutex();
        RwLock two = new RwLock();
        CountDownLatch held = new CountDownLatch(2);
        try (TestThreads threads = new TestThreads()) {
            Thread timed = threads.start("timed", () -> {
                one.lock();
                held.countDown();
                held.await();
                requireThrows(InterruptedException.class, () -> two.read().tryLock(1L, TimeUnit.DAYS), "it is held");
                one.unlock();
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
            requireNone("a deadline dissolves it");
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
            requireNone("the holder of the mutex runs");
            other.unlock();
        }
    }

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
