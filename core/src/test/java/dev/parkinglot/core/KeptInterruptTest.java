package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.TestThreads;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A thread that is interrupted while it waits for a bucket finds the interrupt afterwards, also if the operation
 * throws, and nobody else does.
 */
class KeptInterruptTest {
    private final Object base = new Object();

    /** Operations that throw with the bucket locked. */
    @SuppressWarnings("ImmutableEnumChecker") // its functions have no state
    enum Failing {
        PARK(base -> ParkingLot.park(base, 0L, Failing::fail)),
        UNPARK_ONE(base -> ParkingLot.unparkOne(base, 0L, base, (context, token, result) -> failing())),
        UNPARK_ALL(base -> ParkingLot.unparkAll(base, 0L, base, (context, token, result) -> failing())),
        UNPARK_FILTER(base -> ParkingLot.unparkFilter(
                base, 0L, base, (context, token) -> FilterOp.STOP, (context, token, result) -> failing())),
        UNPARK_REQUEUE(base -> ParkingLot.unparkRequeue(base, 0L, base, 1L, base, new RequeueCallbacks<Object>() {
            @Override
            public RequeueOp validate(Object context) {
                throw new Failure();
            }

            @Override
            public long unparking(Object context, RequeueOp op, long parkToken, UnparkResult result) {
                return 0L;
            }
        }));

        private final Consumer<Object> body;

        Failing(Consumer<Object> body) {
            this.body = body;
        }

        void run(Object base) {
            body.accept(base);
        }

        private static boolean fail() {
            throw new Failure();
        }

        private static long failing() {
            throw new Failure();
        }
    }

    private static final class Failure extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** Runs an operation in a thread that has to wait for the bucket and is interrupted meanwhile. */
    private void interruptWhileItWaits(Runnable operation) {
        AtomicBoolean holds = new AtomicBoolean();
        AtomicBoolean letGo = new AtomicBoolean();
        try (TestThreads threads = new TestThreads()) {
            threads.start(
                    "holder",
                    () -> ParkingLot.unparkFilter(
                            base, 0L, base, (context, token) -> FilterOp.STOP, (context, token, result) -> {
                                holds.set(true);
                                while (!letGo.get()) {
                                    Thread.onSpinWait();
                                }
                                return 0L;
                            }));
            TestThreads.await("the bucket is locked", holds::get);
            Thread waiter = threads.start("waiter", () -> {
                operation.run();
                assertTrue(Thread.interrupted(), "the interrupt is lost");
            });
            TestThreads.await("it waits for the bucket", () -> TestThreads.isAsleep(waiter));
            waiter.interrupt();
            TestThreads.awaitInterruptNoticed(waiter);
            letGo.set(true);
        }
        ParkingLot.unparkOne(base, 0L);
        assertFalse(Thread.interrupted(), "it was meant for another thread");
    }

    @Test
    void anInterruptIsFoundAfterTheOperation() {
        interruptWhileItWaits(() -> ParkingLot.unparkOne(base, 0L));
    }

    @ParameterizedTest
    @EnumSource
    void anInterruptIsFoundAfterAnOperationThatThrows(Failing operation) {
        interruptWhileItWaits(() -> assertThrows(Failure.class, () -> operation.run(base)));
    }

    @ParameterizedTest
    @EnumSource
    void anInterruptIsFoundAfterAnOperationThatThrowsWhileOthersAreQueued(Failing operation) {
        try (TestThreads threads = new TestThreads()) {
            threads.start("parked", () -> ParkingLot.park(base, 0L, () -> true));
            TestThreads.await("it is queued", () -> ParkingLot.waiters(base, 0L).size() == 1);
            interruptWhileItWaits(() -> assertThrows(Failure.class, () -> operation.run(base)));
            ParkingLot.unparkAll(base, 0L);
        }
    }
}
