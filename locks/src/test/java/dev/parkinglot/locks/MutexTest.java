package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.openjdk.jol.info.ClassLayout;

class MutexTest extends MutexContract {
    @Override
    MutualExclusionLock newMutex() {
        return new Mutex();
    }

    @Test
    void takesSixteenBytes() {
        assertEquals(16L, ClassLayout.parseClass(Mutex.class).instanceSize());
    }

    private static final class Account extends Mutex {
        long balance;
    }

    @Test
    void aSubclassIsItsOwnLock() {
        Account account = new Account();
        account.runLocked(() -> {
            account.balance += 10L;
        });
        assertEquals(10L, account.balance);
        assertEquals(
                16L + Long.BYTES,
                ClassLayout.parseClass(Account.class).instanceSize(),
                "a lock costs no object of its own");
        assertTrue(account.toString().contains("Account"));
    }
}
