package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.core.Deadlock;
import dev.parkinglot.core.DeadlockDetector;
import dev.parkinglot.core.KeyNames;
import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThreadKind;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Deadlocks of locks that know their owner, found without any switch. */
@Concurrent
class DeadlockTest {
    private static Set<String> namesOf(Deadlock deadlock) {
        return deadlock.threads().stream()
                .map(member -> member.thread().getName())
                .collect(Collectors.toSet());
    }

    /** Those of this test; others of the same JVM may come from other tests. */
    private static List<Deadlock> deadlocksOf(Set<String> names) {
        return DeadlockDetector.findDeadlocks().stream()
                .filter(deadlock -> names.containsAll(namesOf(deadlock)))
                .toList();
    }

    /** Each thread locks its own, and then the next one's, until it is interrupted. */
    private static void assertRingIsFound(ThreadKind kind, List<? extends Lock> locks) {
        int size = locks.size();
        CountDownLatch held = new CountDownLatch(size);
        List<Thread> threads;
        try (TestThreads started = new TestThreads(kind)) {
            threads = IntStream.range(0, size)
                    .mapToObj(i -> started.start("ring-" + i, () -> {
                        locks.get(i).lock();
                        try {
                            held.countDown();
                            held.await();
                            locks.get((i + 1) % size).lockInterruptibly();
                            locks.get((i + 1) % size).unlock();
                        } catch (InterruptedException e) {
                            // which dissolves the ring
                        } finally {
                            locks.get(i).unlock();
                        }
                    }))
                    .toList();
            Set<String> names =
                    IntStream.range(0, size).mapToObj(i -> "ring-" + i).collect(Collectors.toSet());
            TestThreads.await("found", () -> deadlocksOf(names).size() == 1);
            Deadlock found = deadlocksOf(names).get(0);
            assertEquals(names, namesOf(found));
            assertTrue(found.toString().contains("held by"), found::toString);
            threads.get(0).interrupt();
            TestThreads.await("dissolved", () -> deadlocksOf(names).isEmpty());
            threads.forEach(Thread::interrupt);
        }
    }

    static List<ThreadKind> kinds() {
        return ThreadKind.available();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void anInversionOfTwoDropIns(ThreadKind kind) {
        assertRingIsFound(kind, List.of(new ReentrantLock(), new ReentrantLock()));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void threeThreadsOverDifferentLocks(ThreadKind kind) {
        assertRingIsFound(
                kind, List.of(new ReentrantMutex(), new ReentrantReadWriteLock().writeLock(), new ReentrantLock(true)));
    }

    @Test
    void aReaderThatWaitsForAWriter(TestThreads threads) {
        ReentrantReadWriteLock rw = KeyNames.name(new ReentrantReadWriteLock(), "rates");
        ReentrantLock other = KeyNames.name(new ReentrantLock(), "ledger");
        CountDownLatch held = new CountDownLatch(2);
        Thread reader = threads.start("reader", () -> {
            other.lock();
            held.countDown();
            held.await();
            assertThrows(InterruptedException.class, () -> rw.readLock().lockInterruptibly());
            other.unlock();
        });
        threads.start("writer", () -> {
            rw.writeLock().lock();
            held.countDown();
            held.await();
            other.lock();
            other.unlock();
            rw.writeLock().unlock();
        });
        Set<String> names = Set.of("reader", "writer");
        TestThreads.await("found", () -> deadlocksOf(names).size() == 1);
        String text = deadlocksOf(names).get(0).toString();
        reader.interrupt();
        assertTrue(text.contains(" \"rates\" for reading"), text);
        assertTrue(text.contains(" \"ledger\", held by \"reader\""), text);
    }

    private static void assertNoneWhileWaiting(String name, Lock held, Supplier<Boolean> waits, Runnable end) {
        TestThreads.await(name + " waits", waits::get);
        assertEquals(List.of(), deadlocksOf(Set.of(name)));
        end.run();
        assertTrue(held.tryLock());
        held.unlock();
    }

    @Test
    void aThreadThatWaitsForAConditionOrALockWhoseOwnerRuns() {
        ReentrantLock lock = new ReentrantLock();
        Condition condition = lock.newCondition();
        try (TestThreads threads = new TestThreads()) {
            Thread waiter = threads.start("waiter", () -> {
                lock.lock();
                assertThrows(InterruptedException.class, condition::await);
                lock.unlock();
            });
            assertNoneWhileWaiting(
                    "waiter",
                    lock,
                    () -> {
                        lock.lock();
                        try {
                            return lock.hasWaiters(condition);
                        } finally {
                            lock.unlock();
                        }
                    },
                    () -> {});
            waiter.interrupt();
        }
        lock.lock();
        try (TestThreads threads = new TestThreads()) {
            threads.start("locker", () -> {
                lock.lock();
                lock.unlock();
            });
            TestThreads.await("queued", lock::hasQueuedThreads);
            assertEquals(List.of(), deadlocksOf(Set.of("locker")));
            lock.unlock();
        }
    }

    @Test
    void aCycleThatADeadlineDissolves(TestThreads threads) {
        ReentrantLock one = new ReentrantLock();
        ReentrantLock two = new ReentrantLock();
        CountDownLatch held = new CountDownLatch(2);
        Thread timed = threads.start("timed", () -> {
            one.lock();
            held.countDown();
            held.await();
            assertThrows(InterruptedException.class, () -> two.tryLock(1L, TimeUnit.DAYS));
            one.unlock();
        });
        threads.start("endless", () -> {
            two.lock();
            held.countDown();
            held.await();
            one.lock();
            one.unlock();
            two.unlock();
        });
        TestThreads.await("both wait", () -> one.hasQueuedThreads() && two.hasQueuedThreads());
        assertEquals(List.of(), deadlocksOf(Set.of("timed", "endless")));
        timed.interrupt();
    }
}
