package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.core.HandDrivenLot.Parked;
import dev.parkinglot.testkit.Fault;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A throwable at any point leaves no phantom waiter, no locked bucket, the queues as they were, and reaches
 * whoever made the call. Every test ends with a probe of the table ({@link HandDrivenLot#close}).
 */
@ParameterizedClass
@MethodSource("kinds")
class ExceptionSafetyTest {
    private static final long INTERVAL = 1_000L;

    private final HandDrivenLot lot = new HandDrivenLot(4);
    private final List<Key> keys = Key.inTwoBuckets(4);
    private final Key key = keys.get(0);
    private final Throwable injected;

    ExceptionSafetyTest(Supplier<Throwable> kind) {
        injected = kind.get();
    }

    static List<Supplier<Throwable>> kinds() {
        return Thrower.kinds();
    }

    @AfterEach
    void nothingIsLeft() {
        lot.close();
    }

    private void fail() {
        Thrower.sneakily(injected);
    }

    private long failing(Object context, long parkToken, UnparkResult result) {
        fail();
        return 0L;
    }

    private ScriptedCallbacks failingIn(String method) {
        return new ScriptedCallbacks().on(method, this::fail);
    }

    private void assertFailed(Parked thread) {
        assertTrue(thread.hasEnded(), "the throwable has left park");
        assertSame(injected, thread.failure());
    }

    private void assertThrowsInjected(Runnable operation) {
        assertSame(injected, assertThrows(injected.getClass(), operation::run));
    }

    /**
     * After the commit: what has failed is only the wake. An overflow, which means that nothing has happened, is told
     * as the cause of something else.
     */
    private void assertThrowsFromWake(Runnable operation) {
        Throwable thrown = assertThrows(Throwable.class, operation::run);
        if (injected instanceof StackOverflowError) {
            assertSame(
                    injected,
                    assertInstanceOf(IllegalStateException.class, thrown).getCause());
        } else {
            assertSame(injected, thrown);
        }
    }

    // ---- before the thread is queued

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void validateThatThrowsQueuesNobody(int waiting) {
        List<Parked> others = lot.parkSeveral(waiting, key);
        ScriptedCallbacks callbacks = failingIn("validate");
        assertFailed(lot.park(key, callbacks));
        assertEquals(List.of("validate"), callbacks.methods(), "it was never queued, so it did not time out");
        lot.assertQueue(key, others);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void parkerThatCannotBeMadeQueuesNobody(int waiting) {
        List<Parked> others = lot.parkSeveral(waiting, key);
        ScriptedCallbacks callbacks = new ScriptedCallbacks();
        lot.backend.throwNextAt(Fault.NEW_PARKER, injected);
        assertFailed(lot.park(key, callbacks));
        assertEquals(List.of(), callbacks.methods());
        lot.assertQueue(key, others);
    }

    // ---- while it is queued

    /** A thread whose neighbours in front and behind must not notice anything. */
    private final class Sandwich {
        final Parked front = lot.park(key);
        final Parked thread;
        final Parked behind;

        Sandwich(ScriptedCallbacks callbacks, Patience patience) {
            thread = lot.park(key, callbacks, patience);
            behind = lot.park(key, ParkOptions.NONE.lookingAgain(2L * INTERVAL, 1, 2L * INTERVAL));
        }

        void assertThreadLeft() {
            assertFailed(thread);
            lot.assertQueue(key, List.of(front, behind));
            assertFalse(front.isRoused());
            assertFalse(behind.isRoused());
        }
    }

    @Test
    void beforeSleepThatThrowsMakesTheThreadLeave() {
        ScriptedCallbacks callbacks = failingIn("beforeSleep");
        new Sandwich(callbacks, Patience.ENDLESS).assertThreadLeft();
        assertEquals(List.of(Call.validate(key), Call.beforeSleep(key), Call.timedOut(key, false)), callbacks.calls);
    }

    @Test
    void yieldsBeforeSleepThatThrowsMakesTheThreadLeave() {
        ScriptedCallbacks callbacks = failingIn("yieldsBeforeSleep");
        new Sandwich(callbacks, Patience.ENDLESS).assertThreadLeft();
        assertEquals(List.of("validate", "beforeSleep", "yieldsBeforeSleep", "timedOut"), callbacks.methods());
    }

    @Test
    void beforeSleepThatThrowsInTheOnlyThreadLeavesAnEmptyTable() {
        ScriptedCallbacks callbacks = failingIn("beforeSleep");
        assertFailed(lot.park(key, callbacks));
        assertEquals(Call.timedOut(key, true), callbacks.calls.get(2));
        assertEquals(List.of(), lot.snapshot());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void parkerThatThrowsMakesTheThreadLeave(boolean timed) {
        ScriptedCallbacks callbacks = new ScriptedCallbacks();
        Parked front = lot.park(key);
        lot.backend.throwNextAt(Fault.PARK, injected);
        Parked thread = lot.park(key, callbacks, timed ? Patience.until(lot.clock.in(0L)) : Patience.ENDLESS);
        assertFailed(thread);
        assertEquals(Call.timedOut(key, false), callbacks.calls.get(2));
        lot.assertQueue(key, List.of(front));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void lookThatThrowsMakesTheThreadLeave(int round) {
        ScriptedCallbacks callbacks = new ScriptedCallbacks().lookingAgain(INTERVAL);
        Parked thread = lot.park(key, callbacks);
        Parked behind = lot.park(key);
        for (int i = 1; i < round; i++) {
            thread.returnFromPark();
        }
        callbacks.on("validate", this::fail);
        thread.returnFromPark();
        assertFailed(thread);
        assertEquals(Call.timedOut(key, false), callbacks.calls.get(callbacks.calls.size() - 1));
        lot.assertQueue(key, List.of(behind));
    }

    @Test
    void fenceThatThrowsMakesTheThreadLeave() {
        ScriptedCallbacks callbacks = new ScriptedCallbacks().lookingAgain(INTERVAL);
        Sandwich sandwich = new Sandwich(callbacks, Patience.ENDLESS);
        lot.failFence(injected);
        lot.clock.advance(INTERVAL);
        sandwich.thread.returnFromPark();
        assertFailed(sandwich.thread);
        assertEquals(List.of("validate", "beforeSleep", "timedOut"), callbacks.methods());
        lot.assertQueue(key, List.of(sandwich.front, sandwich.behind));
    }

    /** The ways out that call {@code timedOut}. */
    private enum Exit {
        TIMEOUT,
        INTERRUPT,
        SECOND_LOOK
    }

    @ParameterizedTest
    @EnumSource(Exit.class)
    void timedOutThatThrowsLeavesTheThreadOutOfTheQueue(Exit exit) {
        ScriptedCallbacks callbacks = failingIn("timedOut").lookingAgain(INTERVAL);
        Sandwich sandwich = new Sandwich(callbacks, Patience.interruptiblyUntil(lot.clock.in(INTERVAL)));
        switch (exit) {
            case TIMEOUT -> lot.clock.advance(INTERVAL);
            case INTERRUPT -> sandwich.thread.thread().interrupt();
            case SECOND_LOOK -> callbacks.valid = false;
        }
        sandwich.thread.returnFromPark();
        assertFailed(sandwich.thread);
        assertEquals(1L, callbacks.methods().stream().filter("timedOut"::equals).count(), "not once more");
        assertFalse(callbacks.methods().contains("wakeLost"), "nobody had chosen it");
        lot.assertQueue(key, List.of(sandwich.front, sandwich.behind));
        assertTrue(sandwich.behind.isRoused(), "the duty to look again has passed on all the same");
    }

    @Test
    void timedOutThatThrowsOnTheWayOutOfAFailureIsSuppressed() {
        IllegalArgumentException first = new IllegalArgumentException("first");
        ScriptedCallbacks callbacks = failingIn("timedOut");
        callbacks.on("beforeSleep", () -> Thrower.sneakily(first));
        Parked thread = lot.park(key, callbacks);
        assertSame(first, thread.failure());
        assertEquals(List.of(injected), List.of(first.getSuppressed()));
        assertEquals(List.of(), lot.snapshot());
    }

    @Test
    void oneThrowableThrownTwiceIsNotSuppressedByItself() {
        ScriptedCallbacks callbacks = failingIn("timedOut").on("beforeSleep", this::fail);
        assertFailed(lot.park(key, callbacks));
        assertEquals(0, injected.getSuppressed().length);
    }

    @Test
    void requeuedThreadThatFailsLeavesItsNewQueueAndIsToldThatKey() {
        ScriptedCallbacks callbacks = failingIn("beforeSleep");
        callbacks.on("beforeSleep", () -> {
            lot.requeueAll(key, keys.get(1));
            fail();
        });
        Parked behind = lot.park(keys.get(1));
        assertFailed(lot.park(key, callbacks));
        assertEquals(Call.timedOut(keys.get(1), false), callbacks.calls.get(2));
        lot.assertQueue(key, List.of());
        lot.assertQueue(keys.get(1), List.of(behind));
    }

    @Test
    void clockThatThrowsLeavesNoBucketLocked() {
        Throwable[] failure = {null};
        KeyedLot failing = Sleepless.lot(1, () -> {
            Thrower.sneakily(failure[0]);
            return 0L;
        });
        Sleepless.enqueue(failing, key);
        failure[0] = injected;
        assertThrowsInjected(() -> failing.isTurnDue(key));
        assertFalse(failing.bucketOf(key).isHeld());
        assertThrowsInjected(() -> failing.unparkOne(key, 0L));
        assertFalse(failing.bucketOf(key).isHeld());
        failure[0] = null;
        failing.checkInvariants();
        assertEquals(1, failing.unparkAll(key, 0L));
    }

    // ---- a wake that the failure would swallow

    @Test
    void wakeLostIsCalledWithTheTokenWhenBeforeSleepThrowsInAChosenThread() {
        ScriptedCallbacks callbacks = new ScriptedCallbacks();
        callbacks.on("beforeSleep", () -> {
            lot.unparkOne(key, 66L);
            fail();
        });
        Parked thread = lot.park(key, callbacks);
        assertFailed(thread);
        assertEquals(
                List.of(Call.validate(key), Call.beforeSleep(key), Call.wakeLost(key, 66L)),
                callbacks.calls,
                "and not timedOut: it did not leave by itself");
    }

    @Test
    void wakeLostIsCalledWhenTheParkerThrowsInAChosenThread() {
        ScriptedCallbacks callbacks = new ScriptedCallbacks();
        callbacks.on("beforeSleep", () -> {
            lot.unparkOne(key, 66L);
            lot.backend.throwNextAt(Fault.PARK, injected);
        });
        assertFailed(lot.park(key, callbacks));
        assertEquals(Call.wakeLost(key, 66L), callbacks.calls.get(2));
    }

    @Test
    void wakeLostRecordsTheLossByDefault() {
        ParkCallbacks<Key> callbacks = new ParkCallbacks<>() {
            @Override
            public boolean validate(Key context, long parkToken) {
                return true;
            }

            @Override
            public void beforeSleep(Key context) {
                lot.unparkOne(context, 66L);
                fail();
            }
        };
        assertFailed(lot.park(key, callbacks, ParkOptions.NONE, 0L, Patience.ENDLESS));
        assertEquals(1, injected.getSuppressed().length);
        assertTrue(injected.getSuppressed()[0] instanceof IllegalStateException);
        assertTrue(injected.getSuppressed()[0].getMessage().contains("66"));
    }

    @Test
    void wakeLostCanPassTheWakeOn() {
        ScriptedCallbacks callbacks = new ScriptedCallbacks();
        Parked[] second = new Parked[1];
        callbacks.on("beforeSleep", () -> {
            lot.unparkOne(key, 66L);
            second[0] = lot.park(key);
            fail();
        });
        callbacks.on("wakeLost", () -> lot.unparkOne(key, 67L));
        assertFailed(lot.park(key, callbacks));
        assertEquals(67L, second[0].wokenResult().unparkToken());
    }

    @Test
    void wakeLostThatThrowsIsSuppressed() {
        IllegalArgumentException first = new IllegalArgumentException("first");
        ScriptedCallbacks callbacks = failingIn("wakeLost");
        callbacks.on("beforeSleep", () -> {
            lot.unparkOne(key, 66L);
            Thrower.sneakily(first);
        });
        assertSame(first, lot.park(key, callbacks).failure());
        assertEquals(List.of(injected), List.of(first.getSuppressed()));
    }

    // ---- the unparking side: nothing is changed

    private void assertUntouched(List<Parked> threads) {
        lot.assertQueue(key, threads);
        for (Parked thread : threads) {
            assertFalse(thread.sleeper().isMarkedUnparked());
            assertFalse(thread.isRoused());
        }
        // And they can still be woken, in the same order.
        for (int i = 0; i < threads.size(); i++) {
            lot.unparkOne(key, 100L + i);
            assertEquals(100L + i, threads.get(i).wokenResult().unparkToken());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void unparkOneCallbackThatThrowsWakesNobody(int waiting) {
        List<Parked> threads = lot.parkSeveral(waiting, key);
        assertThrowsInjected(() -> lot.unparkOne(key, this::failing));
        assertUntouched(threads);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void filterThatThrowsAtAnyThreadWakesNobody(int at) {
        List<Parked> threads = lot.parkSeveral(4, key);
        assertThrowsInjected(() -> lot.unparkFilter(
                key,
                (context, token) -> {
                    if (token == at) {
                        fail();
                    }
                    return FilterOp.UNPARK;
                },
                KeyedLot.NO_TOKEN));
        assertUntouched(threads);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void filterThatAnswersNullAtAnyThreadWakesNobody(int at) {
        List<Parked> threads = lot.parkSeveral(4, key);
        assertThrows(
                NullPointerException.class,
                () -> lot.unparkFilter(
                        key, (context, token) -> token == at ? null : FilterOp.UNPARK, KeyedLot.NO_TOKEN));
        assertUntouched(threads);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void unparkFilterCallbackThatThrowsWakesNobody(int waiting) {
        List<Parked> threads = lot.parkSeveral(waiting, key);
        assertThrowsInjected(() -> lot.unparkFilter(key, (context, token) -> FilterOp.UNPARK, this::failing));
        assertUntouched(threads);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void requeueValidationThatThrowsMovesAndWakesNobody(int waiting) {
        List<Parked> target = lot.parkSeveral(waiting, keys.get(1));
        List<Parked> threads = lot.parkSeveral(2, key);
        assertThrowsInjected(() -> lot.requeue(key, keys.get(1), new RequeueCallbacks<Object>() {
            @Override
            public RequeueOp validate(Object context) {
                fail();
                return null;
            }

            @Override
            public long unparking(Object context, RequeueOp op, long parkToken, UnparkResult result) {
                throw new AssertionError("not to be called");
            }
        }));
        lot.assertQueue(keys.get(1), target);
        assertUntouched(threads);
    }

    @Test
    void requeueValidationThatAnswersNullMovesAndWakesNobody() {
        List<Parked> threads = lot.parkSeveral(2, key);
        assertThrows(NullPointerException.class, () -> lot.requeue(key, keys.get(1), new FixedRequeue(null)));
        lot.assertQueue(keys.get(1), List.of());
        assertUntouched(threads);
    }

    @ParameterizedTest
    @EnumSource(value = RequeueOp.class, names = "ABORT", mode = EnumSource.Mode.EXCLUDE)
    void requeueCallbackThatThrowsMovesAndWakesNobody(RequeueOp op) {
        for (Key target : List.of(keys.get(1), key)) {
            List<Parked> threads = lot.parkSeveral(3, key);
            assertThrowsInjected(() -> lot.requeue(key, target, new FixedRequeue(op, this::failing)));
            if (!target.equals(key)) {
                lot.assertQueue(target, List.of());
            }
            assertUntouched(threads);
        }
    }

    // ---- waking is past the point of no return: all chosen threads are woken, then it throws

    @Test
    void unparkOneStillTakesTheThreadOutWhenItsHandleThrows() {
        Parked thread = lot.park(key);
        lot.backend.throwNextAt(Fault.UNPARK, injected);
        assertThrowsFromWake(() -> lot.unparkOne(key, 9L));
        lot.assertQueue(key, List.of());
        assertEquals(9L, thread.returnFromPark().result().unparkToken());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void everyOtherThreadIsWokenWhenOneHandleThrows(int failing) {
        for (String operation : List.of("unparkAll", "unparkFilter")) {
            List<Parked> threads = lot.parkSeveral(3, key);
            lot.backend.throwAtCall(Fault.UNPARK, failing, injected);
            assertThrowsFromWake(() -> {
                if (operation.equals("unparkAll")) {
                    lot.unparkAll(key, 9L);
                } else {
                    lot.unparkFilter(key, (context, token) -> FilterOp.UNPARK, (context, parkToken, result) -> 9L);
                }
            });
            lot.assertQueue(key, List.of());
            assertEquals(
                    IntStream.range(0, 3).mapToObj(i -> i != failing).toList(),
                    threads.stream().map(Parked::isRoused).toList());
            threads.forEach(
                    thread -> assertEquals(9L, thread.returnFromPark().result().unparkToken()));
        }
    }

    @Test
    void requeueHasMovedItsThreadsWhenTheHandleThrows() {
        List<Parked> threads = lot.parkSeveral(3, key);
        lot.backend.throwNextAt(Fault.UNPARK, injected);
        assertThrowsFromWake(() -> lot.requeue(key, keys.get(1), new FixedRequeue(RequeueOp.UNPARK_ONE_REQUEUE_REST)));
        lot.assertQueue(keys.get(1), threads.subList(1, 3));
        assertTrue(threads.get(0).returnFromPark().result().isUnparked());
    }
}
