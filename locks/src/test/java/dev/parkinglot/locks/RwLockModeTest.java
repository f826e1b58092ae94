package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.Delays;
import dev.parkinglot.testing.TestThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** The modes of a readers-writer lock as objects, and their guards, wherever the lock is. */
class RwLockModeTest extends RwLockFixture {
    private static final int UPGRADABLE_HOLD = RwProbe.ONE_READER | RwProbe.UPGRADABLE;

    private static List<RwLockMode> modes(ReadersWriterLock lock) {
        return List.of(lock.read(), lock.readRecursive(), lock.upgradable(), lock.write());
    }

    private int holdOf(RwLockMode mode) {
        if (mode.equals(lock.write())) {
            return RwProbe.WRITER;
        }
        return mode.equals(lock.upgradable()) ? UPGRADABLE_HOLD : RwProbe.ONE_READER;
    }

    /** Keeps everybody out while something runs. */
    private void whileWritten(LockAction<RuntimeException> action) {
        lock.lockWrite();
        try (TestThreads threads = new TestThreads()) {
            threads.start("other", action::run);
        }
        lock.unlockWrite();
    }

    @Test
    void modesOfOneLockAreEqualIfTheyAreTheSame() {
        assertEquals(modes(lock), modes(lock));
        assertEquals(modes(lock).hashCode(), modes(lock).hashCode());
        assertEquals(lock.read(), lock.readLock());
        assertEquals(lock.write(), lock.writeLock());
        assertEquals(lock.upgradable(), lock.upgradableLock());
        for (RwLockMode mode : modes(lock)) {
            assertEquals(1, modes(lock).stream().filter(mode::equals).count());
            assertFalse(modes(new RwLock()).contains(mode));
            assertNotEquals(mode, (Object) lock);
        }
    }

    @Test
    void modesOfAFlyweightStayWithTheirLock() {
        UnsafeBuffer buffer = new UnsafeBuffer(new byte[16]);
        BufferRwLock flyweight = new BufferRwLock(buffer, 4);
        RwLockMode mode = flyweight.write();
        assertEquals(new BufferRwLock(buffer, 4).write(), mode);
        assertEquals(new BufferRwLock(buffer, 4).write().hashCode(), mode.hashCode());
        flyweight.wrap(buffer, 8);
        assertNotEquals(flyweight.write(), mode);
        mode.lock();
        assertTrue(BufferRwLock.isWriteLocked(buffer, 4));
        mode.unlock();
    }

    @Test
    void eachFormOfEachModeTakesItsHoldAndGivesItBack() throws InterruptedException {
        for (RwLockMode mode : modes(lock)) {
            int hold = holdOf(mode);
            mode.lock();
            assertEquals(hold, RwProbe.state(lock));
            mode.bump();
            mode.unlock();
            mode.lockInterruptibly();
            assertEquals(hold, RwProbe.state(lock));
            mode.unlockFair();
            for (int form = 0; form < 4; form++) {
                assertTrue(tryLock(mode, form));
                assertEquals(hold, RwProbe.state(lock));
                mode.unlock();
                assertEquals(0, RwProbe.state(lock));
            }
            assertEquals(hold, mode.withLock(() -> RwProbe.state(lock)));
            mode.runLocked(() -> assertEquals(hold, RwProbe.state(lock)));
            assertEquals(0, RwProbe.state(lock));
            assertThrows(IllegalMonitorStateException.class, mode::unlock);
            assertThrows(IllegalMonitorStateException.class, mode::unlockFair);
            assertThrows(IllegalMonitorStateException.class, mode::bump);
            whileWritten(() -> {
                for (int form = 0; form < 4; form++) {
                    assertFalse(tryLock(mode, form));
                }
            });
            assertTrue(mode.toString().contains(" mode of "), mode::toString);
        }
    }

    private static boolean tryLock(RwLockMode mode, int form) {
        try {
            return switch (form) {
                case 0 -> mode.tryLock();
                case 1 -> mode.tryLockFor(Delays.SHORT_DELAY);
                case 2 -> mode.tryLockUntil(System.nanoTime() + Delays.SHORT_DELAY.toNanos());
                default -> mode.tryLock(Delays.SHORT_DELAY.toNanos(), TimeUnit.NANOSECONDS);
            };
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatIsThrownUnderTheLockComesOutAsItIsAfterTheUnlock() {
        Exception failure = new Exception("on purpose");
        LockAction<Exception> failing = () -> {
            throw failure;
        };
        LockCall<Object, Exception> failingCall = () -> {
            throw failure;
        };
        for (RwLockMode mode : modes(lock)) {
            Probe.assertThrowsSame(failure, () -> mode.withLock(failingCall));
            Probe.assertThrowsSame(failure, () -> mode.runLocked(failing));
            assertEquals(0, RwProbe.state(lock));
        }
    }

    @Test
    void onlyTheWriteModeHasConditions() {
        for (RwLockMode mode : modes(lock).subList(0, 3)) {
            assertTrue(assertThrows(UnsupportedOperationException.class, mode::newCondition)
                    .getMessage()
                    .contains("write().newCondition()"));
        }
        lock.write().newCondition();
    }

    @Test
    void threadsThatWaitAreCountedInBothQueues(TestThreads threads) {
        int withTheWriter;
        int withBoth;
        boolean hasQueued;
        assertFalse(lock.hasQueuedThreads());
        lock.lockRead();
        RwProbe.startQueued(threads, lock, RwProbe.DRAIN, "writer", () -> lock.runWrite(() -> {}));
        withTheWriter = lock.getQueueLength();
        RwProbe.startQueued(threads, lock, RwProbe.MAIN, "reader", () -> lock.runRead(() -> {}));
        withBoth = lock.getQueueLength();
        hasQueued = lock.hasQueuedThreads();
        lock.unlockRead();
        threads.join();
        assertEquals(1, withTheWriter);
        assertEquals(2, withBoth);
        assertTrue(hasQueued);
        assertEquals(0, lock.getQueueLength());
    }

    @Test
    void threadsThatASignalHasMovedAreCountedToo(TestThreads threads) {
        Condvar condvar = new Condvar();
        Probe.queueUp(
                threads,
                condvar,
                2,
                i -> () -> lock.runWrite(() -> {
                    condvar.await(lock);
                }));
        lock.lockWrite();
        assertEquals(0, lock.getQueueLength());
        condvar.signalAll();
        assertEquals(2, lock.getQueueLength());
        lock.unlockWrite();
        threads.join();
        assertEquals(0, lock.getQueueLength());
    }

    private static List<Optional<RwLockGuard>> guards(RwLockMode mode, Duration timeout) {
        List<Optional<RwLockGuard>> guards = new ArrayList<>();
        for (int form = 0; form < 3; form++) {
            Optional<RwLockGuard> guard = switch (form) {
                case 0 -> mode.tryGuard();
                case 1 -> mode.tryGuardFor(timeout);
                default -> mode.tryGuardUntil(System.nanoTime() + timeout.toNanos());
            };
            guard.ifPresent(RwLockGuard::close);
            guards.add(guard);
        }
        return guards;
    }

    @Test
    void aTriedGuardIsThereIfTheLockIsHad() throws InterruptedException {
        for (RwLockMode mode : modes(lock)) {
            assertTrue(guards(mode, Delays.LONG_DELAY).stream().allMatch(Optional::isPresent));
            assertEquals(0, RwProbe.state(lock));
            whileWritten(
                    () -> assertTrue(guards(mode, Delays.SHORT_DELAY).stream().allMatch(Optional::isEmpty)));
            RwLockGuard guard = mode.guardInterruptibly();
            assertEquals(holdOf(mode), RwProbe.state(lock));
            guard.closeFair();
            Thread.currentThread().interrupt();
            assertThrows(InterruptedException.class, mode::guardInterruptibly);
        }
    }

    @Test
    void aGuardLetsGoForAnActionAndHasItsHoldAgainInAnyCase() {
        Exception failure = new Exception("on purpose");
        LockAction<Exception> failing = () -> {
            throw failure;
        };
        for (RwLockMode mode : modes(lock)) {
            RwLockGuard guard = mode.guard();
            int hold = RwProbe.state(lock);
            guard.unlocked(() -> {
                assertEquals(0, RwProbe.state(lock));
                guard.close(); // there is nothing to close meanwhile
            });
            assertEquals(hold, RwProbe.state(lock));
            Probe.assertThrowsSame(failure, () -> guard.unlocked(failing));
            assertThrows(NullPointerException.class, () -> guard.unlocked(null));
            guard.bump();
            assertEquals(hold, RwProbe.state(lock));
            guard.close();
            assertEquals(0, RwProbe.state(lock));
            assertThrows(IllegalMonitorStateException.class, guard::bump);
            assertThrows(IllegalMonitorStateException.class, () -> guard.unlocked(() -> {}));
        }
    }

    @Test
    void aGuardClosesWhatItsHoldHasBecome() {
        List<LockAction<RuntimeException>> steps = new ArrayList<>();
        RwLockGuard guard = lock.upgradable().guard();
        steps.add(guard::upgrade);
        steps.add(() -> assertTrue(guard.tryUpgrade()));
        steps.add(() -> assertTrue(guard.tryUpgradeFor(Delays.LONG_DELAY)));
        steps.add(() -> assertTrue(guard.tryUpgradeUntil(System.nanoTime() + Delays.LONG_DELAY.toNanos())));
        for (LockAction<RuntimeException> step : steps) {
            step.run();
            assertEquals(RwProbe.WRITER, RwProbe.state(lock));
            guard.downgradeToUpgradable();
            assertEquals(UPGRADABLE_HOLD, RwProbe.state(lock));
        }
        lock.lockRead();
        assertFalse(guard.tryUpgrade());
        assertFalse(guard.tryUpgradeFor(Delays.SHORT_DELAY));
        assertFalse(guard.tryUpgradeUntil(System.nanoTime() + Delays.SHORT_DELAY.toNanos()));
        lock.unlockRead();
        guard.upgrade();
        guard.close();
        RwProbe.assertIdle(lock);

        RwLockGuard write = lock.write().guard();
        write.downgrade();
        assertEquals(RwProbe.ONE_READER, RwProbe.state(lock));
        write.close();
        RwLockGuard upgradable = lock.upgradable().guard();
        upgradable.downgrade();
        assertEquals(RwProbe.ONE_READER, RwProbe.state(lock));
        upgradable.close();
    }

    @Test
    void aGuardRefusesToConvertWhatItDoesNotHave() {
        RwLockGuard read = lock.read().guard();
        assertThrows(IllegalMonitorStateException.class, read::downgrade);
        assertThrows(IllegalMonitorStateException.class, read::downgradeToUpgradable);
        assertThrows(IllegalMonitorStateException.class, read::upgrade);
        assertThrows(IllegalMonitorStateException.class, read::tryUpgrade);
        RwLockGuard upgradable = lock.upgradable().guard();
        assertThrows(IllegalMonitorStateException.class, upgradable::downgradeToUpgradable);
        assertEquals(2 * RwProbe.ONE_READER | RwProbe.UPGRADABLE, RwProbe.state(lock));
        upgradable.close();
        read.close();
        assertThrows(IllegalMonitorStateException.class, upgradable::upgrade);
        assertThrows(IllegalMonitorStateException.class, upgradable::downgrade);
    }

    @Test
    void closingFairlyHandsTheLockOver(TestThreads threads) {
        for (int round = 0; round < 100; round++) { // a release hands over by itself now and then
            RwLockGuard guard = lock.write().guard();
            CountDownLatch looked = new CountDownLatch(1);
            RwProbe.startQueued(threads, lock, RwProbe.MAIN, "writer", () -> {
                lock.lockWrite();
                looked.await();
                lock.unlockWrite();
            });
            guard.closeFair();
            assertTrue(lock.isWriteLocked(), "free for a moment");
            looked.countDown();
            threads.join();
        }
    }
}
