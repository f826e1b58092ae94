package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.TestThreads;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@link LockField} adds to {@link Mutex}, whose suite runs with it too. */
@Concurrent
class LockFieldTest {
    private static final class Words {
        @SuppressWarnings("unused") // through INT
        private int intWord;

        @SuppressWarnings("unused") // through LONG
        private long longWord;

        private int counter; // guarded by the lock under test
    }

    private static final VarHandle INT;
    private static final VarHandle LONG;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            INT = lookup.findVarHandle(Words.class, "intWord", int.class);
            LONG = lookup.findVarHandle(Words.class, "longWord", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** A field with a lock in it: the lowest bits and the highest ones, of both types, adjacent and far apart. */
    private record Layout(LockField lock, VarHandle field, long locked, long parked) {
        static Layout of(VarHandle field, int locked, int parked) {
            return new Layout(LockField.of(field, 1L << locked | 1L << parked), field, 1L << locked, 1L << parked);
        }

        long word(Words words) {
            return field == INT ? Integer.toUnsignedLong((int) INT.getVolatile(words)) : (long) LONG.getVolatile(words);
        }

        void setWord(Words words, long value) {
            if (field == INT) {
                INT.setVolatile(words, (int) value);
            } else {
                LONG.setVolatile(words, value);
            }
        }
    }

    static List<Layout> layouts() {
        return List.of(
                Layout.of(INT, 0, 1),
                Layout.of(INT, 15, 31),
                Layout.of(INT, 30, 31),
                Layout.of(LONG, 0, 63),
                Layout.of(LONG, 31, 32),
                Layout.of(LONG, 62, 63));
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void theBitsAreThoseOfTheMaskAndTheOthersAreLeftAlone(Layout layout, TestThreads threads) {
        long all = layout.field == INT ? 0xFFFF_FFFFL : -1L;
        for (long others : new long[] {0L, all, 0x5555_5555_5555_5555L & all, 0xAAAA_AAAA_AAAA_AAAAL & all}) {
            long free = others & ~(layout.locked | layout.parked);
            Words words = new Words();
            layout.setWord(words, free);
            LockField lock = layout.lock;
            assertFalse(lock.isLocked(words));
            assertThrows(IllegalMonitorStateException.class, () -> lock.unlock(words));
            assertEquals(free, layout.word(words));
            lock.lock(words);
            assertTrue(lock.isLocked(words));
            assertFalse(lock.tryLock(words));
            assertEquals(free | layout.locked, layout.word(words));
            Thread waiter = threads.start("waiter", () -> {
                lock.lock(words);
                lock.unlock(words);
            });
            TestThreads.await("it waits", () -> TestThreads.isAsleep(waiter));
            assertEquals(free | layout.locked | layout.parked, layout.word(words));
            lock.unlock(words);
            threads.join();
            assertEquals(free, layout.word(words));
            assertTrue(lock.tryLock(words));
            lock.mutex(words).unlock();
            assertEquals(free, layout.word(words));
        }
    }

    /** Upstream's example: a reference count that changes while others hold the lock beside it. */
    @Test
    void theOtherBitsMayChangeAtAnyTime(TestThreads threads) {
        LockField lock = LockField.of(INT, 0b11);
        int one = 0b100;
        int each = 5_000;
        Words words = new Words();
        threads.start(2, "counts references", () -> {
            for (int i = 0; i < each; i++) {
                INT.getAndAdd(words, 2 * one);
                INT.getAndAdd(words, -one);
            }
        });
        threads.start(4, "holds the lock", () -> {
            for (int i = 0; i < each; i++) {
                lock.lock(words);
                words.counter++;
                if (i % 8 == 0) {
                    INT.getAndAdd(words, one);
                }
                lock.unlock(words);
            }
        });
        threads.join();
        assertEquals(4 * each, words.counter);
        assertEquals(
                (2 * each + 4 * each / 8) * one, (int) INT.getVolatile(words), "the count, and a free, unmarked lock");
    }

    /** One wake at a time, although no bit says that a woken thread is on its way. */
    @Test
    void anUnlockDoesNotWakeASecondThreadWhileOneIsOnItsWay(TestThreads threads) {
        LockField lock = LockField.of(INT, 0b11);
        Words words = new Words();
        MutualExclusionLock view = lock.mutex(words);
        lock.lock(words);
        Probe.queueUp(threads, view, 2, i -> () -> {
            lock.lock(words);
            words.counter++;
            lock.unlock(words);
        });
        view.unparkOne(view, CondvarLock.QUEUE, (context, parkToken, result) -> {
            view.changeFlags(MutexProtocol.WOKEN, 0); // as an unlock does that wakes the first
            return CondvarLock.RETRY;
        });
        // Until it arrives, an unlock sees no reason to visit the queue. It arrives soon: the lock is held, so it
        // parks again.
        TestThreads.await(
                "the first is back in the queue", () -> Probe.queueOf(view).size() == 2);
        assertTrue(Probe.isMarkedParked(view), "it marks the lock for itself and for the other");
        lock.unlock(words);
        threads.join();
        assertEquals(2, words.counter);
        Probe.assertIdle(view);
    }

    @Test
    void aGuardDoesNotEndALaterHoldOfItsViewThatWasHandedOver(TestThreads threads) {
        Checks.assumeThatAnyThreadMayUnlock();
        LockField lock = LockField.of(INT, 0b11);
        Words words = new Words();
        MutualExclusionLock view = lock.mutex(words);
        MutualExclusionLock another = lock.mutex(words);
        MutexGuard guard = view.guard();
        view.unlock();
        another.lock();
        Probe.awaitQueue(view, threads.start("waiter", view::lock));
        another.unlockFair();
        threads.join();
        guard.close();
        assertTrue(lock.isLocked(words), "the waiter's hold");
        lock.unlock(words);
    }

    @Test
    void twoLocksOfOneObjectDoNotKnowEachOther(TestThreads threads) {
        LockField first = LockField.of(INT, 0b11);
        LockField second = LockField.of(INT, 0b1100);
        LockField third = LockField.of(LONG, 0b11);
        Words words = new Words();
        for (LockField lock : List.of(first, second, third)) {
            assertTrue(lock.tryLock(words));
            Probe.awaitQueue(lock.mutex(words), threads.start("waiter", () -> {
                lock.lock(words);
                lock.unlock(words);
            }));
        }
        for (LockField lock : List.of(third, first, second)) {
            assertEquals(1, Probe.queueOf(lock.mutex(words)).size());
            lock.unlock(words);
            TestThreads.await("its waiter has gone", () -> !lock.isLocked(words));
        }
        threads.join();
        assertEquals(0, words.intWord);
        assertEquals(0L, words.longWord);
    }

    /** A lock that is itself an object has keys of its own; a field in it is another lock. */
    @Test
    void theLockOfAFieldIsNotTheLockThatItsObjectIs(TestThreads threads) throws ReflectiveOperationException {
        final class Account extends Mutex {
            @SuppressWarnings("unused") // through the handle
            int word;
        }
        LockField lock = LockField.of(MethodHandles.lookup().findVarHandle(Account.class, "word", int.class), 0b11);
        Account account = new Account();
        account.lock();
        lock.lock(account);
        Thread waiter = threads.start("waiter", () -> {
            lock.lock(account);
            lock.unlock(account);
        });
        Probe.awaitQueue(lock.mutex(account), waiter);
        assertEquals(List.of(), Probe.queueOf(account));
        account.unlock();
        assertEquals(List.of(waiter), Probe.queueOf(lock.mutex(account)));
        lock.unlock(account);
    }

    @Test
    void whatIsNoLockFieldIsRefused() throws ReflectiveOperationException {
        VarHandle array = MethodHandles.arrayElementVarHandle(int[].class);
        VarHandle reference = MethodHandles.lookup().findStaticVarHandle(LockFieldTest.class, "INT", VarHandle.class);
        for (long mask : new long[] {0L, 1L, 0b111L, 1L << 40 | 1L, -1L}) {
            assertThrows(IllegalArgumentException.class, () -> LockField.of(INT, mask), () -> "mask " + mask);
        }
        assertThrows(IllegalArgumentException.class, () -> LockField.of(array, 0b11));
        assertThrows(IllegalArgumentException.class, () -> LockField.of(reference, 0b11));
        assertThrows(IllegalArgumentException.class, () -> new LockField(FieldWord.of(INT), 0b11, 0L));
        assertThrows(NullPointerException.class, () -> new LockField(null, 0b11, -1L));
        assertThrows(NullPointerException.class, () -> LockField.of(null, 0b11));
        LockField lock = LockField.of(INT, 0b11);
        assertThrows(NullPointerException.class, () -> lock.lock(null));
        assertThrows(ClassCastException.class, () -> lock.lock("of another class"));
        assertThrows(NullPointerException.class, () -> lock.mutex(null));
    }
}
