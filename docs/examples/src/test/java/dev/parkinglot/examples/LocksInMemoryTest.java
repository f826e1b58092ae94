package dev.parkinglot.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.locks.BufferMutex;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class LocksInMemoryTest {
    private static final int THREADS = 4;
    private static final int EACH = 20_000;

    private static void runAll(Callable<?> body) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Callable<Object>> bodies = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                bodies.add(body::call);
            }
            for (Future<Object> result : threads.invokeAll(bodies)) {
                result.get();
            }
        } finally {
            threads.shutdown();
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
    void whoUsesOneKeyIsAlone() throws Exception {
        KeyedLocks<String> locks = new KeyedLocks<>(10);
        int[] counters = new int[10];
        runAll(() -> {
            for (int i = 0; i < EACH; i++) {
                int key = i % counters.length;
                locks.withLock("key " + key, () -> counters[key]++);
            }
            return null;
        });
        for (int counter : counters) {
            assertEquals(THREADS * EACH / counters.length, counter);
        }
        assertThrows(IndexOutOfBoundsException.class, () -> locks.withLock("one too many", () -> 0));
    }

    @Test
    void transfersKeepTheSum() throws Exception {
        AccountTable accounts = new AccountTable(new UnsafeBuffer(ByteBuffer.allocateDirect(8 * AccountTable.RECORD)));
        for (int account = 0; account < 8; account++) {
            accounts.deposit(account, 100L);
        }
        runAll(() -> {
            Random random = new Random(System.identityHashCode(Thread.currentThread()));
            for (int i = 0; i < EACH; i++) {
                accounts.transfer(random.nextInt(8), random.nextInt(8), random.nextInt(50));
            }
            return null;
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
