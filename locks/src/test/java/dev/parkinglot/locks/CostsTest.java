package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.parkinglot.core.ParkOptions;
import dev.parkinglot.testing.TestThreads;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openjdk.jol.info.ClassLayout;
import org.openjdk.jol.info.GraphLayout;

/** Figures that the Javadoc of the locks gives for their costs, and that no other test asks for. */
@Concurrent
class CostsTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    static Stream<Class<?>> classesOf24Bytes() {
        return Stream.of(
                RwLockMode.class,
                RwLockGuard.class,
                Guarded.class,
                Guarded.Guard.class,
                RwGuarded.class,
                LockCondition.class);
    }

    @ParameterizedTest
    @MethodSource("classesOf24Bytes")
    void takes24Bytes(Class<?> type) {
        assertEquals(24L, ClassLayout.parseClass(type).instanceSize());
    }

    @Test
    void aTableOfWhoReadsHowOftenTakes104BytesAndIsMadeWhenTwoThreadsReadAtOnce(TestThreads threads) {
        ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
        lock.readLock().lock();
        lock.readLock().unlock();
        long alone = GraphLayout.parseInstance(lock).totalSize();
        lock.readLock().lock();
        threads.start("another reader", () -> {
            lock.readLock().lock();
            lock.readLock().unlock();
        });
        threads.join();
        lock.readLock().unlock();
        assertEquals(alone + 104L, GraphLayout.parseInstance(lock).totalSize());
    }

    static Stream<Arguments> uncontendedPairs() {
        Mutex mutex = new Mutex();
        ReentrantMutex reentrant = new ReentrantMutex();
        ReentrantLock dropIn = new ReentrantLock();
        RwLock rwLock = new RwLock();
        UnsafeBuffer buffer = new UnsafeBuffer(ByteBuffer.allocateDirect(64));
        Lock inField = InField.newLock();
        return Stream.of(
                pair("Mutex", mutex::lock, mutex::unlock),
                pair("ReentrantMutex", reentrant::lock, reentrant::unlock),
                pair("ReentrantLock", dropIn::lock, dropIn::unlock),
                pair("read", rwLock::lockRead, rwLock::unlockRead),
                pair("recursive read", rwLock::lockReadRecursive, rwLock::unlockRead),
                pair("upgradable", rwLock::lockUpgradable, rwLock::unlockUpgradable),
                pair("write", rwLock::lockWrite, rwLock::unlockWrite),
                pair("BufferMutex", () -> BufferMutex.lock(buffer, 8), () -> BufferMutex.unlock(buffer, 8)),
                pair(
                        "BufferRwLock, read",
                        () -> BufferRwLock.lockRead(buffer, 12),
                        () -> BufferRwLock.unlockRead(buffer, 12)),
                pair(
                        "BufferRwLock, write",
                        () -> BufferRwLock.lockWrite(buffer, 12),
                        () -> BufferRwLock.unlockWrite(buffer, 12)),
                pair("LockField", inField::lock, inField::unlock));
    }

    private static Arguments pair(String name, Runnable lock, Runnable unlock) {
        return Arguments.of(name, lock, unlock);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("uncontendedPairs")
    void anUncontendedPairAllocatesNothing(String name, Runnable lock, Runnable unlock) {
        Checks.assumeThatNoHoldIsRecorded();
        int rounds = 10_000;
        long least = Long.MAX_VALUE;
        for (int trial = 0; trial < 3; trial++) { // the first links what it calls
            long before = THREADS.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < rounds; i++) {
                lock.run();
                unlock.run();
            }
            least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
        }
        assertTrue(least < rounds, name + " took " + least + " bytes for " + rounds + " rounds");
    }

    @Test
    void aThreadThatWaitsAllocatesAboutAHundredBytes(TestThreads threads) {
        Checks.assumeThatNoHoldIsRecorded();
        Checks.assumeThatNobodyObservesWaits();
        Mutex mutex = new Mutex();
        AtomicLong least = new AtomicLong(Long.MAX_VALUE);
        AtomicLong round = new AtomicLong();
        int rounds = 20;
        mutex.lock();
        Thread waiter = threads.start("waiter", () -> {
            for (int i = 1; i <= rounds; i++) {
                long before = THREADS.getCurrentThreadAllocatedBytes();
                mutex.lock();
                long bytes = THREADS.getCurrentThreadAllocatedBytes() - before;
                mutex.unlock();
                least.accumulateAndGet(bytes, Math::min);
                long done = i;
                round.set(done);
                TestThreads.await("the lock is held again", () -> done == rounds || round.get() == -done);
            }
        });
        for (int i = 1; i <= rounds; i++) {
            Probe.awaitQueue(mutex, waiter);
            mutex.unlock();
            long done = i;
            TestThreads.await("the waiter had the lock", () -> round.get() == done);
            if (i < rounds) {
                mutex.lock();
                round.set(-done);
            }
        }
        threads.join();
        assertTrue(least.get() >= 50L && least.get() <= 150L, least + " bytes");
    }

    @Test
    void aThreadSpinsFor80MicrosecondsAtMost() {
        long nanos = 0L;
        long pause = Spinning.FIRST_PAUSE_NANOS;
        for (int looks = Spinning.rareLooks(); looks > 0; looks--) {
            nanos += pause;
            pause = Math.min(2L * pause, Spinning.LONGEST_PAUSE_NANOS);
        }
        assertTrue(nanos <= TimeUnit.MICROSECONDS.toNanos(80L), nanos + " ns");
    }

    /** How it goes on from one look to the next is tested with the lot. */
    @Test
    void aThreadThatMayBeOverlookedLooksAfterAMillisecondAndThen64TimesAsLateUpTo4Minutes() {
        long longest = TimeUnit.MILLISECONDS.toNanos(1L) << 18;
        assertEquals(4L, TimeUnit.NANOSECONDS.toMinutes(longest));
        assertEquals(
                ParkOptions.NONE.lookingAgain(TimeUnit.MILLISECONDS.toNanos(1L), 64, longest), CondvarLock.LOOKING);
    }

    @ParameterizedTest
    @ValueSource(ints = {125, 126})
    void theStampOfAGuardComesRoundAfter126Guards(int guards) {
        Mutex mutex = new Mutex();
        MutexGuard ended = mutex.guard();
        mutex.unlock();
        for (int i = 1; i < guards; i++) {
            mutex.guard().close();
        }
        MutexGuard next = mutex.guard();
        ended.close();
        assertEquals(guards < 126, mutex.isLocked(), "whether the hold is still that of the next guard");
        next.close();
        assertFalse(mutex.isLocked());
    }
}
