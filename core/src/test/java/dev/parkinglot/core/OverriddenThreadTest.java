package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.Delays;
import dev.parkinglot.testing.TestThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Subclasses of {@link Thread} that say what they like: nobody asks them, and nobody calls them under a lock. */
class OverriddenThreadTest {
    private final KeyedLot lot = KeyedLot.real(4);
    private final Key key = Key.fresh();

    @AfterEach
    void nothingIsLeft() {
        lot.checkInvariants();
        Invariants.checkNobodyIsInside();
        assertTrue(lot.snapshot().isEmpty());
    }

    /** What the thread runs, given the thread itself. */
    private interface Body {
        void run(Liar self) throws Throwable;
    }

    /** A thread whose every answer may be wrong. */
    private final class Liar extends Thread {
        private final Body body;

        /** What {@code isInterrupted} answers; null for the truth. */
        volatile Boolean answer;

        /** What the thread's own call of {@code interrupt} throws. */
        volatile RuntimeException failure;

        final AtomicInteger asked = new AtomicInteger();
        final AtomicInteger ownInterrupts = new AtomicInteger();
        private volatile boolean calledUnderLock;
        private volatile Throwable thrown;

        Liar(Body body) {
            this.body = body;
            setDaemon(true);
        }

        @Override
        public void run() {
            try {
                body.run(this);
            } catch (Throwable e) {
                thrown = e;
            }
        }

        @Override
        @SuppressWarnings({"deprecation", "removal"})
        public long getId() {
            asked.incrementAndGet();
            noteLocks();
            return 1L; // that of the main thread
        }

        @Override
        public boolean isInterrupted() {
            asked.incrementAndGet();
            noteLocks();
            return answer == null ? super.isInterrupted() : answer;
        }

        @Override
        public void interrupt() {
            if (Thread.currentThread() == this) {
                noteLocks(); // before the test is told, which then goes on to use the lot
                ownInterrupts.incrementAndGet();
                if (failure != null) {
                    throw failure;
                }
            }
            super.interrupt();
        }

        /** A bucket that another thread holds, such as the one that wakes us, is free soon; our own would stay held. */
        private void noteLocks() {
            long end = System.nanoTime() + Delays.LONG_DELAY.toNanos() / 10L;
            boolean held = true;
            while (held && System.nanoTime() - end < 0L) {
                held = Invariants.buckets(lot.lot.table).stream().anyMatch(Bucket::isHeld);
            }
            calledUnderLock |= held;
        }

        Liar begin() {
            start();
            return this;
        }

        void awaitQueued() {
            TestThreads.await("queued", () -> lot.queue(key).contains(this) || !isAlive());
        }

        void end() {
            TestThreads.join(this);
            if (thrown != null) {
                throw new AssertionError("it failed", thrown);
            }
            assertFalse(calledUnderLock, "somebody else's code ran under a bucket lock");
        }
    }

    private ParkResult park(Patience patience) {
        return lot.parkHere(key, patience);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void saysThatItIsInterruptedButIsNot(boolean interruptible) {
        Liar liar = new Liar(self -> {
            self.answer = true;
            assertEquals(ParkResult.unparked(5L), park(interruptible ? Patience.INTERRUPTIBLE : Patience.ENDLESS));
        });
        liar.begin().awaitQueued();
        assertEquals(1, lot.unparkAll(key, 5L));
        liar.end();
        assertEquals(0, liar.asked.get(), "nobody asks it");
        assertEquals(0, liar.ownInterrupts.get());
    }

    @Test
    void saysThatItIsNotInterruptedButIs() {
        Liar liar = new Liar(self -> {
            self.answer = false;
            assertSame(ParkResult.INTERRUPTED, park(Patience.INTERRUPTIBLE));
            assertFalse(Thread.interrupted(), "the result stands for the flag");
        });
        liar.begin().awaitQueued();
        liar.interrupt();
        liar.end();
        assertEquals(0, liar.asked.get());
    }

    @Test
    void interruptThatDoesNotCountIsKeptAndSetOutsideOfEveryLock() {
        Liar liar = new Liar(self -> {
            Thread.currentThread().interrupt();
            self.ownInterrupts.set(0);
            assertEquals(ParkResult.unparked(5L), park(Patience.ENDLESS));
            assertTrue(Thread.interrupted());
        });
        liar.begin().awaitQueued();
        assertEquals(1, lot.unparkAll(key, 5L));
        liar.end();
    }

    @Test
    void interruptThatComesTooLateIsSetAgainOutsideOfEveryLock() {
        Key target = Key.fresh();
        Liar liar = new Liar(self -> {
            ParkOptions stays = ParkOptions.NONE.stayingOnceRequeued();
            ParkResult result = lot.parkHere(key, KeyedLot.VALID, stays, 0L, Patience.INTERRUPTIBLE);
            assertEquals(ParkResult.unparked(5L), result);
            assertTrue(Thread.interrupted());
        });
        liar.begin().awaitQueued();
        lot.requeueAll(key, target);
        liar.interrupt();
        TestThreads.await("the interrupt was set again", () -> liar.ownInterrupts.get() > 0);
        assertEquals(1, lot.unparkAll(target, 5L));
        liar.end();
    }

    /**
     * As if there were no memory for a result with an unusual token, which fails at the same place: the thread has been
     * chosen and cannot tell its caller.
     */
    @Test
    void wakeOfAThreadThatCannotReturnItsResultIsNotLostInSilence() {
        IllegalStateException injected = new IllegalStateException("injected");
        ScriptedCallbacks callbacks = new ScriptedCallbacks();
        callbacks.on("beforeSleep", () -> {
            assertEquals(1, lot.unparkOne(key, 1_000L).unparkedThreads());
            Thread.currentThread().interrupt();
            ((Liar) Thread.currentThread()).failure = injected;
        });
        Liar liar = new Liar(self -> assertSame(
                injected,
                assertThrows(
                        IllegalStateException.class,
                        () -> lot.parkHere(key, callbacks, ParkOptions.NONE, 0L, Patience.INTERRUPTIBLE))));
        liar.begin();
        liar.end();
        assertEquals(List.of(Call.validate(key), Call.beforeSleep(key), Call.wakeLost(key, 1_000L)), callbacks.calls);
        assertEquals(1, injected.getSuppressed().length);
    }

    // ---- who is inside a callback

    @Test
    void reentryOfAThreadWithAWrongIdIsRefused() {
        List<Throwable> refusals = new ArrayList<>();
        Liar liar = new Liar(self -> lot.unparkOne(key, (context, token, result) -> {
            refusals.add(assertThrows(IllegalStateException.class, () -> lot.unparkAll(key, 0L)));
            return 0L;
        }));
        liar.begin();
        liar.end();
        assertEquals(1, refusals.size());
        assertEquals(0, liar.asked.get());
    }

    @Test
    void rehearsalSurvivesAThreadThatCannotBeInterrupted() {
        Liar liar = new Liar(self -> {
            self.interrupt();
            self.failure = new IllegalStateException("injected");
            Rehearsal.run();
            assertNotEquals(1, self.ownInterrupts.get(), "the premise: the interrupt was to be set again");
        });
        liar.begin();
        liar.end();
    }

    @Test
    void threadWithTheIdOfOneThatIsInsideIsNotTakenForIt() throws InterruptedException {
        List<Key> keys = Key.inTwoBuckets(4);
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch mayLeave = new CountDownLatch(1);
        Liar first = new Liar(self -> lot.unparkOne(keys.get(0), (context, token, result) -> {
            inside.countDown();
            try {
                mayLeave.await();
            } catch (InterruptedException e) {
                throw new AssertionError("nobody interrupts it", e);
            }
            return 0L;
        }));
        first.begin();
        inside.await();
        Liar second = new Liar(self -> assertEquals(0, lot.unparkAll(keys.get(1), 0L)));
        second.start();
        TestThreads.join(second);
        assertNull(second.thrown);
        mayLeave.countDown();
        first.end();
    }
}
