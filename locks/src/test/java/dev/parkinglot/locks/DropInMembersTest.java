package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.TestThreads;
import java.lang.ref.WeakReference;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.openjdk.jol.info.ClassLayout;
import org.openjdk.jol.info.GraphLayout;

/** What makes the classes drop-ins beyond their behaviour: members and size; and what they promise beyond the JDK's. */
@SuppressWarnings("WaitNotInLoop") // a single wait is what is tested
@Concurrent
class DropInMembersTest {
    static Stream<Arguments> pairs() {
        return Stream.of(
                Arguments.of(java.util.concurrent.locks.ReentrantLock.class, ReentrantLock.class),
                Arguments.of(java.util.concurrent.locks.ReentrantReadWriteLock.class, ReentrantReadWriteLock.class),
                Arguments.of(
                        java.util.concurrent.locks.ReentrantReadWriteLock.ReadLock.class,
                        ReentrantReadWriteLock.ReadLock.class),
                Arguments.of(
                        java.util.concurrent.locks.ReentrantReadWriteLock.WriteLock.class,
                        ReentrantReadWriteLock.WriteLock.class));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void theVisibleMembersAreExactlyThoseOfTheJdk(Class<?> jdk, Class<?> ours) {
        assertEquals(declared(jdk), declared(ours));
        assertEquals(inherited(jdk), inherited(ours), "with those of superclasses");
        assertEquals(
                Set.of(jdk.getInterfaces()), Set.of(ours.getInterfaces()), "interfaces, java.io.Serializable included");
        assertEquals(jdk.getModifiers(), ours.getModifiers());
    }

    private static Set<String> declared(Class<?> type) {
        Set<String> members = new TreeSet<>();
        for (Method method : type.getDeclaredMethods()) {
            if (isVisible(method.getModifiers())) {
                members.add(describe(method));
            }
        }
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            if (isVisible(constructor.getModifiers())) {
                members.add(constructor.getModifiers() + " " + names(constructor.getParameterTypes()));
            }
        }
        return members;
    }

    private static Set<String> inherited(Class<?> type) {
        Set<String> members = new TreeSet<>();
        for (Class<?> c = type; c != Object.class; c = c.getSuperclass()) {
            for (Method method : c.getDeclaredMethods()) {
                if (isVisible(method.getModifiers())) {
                    members.add(describe(method));
                }
            }
            for (java.lang.reflect.Field field : c.getDeclaredFields()) {
                if (isVisible(field.getModifiers())) {
                    members.add(field.getName());
                }
            }
        }
        return members;
    }

    private static boolean isVisible(int modifiers) {
        return (modifiers & (Modifier.PUBLIC | Modifier.PROTECTED)) != 0;
    }

    private static String describe(Method method) {
        return Modifier.toString(method.getModifiers() & ~Modifier.SYNCHRONIZED) + " "
                + method.getReturnType().getSimpleName() + " " + method.getName()
                + names(method.getParameterTypes()) + " throws " + names(method.getExceptionTypes());
    }

    private static String names(Class<?>[] types) {
        return Arrays.stream(types).map(Class::getSimpleName).collect(Collectors.joining(", ", "(", ")"));
    }

    @Test
    void aNewLockHasAtMostHalfTheBytesOfTheJdks() {
        assertEquals(24, ClassLayout.parseClass(ReentrantLock.class).instanceSize());
        assertEquals(24, bytes(new ReentrantLock(true)));
        assertTrue(2 * 24 <= bytes(new java.util.concurrent.locks.ReentrantLock()));
        assertEquals(48, bytes(new ReentrantReadWriteLock()));
        assertTrue(2 * 48 <= bytes(new java.util.concurrent.locks.ReentrantReadWriteLock()));
    }

    @Test
    void aReadWriteLockGrowsByItsTwoSidesWhenTheyAreAskedFor() {
        ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
        lock.readLock().lock();
        lock.readLock().unlock();
        lock.writeLock().lock();
        lock.writeLock().unlock();
        assertEquals(80, bytes(lock));
    }

    private static long bytes(Object lock) {
        return GraphLayout.parseInstance(lock).totalSize();
    }

    @Test
    void theBlockerIsTheLockOrTheConditionItself(TestThreads threads) {
        ReentrantLock lock = new ReentrantLock();
        Condition condition = lock.newCondition();
        ReentrantReadWriteLock rwLock = new ReentrantReadWriteLock();
        lock.lock();
        rwLock.writeLock().lock();
        Thread locker = threads.start("locker", () -> {
            lock.lock();
            condition.await();
            lock.unlock();
        });
        Thread reader = threads.start("reader", () -> {
            rwLock.readLock().lock();
            rwLock.readLock().unlock();
        });
        TestThreads.await("the lock is named", () -> Blockers.isBlocker(locker, lock));
        TestThreads.await("the read-write lock is named", () -> Blockers.isBlocker(reader, rwLock));
        lock.unlock();
        rwLock.writeLock().unlock();
        TestThreads.await("the condition is named", () -> LockSupport.getBlocker(locker) == condition);
        lock.lock();
        condition.signal();
        lock.unlock();
        threads.join();
        assertFalse(lock.isLocked());
    }

    @Test
    void aCondvarWaitsWithADropInAsWithOurOtherLocks(TestThreads threads) throws InterruptedException {
        ReentrantLock lock = new ReentrantLock();
        Condvar condvar = new Condvar();
        boolean[] ready = new boolean[1];
        threads.start("waiter", () -> {
            lock.lock();
            condvar.awaitWhile(lock, () -> !ready[0]);
            lock.unlock();
        });
        lock.lock();
        ready[0] = true;
        condvar.signal();
        lock.unlock();
        threads.join();
        assertFalse(lock.isLocked());
    }

    @Test
    void aReaderThatEndsWithoutUnlockingIsNotKeptAlive() {
        Checks.assumeThatAHoldKeepsNothingAlive();
        ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
        WeakReference<Thread> first = new WeakReference<>(endReading(lock));
        WeakReference<Thread> second = new WeakReference<>(endReading(lock));
        TestThreads.await("both are collected", () -> {
            System.gc();
            return first.get() == null && second.get() == null;
        });
        assertEquals(2, lock.getReadLockCount());
    }

    private static Thread endReading(ReentrantReadWriteLock lock) {
        Thread thread = new Thread(() -> lock.readLock().lock());
        thread.start();
        TestThreads.join(thread);
        return thread;
    }

    @Test
    void aWriterMakesTheLockForgetTheTableOfACrowdOfReaders(TestThreads threads) {
        ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
        java.util.concurrent.CountDownLatch in = new java.util.concurrent.CountDownLatch(100);
        threads.start(100, "reader", () -> {
            lock.readLock().lock();
            in.countDown();
            in.await();
            lock.readLock().unlock();
        });
        threads.join();
        assertTrue(bytes(lock) > 1_000);
        lock.writeLock().lock();
        lock.writeLock().unlock();
        assertEquals(80, bytes(lock));
    }

    @Test
    void aSubclassCanOverrideEveryMethodThatItCanOverrideInTheJdk() {
        int[] calls = new int[1];
        ReentrantLock counting = new ReentrantLock() {
            private static final long serialVersionUID = 1L;

            @Override
            public void lock() {
                calls[0]++;
                super.lock();
            }

            @Override
            public void unlock() {
                calls[0]++;
                super.unlock();
            }

            @Override
            protected Thread getOwner() {
                calls[0]++;
                return super.getOwner();
            }
        };
        counting.lock();
        counting.unlock();
        assertEquals(2, calls[0]);
        assertNull(counting.getOwner());
        assertSame(3, calls[0]);
    }
}
