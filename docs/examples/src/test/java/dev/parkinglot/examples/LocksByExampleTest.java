package dev.parkinglot.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.locks.AsyncMutex;
import dev.parkinglot.locks.BufferMutex;
import dev.parkinglot.locks.Condvar;
import dev.parkinglot.locks.FairMutex;
import dev.parkinglot.locks.Guarded;
import dev.parkinglot.locks.LockField;
import dev.parkinglot.locks.Mutex;
import dev.parkinglot.locks.Once;
import dev.parkinglot.locks.ReentrantLock;
import dev.parkinglot.locks.ReentrantMutex;
import dev.parkinglot.locks.RwLock;
import dev.parkinglot.locks.RwLockGuard;
import dev.parkinglot.testing.TestThreads;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** The snippets of docs/locks.md. Each is used here in the way in which the document says that it can be used. */
class LocksByExampleTest {
    private static final int ROUNDS = 1_000;

    /** Two threads do the same a thousand times each. */
    private static void twice(Runnable body) {
        try (TestThreads threads = new TestThreads()) {
            threads.start(2, "user", () -> {
                for (int i = 0; i < ROUNDS; i++) {
                    body.run();
                }
            });
        }
    }

    /** While the lock is held, another thread that uses it does not come to its end. */
    private static void assertWaitsFor(Lock lock, Runnable use) {
        try (TestThreads threads = new TestThreads()) {
            lock.lock();
            try {
                Thread user = threads.start("user", use::run);
                TestThreads.await("it waits, or has ended", () -> TestThreads.isAsleep(user) || !user.isAlive());
                assertTrue(user.isAlive(), "it has used what the lock protects");
            } finally {
                lock.unlock();
            }
        }
    }

    // ---- mutual exclusion

    private static final class Account {
        // region:mutex
        private final Mutex mutex = new Mutex();
        private long balance;

        void deposit(long amount) {
            mutex.lock();
            try {
                balance += amount;
            } finally {
                mutex.unlock();
            }
        }
        // end

        // region:mutexOther
        long balance() {
            return mutex.withLock(() -> balance); // runLocked, if there is no result
        }

        boolean depositWithin(Duration timeout, long amount) {
            if (!mutex.tryLockFor(timeout)) {
                return false;
            }
            try {
                balance += amount;
                return true;
            } finally {
                mutex.unlock();
            }
        }
        // end
    }

    @Test
    void aMutexLetsOneThreadIn() throws Exception {
        Account account = new Account();
        assertWaitsFor(account.mutex, () -> account.deposit(1L));
        assertWaitsFor(account.mutex, () -> assertEquals(1L, account.balance()));
        assertTrue(account.depositWithin(Duration.ZERO, 1L));
        account.mutex.lock();
        try (TestThreads threads = new TestThreads()) {
            threads.start("other", () -> assertFalse(account.depositWithin(Duration.ofMillis(1), 1L)));
        } finally {
            account.mutex.unlock();
        }
        assertEquals(2L, account.balance());
    }

    private static final class Tickets {
        // region:fair
        private final FairMutex counter = new FairMutex();
        private int next;

        int draw() {
            return counter.withLock(() -> next++);
        }
        // end
    }

    @Test
    void aFairMutexIsUsedInTheSameWay() {
        Tickets tickets = new Tickets();
        assertWaitsFor(tickets.counter, tickets::draw);
        assertEquals(1, tickets.draw());
    }

    private static final class AsyncAccount {
        // region:async
        private final AsyncMutex mutex = new AsyncMutex();
        private long balance;

        CompletableFuture<Void> deposit(long amount, Executor executor) {
            return mutex.lockAsync(executor).thenAccept(guard -> {
                try (guard) { // unlocks at the end
                    balance += amount;
                }
            });
        }
        // end
    }

    @Test
    void anAsyncMutexCanBeWaitedForWithoutAThread() {
        AsyncAccount account = new AsyncAccount();
        account.mutex.lock();
        CompletableFuture<Void> done = account.deposit(3L, ForkJoinPool.commonPool());
        assertFalse(done.isDone());
        account.mutex.unlock();
        done.join();
        assertEquals(3L, account.mutex.withLock(() -> account.balance));
    }

    private static final class Names {
        // region:reentrant
        private final ReentrantMutex mutex = new ReentrantMutex();
        private final List<String> names = new ArrayList<>();

        void add(String name) {
            mutex.runLocked(() -> names.add(name));
        }

        void addAll(List<String> more) {
            mutex.runLocked(() -> more.forEach(this::add)); // add locks again
        }
        // end
    }

    @Test
    void aReentrantMutexCanBeLockedAgain() {
        Names names = new Names();
        assertWaitsFor(names.mutex, () -> names.addAll(List.of("a", "b")));
        assertEquals(List.of("a", "b"), names.names);
        assertFalse(names.mutex.isLocked());
    }

    private static final class Slot {
        // region:dropIn
        private final ReentrantLock lock = new ReentrantLock(); // of dev.parkinglot.locks
        private final Condition filled = lock.newCondition(); // java.util.concurrent.locks.Condition
        private String content;

        void fill(String newContent) {
            lock.lock();
            try {
                content = newContent;
                filled.signalAll();
            } finally {
                lock.unlock();
            }
        }

        String get() throws InterruptedException {
            lock.lock();
            try {
                while (content == null) {
                    filled.await();
                }
                return content;
            } finally {
                lock.unlock();
            }
        }
        // end
    }

    @Test
    void aDropInIsUsedAsTheClassOfTheJdk() throws Exception {
        Slot slot = new Slot();
        try (TestThreads threads = new TestThreads()) {
            Thread reader = threads.start("reader", () -> assertEquals("x", slot.get()));
            TestThreads.await("it waits", () -> TestThreads.isAsleep(reader));
            slot.fill("x");
        }
    }

    private static final class Registry {
        // region:guarded
        private final Guarded<List<String>> names = new Guarded<>(new ArrayList<>());

        void add(String name) {
            names.with(list -> list.add(name));
        }

        int size() {
            return names.with(List::size);
        }
        // end
    }

    @Test
    void aGuardedValueIsReachedWithItsLockOnly() {
        Registry registry = new Registry();
        try (TestThreads threads = new TestThreads()) {
            try (Guarded.Guard<List<String>> guard = registry.names.lock()) {
                Thread user = threads.start("user", () -> registry.add("x"));
                TestThreads.await("it waits", () -> TestThreads.isAsleep(user));
                assertEquals(List.of(), guard.get());
            }
        }
        assertEquals(1, registry.size());
    }

    // ---- readers and writers

    private static final class Cache {
        private final AtomicInteger loads = new AtomicInteger();

        // region:rw
        private final RwLock lock = new RwLock();
        private final Map<String, String> values = new HashMap<>();

        String get(String key) {
            return lock.withRead(() -> values.get(key)); // beside other readers
        }

        void put(String key, String value) {
            lock.lockWrite(); // alone
            try {
                values.put(key, value);
            } finally {
                lock.unlockWrite();
            }
        }
        // end

        // region:upgrade
        String getOrLoad(String key) {
            try (RwLockGuard guard = lock.upgradable().guard()) { // beside readers, and no other such holder
                String value = values.get(key);
                if (value == null) {
                    guard.upgrade(); // waits until the readers have left; nobody has written in between
                    value = load(key);
                    values.put(key, value);
                }
                return value;
            } // unlocks whatever mode it has now
        }
        // end

        private String load(String key) {
            loads.incrementAndGet();
            return key + "!";
        }
    }

    @Test
    void anUpgradableHolderReadsAndThenWrites() {
        Cache cache = new Cache();
        assertNull(cache.get("a"));
        assertWaitsFor(cache.lock.read(), () -> cache.put("b", "c"));
        assertEquals("c", cache.getOrLoad("b"));
        twice(() -> assertEquals("a!", cache.getOrLoad("a")));
        assertEquals(1, cache.loads.get());
        assertEquals("a!", cache.get("a"));
        assertFalse(cache.lock.isLocked());
    }

    // ---- conditions, and once

    private static final class Jobs {
        // region:condvar
        private final Mutex mutex = new Mutex();
        private final Condvar notEmpty = new Condvar();
        private final Queue<Runnable> jobs = new ArrayDeque<>();

        void add(Runnable job) {
            mutex.runLocked(() -> jobs.add(job));
            notEmpty.signal();
        }

        Runnable take() throws InterruptedException {
            mutex.lock();
            try {
                while (jobs.isEmpty()) {
                    notEmpty.await(mutex); // unlocks, waits for a signal, and locks again
                }
                return jobs.remove();
            } finally {
                mutex.unlock();
            }
        }
        // end
    }

    @Test
    void aCondvarWaitsForWhatAnotherThreadDoes() throws Exception {
        Jobs jobs = new Jobs();
        Mailbox<String> mailbox = new Mailbox<>();
        try (TestThreads threads = new TestThreads()) {
            Thread worker = threads.start("worker", () -> jobs.take().run());
            TestThreads.await("it waits", () -> TestThreads.isAsleep(worker));
            jobs.add(() -> mailbox.put("done"));
            assertEquals("done", mailbox.take());
        }
    }

    private static final class Config {
        private final AtomicInteger loads = new AtomicInteger();

        // region:once
        private final Once loaded = new Once();
        private Map<String, String> settings;

        String get(String key) {
            loaded.callOnce(() -> settings = load());
            return settings.get(key);
        }
        // end

        private Map<String, String> load() {
            loads.incrementAndGet();
            return Map.of("a", "b");
        }
    }

    @Test
    void onceIsOnce() {
        Config config = new Config();
        twice(() -> assertEquals("b", config.get("a")));
        assertEquals(1, config.loads.get());
    }

    // ---- locks in memory

    private static final class Seats {
        // region:buffer
        private static final int BYTES = 4;

        private final AtomicBuffer locks = new UnsafeBuffer(ByteBuffer.allocateDirect(1_000_000 * BYTES));
        private final boolean[] taken = new boolean[1_000_000];

        boolean take(int seat) {
            BufferMutex.lock(locks, seat * BYTES);
            try {
                boolean wasFree = !taken[seat];
                taken[seat] = true;
                return wasFree;
            } finally {
                BufferMutex.unlock(locks, seat * BYTES);
            }
        }
        // end
    }

    @Test
    void aMillionLocksTakeFourMegabytes() {
        Seats seats = new Seats();
        BufferMutex last = new BufferMutex(seats.locks, seats.locks.capacity() - Seats.BYTES);
        assertWaitsFor(last, () -> assertTrue(seats.take(999_999)));
        assertFalse(seats.take(999_999));
        assertTrue(seats.take(0));
    }

    // region:field
    private static final class Node {
        private static final LockField LOCK = lockField(); // one for all nodes
        private static final int ONE_REFERENCE = 0b100;

        @SuppressWarnings("unused") // through LOCK
        private volatile int state = ONE_REFERENCE; // bits 0 and 1: the lock; the others: a count of references

        private int value;

        void add(int amount) {
            LOCK.lock(this);
            try {
                value += amount;
            } finally {
                LOCK.unlock(this);
            }
        }

        private static LockField lockField() {
            try {
                VarHandle state = MethodHandles.lookup().findVarHandle(Node.class, "state", int.class);
                return LockField.of(state, 0b11);
            } catch (ReflectiveOperationException e) {
                throw new ExceptionInInitializerError(e);
            }
        }
    }
    // end

    @Test
    void twoBitsOfAFieldAreALock() {
        Node node = new Node();
        assertWaitsFor(Node.LOCK.mutex(node), () -> node.add(1));
        assertEquals(1, node.value);
        assertEquals(Node.ONE_REFERENCE, node.state);
    }
}
