package dev.parkinglot.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.locks.BufferMutex;
import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThrowingRunnable;
import java.nio.ByteBuffer;
import java.util.Random;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class LocksInMemoryTest {
    private static final int THREADS = 4;
    private static final int EACH = 20_000;

    private static void runAll(ThrowingRunnable body) {
        try (TestThreads threads = new TestThreads()) {
            threads.start(THREADS, "user", body);
        }
    }

    /**
     * With striped locks, a thread that holds the locks of all keys would long have met a stripe that it holds already.
     */
    @Test
    void differentKeysHaveDifferentLocks() {
        KeyedLocks<Integer> locks = new KeyedLocks<>(1_000);
        assertEquals(1_000, holdAllFrom(0, locks));
    }

    private static int holdAllFrom(int key, KeyedLocks<Integer> locks) {
        return key == 1_000 ? key : locks.withLock(key, () -> holdAllFrom(key + 1, locks));
    }

    @Test
    void whoUsesOneKeyIsAlone() {
        KeyedLocks<String> locks = new KeyedLocks<>(10);
        int[] counters = new int[10];
        runAll(() -> {
            for (int i = 0; i < EACH; i++) {
                int key = i % counters.length;
                locks.withLock("key " + key, () -> counters[key]++);
            }
        });
        for (int counter : counters) {
            assertEquals(THREADS * EACH / counters.length, counter);
        }
        assertThrows(IndexOutOfBoundsException.class, () -> locks.withLock("one too many", () -> 0));
    }

    @Test
    void transfersKeepTheSum() {
        AccountTable accounts = new AccountTable(new UnsafeBuffer(ByteBuffer.allocateDirect(8 * AccountTable.RECORD)));
        for (int account = 0; account < 8; account++) {
            accounts.deposit(account, 100L);
        }
        runAll(() -> {
            Random random = new Random(System.identityHashCode(Thread.currentThread()));
            for (int i = 0; i < EACH; i++) {
                accounts.transfer(random.nextInt(8), random.nextInt(8), random.nextInt(50));
            }
        });
        long sum = 0L;
        for (int account = 0; account < 8; account++) {
            assertTrue(accounts.balance(account) >= 0L);
            sum += accounts.balance(account);
        }
        assertEquals(800L, sum);
        assertFalse(accounts.transfer(0, 1, 801L));
    }

    @Test
    void aResetFreesTheLocksAndKeepsTheBalances() {
        AtomicBuffer memory = new UnsafeBuffer(new byte[2 * AccountTable.RECORD]);
        AccountTable accounts = new AccountTable(memory);
        accounts.deposit(1, 5L);
        BufferMutex.lock(memory, AccountTable.RECORD); // by a process that then ends
        accounts.reset();
        accounts.deposit(1, 5L);
        assertEquals(10L, accounts.balance(1));
    }
}
