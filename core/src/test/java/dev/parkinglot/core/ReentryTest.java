package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.core.HandDrivenLot.Parked;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Calling the lot from a callback that runs under a bucket lock is an error, not a deadlock, and changes nothing. */
class ReentryTest {
    private static final int TABLE_SIZE = 4;

    private final HandDrivenLot lot = new HandDrivenLot(TABLE_SIZE);
    private final List<Key> oneBucket = Key.inOneBucket(TABLE_SIZE, 3);
    private final Key key = oneBucket.get(0);
    private final Key requeueTarget = oneBucket.get(1);

    @AfterEach
    void nothingIsLeft() {
        lot.close();
    }

    private record Requeue(Runnable inValidate, Runnable inUnparking) implements RequeueCallbacks<Object> {
        @Override
        public RequeueOp validate(Object context) {
            inValidate.run();
            return RequeueOp.UNPARK_ONE_REQUEUE_REST;
        }

        @Override
        public long unparking(Object context, RequeueOp op, long parkToken, UnparkResult result) {
            inUnparking.run();
            return 1L;
        }
    }

    /** Everything that can be called. */
    @SuppressWarnings("ImmutableEnumChecker") // its functions have no state
    private enum Operation {
        PARK((lot, key) -> lot.parkHere(key, Patience.ENDLESS)),
        UNPARK_ONE((lot, key) -> lot.unparkOne(key, 0L)),
        UNPARK_ALL((lot, key) -> lot.unparkAll(key, 0L)),
        UNPARK_FILTER((lot, key) -> lot.unparkFilter(key, (context, token) -> FilterOp.UNPARK, KeyedLot.NO_TOKEN)),
        UNPARK_REQUEUE((lot, key) -> lot.requeue(key, new Key(null, 1L), new Requeue(() -> {}, () -> {}))),
        WAITERS((lot, key) -> lot.waiters(key)),
        SNAPSHOT((lot, key) -> lot.snapshot());

        private final BiConsumer<KeyedLot, Key> body;

        Operation(BiConsumer<KeyedLot, Key> body) {
            this.body = body;
        }

        void on(KeyedLot lot, Key key) {
            body.accept(lot, key);
        }
    }

    /**
     * Every place under a bucket lock; runs the whole operation, with an action inside the callback, on a thread of its
     * own.
     */
    @SuppressWarnings("ImmutableEnumChecker") // its functions have no state
    private enum Callback {
        VALIDATE((test, action) -> {
            Parked thread = test.lot.park(test.key, new ScriptedCallbacks().on("validate", action));
            test.lot.assertQueue(test.key, List.of(test.waiting, thread));
        }),
        VALIDATE_AGAIN((test, action) -> test.aroundSecondValidation(action)),
        TIMED_OUT((test, action) -> {
            Parked thread = test.lot.park(
                    test.key, new ScriptedCallbacks().on("timedOut", action), Patience.until(test.lot.clock.in(0L)));
            assertEquals(ParkResult.TIMED_OUT, thread.returnFromPark().result());
            test.lot.assertQueue(test.key, List.of(test.waiting));
        }),
        UNPARK_ONE((test, action) ->
                test.unpark(() -> test.lot.unparkOne(test.key, (context, parkToken, result) -> run(action)))),
        FILTER((test, action) -> test.unpark(() -> test.lot.unparkFilter(
                test.key,
                (context, token) -> {
                    run(action);
                    return FilterOp.UNPARK;
                },
                (context, parkToken, result) -> 1L))),
        UNPARK_FILTER((test, action) -> test.unpark(() -> test.lot.unparkFilter(
                test.key, (context, token) -> FilterOp.UNPARK, (context, parkToken, result) -> run(action)))),
        REQUEUE_VALIDATE((test, action) ->
                test.unpark(() -> test.lot.requeue(test.key, test.requeueTarget, new Requeue(action, () -> {})))),
        REQUEUE_UNPARKING((test, action) ->
                test.unpark(() -> test.lot.requeue(test.key, test.requeueTarget, new Requeue(() -> {}, action))));

        private final BiConsumer<ReentryTest, Runnable> body;

        Callback(BiConsumer<ReentryTest, Runnable> body) {
            this.body = body;
        }

        void around(ReentryTest test, Runnable action) {
            body.accept(test, action);
        }

        static long run(Runnable action) {
            action.run();
            return 1L;
        }
    }

    private Parked waiting;

    private void unpark(Runnable operation) {
        assertNull(lot.backend.start("unparker", operation::run).failure());
        assertEquals(1L, waiting.wokenResult().unparkToken(), "as if nothing had happened in the callback");
    }

    private void aroundSecondValidation(Runnable action) {
        ScriptedCallbacks callbacks = new ScriptedCallbacks().lookingAgain(1_000L);
        Parked thread = lot.park(key, callbacks);
        callbacks.on("validate", action);
        thread.returnFromPark();
        callbacks.on("validate", () -> {});
        lot.assertQueue(key, List.of(waiting, thread));
    }

    /** Which key the forbidden call is about. */
    private enum Which {
        SAME_KEY,
        SAME_BUCKET,
        OTHER_BUCKET
    }

    static Stream<Arguments> cases() {
        return Stream.of(Callback.values())
                .flatMap(callback -> Stream.of(Operation.values())
                        .flatMap(operation ->
                                Stream.of(Which.values()).map(which -> Arguments.of(callback, operation, which))));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void callingTheLotUnderABucketLockIsRefusedAndHarmless(Callback callback, Operation operation, Which which) {
        Key other = which == Which.OTHER_BUCKET ? keyInOtherBucket() : oneBucket.get(2);
        Parked bystander = lot.park(other);
        waiting = lot.park(key);
        List<IllegalStateException> refusals = new ArrayList<>();
        callback.around(
                this,
                () -> refusals.add(assertThrows(
                        IllegalStateException.class, () -> operation.on(lot, which == Which.SAME_KEY ? key : other))));
        assertEquals(1, refusals.size(), "the callback was reached");
        lot.assertQueue(other, List.of(bystander));
    }

    private Key keyInOtherBucket() {
        Table table = new Table(TABLE_SIZE);
        Key other = Key.fresh();
        while (table.bucketOf(other.base(), other.offset()) == table.bucketOf(key.base(), key.offset())) {
            other = Key.fresh();
        }
        return other;
    }

    @ParameterizedTest
    @EnumSource(value = Operation.class, names = "PARK", mode = EnumSource.Mode.EXCLUDE)
    void everyOperationIsAllowedInBeforeSleep(Operation operation) {
        List<String> done = new ArrayList<>();
        lot.park(key, new ScriptedCallbacks().on("beforeSleep", () -> {
                    operation.on(lot, key);
                    operation.on(lot, keyInOtherBucket());
                    done.add("both");
                }));
        assertEquals(List.of("both"), done);
    }

    @ParameterizedTest
    @EnumSource(value = Operation.class, names = "PARK", mode = EnumSource.Mode.EXCLUDE)
    void everyOperationIsAllowedInWakeLost(Operation operation) {
        List<String> done = new ArrayList<>();
        ScriptedCallbacks callbacks = new ScriptedCallbacks();
        callbacks.on("beforeSleep", () -> {
            lot.unparkOne(key, 1L);
            throw new IllegalArgumentException("injected");
        });
        callbacks.on("wakeLost", () -> {
            operation.on(lot, key);
            operation.on(lot, keyInOtherBucket());
            done.add("both");
        });
        Parked thread = lot.park(key, callbacks);
        assertTrue(thread.failure() instanceof IllegalArgumentException);
        assertEquals(List.of("both"), done);
    }

    @Test
    void refusalThatLeavesTheCallbackReachesTheCaller() {
        Parked thread = lot.park(key);
        assertThrows(
                IllegalStateException.class,
                () -> lot.unparkOne(key, (context, parkToken, result) -> lot.unparkAll(key, 0L)));
        lot.assertQueue(key, List.of(thread));
    }

    @Test
    void refusalEndsWithTheCallback() {
        lot.unparkOne(key, (context, parkToken, result) -> 0L);
        assertEquals(0, lot.unparkAll(key, 0L));
        assertThrows(
                IllegalArgumentException.class,
                () -> lot.unparkOne(key, (context, parkToken, result) -> {
                    throw new IllegalArgumentException("injected");
                }));
        assertEquals(0, lot.unparkAll(key, 0L));
    }
}
