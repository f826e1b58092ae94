package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.core.HandDrivenLot.Parked;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code unparkRequeue}: all five operations, on the same key, the same bucket and different buckets. */
class UnparkRequeueTest {
    private static final int TABLE_SIZE = 4;

    private final HandDrivenLot lot = new HandDrivenLot(TABLE_SIZE);

    @AfterEach
    void nothingIsLeft() {
        lot.close();
    }

    /** Answers as told and remembers what it was told. */
    private static final class Decision implements RequeueCallbacks<Key> {
        final RequeueOp answer;
        final List<UnparkResult> told = new ArrayList<>();
        final List<RequeueOp> ops = new ArrayList<>();
        final List<Key> contexts = new ArrayList<>();
        final List<Long> tokens = new ArrayList<>();
        int validations;

        Decision(RequeueOp answer) {
            this.answer = answer;
        }

        @Override
        public RequeueOp validate(Key context) {
            validations++;
            contexts.add(context);
            return answer;
        }

        @Override
        public long unparking(Key context, RequeueOp op, long parkToken, UnparkResult result) {
            contexts.add(context);
            tokens.add(parkToken);
            ops.add(op);
            told.add(result);
            return 55L;
        }
    }

    /** How the two keys lie to each other. */
    private enum Layout {
        SAME_KEY,
        SAME_BUCKET,
        TWO_BUCKETS;

        List<Key> keys() {
            return switch (this) {
                case SAME_KEY -> Collections.nCopies(2, Key.fresh());
                case SAME_BUCKET -> Key.inOneBucket(TABLE_SIZE, 2);
                case TWO_BUCKETS -> Key.inTwoBuckets(TABLE_SIZE);
            };
        }
    }

    static Stream<Arguments> cases() {
        return Stream.of(RequeueOp.values())
                .flatMap(op -> Stream.of(Layout.values())
                        .flatMap(layout -> IntStream.rangeClosed(0, 4)
                                .boxed()
                                .flatMap(waiting ->
                                        Stream.of(0, 2).map(atTarget -> Arguments.of(op, layout, waiting, atTarget)))))
                .filter(arguments -> arguments.get()[1] != Layout.SAME_KEY || arguments.get()[3].equals(0));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void wakesMovesAndTellsWhatTheOperationSays(RequeueOp op, Layout layout, int waiting, int atTarget) {
        List<Key> keys = layout.keys();
        Key from = keys.get(0);
        Key to = keys.get(1);
        List<Parked> target = lot.parkSeveral(atTarget, to);
        List<Parked> source = lot.parkSeveral(waiting, from);

        int unparked = op.unparksOne() && waiting > 0 ? 1 : 0;
        int requeued = switch (op) {
            case ABORT, UNPARK_ONE -> 0;
            case REQUEUE_ONE -> Math.min(1, waiting);
            case REQUEUE_ALL, UNPARK_ONE_REQUEUE_REST -> waiting - unparked;
        };
        boolean rest = op == RequeueOp.REQUEUE_ALL || op == RequeueOp.UNPARK_ONE_REQUEUE_REST || op == RequeueOp.ABORT;
        UnparkResult expected = new UnparkResult(
                unparked, requeued, (!rest && waiting > 1) || (layout == Layout.SAME_KEY && requeued != 0), false);

        Decision decision = new Decision(op);
        assertEquals(expected, lot.requeue(from, to, decision));

        assertEquals(1, decision.validations, "asked once, even with nobody there");
        assertEquals(op == RequeueOp.ABORT ? List.of() : List.of(expected), decision.told);
        assertEquals(op == RequeueOp.ABORT ? List.of() : List.of(op), decision.ops);
        assertEquals(op == RequeueOp.ABORT ? List.of() : List.of(0L), decision.tokens, "that of the first, or none");
        decision.contexts.forEach(context -> assertSame(from, context));
        if (unparked == 1) {
            assertEquals(55L, source.get(0).wokenResult().unparkToken());
        }
        List<Parked> moved = source.subList(unparked, unparked + requeued);
        List<Parked> stayed = source.subList(unparked + requeued, waiting);
        if (layout == Layout.SAME_KEY) {
            lot.assertQueue(from, concat(stayed, moved));
        } else {
            lot.assertQueue(from, stayed);
            lot.assertQueue(to, concat(target, moved));
        }
        concat(moved, stayed).forEach(thread -> assertFalse(thread.isRoused(), "moved or left, still asleep"));
        concat(moved, stayed).forEach(thread -> assertFalse(thread.sleeper().isMarkedUnparked()));
    }

    private static List<Parked> concat(List<Parked> first, List<Parked> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }

    @ParameterizedTest
    @EnumSource(Layout.class)
    void movedThreadIsWokenThroughItsNewKey(Layout layout) {
        List<Key> keys = layout.keys();
        Parked thread = lot.park(keys.get(0));
        lot.requeue(keys.get(0), keys.get(1), new Decision(RequeueOp.REQUEUE_ALL));
        if (layout != Layout.SAME_KEY) {
            assertEquals(0, lot.unparkOne(keys.get(0), 1L).unparkedThreads());
        }
        assertEquals(1, lot.unparkOne(keys.get(1), 2L).unparkedThreads());
        assertEquals(2L, thread.wokenResult().unparkToken());
    }

    static Stream<Arguments> waysToLeave() {
        return Stream.of(Layout.SAME_BUCKET, Layout.TWO_BUCKETS)
                .flatMap(layout -> Stream.of(true, false).map(interrupt -> Arguments.of(layout, interrupt)));
    }

    @ParameterizedTest
    @MethodSource("waysToLeave")
    void movedThreadThatLeavesIsToldItsNewKeyAndWhetherItWasTheLastThere(Layout layout, boolean interrupt) {
        List<Key> keys = layout.keys();
        Key from = keys.get(0);
        Key to = keys.get(1);
        List<ScriptedCallbacks> callbacks = new ArrayList<>();
        List<Parked> threads = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            callbacks.add(new ScriptedCallbacks());
            threads.add(lot.park(from, callbacks.get(i), Patience.interruptiblyUntil(lot.clock.in(10L))));
        }
        // Two move, one stays behind: neither queue may be mistaken for the other.
        lot.requeue(from, to, new Decision(RequeueOp.REQUEUE_ONE));
        lot.requeue(from, to, new Decision(RequeueOp.REQUEUE_ONE));
        lot.clock.advance(interrupt ? 0L : 10L);
        Function<Parked, ParkResult> leave =
                thread -> (interrupt ? thread.interrupt() : thread.returnFromPark()).result();
        ParkResult expected = interrupt ? ParkResult.INTERRUPTED : ParkResult.TIMED_OUT;
        assertSame(expected, leave.apply(threads.get(0)));
        assertSame(expected, leave.apply(threads.get(1)));
        assertSame(expected, leave.apply(threads.get(2)));
        assertEquals(Call.timedOut(to, false), callbacks.get(0).calls.get(2));
        assertEquals(
                Call.timedOut(to, true),
                callbacks.get(1).calls.get(2),
                "last there, although one waits on the old key");
        assertEquals(Call.timedOut(from, true), callbacks.get(2).calls.get(2));
    }

    @Test
    void movedThreadKeepsItsDeadlineAndItsParkToken() {
        List<Key> keys = Layout.TWO_BUCKETS.keys();
        Parked thread = lot.park(keys.get(0), KeyedLot.VALID, ParkOptions.NONE, 99L, Patience.until(lot.clock.in(10L)));
        lot.requeue(keys.get(0), keys.get(1), new Decision(RequeueOp.REQUEUE_ALL));
        assertEquals(
                List.of(new ParkedThread(thread.thread(), 99L, lot.clock.getAsLong(), true, true)),
                lot.waiters(keys.get(1)));
        assertTrue(thread.returnFromPark().isAsleep(), "a return for no reason changes nothing here either");
        lot.clock.advance(10L);
        assertSame(ParkResult.TIMED_OUT, thread.returnFromPark().result());
    }

    @ParameterizedTest
    @MethodSource("waysToLeave")
    void movedThreadThatStaysKeepsItsPlaceAndTheInterruptForLater(Layout layout, boolean interrupt) {
        List<Key> keys = layout.keys();
        ScriptedCallbacks callbacks = new ScriptedCallbacks().with(ParkOptions.NONE.stayingOnceRequeued());
        Parked thread = lot.park(keys.get(0), callbacks, Patience.interruptiblyUntil(lot.clock.in(10L)));
        lot.requeue(keys.get(0), keys.get(1), new Decision(RequeueOp.REQUEUE_ALL));
        Parked behind = lot.park(keys.get(1));
        lot.clock.advance(interrupt ? 0L : 10L);
        assertTrue((interrupt ? thread.interrupt() : thread.returnFromPark()).isAsleep());
        assertNull(thread.sleepsUntil(), "its deadline is of no interest any more");
        assertTrue(thread.returnFromPark().isAsleep());
        lot.assertQueue(keys.get(1), List.of(thread, behind));
        lot.unparkOne(keys.get(1), 5L);
        assertEquals(5L, thread.wokenResult().unparkToken());
        assertEquals(interrupt, thread.interruptedAfterwards());
        assertEquals(List.of("validate", "beforeSleep"), callbacks.methods());
    }

    @Test
    void whoStaysOnceRequeuedLeavesAsUsualBefore() {
        ScriptedCallbacks callbacks = new ScriptedCallbacks().with(ParkOptions.NONE.stayingOnceRequeued());
        Parked thread = lot.park(Key.fresh(), callbacks, Patience.until(lot.clock.in(0L)));
        assertSame(ParkResult.TIMED_OUT, thread.returnFromPark().result());
    }

    @Test
    void movedThreadCanMoveAgainAndBack() {
        List<Key> keys = Layout.TWO_BUCKETS.keys();
        Parked first = lot.park(keys.get(0));
        Parked second = lot.park(keys.get(0));
        lot.requeue(keys.get(0), keys.get(1), new Decision(RequeueOp.REQUEUE_ONE));
        lot.requeue(keys.get(1), keys.get(0), new Decision(RequeueOp.REQUEUE_ALL));
        lot.assertQueue(keys.get(0), List.of(second, first));
        lot.assertQueue(keys.get(1), List.of());
    }

    @Test
    void threadChosenByARequeueBeforeItCouldTimeOutIsUnparked() {
        List<Key> keys = Layout.TWO_BUCKETS.keys();
        Parked thread = lot.park(keys.get(0), Patience.interruptiblyUntil(lot.clock.in(0L)));
        lot.requeue(keys.get(0), keys.get(1), new Decision(RequeueOp.UNPARK_ONE_REQUEUE_REST));
        assertEquals(ParkResult.unparked(55L), thread.returnFromPark().result());
    }

    @Test
    void movesOverNullBasesToo() {
        Key from = new Key(null, 4096L);
        Key to = new Key(null, 4104L);
        Parked thread = lot.park(from);
        lot.requeue(from, to, new Decision(RequeueOp.REQUEUE_ALL));
        lot.assertQueue(to, List.of(thread));
        assertNull(lot.snapshot().get(0).base());
    }

    @Test
    void nullIsAProgrammingError() {
        Key key = Key.fresh();
        assertThrows(NullPointerException.class, () -> lot.requeue(key, key, null));
    }
}
