package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.Delays;
import dev.parkinglot.testing.TestThreads;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A readers-writer lock to be tested, threads that queue for it, and that it is free in the end. */
@ParameterizedClass
@EnumSource(RwLockKind.class)
@ExtendWith(Threads.class)
abstract class RwLockFixture {
    @Parameter
    private RwLockKind kind;

    ReadersWriterLock lock;

    @BeforeEach
    void makeLock() {
        lock = kind.newLock();
    }

    @AfterEach
    void leaveNothingBehind() {
        assertFalse(Thread.interrupted(), "the test thread's interrupt flag");
        RwProbe.assertIdle(lock);
        assertTrue(lock.tryLockWrite(), "a plain write lock succeeds");
        lock.unlockWrite();
    }

    static void await(CountDownLatch latch) throws InterruptedException {
        assertTrue(latch.await(Delays.LONG_DELAY.toNanos(), TimeUnit.NANOSECONDS));
    }

    /** Starts a thread that is queued, reads, and leaves. */
    final Thread startReader(TestThreads threads, String name) {
        return RwProbe.startQueued(threads, lock, RwProbe.MAIN, name, () -> lock.runRead(() -> {}));
    }

    /** Starts a thread that is queued, writes, and leaves. */
    final Thread startWriter(TestThreads threads, String name) {
        return RwProbe.startQueued(threads, lock, RwProbe.MAIN, name, () -> lock.runWrite(() -> {}));
    }
}
