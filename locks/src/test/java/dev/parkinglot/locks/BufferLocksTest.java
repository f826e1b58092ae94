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
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.function.ObjIntConsumer;
import java.util.stream.Stream;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What locks in buffers add to {@link Mutex} and {@code RwLock}, whose own suites run with them too: where they are,
 * what their bytes are, and the operations that need no object.
 */
@SuppressWarnings("WaitNotInLoop") // single waits are what is counted
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD) // should this thread itself be wedged
class BufferLocksTest {
    private static final int SIZE = 128;
    private static final int INDEX = 64;
    private static final AtomicBuffer PLACE = new UnsafeBuffer(new byte[4]);

    private static byte[] bytesOf(DirectBuffer buffer) {
        byte[] bytes = new byte[buffer.capacity()];
        buffer.getBytes(0, bytes);
        return bytes;
    }

    /** Without what a mutex knows of how long it is held: it measures that now and then. */
    private static byte[] withoutMeasurements(byte[] bytes, int mutex) {
        byte[] masked = bytes.clone();
        masked[mutex + 1] &= 0b0011_1111;
        masked[mutex + 3] = 0;
        return masked;
    }

    private static int waiting(AtomicBuffer buffer, int index, long queue) {
        return ParkingLot.waiters(buffer.byteArray(), buffer.addressOffset() + index + queue)
                .size();
    }

    private static void awaitWaiting(AtomicBuffer buffer, int index, long queue, int count) {
        TestThreads.await(count + " threads in queue " + queue, () -> waiting(buffer, index, queue) == count);
    }

    // ---- the operations that need no object

    /** An operation, by name. */
    private record Op(String name, ObjIntConsumer<AtomicBuffer> body) {
        void run(AtomicBuffer buffer, int index) {
            body.accept(buffer, index);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Op> releases() {
        return Stream.of(
                new Op("unlock", BufferMutex::unlock),
                new Op("unlockRead", BufferRwLock::unlockRead),
                new Op("unlockUpgradable", BufferRwLock::unlockUpgradable),
                new Op("unlockWrite", BufferRwLock::unlockWrite),
                new Op("upgrade", BufferRwLock::upgrade),
                new Op("tryUpgrade", BufferRwLock::tryUpgrade),
                new Op("downgrade", BufferRwLock::downgrade),
                new Op("downgradeToUpgradable", BufferRwLock::downgradeToUpgradable),
                new Op("downgradeUpgradable", BufferRwLock::downgradeUpgradable));
    }

    static Stream<Op> allOps() {
        return Stream.concat(
                releases(),
                Stream.of(
                        new Op("lock", BufferMutex::lock),
                        new Op("tryLock", BufferMutex::tryLock),
                        new Op("isLocked", BufferMutex::isLocked),
                        new Op("reset", BufferMutex::reset),
                        new Op("new BufferMutex", BufferMutex::new),
                        new Op("BufferMutex.wrap", (buffer, index) -> new BufferMutex(PLACE, 0).wrap(buffer, index)),
                        new Op("lockRead", BufferRwLock::lockRead),
                        new Op("tryLockRead", BufferRwLock::tryLockRead),
                        new Op("lockReadRecursive", BufferRwLock::lockReadRecursive),
                        new Op("tryLockReadRecursive", BufferRwLock::tryLockReadRecursive),
                        new Op("lockUpgradable", BufferRwLock::lockUpgradable),
                        new Op("tryLockUpgradable", BufferRwLock::tryLockUpgradable),
                        new Op("lockWrite", BufferRwLock::lockWrite),
                        new Op("tryLockWrite", BufferRwLock::tryLockWrite),
                        new Op("isLocked of RwLock", BufferRwLock::isLocked),
                        new Op("isWriteLocked", BufferRwLock::isWriteLocked),
                        new Op("reset of RwLock", BufferRwLock::reset),
                        new Op("new BufferRwLock", BufferRwLock::new),
                        new Op(
                                "BufferRwLock.wrap",
                                (buffer, index) -> new BufferRwLock(PLACE, 0).wrap(buffer, index))));
    }

    @ParameterizedTest
    @MethodSource("releases")
    void whatIsNotHeldIsNotReleased(Op op) {
        AtomicBuffer buffer = new UnsafeBuffer(new byte[SIZE]);
        assertThrows(IllegalMonitorStateException.class, () -> op.run(buffer, INDEX));
        assertArrayEquals(new byte[SIZE], bytesOf(buffer));
    }

    @ParameterizedTest
    @MethodSource("allOps")
    void aMisalignedOrForeignPlaceIsRefusedAndNothingIsChanged(Op op) {
        byte[] memory = new byte[SIZE];
        Arrays.fill(memory, (byte) 1);
        byte[] before = memory.clone();
        AtomicBuffer aligned = new UnsafeBuffer(memory, 16, 64);
        for (int index : new int[] {1, 2, 3, 57}) {
            assertThrows(IllegalArgumentException.class, () -> op.run(aligned, index), () -> "index " + index);
        }
        for (int index : new int[] {-4, -1, 64, 68, Integer.MAX_VALUE - 3, Integer.MIN_VALUE}) {
            assertThrows(IndexOutOfBoundsException.class, () -> op.run(aligned, index), () -> "index " + index);
        }
        AtomicBuffer misaligned = new UnsafeBuffer(memory, 18, 64);
        assertThrows(IllegalArgumentException.class, () -> op.run(misaligned, 0));
        assertThrows(IllegalArgumentException.class, () -> op.run(misaligned, 4));
        assertThrows(IndexOutOfBoundsException.class, () -> op.run(new UnsafeBuffer(new byte[3]), 0));
        assertArrayEquals(before, memory);
    }

    @ParameterizedTest
    @EnumSource
    void theOperationsOfAMutexAreThoseOfItsFlyweight(Memory memory) {
        AtomicBuffer buffer = memory.views(SIZE)[0];
        MutualExclusionLock mutex = new BufferMutex(buffer, INDEX);
        BufferMutex.lock(buffer, INDEX);
        assertTrue(mutex.isLocked());
        assertTrue(BufferMutex.isLocked(buffer, INDEX));
        assertFalse(mutex.tryLock());
        assertFalse(BufferMutex.tryLock(buffer, INDEX));
        mutex.unlock();
        assertFalse(BufferMutex.isLocked(buffer, INDEX));
        assertTrue(BufferMutex.tryLock(buffer, INDEX));
        assertTrue(mutex.isLocked());
        BufferMutex.unlock(buffer, INDEX);
        assertFalse(mutex.isLocked());
        MutexGuard guard = mutex.guard();
        assertTrue(BufferMutex.isLocked(buffer, INDEX));
        BufferMutex.unlock(buffer, INDEX);
        BufferMutex.lock(buffer, INDEX);
        guard.close();
        assertTrue(BufferMutex.isLocked(buffer, INDEX), "a hold that is not the guard's");
        BufferMutex.unlock(buffer, INDEX);
        assertFalse(mutex.isLocked());
    }

    /**
     * An unlock that goes to the lot although nobody is queued takes the mark away; one that ends a measurement, that
     * mark.
     */
    @ParameterizedTest
    @ValueSource(bytes = {1 | 8, 64})
    void anUnlockWithoutAnObjectSeesTheFlags(byte flags) {
        AtomicBuffer buffer = new UnsafeBuffer(new byte[SIZE]);
        BufferMutex.lock(buffer, INDEX);
        buffer.putByte(INDEX + 1, flags);
        BufferMutex.unlock(buffer, INDEX);
        assertFalse(BufferMutex.isLocked(buffer, INDEX));
        assertEquals(0, buffer.getByte(INDEX + 1) & flags);
    }

    /** One way from a state of the lock to another: what is done, and what bits it leaves. */
    private record Step(Op op, int state) {}

    private static final int READER = 32;
    private static final int WRITER = 16;
    private static final int UPGRADABLE = 8;

    private static final List<Step> STEPS = List.of(
            new Step(new Op("lockRead", BufferRwLock::lockRead), READER),
            new Step(new Op("lockReadRecursive", BufferRwLock::lockReadRecursive), 2 * READER),
            new Step(new Op("lockUpgradable", BufferRwLock::lockUpgradable), 3 * READER | UPGRADABLE),
            new Step(new Op("lockRead", BufferRwLock::lockRead), 4 * READER | UPGRADABLE),
            new Step(new Op("unlockRead", BufferRwLock::unlockRead), 3 * READER | UPGRADABLE),
            new Step(new Op("unlockRead", BufferRwLock::unlockRead), 2 * READER | UPGRADABLE),
            new Step(new Op("tryUpgrade", refused(BufferRwLock::tryUpgrade)), 2 * READER | UPGRADABLE),
            new Step(new Op("unlockUpgradable", BufferRwLock::unlockUpgradable), READER),
            new Step(new Op("tryLockWrite", refused(BufferRwLock::tryLockWrite)), READER),
            new Step(new Op("tryLockRead", allowed(BufferRwLock::tryLockRead)), 2 * READER),
            new Step(new Op("tryLockReadRecursive", allowed(BufferRwLock::tryLockReadRecursive)), 3 * READER),
            new Step(new Op("unlockRead", BufferRwLock::unlockRead), 2 * READER),
            new Step(new Op("unlockRead", BufferRwLock::unlockRead), READER),
            new Step(new Op("unlockRead", BufferRwLock::unlockRead), 0),
            new Step(new Op("tryLockUpgradable", allowed(BufferRwLock::tryLockUpgradable)), READER | UPGRADABLE),
            new Step(new Op("tryLockUpgradable", refused(BufferRwLock::tryLockUpgradable)), READER | UPGRADABLE),
            new Step(new Op("tryUpgrade", allowed(BufferRwLock::tryUpgrade)), WRITER),
            new Step(new Op("tryLockRead", refused(BufferRwLock::tryLockRead)), WRITER),
            new Step(new Op("tryLockReadRecursive", refused(BufferRwLock::tryLockReadRecursive)), WRITER),
            new Step(new Op("isWriteLocked", allowed(BufferRwLock::isWriteLocked)), WRITER),
            new Step(new Op("downgradeToUpgradable", BufferRwLock::downgradeToUpgradable), READER | UPGRADABLE),
            new Step(new Op("isWriteLocked", refused(BufferRwLock::isWriteLocked)), READER | UPGRADABLE),
            new Step(new Op("isLocked", allowed(BufferRwLock::isLocked)), READER | UPGRADABLE),
            new Step(new Op("upgrade", BufferRwLock::upgrade), WRITER),
            new Step(new Op("downgradeToUpgradable", BufferRwLock::downgradeToUpgradable), READER | UPGRADABLE),
            new Step(new Op("downgradeUpgradable", BufferRwLock::downgradeUpgradable), READER),
            new Step(new Op("unlockRead", BufferRwLock::unlockRead), 0),
            new Step(new Op("lockUpgradable", BufferRwLock::lockUpgradable), READER | UPGRADABLE),
            new Step(new Op("unlockUpgradable", BufferRwLock::unlockUpgradable), 0),
            new Step(new Op("lockWrite", BufferRwLock::lockWrite), WRITER),
            new Step(new Op("downgrade", BufferRwLock::downgrade), READER),
            new Step(new Op("unlockRead", BufferRwLock::unlockRead), 0),
            new Step(new Op("tryLockWrite", allowed(BufferRwLock::tryLockWrite)), WRITER),
            new Step(new Op("unlockWrite", BufferRwLock::unlockWrite), 0),
            new Step(new Op("isLocked", refused(BufferRwLock::isLocked)), 0));

    private interface Question {
        boolean ask(AtomicBuffer buffer, int index);
    }

    private static ObjIntConsumer<AtomicBuffer> allowed(Question question) {
        return (buffer, index) -> assertTrue(question.ask(buffer, index));
    }

    private static ObjIntConsumer<AtomicBuffer> refused(Question question) {
        return (buffer, index) -> assertFalse(question.ask(buffer, index));
    }

    @ParameterizedTest
    @EnumSource
    void theOperationsOfAReadersWriterLockTakeItFromStateToState(Memory memory) {
        AtomicBuffer buffer = memory.views(SIZE)[0];
        // Also with a mark that somebody waits, which sends most of them the slow way; the last to leave may take it
        // away.
        for (int mark : new int[] {0, 1}) {
            buffer.putInt(INDEX, mark);
            for (Step step : STEPS) {
                step.op.run(buffer, INDEX);
                assertEquals(step.state, buffer.getInt(INDEX) & ~1, () -> "after " + step.op);
            }
            buffer.putInt(INDEX, 0);
        }
        assertArrayEquals(new byte[SIZE], bytesOf(buffer));
    }

    @ParameterizedTest
    @EnumSource
    void threadsThatUseTheMutexInAllWaysExcludeOneAnother(Memory memory) {
        AtomicBuffer[] views = memory.views(SIZE);
        int each = 5_000;
        int[] counter = new int[1]; // plain: only the lock orders it
        try (TestThreads threads = new TestThreads()) {
            for (int i = 0; i < 2; i++) {
                AtomicBuffer view = views[i];
                int index = INDEX - i * Memory.SHIFT;
                threads.start(2, "by operations on view " + i, () -> {
                    for (int n = 0; n < each; n++) {
                        BufferMutex.lock(view, index);
                        counter[0]++;
                        BufferMutex.unlock(view, index);
                    }
                });
                threads.start("by a flyweight of view " + i, () -> {
                    BufferMutex mutex = new BufferMutex(view, index);
                    for (int n = 0; n < each; n++) {
                        mutex.lock();
                        counter[0]++;
                        if (n % 16 == 0) {
                            mutex.unlockFair();
                        } else {
                            mutex.unlock();
                        }
                    }
                });
            }
        }
        assertEquals(6 * each, counter[0]);
        assertEquals(0, waiting(views[0], INDEX, 0));
        assertArrayEquals(
                new byte[SIZE],
                withoutMeasurements(bytesOf(views[0]), INDEX),
                "a lock that is free and unmarked, and nothing else touched");
    }

    @ParameterizedTest
    @EnumSource
    void threadsThatUseTheReadersWriterLockInAllWaysExcludeOneAnother(Memory memory) {
        AtomicBuffer[] views = memory.views(SIZE);
        int each = 2_000;
        int[] counter = new int[1]; // plain: only the lock orders it
        try (TestThreads threads = new TestThreads()) {
            for (int i = 0; i < 2; i++) {
                AtomicBuffer view = views[i];
                int index = INDEX - i * Memory.SHIFT;
                threads.start("writer on view " + i, () -> {
                    for (int n = 0; n < each; n++) {
                        BufferRwLock.lockWrite(view, index);
                        counter[0]++;
                        BufferRwLock.unlockWrite(view, index);
                    }
                });
                threads.start("upgrader on view " + i, () -> {
                    BufferRwLock lock = new BufferRwLock(view, index);
                    for (int n = 0; n < each; n++) {
                        BufferRwLock.lockUpgradable(view, index);
                        int seen = counter[0];
                        lock.upgrade();
                        assertEquals(seen, counter[0]);
                        counter[0]++;
                        BufferRwLock.unlockWrite(view, index);
                    }
                });
                threads.start("reader on view " + i, () -> {
                    for (int n = 0; n < each; n++) {
                        BufferRwLock.lockRead(view, index);
                        int seen = counter[0];
                        Thread.onSpinWait();
                        assertEquals(seen, counter[0]);
                        BufferRwLock.unlockRead(view, index);
                    }
                });
            }
        }
        assertEquals(4 * each, counter[0]);
        assertArrayEquals(
                new byte[SIZE], bytesOf(views[0]), "a lock that is free and unmarked, and nothing else touched");
    }

    // ---- where a lock is

    @ParameterizedTest
    @EnumSource
    void twoViewsOfTheSameMemoryAreTheSameLock(Memory memory) {
        AtomicBuffer[] views = memory.views(SIZE);
        int index = INDEX - Memory.SHIFT;
        BufferMutex.lock(views[0], INDEX);
        assertTrue(BufferMutex.isLocked(views[1], index));
        try (TestThreads threads = new TestThreads()) {
            threads.start("waiter", () -> {
                BufferMutex.lock(views[1], index);
                BufferMutex.unlock(views[1], index);
            });
            awaitWaiting(views[0], INDEX, 0, 1);
            assertEquals(1, waiting(views[1], index, 0));
            BufferMutex.unlock(views[0], INDEX);
        }
        assertArrayEquals(new byte[SIZE], withoutMeasurements(bytesOf(views[0]), INDEX));
    }

    @ParameterizedTest
    @EnumSource
    void aCondvarKnowsALockByItsMemory(Memory memory) {
        AtomicBuffer[] views = memory.views(SIZE);
        Condvar condvar = new Condvar();
        BufferMutex other = new BufferMutex(views[0], INDEX + 4);
        try (TestThreads threads = new TestThreads()) {
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
        }
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
    void locksAtEqualOffsetsInDifferentObjectsHaveDifferentQueues() {
        byte[] one = new byte[SIZE];
        byte[] two = new byte[SIZE];
        List<AtomicBuffer> buffers = List.of(
                new UnsafeBuffer(one), new UnsafeBuffer(two), new UnsafeBuffer(ByteBuffer.allocateDirect(SIZE)));
        try (TestThreads threads = new TestThreads()) {
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
    }

    /** The two queues of a readers-writer lock are within its four bytes, so they are no queues of its neighbours. */
    @Test
    void neighboursDoNotShareQueues() {
        AtomicBuffer buffer = new UnsafeBuffer(ByteBuffer.allocateDirect(SIZE));
        try (TestThreads threads = new TestThreads()) {
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
    }

    // ---- what the bytes are

    @Test
    void theBytesOfAMutexAreThoseOfItsDescription() throws InterruptedException {
        byte[] bytes = new byte[4];
        BufferMutex mutex = new BufferMutex(new UnsafeBuffer(bytes), 0);
        mutex.lock();
        assertArrayEquals(new byte[] {1, 0, 0, 0}, bytes);
        try (TestThreads threads = new TestThreads()) {
            Thread waiter = threads.start("waiter", () -> {
                mutex.lock();
                mutex.unlock();
            });
            TestThreads.await("it waits", () -> TestThreads.isAsleep(waiter));
            assertArrayEquals(new byte[] {1, 1 | 8, 0, 0}, bytes);
            mutex.unlock();
        }
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
    void resetIsRefusedWhileThreadsWait() {
        AtomicBuffer buffer = new UnsafeBuffer(ByteBuffer.allocateDirect(SIZE));
        try (TestThreads threads = new TestThreads()) {
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
    }

    // ---- Agrona

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
