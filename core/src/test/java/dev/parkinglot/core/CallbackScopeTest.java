package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.parkinglot.testing.TestThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Who counts as inside a callback. */
class CallbackScopeTest {
    @Test
    void onlyTheThreadThatIsInsideIsRefused() {
        int slot = CallbackScope.enter();
        try {
            assertThrows(IllegalStateException.class, CallbackScope::requireOutside);
            try (TestThreads threads = new TestThreads()) {
                threads.start("outside", CallbackScope::requireOutside);
            }
        } finally {
            CallbackScope.INSIDE[slot] = null;
        }
        assertDoesNotThrow(CallbackScope::requireOutside);
    }

    @Test
    void moreThreadsThanSlotsWaitForOne() throws InterruptedException {
        // 300 threads in 32 groups of 8 slots: some group is asked for a ninth whatever their ids.
        int count = 300;
        CountDownLatch mayLeave = new CountDownLatch(1);
        AtomicInteger inside = new AtomicInteger();
        List<Integer> slots = new ArrayList<>();
        try (TestThreads threads = new TestThreads()) {
            threads.start(count, "inside", () -> {
                int slot = CallbackScope.enter();
                synchronized (slots) {
                    slots.add(slot);
                }
                inside.incrementAndGet();
                mayLeave.await();
                assertThrows(IllegalStateException.class, CallbackScope::requireOutside);
                CallbackScope.INSIDE[slot] = null;
                CallbackScope.requireOutside();
            });
            TestThreads.await("the first are inside", () -> inside.get() > 200);
            synchronized (slots) {
                assertEquals(slots.size(), slots.stream().distinct().count(), "no slot has two threads");
            }
            mayLeave.countDown();
        }
        assertEquals(count, inside.get(), "all got in");
    }
}
