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

    @ParameterizedTest
    @MethodSource(Probe.THREAD_KINDS)
    void anInversionOfTwoDropIns(ThreadKind kind) {
        assertRingIsFound(kind, List.of(new ReentrantLock(), new ReentrantLock()));
    }

    @ParameterizedTest
    @MethodSource(Probe.THREAD_KINDS)
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

    @Test
    void aThreadThatWaitsForAConditionOrALockWhoseOwnerRuns(TestThreads threads) {
        ReentrantLock lock = new ReentrantLock();
        Condition condition = lock.newCondition();
        Thread waiter = threads.start("waiter", () -> {
            lock.lock();
            assertThrows(InterruptedException.class, condition::await);
            lock.unlock();
        });
        Probe.awaitQueue(condition, waiter);
        assertEquals(List.of(), deadlocksOf(Set.of("waiter")));
        assertTrue(lock.tryLock());
        waiter.interrupt();
        TestThreads.await("it waits for the lock", lock::hasQueuedThreads);
        assertEquals(List.of(), deadlocksOf(Set.of("waiter")));
        lock.unlock();
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
