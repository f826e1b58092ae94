package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.TestThreads;
import java.util.Arrays;
import java.util.List;
import java.util.function.ObjIntConsumer;
import java.util.stream.Stream;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The operations of locks in buffers that need no object: the same as those of a flyweight. */
@Concurrent
class BufferOperationsTest {
    private static final int SIZE = 128;
    private static final int INDEX = 64;
    private static final AtomicBuffer PLACE = new UnsafeBuffer(new byte[4]);

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
        assertArrayEquals(new byte[SIZE], BufferLocksTest.bytesOf(buffer));
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
    void aHoldThatWasTakenWithoutAnObjectIsNotThatOfAGuard(Memory memory) {
        AtomicBuffer buffer = memory.views(SIZE)[0];
        MutualExclusionLock mutex = new BufferMutex(buffer, INDEX);
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
        assertArrayEquals(new byte[SIZE], BufferLocksTest.bytesOf(buffer));
    }

    @ParameterizedTest
    @EnumSource
    void threadsThatUseTheMutexInAllWaysExcludeOneAnother(Memory memory, TestThreads threads) {
        AtomicBuffer[] views = memory.views(SIZE);
        int each = 5_000;
        int[] counter = new int[1]; // plain: only the lock orders it
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
        threads.join();
        assertEquals(6 * each, counter[0]);
        assertEquals(0, BufferLocksTest.waiting(views[0], INDEX, 0));
        assertArrayEquals(
                new byte[SIZE],
                BufferLocksTest.withoutMeasurements(BufferLocksTest.bytesOf(views[0]), INDEX),
                "a lock that is free and unmarked, and nothing else touched");
    }

    @ParameterizedTest
    @EnumSource
    void threadsThatUseTheReadersWriterLockInAllWaysExcludeOneAnother(Memory memory, TestThreads threads) {
        AtomicBuffer[] views = memory.views(SIZE);
        int each = 2_000;
        int[] counter = new int[1]; // plain: only the lock orders it
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
        threads.join();
        assertEquals(4 * each, counter[0]);
        assertArrayEquals(
                new byte[SIZE],
                BufferLocksTest.bytesOf(views[0]),
                "a lock that is free and unmarked, and nothing else touched");
    }
}
