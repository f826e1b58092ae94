package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.Delays;
import dev.parkinglot.testing.TestThreads;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/** The lock that owns its value. */
@Concurrent
class GuardedTest {
    private final Guarded<String> guarded = new Guarded<>("first");

    @Test
    void withReturnsWhatTheFunctionReturnsAndUnlocks() {
        int length = guarded.with(String::length);
        assertEquals(5, length);
        assertFalse(guarded.isLocked());
    }

    @Test
    void theFunctionRunsWithTheLockHeld() {
        assertTrue(guarded.<Boolean, RuntimeException>with(value -> guarded.isLocked()));
    }

    @Test
    void whatTheFunctionThrowsLeavesUnlocked() {
        IOException thrown = assertThrows(
                IOException.class,
                () -> guarded.with(value -> {
                    throw new IOException(value);
                }));
        assertEquals("first", thrown.getMessage());
        assertFalse(guarded.isLocked());
    }

    @Test
    void updateReplacesTheValueUnlessItsFunctionThrows() {
        assertEquals("first!", guarded.update(value -> value + "!"));
        assertThrows(
                IllegalStateException.class,
                () -> guarded.update(value -> {
                    throw new IllegalStateException();
                }));
        assertEquals("Guarded[first!]", guarded.toString());
    }

    @Test
    void aGuardReadsAndWritesUntilItIsClosed() {
        Guarded.Guard<String> guard = guarded.lock();
        assertEquals("first", guard.get());
        guard.set("second");
        assertEquals("Guarded[locked]", guarded.toString());
        guard.close();
        assertEquals("Guarded[second]", guarded.toString());
        assertThrows(IllegalMonitorStateException.class, guard::get);
        assertThrows(IllegalMonitorStateException.class, () -> guard.set("third"));
        assertThrows(IllegalMonitorStateException.class, guard::bump);
        assertThrows(IllegalMonitorStateException.class, () -> guard.unlocked(() -> {}));
        assertThrows(IllegalMonitorStateException.class, () -> guard.await(new Condvar()));
        assertThrows(IllegalMonitorStateException.class, () -> guard.awaitWhile(new Condvar(), value -> false));
        assertEquals("Guarded[second]", guarded.toString());
    }

    @Test
    void closingAgainDoesNotEndTheHoldOfAnother() {
        Guarded.Guard<String> first = guarded.lock();
        first.close();
        Guarded.Guard<String> second = guarded.lock();
        first.close();
        first.closeFair();
        assertTrue(guarded.isLocked());
        second.closeFair();
        assertFalse(guarded.isLocked());
    }

    @Test
    void triesAreEmptyWhileItIsLocked() {
        try (Guarded.Guard<String> guard = guarded.lock()) {
            assertEquals(Optional.empty(), guarded.tryLock());
            assertEquals(Optional.empty(), guarded.tryLockFor(Duration.ofNanos(1)));
            assertEquals(Optional.empty(), guarded.tryLockFor(Duration.ofNanos(-1)));
            assertEquals(Optional.empty(), guarded.tryLockUntil(System.nanoTime()));
            assertEquals("first", guard.get());
        }
        guarded.tryLock().orElseThrow().close();
        guarded.tryLockFor(Delays.LONG_DELAY).orElseThrow().close();
        guarded.tryLockUntil(System.nanoTime()).orElseThrow().close();
    }

    @Test
    void lockInterruptiblyIsInterrupted() throws InterruptedException {
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, guarded::lockInterruptibly);
        assertFalse(guarded.isLocked());
        guarded.lockInterruptibly().close();
    }

    @Test
    void unlockedIsUnlockThenLock() {
        try (Guarded.Guard<String> guard = guarded.lock()) {
            guard.unlocked(() -> {
                assertFalse(guarded.isLocked());
                assertThrows(IllegalMonitorStateException.class, guard::get);
                guarded.update(value -> "other");
            });
            assertTrue(guarded.isLocked());
            assertEquals("other", guard.get());
            assertThrows(
                    IOException.class,
                    () -> guard.unlocked(() -> {
                        throw new IOException();
                    }));
            assertTrue(guarded.isLocked());
        }
        assertFalse(guarded.isLocked());
    }

    @Test
    void theValueMayBeNull() {
        Guarded<String> nothing = new Guarded<>(null);
        try (Guarded.Guard<String> guard = nothing.lock()) {
            assertNull(guard.get());
            guard.set(null);
        }
        assertEquals("Guarded[null]", nothing.toString());
    }

    @Test
    void aBoundedQueueOfConditions(TestThreads threads) {
        Guarded<Queue<Integer>> queue = new Guarded<>(new ArrayDeque<>());
        Condvar notEmpty = new Condvar();
        Condvar notFull = new Condvar();
        int items = 1_000;
        threads.start("producer", () -> {
            for (int i = 0; i < items; i++) {
                try (Guarded.Guard<Queue<Integer>> guard = queue.lock()) {
                    guard.awaitWhile(notFull, waiting -> waiting.size() == 3);
                    guard.get().add(i);
                    notEmpty.signal();
                }
            }
        });
        threads.start("consumer", () -> {
            for (int i = 0; i < items; i++) {
                try (Guarded.Guard<Queue<Integer>> guard = queue.lock()) {
                    while (guard.get().isEmpty()) {
                        guard.await(notEmpty);
                    }
                    assertEquals(i, guard.get().remove());
                    notFull.signal();
                }
            }
        });
        threads.join();
        assertTrue(queue.<Boolean, RuntimeException>with(Queue::isEmpty));
    }
}
