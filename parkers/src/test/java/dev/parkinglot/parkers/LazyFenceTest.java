package dev.parkinglot.parkers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.TestThreads;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A fence that is not there yet: what is found, how long it takes and what fails is up to the test. */
class LazyFenceTest {
    private static final NativeAccess.Fence FENCE = () -> true;

    private static final InheritableThreadLocal<String> INHERITABLE = new InheritableThreadLocal<>();

    private static class Scripted extends LazyFence {
        final AtomicInteger starts = new AtomicInteger();
        final AtomicInteger tries = new AtomicInteger();
        volatile NativeAccess.Fence found = FENCE;
        volatile Throwable startFailure;
        volatile Throwable failure;
        volatile Thread thread;
        volatile String inherited;

        Scripted() {
            this(true);
        }

        Scripted(boolean mayExist) {
            super(mayExist);
        }

        @Override
        void startThread() {
            starts.incrementAndGet();
            throwUnchecked(startFailure);
            super.startThread();
        }

        @Override
        NativeAccess.Fence findOrNull() {
            thread = Thread.currentThread();
            inherited = INHERITABLE.get();
            tries.incrementAndGet();
            throwUnchecked(failure);
            return found;
        }

        private static void throwUnchecked(Throwable failure) {
            if (failure instanceof Error error) {
                throw error;
            }
            if (failure instanceof RuntimeException exception) {
                throw exception;
            }
        }

        /** Until the thread that was started has ended. */
        void awaitTries(int count) {
            TestThreads.await("it has been tried", () -> tries.get() == count);
            TestThreads.join(thread);
        }
    }

    @Test
    void whoAsksFirstHasAnotherThreadSetItUpWhichInheritsNothing() {
        Scripted fence = new Scripted();
        INHERITABLE.set("of the caller");
        try {
            fence.getOrBegin();
        } finally {
            INHERITABLE.remove();
        }
        fence.awaitTries(1);
        assertSame(FENCE, fence.getOrBegin());
        assertNotSame(Thread.currentThread(), fence.thread);
        assertTrue(fence.thread.isDaemon(), "it keeps no JVM from ending");
        assertNull(fence.inherited);
        assertEquals(1, fence.starts.get());
    }

    @Test
    void beforeItIsReadyThereIsNoneAndNobodyWaitsForIt() {
        CountDownLatch slow = new CountDownLatch(1);
        Scripted fence = new Scripted() {
            @Override
            NativeAccess.Fence findOrNull() {
                TestThreads.await("the test goes on", () -> slow.getCount() == 0L);
                return super.findOrNull();
            }
        };
        for (int i = 0; i < 3; i++) {
            assertNull(fence.getOrBegin());
        }
        assertEquals(1, fence.starts.get());
        assertEquals(0, fence.tries.get());
        slow.countDown();
        fence.awaitTries(1);
        assertSame(FENCE, fence.getOrBegin());
    }

    @Test
    void whereThereIsNoneItIsLookedForOnce() {
        Scripted fence = new Scripted();
        fence.found = null;
        assertNull(fence.getOrBegin());
        fence.awaitTries(1);
        assertNull(fence.getOrBegin());
        assertEquals(1, fence.starts.get());
    }

    @Test
    void whereThereCannotBeOneNoThreadIsStarted() {
        Scripted fence = new Scripted(false);
        assertNull(fence.getOrBegin());
        assertEquals(0, fence.starts.get());
    }

    static Stream<Throwable> failures() {
        return Stream.of(
                new OutOfMemoryError("unable to create native thread"),
                new StackOverflowError("for this test"),
                new SecurityException("no threads for you"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void aThreadThatCannotBeStartedIsNobodysProblemAndStartedByTheNext(Throwable failure) {
        Scripted fence = new Scripted();
        fence.startFailure = failure;
        for (int i = 1; i <= 3; i++) {
            assertNull(fence.getOrBegin());
            assertEquals(i, fence.starts.get());
        }
        assertEquals(0, fence.tries.get());
        fence.startFailure = null;
        assertNull(fence.getOrBegin());
        fence.awaitTries(1);
        assertSame(FENCE, fence.getOrBegin());
    }

    @ParameterizedTest
    @MethodSource("failures")
    void aThreadThatFailsIsFollowedByAnother(Throwable failure) {
        Scripted fence = new Scripted();
        fence.failure = failure;
        assertNull(fence.getOrBegin());
        fence.awaitTries(1);
        assertNull(fence.getOrBegin());
        fence.awaitTries(2);
        fence.failure = null;
        assertNull(fence.getOrBegin());
        fence.awaitTries(3);
        assertSame(FENCE, fence.getOrBegin());
    }

    @Test
    void whoWantsItAtOnceSetsItUpItself() {
        Scripted fence = new Scripted();
        fence.setUp();
        assertSame(Thread.currentThread(), fence.thread);
        assertSame(FENCE, fence.getOrBegin());
        assertEquals(0, fence.starts.get());
        assertEquals(1, fence.tries.get());
    }
}
