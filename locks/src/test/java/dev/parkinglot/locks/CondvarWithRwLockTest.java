package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.TestThreads;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The same as of a Mutex, with a lock held for writing; and what readers have to do with it. */
@ParameterizedClass
@EnumSource(RwLockKind.class)
class CondvarWithRwLockTest extends CondvarContract {
    @Parameter
    private RwLockKind kind;

    private ReadersWriterLock rwLock;

    @Override
    ReadersWriterLock newMutex() {
        return kind.newLock();
    }

    @BeforeEach
    void nameMutex() {
        rwLock = (ReadersWriterLock) mutex;
    }

    @AfterEach
    void leaveTheLockIdle() {
        RwProbe.assertIdle(rwLock); // but perhaps biased, if readers have met
    }

    private Thread startWaiter(TestThreads threads, String name) {
        List<Thread> before = Probe.queueOf(condvar);
        Thread waiter = threads.start(name, () -> {
            rwLock.lockWrite();
            condvar.await(rwLock);
            assertTrue(rwLock.isWriteLocked());
            assertFalse(rwLock.tryLockRead(), "a reader beside the writer");
            order.add(0);
            rwLock.unlockWrite();
        });
        TestThreads.await("it waits", () -> Probe.queueOf(condvar).size() == before.size() + 1);
        TestThreads.await("it sleeps", () -> Probe.isAsleep(waiter));
        return waiter;
    }

    @SuppressWarnings("WaitNotInLoop") // single waits are what is refused
    private void assertRefused() {
        int state = rwLock.stateOpaque();
        Condition condition = rwLock.writeLock().newCondition();
        assertThrows(IllegalMonitorStateException.class, () -> condvar.await(rwLock));
        assertThrows(IllegalMonitorStateException.class, () -> condvar.awaitUninterruptibly(rwLock));
        assertThrows(IllegalMonitorStateException.class, () -> condvar.awaitFor(rwLock, Duration.ZERO));
        assertThrows(IllegalMonitorStateException.class, () -> condvar.awaitWhile(rwLock, () -> true));
        assertThrows(IllegalMonitorStateException.class, condition::await);
        assertThrows(IllegalMonitorStateException.class, condition::awaitUninterruptibly);
        assertThrows(IllegalMonitorStateException.class, () -> condition.await(0L, TimeUnit.SECONDS));
        assertThrows(IllegalMonitorStateException.class, condition::signal);
        assertThrows(IllegalMonitorStateException.class, condition::signalAll);
        assertEquals(state, rwLock.stateOpaque());
        assertEquals(List.of(), Probe.queueOf(condvar));
    }

    /** Fails in the middle of its first await, when it has released the lock and has been signalled. */
    private final class Failing extends RwLock {
        final Error failure = new Error("in the middle of await");
        private final Runnable beforeSignal;
        private boolean hasFailed;

        Failing(Runnable beforeSignal) {
            this.beforeSignal = beforeSignal;
        }

        @Override
        void releaseForAwait() {
            boolean fails = !hasFailed;
            hasFailed = true;
            super.releaseForAwait();
            if (fails) {
                beforeSignal.run();
                assertTrue(condvar.signal());
                throw failure;
            }
        }

        void awaitAndFail() {
            lockWrite();
            assertSame(failure, assertThrows(Error.class, () -> condvar.await(this)));
            assertTrue(isWriteLocked());
            unlockWrite();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFailureThatComesAfterTheSignalPassesItOnAndHoldsTheLock(boolean heldWhenSignalled, TestThreads threads) {
        AtomicReference<Failing> lock = new AtomicReference<>();
        lock.set(new Failing(() -> {
            TestThreads.await("both wait", () -> Probe.queueOf(condvar).size() == 2);
            if (heldWhenSignalled) {
                CountDownLatch held = new CountDownLatch(1);
                threads.start("holder", () -> {
                    lock.get().lockWrite();
                    held.countDown();
                    TestThreads.await(
                            "both were moved", () -> Probe.queueOf(condvar).isEmpty());
                    TestThreads.await(
                            "both wait for the lock",
                            () -> RwProbe.queueOf(lock.get(), 0L).size() == 2);
                    lock.get().unlockWrite();
                });
                TestThreads.await("the holder holds it", () -> held.getCount() == 0L);
            }
        }));
        Thread failing = threads.start("failing", () -> lock.get().awaitAndFail());
        TestThreads.await("it is queued", () -> Probe.queueOf(condvar).equals(List.of(failing)));
        threads.start("other", () -> {
            lock.get().lockWrite();
            condvar.await(lock.get());
            lock.get().unlockWrite();
        });
        threads.join();
        RwProbe.assertIdle(lock.get());
    }

    @Test
    void waitingWithTheLockClaimedByAWriterThatDrainsIsRefused(TestThreads threads) {
        rwLock.lockRead();
        Thread writer = threads.start("writer", () -> rwLock.runWrite(() -> {}));
        TestThreads.await(
                "it drains", () -> RwProbe.queueOf(rwLock, RwProbe.DRAIN).equals(List.of(writer)));
        assertRefused();
        rwLock.unlockRead();
    }

    @OnEachKind
    void theWaitLetsReadersIn(TestThreads threads) {
        rwLock.lockWrite();
        Thread reader = threads.start("reader", () -> {
            rwLock.lockRead();
            assertTrue(condvar.signal(), "the one that let us in waits");
            rwLock.unlockRead();
        });
        Probe.awaitQueue(rwLock, reader);
        condvar.awaitUninterruptibly(rwLock);
        assertTrue(rwLock.isWriteLocked());
        rwLock.unlockWrite();
    }

    @OnEachKind
    void readersThatComeBehindMovedThreadsGetInWhenThoseAreDone(TestThreads threads) {
        AtomicBoolean read = new AtomicBoolean();
        Thread first = startWaiter(threads, "first");
        Thread second = startWaiter(threads, "second");
        rwLock.lockWrite();
        assertEquals(2, condvar.signalAll());
        Thread reader = threads.start("reader", () -> {
            rwLock.lockRead();
            read.set(true);
            rwLock.unlockRead();
        });
        Probe.awaitQueue(rwLock, first, second, reader);
        rwLock.unlockWrite();
        threads.join();
        assertEquals(List.of(0, 0), order);
        assertTrue(read.get());
    }

    /**
     * Signals for all, in all states of the lock, with readers that come and go: each waiter returns exactly as
     * signalled.
     */
    @OnEachKind
    void signalAllWithReadersComingInBetweenForgetsNobody(TestThreads threads) {
        int waiters = 3;
        int turns = 300;
        int[] phase = new int[1]; // guarded by the lock
        AtomicInteger running = new AtomicInteger(waiters);
        threads.start(waiters, "waiter", () -> {
            for (int i = 1; i <= turns; i++) {
                int wanted = i;
                rwLock.lockWrite();
                condvar.awaitWhile(rwLock, () -> phase[0] < wanted);
                rwLock.unlockWrite();
            }
            running.decrementAndGet();
        });
        threads.start(2, "reader", () -> {
            while (running.get() > 0) {
                rwLock.lockRead();
                int before = phase[0];
                TestThreads.letOthersRun();
                assertEquals(before, phase[0], "a writer beside a reader");
                rwLock.unlockRead();
            }
        });
        for (int i = 1; i <= turns; i++) {
            if (i % 2 == 0) {
                rwLock.runWrite(() -> {
                    phase[0]++;
                    condvar.signalAll();
                });
            } else {
                rwLock.runWrite(() -> {
                    phase[0]++;
                });
                condvar.signalAll(); // readers may hold the lock, or nobody
            }
        }
        threads.join();
        assertEquals(turns, phase[0]);
    }

    @Test
    @SuppressWarnings("WaitNotInLoop") // a single wait is what is tested
    void aConditionOfTheWriteLockServesHoldsHoweverTheyWereTaken(TestThreads threads) {
        Condition condition = rwLock.writeLock().newCondition();
        boolean[] waiting = new boolean[1];
        Thread waiter = threads.start("waiter", () -> {
            rwLock.lockUpgradable();
            rwLock.upgrade();
            waiting[0] = true;
            condition.await();
            rwLock.downgrade();
            rwLock.unlockRead();
        });
        TestThreads.await("it waits", () -> rwLock.withRead(() -> waiting[0]));
        TestThreads.await("it sleeps", () -> Probe.isAsleep(waiter));
        rwLock.writeLock().lock();
        condition.signal();
        assertEquals(List.of(waiter), Probe.queueOf(rwLock));
        rwLock.writeLock().unlock();
    }

    @OnEachKind
    void aMovedThreadToWhomTheClaimIsHandedWaitsForTheReadersFirst(TestThreads threads) {
        Thread waiter = startWaiter(threads, "waiter");
        CountDownLatch over = new CountDownLatch(1);
        rwLock.lockWrite();
        RwProbe.startQueued(threads, rwLock, RwProbe.MAIN, "reader", () -> {
            rwLock.lockRead();
            over.await();
            rwLock.unlockRead();
        });
        assertTrue(condvar.signal());
        RwProbe.awaitQueued(rwLock, RwProbe.MAIN, waiter);
        rwLock.unlockWriteFair();
        assertFalse(rwLock.tryLockRead(), "a newcomer got in before the writer that was handed the claim");
        RwProbe.awaitQueue(rwLock, RwProbe.DRAIN, waiter);
        over.countDown();
    }

    /** Somebody signals who does not hold the lock; the readers who do are waited for. */
    @OnEachKind
    void aThreadThatIsSignalledWhileOthersReadDrainsThem(TestThreads threads) {
        Thread first = startWaiter(threads, "waiter");
        Thread second = startWaiter(threads, "waiter");
        rwLock.lockRead();
        rwLock.lockRead();
        assertEquals(2, condvar.signalAll());
        RwProbe.awaitQueue(rwLock, RwProbe.DRAIN, first);
        RwProbe.awaitQueue(rwLock, RwProbe.MAIN, second);
        rwLock.unlockRead();
        RwProbe.awaitQueue(rwLock, RwProbe.DRAIN, first); // one still reads
        rwLock.unlockRead();
    }

    @OnEachKind
    void aThreadThatIsSignalledUnderAnUpgradableHoldIsMovedAndWaitsForIt(TestThreads threads) {
        Thread waiter = startWaiter(threads, "waiter");
        rwLock.lockUpgradable();
        assertTrue(condvar.signal());
        RwProbe.awaitQueue(rwLock, RwProbe.MAIN, waiter);
        assertTrue(rwLock.tryLockRead(), "it keeps no reader out");
        rwLock.unlockRead();
        rwLock.unlockUpgradable();
    }

    @Test
    void aReadOrUpgradableHoldIsNotEnoughForACondvar(TestThreads threads) {
        for (RwKind kind : List.of(RwKind.READ, RwKind.UPGRADABLE)) {
            kind.lock(rwLock);
            threads.start("misuser", () -> {
                assertThrows(IllegalMonitorStateException.class, () -> condvar.await(rwLock));
                assertThrows(IllegalMonitorStateException.class, () -> condvar.awaitFor(rwLock, Duration.ZERO));
                assertThrows(IllegalMonitorStateException.class, () -> condvar.awaitUninterruptibly(rwLock));
                assertThrows(IllegalMonitorStateException.class, () -> condvar.awaitWhile(rwLock, () -> false));
            });
            threads.join();
            assertEquals(kind.hold, RwProbe.state(rwLock));
            kind.unlock(rwLock);
        }
    }
}
