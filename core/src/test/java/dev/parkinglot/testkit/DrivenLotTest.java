package dev.parkinglot.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.core.IsolatedLot;
import dev.parkinglot.core.ParkCallbacks;
import dev.parkinglot.core.ParkOptions;
import dev.parkinglot.core.ParkResult;
import dev.parkinglot.core.ParkingLot;
import dev.parkinglot.core.Patience;
import dev.parkinglot.core.RequeueCallbacks;
import dev.parkinglot.core.RequeueOp;
import dev.parkinglot.core.UnparkResult;
import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThreadKind;
import dev.parkinglot.testkit.DrivenThread.Position;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DrivenLotTest {
    private static List<ThreadKind> kinds() {
        return ThreadKind.available();
    }

    @Test
    void aThreadIsStoppedBetweenItsLookAndItsPark() {
        try (DrivenLot lot = new DrivenLot()) {
            Gate gate = new Gate();
            DrivenThread waiter = lot.thread("waiter", gate::await);
            assertEquals(Position.NEW, waiter.position());
            assertEquals(Position.AT_PARK, waiter.step().position());
            gate.open();
            assertTrue(waiter.run().hasEnded());
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void aThreadSleepsUntilItIsWokenAndTheTestLetsItGo(ThreadKind kind) {
        try (DrivenLot lot = new DrivenLot(task -> kind.unstarted("driven", task))) {
            Gate gate = new Gate();
            DrivenThread waiter = lot.start("waiter", gate::await);
            assertTrue(waiter.isAsleep());
            assertFalse(waiter.canRun());
            assertThrows(AssertionError.class, waiter::step);
            DrivenThread opener = lot.thread("opener", gate::open).runUntil(Position.AT_UNPARK);
            assertTrue(gate.open);
            assertFalse(waiter.canRun());
            opener.run();
            assertTrue(waiter.isAsleep());
            assertTrue(waiter.canRun());
            assertEquals(List.of(), lot.runAll());
            assertTrue(waiter.hasEnded());
        }
    }

    @Test
    void allOperationsAreStops() {
        try (DrivenLot lot = new DrivenLot()) {
            Object key = new Object();
            DrivenThread thread = lot.thread("thread", () -> {
                lot.stop("here");
                ParkingLot.unparkOne(key, 0);
                ParkingLot.unparkOne(key, 0, 1L);
                ParkingLot.unparkUpTo(key, 0, 1, null, (context, parkToken, result) -> 0L);
                ParkingLot.unparkAll(key, 0);
                ParkingLot.unparkFilter(key, 0, null, (context, parkToken) -> null);
                ParkingLot.unparkRequeue(key, 0, key, 1, null, new Abort());
                ParkingLot.park(key, 0, () -> false);
            });
            List<Position> positions = new ArrayList<>();
            while (!thread.step().hasEnded()) {
                assertEquals(thread.position() == Position.AT_LABEL ? "here" : null, thread.label());
                positions.add(thread.position());
            }
            Position unpark = Position.AT_UNPARK;
            assertEquals(
                    List.of(
                            Position.AT_LABEL,
                            unpark,
                            unpark,
                            unpark,
                            unpark,
                            unpark,
                            Position.AT_REQUEUE,
                            Position.AT_PARK),
                    positions);
        }
    }

    private static final class Abort implements RequeueCallbacks<Object> {
        @Override
        public RequeueOp validate(Object context) {
            return RequeueOp.ABORT;
        }

        @Override
        public long unparking(Object context, RequeueOp op, long parkToken, UnparkResult result) {
            return 0L;
        }
    }

    @Test
    void aThreadWaitsAtALabelUntilItsConditionHolds() {
        try (DrivenLot lot = new DrivenLot()) {
            AtomicBoolean condition = new AtomicBoolean();
            DrivenThread thread = lot.start("thread", () -> {
                lot.stop("before");
                lot.stopUntil("waits", condition::get);
            });
            assertEquals("waits", thread.label());
            assertFalse(thread.canRun());
            AssertionError waits = assertThrows(AssertionError.class, thread::step);
            assertTrue(waits.getMessage().endsWith("nothing has woken it"), waits::getMessage);
            assertEquals(List.of(), lot.runAll());
            condition.set(true);
            assertEquals(List.of(), lot.runAll());
            AssertionError ended = assertThrows(AssertionError.class, thread::step);
            assertTrue(ended.getMessage().endsWith("it has ended"), ended::getMessage);
            assertTrue(thread.hasEnded());
            lot.stopUntil("nobody", () -> false); // does nothing on a thread that is not driven
        }
    }

    @Test
    void theClockEndsAWaitWhenTheTestMovesIt() {
        try (DrivenLot lot = new DrivenLot()) {
            AtomicReference<ParkResult> result = new AtomicReference<>();
            DrivenThread thread = lot.start("thread", () -> {
                Patience hour = Patience.within(Duration.ofHours(1));
                result.set(ParkingLot.park(this, 0, () -> true, hour));
            });
            lot.clock().advance(TimeUnit.MINUTES.toNanos(59));
            assertFalse(thread.canRun());
            lot.clock().advance(TimeUnit.HOURS.toNanos(1));
            assertTrue(thread.canRun());
            thread.run();
            assertSame(ParkResult.TIMED_OUT, result.get());
        }
    }

    @Test
    void anInterruptEndsAnInterruptibleWait() {
        try (DrivenLot lot = new DrivenLot()) {
            AtomicReference<ParkResult> result = new AtomicReference<>();
            DrivenThread thread =
                    lot.start("thread", () -> result.set(ParkingLot.park(this, 0, () -> true, Patience.INTERRUPTIBLE)));
            thread.interrupt();
            assertSame(ParkResult.INTERRUPTED, result.get());
            DrivenThread deaf = lot.start("deaf", () -> ParkingLot.park(this, 0, () -> true));
            deaf.interrupt();
            assertFalse(deaf.canRun());
            deaf.returnFromPark();
            assertTrue(deaf.isAsleep());
        }
    }

    @Test
    void theSharedLotAndThisOneDoNotSeeEachOther() {
        Object key = new Object();
        try (TestThreads threads = new TestThreads()) {
            AtomicBoolean wait = new AtomicBoolean(true);
            threads.start("outside", () -> ParkingLot.park(key, 0, wait::get));
            TestThreads.await("it waits", () -> ParkingLot.waiters(key, 0).size() == 1);
            try (DrivenLot lot = new DrivenLot()) {
                assertEquals(List.of(), ParkingLot.waiters(key, 0));
                DrivenThread inside = lot.start("inside", () -> ParkingLot.park(key, 0, () -> true));
                assertSame(inside.thread(), ParkingLot.waiters(key, 0).get(0).thread());
                assertEquals(1, ParkingLot.snapshot().size());
                assertTrue(ParkingLot.unparkOne(key, 0));
                assertTrue(inside.run().hasEnded());
            }
            assertEquals(1, ParkingLot.unparkAll(key, 0));
        }
    }

    @Test
    void aLotIsEnteredOnceAndLeft() {
        try (DrivenLot lot = new DrivenLot()) {
            assertThrows(IllegalStateException.class, DrivenLot::new);
            IsolatedLot other = new IsolatedLot(thread -> null, System::nanoTime, operation -> {});
            assertThrows(IllegalStateException.class, other::enter);
            assertThrows(IllegalStateException.class, other::leave);
            assertEquals(List.of(), lot.threads());
        }
        try (DrivenLot again = new DrivenLot()) {
            assertEquals(List.of(), again.runAll());
        }
    }

    @Test
    void onlyDrivenThreadsParkInIt() {
        try (DrivenLot lot = new DrivenLot()) {
            assertThrows(IllegalStateException.class, () -> ParkingLot.park(this, 0, () -> true));
            assertEquals(List.of(), lot.runAll());
        }
    }

    @Test
    void closingEndsThreadsWhereverTheyStand() {
        Gate gate = new Gate();
        List<Thread> threads = new ArrayList<>();
        try (DrivenLot lot = new DrivenLot()) {
            threads.add(lot.start("asleep", gate::await).thread());
            threads.add(lot.thread("at park", gate::await).step().thread());
            threads.add(lot.thread("stubborn", () -> {
                        try {
                            gate.await();
                        } finally {
                            gate.await();
                        }
                    })
                    .run()
                    .thread());
            threads.add(lot.thread("new", gate::await).thread());
        }
        for (Thread thread : threads) {
            assertFalse(thread.isAlive(), thread::toString);
        }
        assertEquals(List.of(), ParkingLot.waiters(gate, 0));
    }

    @Test
    void aFailureThatNobodyAskedForFailsTheTest() {
        IllegalStateException failure = new IllegalStateException("injected");
        DrivenLot lot = new DrivenLot();
        lot.start("failing", () -> {
            throw failure;
        });
        assertSame(failure, assertThrows(AssertionError.class, lot::close).getCause());
        try (DrivenLot other = new DrivenLot()) {
            assertSame(
                    failure,
                    other.start("failing", () -> {
                                throw failure;
                            })
                            .failure());
            assertNull(other.start("well", () -> {}).failure());
        }
    }

    @Test
    void aWakeThatFailsIsTriedOut() {
        try (DrivenLot lot = new DrivenLot()) {
            List<Long> lost = new ArrayList<>();
            OutOfMemoryError injected = new OutOfMemoryError("injected");
            ParkCallbacks<Object> callbacks = new ParkCallbacks<>() {
                @Override
                public boolean validate(Object context, long parkToken) {
                    return true;
                }

                @Override
                public void beforeSleep(Object context) {
                    lot.stop("queued");
                }

                @Override
                public void wakeLost(Object context, long unparkToken, Throwable failure) {
                    lost.add(unparkToken);
                }
            };
            DrivenThread thread = lot.thread(
                            "thread",
                            () -> ParkingLot.park(this, 0, null, callbacks, ParkOptions.NONE, 0L, Patience.ENDLESS))
                    .runUntil(Position.AT_LABEL);
            lot.throwNextAt(Fault.PARK, injected);
            ParkingLot.unparkOne(this, 0, 7L);
            assertSame(injected, thread.run().failure());
            assertEquals(List.of(7L), lost);
        }
    }
}
