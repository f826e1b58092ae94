package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.parkinglot.testing.TestThreads;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openjdk.jol.info.ClassLayout;

/** {@link Once}, sentence by sentence of its Javadoc, and upstream's tests in our words. */
@Concurrent
class OnceTest {
    private final Once once = new Once();

    /** What the action did: plain, so that only the once orders it. */
    private int effect;

    private static final class Failure extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Failure(String message) {
            super(message);
        }
    }

    @AfterEach
    void leaveNobodyBehind() {
        assertEquals(List.of(), Probe.queueOf(once));
        assertNotEquals(OnceState.IN_PROGRESS, once.state());
    }

    private void assertState(OnceState expected) {
        assertEquals(expected, once.state());
        assertEquals(expected == OnceState.DONE, once.isDone());
    }

    private static Runnable failing(Throwable failure) {
        return () -> throwUnchecked(failure);
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // throws anything, as only other languages can
    private static <T extends Throwable> void throwUnchecked(Throwable failure) throws T {
        throw (T) failure;
    }

    private static void never() {
        fail("the action was run");
    }

    private Failure poison() {
        Failure failure = new Failure("on purpose");
        Probe.assertThrowsSame(failure, () -> once.callOnce(failing(failure)));
        assertState(OnceState.POISONED);
        return failure;
    }

    /** Holds up an action that runs on another thread. */
    private static final class Barrier {
        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch open = new CountDownLatch(1);

        /** In the action. */
        void pass() {
            reached.countDown();
            try {
                open.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        void awaitReached() {
            TestThreads.await("the action runs", () -> reached.getCount() == 0L);
        }

        void open() {
            open.countDown();
        }
    }

    private void assertPoisonedBy(Throwable failure) {
        IllegalStateException refusal = assertThrows(IllegalStateException.class, () -> once.callOnce(OnceTest::never));
        assertSame(failure, refusal.getCause());
        assertState(OnceState.POISONED);
    }

    @Test
    void theActionRunsOnceHoweverOftenItIsCalled() {
        assertState(OnceState.NEW);
        once.callOnce(() -> effect++);
        assertEquals(1, effect);
        assertState(OnceState.DONE);
        once.callOnce(() -> effect++);
        once.callOnce(OnceTest::never);
        once.callOnceForce(before -> never());
        assertEquals(1, effect);
        assertState(OnceState.DONE);
    }

    @OnEachKind
    void inAStampedeTheActionRunsOnceAndEverybodySeesItsEffect(TestThreads threads) {
        for (int round = 0; round < 200; round++) {
            Once contended = new Once();
            int[] runs = new int[1]; // plain
            CountDownLatch start = new CountDownLatch(1);
            threads.start(4, "caller", () -> {
                start.await();
                contended.callOnce(() -> runs[0]++);
                assertEquals(1, runs[0]);
                assertTrue(contended.isDone());
            });
            start.countDown();
            contended.callOnce(() -> runs[0]++);
            assertEquals(1, runs[0]);
            threads.join();
        }
    }

    @OnEachKind
    void othersWaitUntilTheActionIsDoneAndSeeItsEffect(TestThreads threads) {
        Barrier barrier = new Barrier();
        threads.start(
                "runner",
                () -> once.callOnce(() -> {
                    barrier.pass();
                    effect = 1;
                }));
        barrier.awaitReached();
        assertState(OnceState.IN_PROGRESS);
        Probe.queueUp(threads, once, 4, i -> () -> {
            if (i % 2 == 0) {
                once.callOnce(OnceTest::never);
            } else {
                once.callOnceForce(before -> never());
            }
            assertEquals(1, effect);
            assertState(OnceState.DONE);
        });
        assertState(OnceState.IN_PROGRESS);
        barrier.open();
        threads.join();
        assertState(OnceState.DONE);
    }

    @Test
    void theBlockerOfAWaiterIsTheOnce(TestThreads threads) {
        Barrier barrier = new Barrier();
        threads.start("runner", () -> once.callOnce(barrier::pass));
        barrier.awaitReached();
        Thread waiter = threads.start("waiter", () -> once.callOnce(OnceTest::never));
        TestThreads.await("the blocker", () -> Blockers.isBlocker(waiter, once));
        barrier.open();
    }

    @Test
    void anActionMustBeGivenAlsoWhenDone() {
        for (int i = 0; i < 2; i++) {
            assertThrows(NullPointerException.class, () -> once.callOnce(null));
            assertThrows(NullPointerException.class, () -> once.callOnceForce(null));
            assertState(i == 0 ? OnceState.NEW : OnceState.DONE);
            once.callOnce(() -> {});
        }
    }

    // ---- poison

    @Test
    void aPoisonedOnceKeepsNothingOfTheThreadThatFailed() throws InterruptedException {
        WeakReference<Thread> failed = threadThatPoisons();
        TestThreads.await("the thread is garbage", () -> {
            System.gc();
            return failed.refersTo(null);
        });
        assertState(OnceState.POISONED);
    }

    private WeakReference<Thread> threadThatPoisons() throws InterruptedException {
        Thread thread = new Thread(this::poison);
        thread.start();
        thread.join();
        return new WeakReference<>(thread);
    }

    @Test
    void errorsAndCheckedExceptionsPoisonToo() {
        for (Throwable failure : List.of(
                new OutOfMemoryError("on purpose"),
                new StackOverflowError("on purpose"),
                new AssertionError("on purpose"),
                new Exception("on purpose"))) {
            Once poisoned = new Once();
            Probe.assertThrowsSame(failure, () -> poisoned.callOnce(failing(failure)));
            assertEquals(OnceState.POISONED, poisoned.state());
            assertSame(
                    failure,
                    assertThrows(IllegalStateException.class, () -> poisoned.callOnce(OnceTest::never))
                            .getCause());
            poisoned.callOnceForce(before -> assertEquals(OnceState.POISONED, before));
            assertTrue(poisoned.isDone());
        }
    }

    /** Starts a thread whose action has begun when this returns, and fails when the barrier is opened. */
    private Barrier startFailing(TestThreads threads, Failure failure) {
        Barrier barrier = new Barrier();
        Runnable action = () -> {
            barrier.pass();
            throw failure;
        };
        threads.start("runner", () -> Probe.assertThrowsSame(failure, () -> once.callOnce(action)));
        barrier.awaitReached();
        return barrier;
    }

    @OnEachKind
    void thoseWhoWereWaitingLearnOfTheFailure(TestThreads threads) {
        Failure failure = new Failure("on purpose");
        Barrier barrier = startFailing(threads, failure);
        Probe.queueUp(threads, once, 3, i -> () -> assertPoisonedBy(failure));
        barrier.open();
        threads.join();
        assertPoisonedBy(failure);
    }

    // ---- force

    @Test
    void forceIsToldThatTheOnceIsNew() {
        List<OnceState> told = new ArrayList<>();
        once.callOnceForce(told::add);
        assertEquals(List.of(OnceState.NEW), told);
        assertState(OnceState.DONE);
    }

    @Test
    void forceIsToldOfThePoisonAndItsSuccessClearsIt() {
        poison();
        List<OnceState> told = new ArrayList<>();
        once.callOnceForce(before -> {
            told.add(before);
            assertState(OnceState.IN_PROGRESS);
        });
        assertEquals(List.of(OnceState.POISONED), told);
        assertState(OnceState.DONE);
        once.callOnce(OnceTest::never);
        once.callOnceForce(before -> never());
    }

    @Test
    void aForcedActionThatFailsLeavesThePoisonOfTheFirst() {
        Failure first = poison();
        for (int i = 0; i < 2; i++) {
            Failure second = new Failure("on purpose too");
            Consumer<OnceState> action = before -> {
                assertEquals(OnceState.POISONED, before);
                throw second;
            };
            Probe.assertThrowsSame(second, () -> once.callOnceForce(action));
            assertPoisonedBy(first);
        }
    }

    @Test
    void aForcedActionOnANewOnceThatFailsPoisons() {
        Failure failure = new Failure("on purpose");
        Consumer<OnceState> action = before -> {
            throw failure;
        };
        Probe.assertThrowsSame(failure, () -> once.callOnceForce(action));
        assertPoisonedBy(failure);
    }

    @OnEachKind
    void whoComesDuringAForcedActionWaitsForItInsteadOfThrowing(TestThreads threads) {
        poison();
        Barrier barrier = new Barrier();
        threads.start(
                "forcing",
                () -> once.callOnceForce(before -> {
                    barrier.pass();
                    effect = 1;
                }));
        barrier.awaitReached();
        assertState(OnceState.IN_PROGRESS);
        Probe.queueUp(threads, once, 2, i -> () -> {
            once.callOnce(OnceTest::never);
            assertEquals(1, effect);
        });
        barrier.open();
    }

    @OnEachKind
    void ofThoseWhoWaitToForceOneTriesAgainAfterAFailure(TestThreads threads) {
        AtomicInteger runs = new AtomicInteger();
        Barrier barrier = startFailing(threads, new Failure("on purpose"));
        Probe.queueUp(threads, once, 3, i -> () -> {
            once.callOnceForce(before -> {
                assertEquals(OnceState.POISONED, before);
                runs.incrementAndGet();
            });
            assertState(OnceState.DONE);
        });
        barrier.open();
        threads.join();
        assertEquals(1, runs.get());
    }

    // ---- re-entry

    private void assertReentryIsRefused() {
        for (int i = 0; i < 2; i++) {
            IllegalStateException refusal =
                    assertThrows(IllegalStateException.class, () -> once.callOnce(OnceTest::never));
            assertSame(null, refusal.getCause(), "that is not poison");
            assertThrows(IllegalStateException.class, () -> once.callOnceForce(before -> never()));
            assertState(OnceState.IN_PROGRESS);
        }
    }

    @Test
    void anActionThatCallsItsOwnOnceIsRefusedAndCanGoOn() {
        once.callOnce(() -> {
            assertReentryIsRefused();
            effect = 1;
        });
        assertEquals(1, effect);
        assertState(OnceState.DONE);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void soIsAForcedActionWhetherNewOrPoisoned(boolean poisoned) {
        if (poisoned) {
            poison();
        }
        once.callOnceForce(before -> assertReentryIsRefused());
        assertState(OnceState.DONE);
    }

    @Test
    void aRefusedReentryThatTheActionDoesNotCatchPoisonsLikeAnyFailure() {
        IllegalStateException refusal =
                assertThrows(IllegalStateException.class, () -> once.callOnce(() -> once.callOnce(OnceTest::never)));
        assertPoisonedBy(refusal);
    }

    @Test
    void anActionMayCallAnotherOnce() {
        Once other = new Once();
        once.callOnce(() -> {
            other.callOnce(() -> effect = 1);
            assertTrue(other.isDone());
        });
        assertEquals(1, effect);
    }

    @OnEachKind
    void theThreadOfAFailedAttemptWaitsForTheNextLikeAnybody(TestThreads threads) {
        CountDownLatch poisoned = new CountDownLatch(1);
        Barrier barrier = new Barrier();
        Thread failed = threads.start("failed", () -> {
            poison();
            poisoned.countDown();
            barrier.awaitReached();
            once.callOnce(OnceTest::never);
            assertEquals(1, effect);
        });
        threads.start("forcing", () -> {
            poisoned.await();
            once.callOnceForce(before -> {
                barrier.pass();
                effect = 1;
            });
        });
        Probe.awaitQueue(once, failed);
        barrier.open();
    }

    @OnEachKind
    void anInterruptDoesNotEndTheWaitAndStaysPending(TestThreads threads) {
        for (boolean pendingBefore : new boolean[] {true, false}) {
            Once interrupted = new Once();
            Barrier barrier = new Barrier();
            threads.start("runner", () -> interrupted.callOnce(barrier::pass));
            barrier.awaitReached();
            Thread waiter = threads.start("waiter", () -> {
                if (pendingBefore) {
                    Thread.currentThread().interrupt();
                }
                interrupted.callOnce(OnceTest::never);
                assertTrue(interrupted.isDone(), "the interrupt ended the wait");
                assertTrue(Thread.currentThread().isInterrupted(), "the interrupt was swallowed");
            });
            Probe.awaitQueue(interrupted, waiter);
            if (!pendingBefore) {
                waiter.interrupt();
            }
            // The parker takes the flag away in order to sleep, and gives it back when it leaves.
            TestThreads.awaitInterruptNoticed(waiter);
            Probe.awaitQueue(interrupted, waiter);
            barrier.open();
            threads.join();
        }
    }

    @Test
    void anInterruptDoesNotKeepTheActionFromRunningAndIsItsToSee() {
        Thread.currentThread().interrupt();
        once.callOnce(() -> assertTrue(Thread.currentThread().isInterrupted()));
        once.callOnce(OnceTest::never);
        assertTrue(Thread.interrupted());
        assertState(OnceState.DONE);
    }

    @Test
    void takesSixteenBytes() {
        assertEquals(16L, ClassLayout.parseClass(Once.class).instanceSize());
    }

    private static final class Table extends Once {
        private int entries;

        int entries() {
            callOnce(() -> entries = 7);
            return entries;
        }
    }

    @Test
    void aSubclassIsItsOwnOnce() {
        Table table = new Table();
        assertEquals(7, table.entries());
        table.entries = 8;
        assertEquals(8, table.entries());
        assertNotSame(OnceState.NEW, table.state());
    }

    // ---- R22: no stack left

    private static final int DEPTHS = 1_000;

    /**
     * The stack may end at any point of a call. Whatever the point, the object is not left "in progress" with nobody
     * who runs it: others would wait for ever.
     */
    @Test
    void r22_anAttemptThatRunsOutOfStackEnds(TestThreads threads) {
        for (int i = 0; i < 20_000; i++) {
            // Links and compiles everything: class initialization does not survive such an error.
            Once warm = new Once();
            warm.callOnce(() -> {});
            assertThrows(Failure.class, () -> new Once().callOnce(failing(new Failure("on purpose"))));
        }
        for (int round = 0; round < 20; round++) {
            Once[] onces = new Once[DEPTHS];
            for (int i = 0; i < DEPTHS; i++) {
                onces[i] = new Once();
            }
            int[] ran = new int[1];
            Runnable action = () -> ran[0]++;
            threads.start("diver", () -> dive(onces, new int[1], action));
            threads.join();
            for (Once once : onces) {
                assertNotEquals(OnceState.IN_PROGRESS, once.state());
            }
            assertTrue(onces[DEPTHS - 1].isDone(), "the stack did not come back: nothing was tested");
        }
    }

    /** Goes down to the end of the stack, and on its way up calls one once at each depth. */
    @SuppressWarnings("InfiniteRecursion") // until the stack ends
    private static void dive(Once[] onces, int[] next, Runnable action) {
        try {
            dive(onces, next, action);
        } catch (StackOverflowError bottom) {
            // From here on the way up.
        }
        if (next[0] < onces.length) {
            try {
                onces[next[0]++].callOnce(action);
            } catch (StackOverflowError tooDeep) {
                // Poisoned, or still new.
            }
        }
    }
}
