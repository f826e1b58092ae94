package dev.parkinglot.examples.synchronizers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.core.IsolatedLot;
import dev.parkinglot.core.ParkingLot;
import dev.parkinglot.core.Patience;
import dev.parkinglot.parkers.ParkerBackend;
import dev.parkinglot.parkers.ParkerBackends;
import dev.parkinglot.parkers.ThreadParker;
import dev.parkinglot.parkers.UnparkHandle;
import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A thread that has been chosen fails on its way back from the lot: what it was woken for reaches somebody else. */
class WakeLostTest {
    private final Error injected = new OutOfMemoryError("injected");
    private final Thread failing = Thread.currentThread();
    private ThrowingRunnable wake;
    private final IsolatedLot lot = new IsolatedLot(
            thread -> thread == failing ? new FailingBackend() : ParkerBackends.forThread(thread),
            System::nanoTime,
            operation -> {});

    /** Makes parkers on which a thread is woken before it sleeps, and then fails. */
    private final class FailingBackend implements ParkerBackend {
        @Override
        public String name() {
            return "failing";
        }

        @Override
        public ThreadParker newParker(Object blocker) {
            return new FailingParker();
        }
    }

    private final class FailingParker implements ThreadParker {
        private boolean chosen;

        @Override
        public void preparePark() {}

        @Override
        public boolean timedOut() {
            return !chosen;
        }

        @Override
        public boolean park(boolean interruptible) {
            try {
                wake.run();
            } catch (Throwable e) {
                throw new AssertionError(e);
            }
            assertTrue(chosen, "the premise");
            throw injected;
        }

        @Override
        public boolean parkUntil(long deadlineNanos, boolean interruptible) {
            throw new AssertionError("waits once more, with a time limit");
        }

        @Override
        public UnparkHandle unparkLock() {
            chosen = true;
            return UnparkHandle.NONE;
        }

        @Override
        public UnparkHandle nudgeLock() {
            return UnparkHandle.NONE;
        }
    }

    @BeforeEach
    void enter() {
        lot.enter();
    }

    @AfterEach
    void leave() {
        lot.leave();
    }

    private void failsWhenWokenBy(ThrowingRunnable waker, ThrowingRunnable wait) {
        wake = waker;
        assertSame(injected, assertThrows(OutOfMemoryError.class, wait::run));
        wake = () -> {
            throw new AssertionError("must not wait again");
        };
    }

    @Test
    void passageOfATurnstileIsLeftForTheNext() throws InterruptedException {
        AutoResetEvent turnstile = new AutoResetEvent();
        failsWhenWokenBy(turnstile::set, () -> turnstile.await(Patience.ENDLESS));
        assertTrue(turnstile.await(Patience.ENDLESS));
    }

    @Test
    void permitOfALevelGoesBackToTheSemaphore() throws InterruptedException {
        PrioritySemaphore semaphore = new PrioritySemaphore(0);
        failsWhenWokenBy(semaphore::release, () -> semaphore.acquire(3, Patience.ENDLESS));
        assertTrue(semaphore.acquire(1, Patience.ENDLESS));
    }

    @Test
    void keyThatWasHandedOverIsUnlocked() throws InterruptedException {
        KeyLock<String> locks = new KeyLock<>();
        locks.lock("key", Patience.ENDLESS);
        failsWhenWokenBy(() -> locks.unlock("key"), () -> locks.lock("key", Patience.ENDLESS));
        assertTrue(locks.isEmpty());
    }

    /** Another thread waits in a queue behind this one when this one is woken, and is woken in its stead. */
    private void anotherIsWokenInstead(
            Object base, long offset, ThrowingRunnable wait, ThrowingRunnable waker, ThrowingRunnable use) {
        try (TestThreads threads = new TestThreads()) {
            failsWhenWokenBy(
                    () -> {
                        threads.start("other", () -> {
                            lot.enter();
                            try {
                                wait.run();
                                use.run();
                            } finally {
                                lot.leave();
                            }
                        });
                        TestThreads.await(
                                "both wait",
                                () -> ParkingLot.waiters(base, offset).size() == 2);
                        waker.run();
                    },
                    wait);
        }
    }

    @Test
    void anotherWriterIsWokenInstead() throws InterruptedException {
        PreferenceRwLock lock = new PreferenceRwLock(true);
        lock.lockWrite(Patience.ENDLESS);
        anotherIsWokenInstead(lock, 1L, () -> lock.lockWrite(Patience.ENDLESS), lock::unlockWrite, lock::unlockWrite);
        assertTrue(lock.lockWrite(Patience.ENDLESS));
    }

    @Test
    void anotherTakerIsWokenInstead() {
        BoundedMpmcQueue<String> queue = new BoundedMpmcQueue<>(2);
        anotherIsWokenInstead(
                queue,
                1L,
                () -> assertEquals("element", queue.take(Patience.ENDLESS)),
                () -> assertTrue(queue.offer("element")),
                () -> {});
    }
}
