package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.openjdk.jol.info.ClassLayout;

/** What any mutex can; for what futures do, see {@link LockFutureTest}. */
@ParameterizedClass
@EnumSource(MutexKind.class)
class MutexTest extends MutexContract {
    @Parameter
    private MutexKind kind;

    @Override
    MutualExclusionLock newMutex() {
        return kind.newMutex();
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
