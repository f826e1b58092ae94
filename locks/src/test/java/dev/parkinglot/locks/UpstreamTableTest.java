package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every row of the table of upstream's locks, by its name: the methods are there, under the names and with the types
 * that programs compile against, and do on an uncontended lock what they say. What they do under contention is shown
 * elsewhere.
 *
 * <p>Rows without a test: hardware lock elision and serde have no counterpart in Java; deadlock detection comes later.
 */
@SuppressWarnings("UnnecessaryLambda") // the type of the lambda chooses the overload
class UpstreamTableTest {
    private static final Duration SOON = Duration.ofMillis(1);
    private static final Duration NEVER = Duration.ZERO;

    private static long soon() {
        return System.nanoTime() + SOON.toNanos();
    }

    private int runs;

    private final Runnable action = () -> runs++;
    private final Supplier<String> computation = () -> "computed";

    @Test
    @DisplayName("Mutex: lock, try_lock, try_lock_for/until, unlock, unlock_fair, bump, is_locked")
    void mutex() throws InterruptedException {
        Mutex mutex = new Mutex();
        assertInstanceOf(Lock.class, mutex);
        mutex.lock();
        assertRefusing(mutex);
        mutex.unlock();
        mutex.lockInterruptibly();
        mutex.unlockFair();
        boolean locked = mutex.tryLock();
        assertTrue(locked);
        mutex.bump();
        mutex.unlock();
        assertTrue(mutex.tryLock(1L, TimeUnit.MILLISECONDS));
        mutex.unlock();
        assertTrue(mutex.tryLockFor(SOON));
        mutex.unlock();
        assertTrue(mutex.tryLockUntil(soon()));
        assertTrue(mutex.isLocked());
        mutex.unlock();
        assertFalse(mutex.isLocked());
        Condition condition = mutex.newCondition();
        assertThrows(IllegalMonitorStateException.class, condition::signal);
        assertThrows(IllegalMonitorStateException.class, mutex::unlock);
        assertFalse(mutex.isLocked());
    }

    private static void assertRefusing(MutualExclusionLock mutex) throws InterruptedException {
        assertFalse(mutex.tryLock());
        assertFalse(mutex.tryLock(0L, TimeUnit.SECONDS));
        assertFalse(mutex.tryLockFor(NEVER));
        assertFalse(mutex.tryLockUntil(System.nanoTime()));
    }

    @Test
    @DisplayName("guards, map, unlocked, with_upgraded")
    @SuppressWarnings("try") // closing twice is what is tested
    void guards() {
        Mutex mutex = new Mutex();
        try (MutexGuard guard = mutex.guard()) {
            assertTrue(mutex.isLocked());
            guard.close();
            assertFalse(mutex.isLocked());
        }
        MutexGuard afterUnlock = mutex.guard();
        mutex.unlock();
        afterUnlock.close();
        ReentrantMutex reentrant = new ReentrantMutex();
        try (ReentrantMutex.Guard guard = reentrant.guard()) {
            assertInstanceOf(AutoCloseable.class, guard);
            assertEquals(1, reentrant.getHoldCount());
        }
        RwLock rwLock = new RwLock();
        try (RwLockGuard guard = rwLock.read().guard()) {
            assertInstanceOf(AutoCloseable.class, guard);
            assertTrue(rwLock.tryLockRead());
            rwLock.unlockRead();
        }
        try (RwLockGuard guard = rwLock.upgradable().guard()) {
            assertInstanceOf(AutoCloseable.class, guard);
            assertFalse(rwLock.tryLockUpgradable());
        }
        try (RwLockGuard guard = rwLock.write().guard()) {
            assertInstanceOf(AutoCloseable.class, guard);
            assertFalse(rwLock.tryLockRead());
        }
        assertFalse(rwLock.isLocked());

        mutex.runLocked(action::run);
        reentrant.runLocked(action::run);
        rwLock.runRead(action::run);
        rwLock.runUpgradable(action::run);
        rwLock.runWrite(action::run);
        rwLock.runUpgradable(() -> rwLock.runUpgraded(action::run));
        assertEquals(6, runs);
        assertEquals("computed", mutex.withLock(computation::get));
        assertEquals("computed", reentrant.withLock(computation::get));
        assertEquals("computed", rwLock.withRead(computation::get));
        assertEquals("computed", rwLock.withUpgradable(computation::get));
        assertEquals("computed", rwLock.withWrite(computation::get));
        Supplier<String> upgraded = () -> rwLock.withUpgraded(computation::get);
        assertEquals("computed", rwLock.withUpgradable(upgraded::get));
        assertFalse(rwLock.isLocked());
    }

    @Test
    @DisplayName("FairMutex")
    void fairMutex() throws InterruptedException {
        FairMutex mutex = new FairMutex();
        assertInstanceOf(Mutex.class, mutex);
        mutex.lock();
        assertRefusing(mutex);
        mutex.unlock();
        assertFalse(mutex.isLocked());
    }

    @Test
    @DisplayName("ReentrantMutex")
    void reentrantMutex() throws InterruptedException {
        ReentrantMutex mutex = new ReentrantMutex();
        assertInstanceOf(Lock.class, mutex);
        mutex.lock();
        mutex.lockInterruptibly();
        assertTrue(mutex.tryLock());
        assertTrue(mutex.tryLock(1L, TimeUnit.MILLISECONDS));
        assertTrue(mutex.tryLockFor(SOON));
        assertTrue(mutex.tryLockUntil(soon()));
        int holds = mutex.getHoldCount();
        assertEquals(6, holds);
        assertTrue(mutex.isHeldByCurrentThread());
        mutex.bump();
        for (int left = 5; left > 0; left--) {
            mutex.unlock();
            assertEquals(left, mutex.getHoldCount());
        }
        mutex.unlockFair();
        assertFalse(mutex.isLocked());
        assertFalse(mutex.isHeldByCurrentThread());
        assertThrows(IllegalMonitorStateException.class, mutex::unlock);
        Condition condition = mutex.newCondition();
        assertThrows(IllegalMonitorStateException.class, condition::signal);
    }

    @Test
    @DisplayName("RwLock shared")
    void rwLockShared() throws InterruptedException {
        RwLock lock = new RwLock();
        assertInstanceOf(ReadWriteLock.class, lock);
        lock.lockRead();
        lock.read().lockInterruptibly();
        assertTrue(lock.tryLockRead());
        assertTrue(lock.read().tryLockFor(SOON));
        lock.bumpRead();
        assertFalse(lock.tryLockWrite());
        for (int i = 0; i < 4; i++) {
            lock.unlockRead();
        }
        assertThrows(IllegalMonitorStateException.class, lock::unlockRead);
        lock.lockWrite();
        assertFalse(lock.tryLockRead());
        assertFalse(lock.read().tryLockFor(SOON));
        lock.unlockWrite();
        assertFalse(lock.isLocked());
    }

    @Test
    @DisplayName("RwLock shared, recursive")
    void rwLockSharedRecursive() {
        RwLock lock = new RwLock();
        lock.lockReadRecursive();
        assertTrue(lock.tryLockReadRecursive());
        assertTrue(lock.readRecursive().tryLockFor(SOON));
        for (int i = 0; i < 3; i++) {
            lock.unlockRead();
        }
        lock.lockWrite();
        assertFalse(lock.tryLockReadRecursive());
        assertFalse(lock.readRecursive().tryLockFor(SOON));
        lock.unlockWrite();
        assertFalse(lock.isLocked());
    }

    @Test
    @DisplayName("RwLock exclusive")
    void rwLockExclusive() throws InterruptedException {
        RwLock lock = new RwLock();
        lock.lockWrite();
        assertFalse(lock.tryLockWrite());
        assertFalse(lock.write().tryLockFor(SOON));
        lock.bumpWrite();
        lock.unlockWrite();
        assertTrue(lock.tryLockWrite());
        lock.unlockWriteFair();
        assertTrue(lock.write().tryLockFor(SOON));
        lock.unlockWrite();
        lock.write().lockInterruptibly();
        lock.unlockWrite();
        assertThrows(IllegalMonitorStateException.class, lock::unlockWrite);
        assertThrows(IllegalMonitorStateException.class, lock::unlockWriteFair);
        assertFalse(lock.isLocked());
    }

    @Test
    @DisplayName("RwLock upgradable")
    void rwLockUpgradable() {
        RwLock lock = new RwLock();
        lock.lockUpgradable();
        assertFalse(lock.tryLockUpgradable());
        assertFalse(lock.upgradable().tryLockFor(SOON));
        assertTrue(lock.tryLockRead(), "a plain reader is not blocked");
        assertFalse(lock.tryUpgrade());
        assertFalse(lock.tryUpgradeFor(SOON));
        lock.unlockRead();
        lock.bumpUpgradable();
        lock.upgrade();
        assertTrue(lock.isWriteLocked());
        lock.unlockWrite();
        assertTrue(lock.tryLockUpgradable());
        assertTrue(lock.tryUpgrade());
        lock.unlockWrite();
        assertTrue(lock.upgradable().tryLockFor(SOON));
        assertTrue(lock.tryUpgradeFor(SOON));
        lock.unlockWrite();
        lock.lockUpgradable();
        lock.unlockUpgradable();
        lock.lockUpgradable();
        lock.unlockUpgradableFair();
        assertThrows(IllegalMonitorStateException.class, lock::unlockUpgradable);
        assertFalse(lock.isLocked());
    }

    @Test
    @DisplayName("RwLock downgrades")
    void rwLockDowngrades() {
        RwLock lock = new RwLock();
        lock.lockWrite();
        lock.downgrade();
        assertTrue(lock.tryLockRead());
        lock.unlockRead();
        lock.unlockRead();
        lock.lockWrite();
        lock.downgradeToUpgradable();
        assertFalse(lock.tryLockUpgradable());
        assertTrue(lock.tryLockRead());
        lock.unlockRead();
        lock.downgradeUpgradable();
        assertTrue(lock.tryLockUpgradable());
        lock.unlockUpgradable();
        lock.unlockRead();
        assertFalse(lock.isLocked());
    }

    @Test
    @DisplayName("RwLock state and views")
    void rwLockState() {
        RwLock lock = new RwLock();
        Lock reading = lock.readLock();
        Lock writing = lock.writeLock();
        Lock upgradable = lock.upgradable();
        assertState(lock, false, false);
        reading.lock();
        assertState(lock, true, false);
        reading.unlock();
        upgradable.lock();
        assertState(lock, true, false);
        upgradable.unlock();
        writing.lock();
        assertState(lock, true, true);
        writing.unlock();
        assertState(lock, false, false);
    }

    private static void assertState(RwLock lock, boolean locked, boolean writeLocked) {
        assertEquals(locked, lock.isLocked());
        assertEquals(writeLocked, lock.isWriteLocked());
    }

    @Test
    @DisplayName("Condvar: wait, wait_for, wait_until, wait_while*, notify_one, notify_all")
    void condvar() throws InterruptedException {
        Mutex mutex = new Mutex();
        condvarWith(mutex, mutex);
        FairMutex fairMutex = new FairMutex();
        condvarWith(fairMutex, fairMutex);
        ReentrantMutex reentrantMutex = new ReentrantMutex();
        condvarWith(reentrantMutex, reentrantMutex);
        RwLock rwLock = new RwLock();
        condvarWith(rwLock, rwLock.writeLock());
    }

    private static void condvarWith(CondvarLock key, Lock lock) throws InterruptedException {
        Condvar condvar = new Condvar();
        BooleanSupplier no = () -> false;
        BooleanSupplier yes = () -> true;
        lock.lock();
        boolean signalled = condvar.awaitFor(key, NEVER);
        assertFalse(signalled);
        assertFalse(condvar.awaitUntil(key, System.nanoTime()));
        condvar.awaitWhile(key, no);
        assertTrue(condvar.awaitWhileFor(key, no, SOON));
        assertFalse(condvar.awaitWhileFor(key, yes, SOON));
        assertTrue(condvar.awaitWhileUntil(key, no, soon()));
        assertFalse(condvar.awaitWhileUntil(key, yes, soon()));
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> condvar.await(key));
        lock.unlock();
        assertThrows(IllegalMonitorStateException.class, () -> condvar.await(key));
        assertThrows(IllegalMonitorStateException.class, () -> condvar.awaitUninterruptibly(key));
        boolean chosen = condvar.signal();
        int count = condvar.signalAll();
        assertFalse(chosen);
        assertEquals(0, count);
    }

    @Test
    @DisplayName("Once, OnceState, poisoning, call_once_force")
    void once() {
        Once once = new Once();
        assertSame(OnceState.NEW, once.state());
        Runnable failing = () -> {
            throw new IllegalArgumentException("on purpose");
        };
        IllegalArgumentException failure = assertThrows(IllegalArgumentException.class, () -> once.callOnce(failing));
        assertSame(OnceState.POISONED, once.state());
        assertSame(
                failure,
                assertThrows(IllegalStateException.class, () -> once.callOnce(action))
                        .getCause());
        Consumer<OnceState> forced = before -> {
            assertSame(OnceState.POISONED, before);
            assertSame(OnceState.IN_PROGRESS, once.state());
            assertThrows(IllegalStateException.class, () -> once.callOnce(action), "re-entry");
        };
        once.callOnceForce(forced);
        assertSame(OnceState.DONE, once.state());
        assertTrue(once.isDone());
        once.callOnce(action);
        assertEquals(0, runs);
    }

    @ParameterizedTest
    @ValueSource(
            classes = {Mutex.class, FairMutex.class, ReentrantMutex.class, RwLock.class, Condvar.class, Once.class})
    @DisplayName("classes are open, so that a lock can cost no object of its own, with final methods")
    void classesAreOpenWithFinalMethods(Class<?> type) {
        assertTrue(Modifier.isPublic(type.getModifiers()), "public");
        assertFalse(Modifier.isFinal(type.getModifiers()), "open");
        List<Method> methods = Arrays.stream(type.getMethods())
                .filter(method -> method.getDeclaringClass() != Object.class && !method.isSynthetic())
                .filter(method -> !method.getName().equals("toString"))
                .toList();
        assertFalse(methods.isEmpty(), "no methods found");
        assertAll(methods.stream()
                .map(method -> () -> assertTrue(Modifier.isFinal(method.getModifiers()), method.toString())));
    }
}
