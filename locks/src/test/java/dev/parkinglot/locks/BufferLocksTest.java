package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.core.ParkingLot;
import dev.parkinglot.testing.Delays;
import dev.parkinglot.testing.JavaProcess;
import dev.parkinglot.testing.TestThreads;
import java.io.File;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What locks in buffers add to {@link Mutex} and {@code RwLock}, whose own suites run with them too: where they are,
 * and what their bytes are. The operations that need no object: {@link BufferOperationsTest}.
 */
@SuppressWarnings("WaitNotInLoop") // single waits are what is counted
@Concurrent
class BufferLocksTest {
    private static final int SIZE = 128;
    private static final int INDEX = 64;

    static byte[] bytesOf(DirectBuffer buffer) {
        byte[] bytes = new byte[buffer.capacity()];
        buffer.getBytes(0, bytes);
        return bytes;
    }

    /** Without what a mutex knows of how long it is held: it measures that now and then. */
    static byte[] withoutMeasurements(byte[] bytes, int mutex) {
        byte[] masked = bytes.clone();
        masked[mutex + 1] &= 0b0011_1111;
        masked[mutex + 3] = 0;
        return masked;
    }

    static int waiting(AtomicBuffer buffer, int index, long queue) {
        return ParkingLot.waiters(buffer.byteArray(), buffer.addressOffset() + index + queue)
                .size();
    }

    private static void awaitWaiting(AtomicBuffer buffer, int index, long queue, int count) {
        TestThreads.await(count + " threads in queue " + queue, () -> waiting(buffer, index, queue) == count);
    }

    @ParameterizedTest
    @EnumSource
    void twoViewsOfTheSameMemoryAreTheSameLock(Memory memory, TestThreads threads) {
        AtomicBuffer[] views = memory.views(SIZE);
        int index = INDEX - Memory.SHIFT;
        BufferMutex.lock(views[0], INDEX);
        assertTrue(BufferMutex.isLocked(views[1], index));
        threads.start("waiter", () -> {
            BufferMutex.lock(views[1], index);
            BufferMutex.unlock(views[1], index);
        });
        awaitWaiting(views[0], INDEX, 0, 1);
        assertEquals(1, waiting(views[1], index, 0));
        BufferMutex.unlock(views[0], INDEX);
        threads.join();
        assertArrayEquals(new byte[SIZE], withoutMeasurements(bytesOf(views[0]), INDEX));
    }

    @ParameterizedTest
    @EnumSource
    void aCondvarKnowsALockByItsMemory(Memory memory, TestThreads threads) {
        AtomicBuffer[] views = memory.views(SIZE);
        Condvar condvar = new Condvar();
        BufferMutex other = new BufferMutex(views[0], INDEX + 4);
        for (int i = 0; i < 2; i++) {
            AtomicBuffer view = views[i];
            BufferMutex mutex = new BufferMutex(view, INDEX - i * Memory.SHIFT);
            Thread waiter = threads.start("waits on view " + i, () -> {
                mutex.lock();
                condvar.await(mutex);
                mutex.unlock();
                mutex.wrap(view, 0); // as a flyweight may be: the others still wait with the other one
            });
            TestThreads.await("it waits", () -> TestThreads.isAsleep(waiter));
        }
        other.lock();
        assertThrows(IllegalMonitorStateException.class, () -> condvar.await(other), "another lock");
        other.unlock();
        assertTrue(condvar.signal());
        assertTrue(condvar.signal());
        threads.join();
        assertFalse(BufferMutex.isLocked(views[0], INDEX));
        assertFalse(condvar.signal());
    }

    @Test
    void whatCameFromAFlyweightStaysWithItsLock() throws InterruptedException {
        AtomicBuffer buffer = new UnsafeBuffer(new byte[SIZE]);
        BufferMutex mutex = new BufferMutex(buffer, 0);
        Condition condition = mutex.newCondition();
        MutexGuard guard = mutex.guard();
        mutex.wrap(buffer, 4);
        guard.close();
        assertFalse(BufferMutex.isLocked(buffer, 0));
        mutex.lock();
        assertThrows(IllegalMonitorStateException.class, condition::signal, "the mutex at 0 is not locked");
        BufferMutex.lock(buffer, 0);
        assertFalse(condition.await(1L, TimeUnit.NANOSECONDS));

        BufferRwLock lock = new BufferRwLock(buffer, 8);
        var writeLock = lock.writeLock();
        lock.wrap(buffer, 12);
        writeLock.lock();
        assertTrue(BufferRwLock.isWriteLocked(buffer, 8));
        assertFalse(lock.isLocked());
    }

    @Test
    void aRefusedWrapLeavesTheFlyweightWhereItWas() {
        AtomicBuffer buffer = new UnsafeBuffer(new byte[SIZE]);
        BufferMutex mutex = new BufferMutex(buffer, 4);
        assertThrows(IllegalArgumentException.class, () -> mutex.wrap(buffer, 5));
        assertThrows(IndexOutOfBoundsException.class, () -> mutex.wrap(buffer, SIZE));
        mutex.lock();
        assertTrue(BufferMutex.isLocked(buffer, 4));
    }

    /** The same number as a position in an array, as an offset in an object, and as an address. */
    @Test
    void locksAtEqualOffsetsInDifferentObjectsHaveDifferentQueues(TestThreads threads) {
        byte[] one = new byte[SIZE];
        byte[] two = new byte[SIZE];
        List<AtomicBuffer> buffers = List.of(
                new UnsafeBuffer(one), new UnsafeBuffer(two), new UnsafeBuffer(ByteBuffer.allocateDirect(SIZE)));
        for (AtomicBuffer buffer : buffers) {
            BufferMutex.lock(buffer, INDEX);
            threads.start("waiter", () -> BufferMutex.lock(buffer, INDEX));
            awaitWaiting(buffer, INDEX, 0, 1);
        }
        for (AtomicBuffer buffer : buffers) {
            assertEquals(1, waiting(buffer, INDEX, 0));
            BufferMutex.unlock(buffer, INDEX);
            TestThreads.await("its waiter only", () -> waiting(buffer, INDEX, 0) == 0);
        }
    }

    /** The two queues of a readers-writer lock are within its four bytes, so they are no queues of its neighbours. */
    @Test
    void neighboursDoNotShareQueues(TestThreads threads) {
        AtomicBuffer buffer = new UnsafeBuffer(ByteBuffer.allocateDirect(SIZE));
        BufferRwLock.lockRead(buffer, INDEX);
        threads.start("drainer", () -> {
            BufferRwLock.lockWrite(buffer, INDEX);
            BufferRwLock.unlockWrite(buffer, INDEX);
        });
        awaitWaiting(buffer, INDEX, 1, 1);
        threads.start("reader", () -> {
            BufferRwLock.lockRead(buffer, INDEX);
            BufferRwLock.unlockRead(buffer, INDEX);
        });
        awaitWaiting(buffer, INDEX, 0, 1);
        for (int neighbour : new int[] {INDEX - 4, INDEX + 4}) {
            assertEquals(0, waiting(buffer, neighbour, 0) + waiting(buffer, neighbour, 1));
            BufferRwLock.lockWrite(buffer, neighbour);
            BufferRwLock.unlockWrite(buffer, neighbour);
        }
        BufferRwLock.unlockRead(buffer, INDEX);
    }

    @Test
    void theBytesOfAMutexAreThoseOfItsDescription(TestThreads threads) throws InterruptedException {
        byte[] bytes = new byte[4];
        BufferMutex mutex = new BufferMutex(new UnsafeBuffer(bytes), 0);
        mutex.lock();
        assertArrayEquals(new byte[] {1, 0, 0, 0}, bytes);
        Thread waiter = threads.start("waiter", () -> mutex.runLocked(() -> {}));
        TestThreads.await("it waits", () -> TestThreads.isAsleep(waiter));
        assertArrayEquals(new byte[] {1, 1 | 8, 0, 0}, bytes);
        mutex.unlock();
        threads.join();
        assertArrayEquals(new byte[] {0, 0, 0, 0}, withoutMeasurements(bytes, 0));
        BufferMutex.reset(new UnsafeBuffer(bytes), 0);
        MutexGuard guard = mutex.guard();
        assertArrayEquals(new byte[] {2, 0, 2, 0}, bytes);
        guard.close();
        assertArrayEquals(new byte[] {0, 0, 2, 0}, bytes);
        mutex.lock();
        assertFalse(mutex.newCondition().await(1L, TimeUnit.NANOSECONDS));
        assertArrayEquals(new byte[] {1, 16, 2, 0}, bytes);
        mutex.unlock();
        assertArrayEquals(new byte[] {0, 16, 2, 0}, bytes);
    }

    @Test
    void aFileThatWasClosedWhileLockedStaysLockedUntilReset(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("locks.bin");
        AtomicBuffer before = new UnsafeBuffer(Memory.map(file, SIZE));
        BufferMutex.lock(before, 0);
        BufferRwLock.lockRead(before, 4);
        BufferMutex.lock(before, 8);
        BufferMutex.unlock(before, 8);

        // Another mapping has another address: as in the next process, nobody knows of a hold but the file.
        AtomicBuffer after = new UnsafeBuffer(Memory.map(file, SIZE));
        assertFalse(BufferMutex.tryLock(after, 0));
        assertFalse(BufferRwLock.tryLockWrite(after, 4));
        assertTrue(BufferMutex.tryLock(after, 8));
        BufferMutex.reset(after, 0);
        BufferRwLock.reset(after, 4);
        assertTrue(BufferMutex.tryLock(after, 0));
        assertTrue(BufferRwLock.tryLockWrite(after, 4));
    }

    @Test
    void aResetAlsoTakesAwayTheMarksOfThoseWhoWaitedInAnotherProcess() {
        AtomicBuffer buffer = new UnsafeBuffer(new byte[SIZE]);
        buffer.putBytes(0, new byte[] {0, 1 | 2, 5, 7}); // parked; woken, and never arrived
        buffer.putInt(4, 0b111); // parked, draining, recursive
        BufferMutex.reset(buffer, 0);
        BufferRwLock.reset(buffer, 4);
        assertArrayEquals(new byte[SIZE], bytesOf(buffer));
    }

    @Test
    void resetIsRefusedWhileThreadsWait(TestThreads threads) {
        AtomicBuffer buffer = new UnsafeBuffer(ByteBuffer.allocateDirect(SIZE));
        BufferMutex.lock(buffer, 0);
        threads.start("waiter", () -> BufferMutex.lock(buffer, 0));
        awaitWaiting(buffer, 0, 0, 1);
        assertThrows(IllegalStateException.class, () -> BufferMutex.reset(buffer, 0));
        assertTrue(BufferMutex.isLocked(buffer, 0));
        BufferMutex.unlock(buffer, 0);

        BufferRwLock.lockRead(buffer, 4);
        threads.start("drainer", () -> BufferRwLock.lockWrite(buffer, 4));
        awaitWaiting(buffer, 4, 1, 1);
        assertThrows(IllegalStateException.class, () -> BufferRwLock.reset(buffer, 4));
        BufferRwLock.unlockRead(buffer, 4);
    }

    /** A program that uses a lock in a buffer, and one that does not. */
    static final class Programs {
        public static void main(String[] args) {
            new Mutex().lock();
            if (args.length > 0) {
                // An UnsafeBuffer cannot be made without that access, but there may be other buffers.
                BufferMutex.lock(
                        (AtomicBuffer) Proxy.newProxyInstance(
                                Programs.class.getClassLoader(),
                                new Class<?>[] {AtomicBuffer.class},
                                (proxy, method, arguments) -> null),
                        0);
            }
        }
    }

    private static List<String> run(boolean withAgrona, String... args) throws Exception {
        String all = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> path = new ArrayList<>(List.of(all.split(File.pathSeparator)));
        if (!withAgrona) {
            path.removeIf(entry -> new File(entry).getName().startsWith("agrona"));
        }
        List<String> command =
                new ArrayList<>(List.of("-cp", String.join(File.pathSeparator, path), Programs.class.getName()));
        command.addAll(List.of(args));
        return JavaProcess.run(Delays.LONG_DELAY.multipliedBy(2L), command)
                .output()
                .lines()
                .toList();
    }

    @Test
    void withoutAgronaTheOtherLocksWork() throws Exception {
        assertEquals(List.of(), run(false));
    }

    @Test
    void withoutTheAccessThatAgronaNeedsTheErrorTellsTheOption() throws Exception {
        List<String> lines = run(true, "use a buffer");
        assertTrue(
                lines.stream().anyMatch(line -> line.contains("--add-opens java.base/jdk.internal.misc=ALL-UNNAMED")),
                lines::toString);
    }
}
