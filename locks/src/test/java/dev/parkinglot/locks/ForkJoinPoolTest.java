package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.parkinglot.testing.Delays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is waited for in a pool may be a task of that very pool. */
class ForkJoinPoolTest {
    static Stream<WaitingKind> kinds() {
        return Stream.of(WaitingKind.values()).filter(WaitingKind::hasConditions);
    }

    /**
     * A pool of one thread, which waits, has another thread run the task that signals; as with the JDK's conditions.
     */
    @ParameterizedTest
    @MethodSource("kinds")
    void aWaitForAConditionDoesNotStarveThePool(WaitingKind kind) throws Exception {
        Lock lock = kind.newPair().lock();
        Condition condition = lock.newCondition();
        AtomicBoolean signalled = new AtomicBoolean();
        CountDownLatch locked = new CountDownLatch(1);
        ForkJoinPool pool = new ForkJoinPool(1);
        try {
            Future<?> waiter = pool.submit(() -> {
                lock.lock();
                try {
                    locked.countDown();
                    while (!signalled.get()) {
                        condition.awaitUninterruptibly();
                    }
                } finally {
                    lock.unlock();
                }
            });
            locked.await();
            Future<?> signaller = pool.submit(() -> {
                lock.lock();
                try {
                    signalled.set(true);
                    condition.signalAll();
                } finally {
                    lock.unlock();
                }
            });
            signaller.get(Delays.LONG_DELAY.toNanos(), TimeUnit.NANOSECONDS);
            waiter.get(Delays.LONG_DELAY.toNanos(), TimeUnit.NANOSECONDS);
            assertEquals(true, signalled.get());
        } finally {
            pool.shutdownNow();
        }
    }
}
