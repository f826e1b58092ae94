package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.core.HandDrivenLot.Parked;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;

/**
 * Random sequences of everything that can happen, on three keys and at most six threads, against {@link LotModel}. Time
 * stands still unless a step moves it, and a parker returns only when a step says so, so a sequence has one outcome. A
 * failure prints the sequence and the seed that makes it again.
 */
class LotModelPropertyTest {
    private static final List<FilterOp> FILTER_OPS = List.of(FilterOp.values());
    private static final List<RequeueOp> REQUEUE_OPS = List.of(RequeueOp.values());

    /** A new one for each task. */
    private static final Executor ANOTHER_THREAD = task -> new Thread(task, "mover").start();

    private static final int KEYS = 3;
    private static final int MAX_THREADS = 6;

    /** Less than a thread waits for its turn, which two of them make. */
    private static final long TICK = 300_000L;

    /** One thing that happens. The numbers choose among what is there, whatever that is. */
    enum Kind {
        PARK,
        PARK_INVALID,
        UNPARK_ONE,
        UNPARK_UP_TO,
        UNPARK_ALL,
        UNPARK_FILTER,
        UNPARK_REQUEUE,
        PARKER_RETURNS,
        INTERRUPT,
        TIME_PASSES,
        STATE_CHANGES
    }

    record Step(Kind kind, int key, int otherKey, int thread, int variant, long token) {}

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Kind> kinds = Arbitraries.frequencyOf(
                Tuple.of(8, Arbitraries.just(Kind.PARK)),
                Tuple.of(6, Arbitraries.just(Kind.PARKER_RETURNS)),
                Tuple.of(6, Arbitraries.of(Kind.class)));
        Arbitrary<Step> step = Combinators.combine(
                        kinds,
                        Arbitraries.integers().between(0, KEYS - 1),
                        Arbitraries.integers().between(0, KEYS - 1),
                        Arbitraries.integers().between(0, MAX_THREADS - 1),
                        Arbitraries.integers().between(0, 728),
                        Arbitraries.longs())
                .as(Step::new);
        return step.list().ofMinSize(1).ofMaxSize(40);
    }

    @Property(tries = 700, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.BOUNDED)
    void behavesAsTheModelWithOneBucket(@ForAll("steps") List<Step> steps) {
        run(1, steps);
    }

    @Property(tries = 700, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.BOUNDED)
    void behavesAsTheModelWithTwoBuckets(@ForAll("steps") List<Step> steps) {
        run(2, steps);
    }

    private static void run(int buckets, List<Step> steps) {
        try (Comparison comparison = new Comparison(buckets)) {
            steps.forEach(comparison::perform);
        }
    }

    /** The real lot and the model side by side. */
    private static final class Comparison implements AutoCloseable {
        private final LotModel model = new LotModel();
        private final HandDrivenLot lot;
        private final List<Key> keys;

        /** The answer of every {@code validate}. */
        private boolean valid = true;

        private final Map<LotModel.Waiter, Parked> alive = new LinkedHashMap<>();
        private final Map<LotModel.Waiter, ScriptedCallbacks> callbacks = new HashMap<>();
        private int parks;

        Comparison(int tableSize) {
            lot = new HandDrivenLot(tableSize);
            // With two buckets: two keys in one, one in the other.
            keys = new ArrayList<>(Key.inOneBucket(tableSize, 2));
            Table table = new Table(tableSize);
            Key last = Key.fresh();
            while (tableSize > 1 && bucketOf(table, last) == bucketOf(table, keys.get(0))) {
                last = Key.fresh();
            }
            keys.add(last);
        }

        private static Bucket bucketOf(Table table, Key key) {
            return table.bucketOf(key.base(), key.offset());
        }

        void perform(Step step) {
            Key key = keys.get(step.key);
            switch (step.kind) {
                case PARK -> park(step, key);
                case PARK_INVALID -> parkInvalid(key);
                case UNPARK_ONE -> unparkUpTo(step, key, 1);
                case UNPARK_UP_TO -> unparkUpTo(step, key, step.variant % 4);
                case UNPARK_ALL -> unparkUpTo(step, key, Integer.MAX_VALUE);
                case UNPARK_FILTER -> unparkFilter(step, key);
                case UNPARK_REQUEUE -> unparkRequeue(step, key, keys.get(step.otherKey));
                case PARKER_RETURNS -> parkerReturns(step);
                case INTERRUPT -> interrupt(step);
                case TIME_PASSES -> lot.clock.advance((1L + step.variant % 3) * TICK);
                case STATE_CHANGES -> valid = !valid;
            }
            compare();
        }

        private void park(Step step, Key key) {
            if (alive.size() == MAX_THREADS || !valid) {
                return;
            }
            boolean interruptible = step.variant % 2 == 0;
            boolean looksAgain = step.variant / 2 % 2 == 0;
            Long deadline = step.variant / 4 % 2 == 0 ? null : (Long) lot.clock.in(step.variant / 8 % 4 * TICK);
            boolean stays = step.variant / 32 % 2 == 0;
            boolean returns = step.variant / 64 % 4 == 0;
            long since = lot.clock.in(returns ? -(step.variant / 256) * TICK : 0L);
            ParkOptions options = stays ? ParkOptions.NONE.stayingOnceRequeued() : ParkOptions.NONE;
            if (looksAgain) {
                options = options.lookingAgain(LotModel.LOOK_AFTER, 1, LotModel.LOOK_AFTER);
            }
            if (returns) {
                options = options.returning(since);
            }
            LotModel.Waiter waiter =
                    new LotModel.Waiter(parks++, key, step.token, interruptible, deadline, looksAgain, stays, since);
            ScriptedCallbacks scripted = newCallbacks();
            Patience patience = new Patience(deadline != null, deadline == null ? 0L : deadline, interruptible);
            callbacks.put(waiter, scripted);
            alive.put(waiter, lot.park(key, scripted, options, step.token, patience));
            model.park(waiter, returns);
        }

        private ScriptedCallbacks newCallbacks() {
            ScriptedCallbacks scripted = new ScriptedCallbacks();
            return scripted.on("validate", () -> scripted.valid = valid);
        }

        private void parkInvalid(Key key) {
            if (valid) {
                return;
            }
            Parked thread = lot.park(key, newCallbacks());
            assertEquals(ParkResult.INVALID, thread.result());
        }

        /** What the lot should say about the turn of a thread that it wakes; notes that it has had it. */
        private boolean isFair(Key key, List<LotModel.Waiter> chosen) {
            long now = lot.clock.getAsLong();
            boolean fair = !chosen.isEmpty() && model.isTurnDue(chosen.get(0), now);
            if (fair) {
                model.turnTaken(key, now);
            }
            return fair;
        }

        private void unparkUpTo(Step step, Key key, int limit) {
            List<LotModel.Waiter> queue = model.queue(key);
            int unparked = Math.min(limit, queue.size());
            boolean due = !queue.isEmpty() && model.isTurnDue(model.eldest(key), lot.clock.getAsLong());
            assertEquals(due, lot.isTurnDue(key));
            List<LotModel.Waiter> chosen =
                    due && limit == 1 ? List.of(model.eldest(key)) : List.copyOf(queue.subList(0, unparked));
            UnparkResult expected = new UnparkResult(unparked, 0, queue.size() > unparked, isFair(key, chosen));
            List<UnparkResult> told = new ArrayList<>();
            assertEquals(expected, lot.unparkUpTo(key, limit, (context, parkToken, result) -> {
                assertSame(key, context);
                told.add(result);
                return step.token;
            }));
            assertEquals(List.of(expected), told);
            model.unpark(key, chosen, step.token);
        }

        private void unparkFilter(Step step, Key key) {
            // The variant in base 3 is the filter's answers, one digit a thread.
            List<LotModel.Waiter> chosen = new ArrayList<>();
            List<Long> tokens = new ArrayList<>();
            int digits = step.variant;
            boolean leavesSome = false;
            for (LotModel.Waiter waiter : model.queue(key)) {
                FilterOp op = FILTER_OPS.get(digits % FILTER_OPS.size());
                digits /= 3;
                tokens.add(waiter.parkToken);
                leavesSome |= op != FilterOp.UNPARK;
                if (op == FilterOp.UNPARK) {
                    chosen.add(waiter);
                }
                if (op == FilterOp.STOP) {
                    break;
                }
            }
            UnparkResult expected = new UnparkResult(chosen.size(), 0, leavesSome, isFair(key, chosen));
            List<UnparkResult> told = new ArrayList<>();
            List<Long> shown = new ArrayList<>();
            int[] rest = {step.variant};
            UnparkResult result = lot.unparkFilter(
                    key,
                    (context, token) -> {
                        shown.add(token);
                        FilterOp op = FILTER_OPS.get(rest[0] % FILTER_OPS.size());
                        rest[0] /= 3;
                        return op;
                    },
                    (context, parkToken, about) -> {
                        assertSame(key, context);
                        told.add(about);
                        return step.token;
                    });
            assertEquals(expected, result);
            assertEquals(List.of(expected), told);
            assertEquals(tokens, shown);
            model.unpark(key, chosen, step.token);
        }

        private void unparkRequeue(Step step, Key from, Key to) {
            RequeueOp op = REQUEUE_OPS.get(step.variant % REQUEUE_OPS.size());
            boolean precede = step.variant / REQUEUE_OPS.size() % 2 == 0;
            int waiting = model.queue(from).size();
            int unparked =
                    op == RequeueOp.UNPARK_ONE || op == RequeueOp.UNPARK_ONE_REQUEUE_REST ? Math.min(1, waiting) : 0;
            int requeued = switch (op) {
                case ABORT, UNPARK_ONE -> 0;
                case REQUEUE_ONE -> Math.min(1, waiting);
                case REQUEUE_ALL, UNPARK_ONE_REQUEUE_REST -> waiting - unparked;
            };
            boolean haveMore = op != RequeueOp.ABORT && unparked + requeued < waiting;
            haveMore |= from.equals(to) && requeued > 0;
            boolean fair = isFair(from, model.queue(from).subList(0, unparked));
            UnparkResult expected = new UnparkResult(unparked, requeued, haveMore, fair);
            List<UnparkResult> told = new ArrayList<>();
            RequeueCallbacks<Key> callbacks = new RequeueCallbacks<>() {
                @Override
                public RequeueOp validate(Key context) {
                    assertSame(from, context);
                    return op;
                }

                @Override
                public boolean movedThreadsPrecede(Key context) {
                    assertSame(from, context);
                    return precede;
                }

                @Override
                public long unparking(Key context, RequeueOp answered, long parkToken, UnparkResult about) {
                    assertSame(from, context);
                    assertEquals(op, answered);
                    told.add(about);
                    return step.token;
                }
            };
            Object mover = step.variant / REQUEUE_OPS.size() / 2 % 3 == 0 ? new Object() : this;
            UnparkResult result = mover == this
                    ? lot.requeue(from, to, callbacks)
                    : CompletableFuture.supplyAsync(() -> lot.requeue(from, to, callbacks), ANOTHER_THREAD)
                            .join();
            assertEquals(expected, result);
            assertEquals(op == RequeueOp.ABORT ? List.of() : List.of(expected), told);
            model.unparkAndRequeue(
                    from, to, unparked, requeued, precede ? mover : null, step.token, lot.clock.getAsLong());
        }

        private void parkerReturns(Step step) {
            LotModel.Waiter waiter = chooseThread(step);
            if (waiter != null) {
                model.parkerReturns(waiter, lot.clock.getAsLong(), valid);
                alive.get(waiter).returnFromPark();
            }
        }

        /** Sets the flag only; the parker returns in a step of its own, before or after other things have happened. */
        private void interrupt(Step step) {
            LotModel.Waiter waiter = chooseThread(step);
            if (waiter != null) {
                waiter.interrupted = true;
                alive.get(waiter).thread().interrupt();
            }
        }

        private LotModel.Waiter chooseThread(Step step) {
            List<LotModel.Waiter> waiters = List.copyOf(alive.keySet());
            return waiters.isEmpty() ? null : waiters.get(step.thread % waiters.size());
        }

        private void compare() {
            lot.checkInvariants();
            for (Key key : keys) {
                List<ParkedThread> expected = model.queue(key).stream()
                        .map(waiter -> new ParkedThread(
                                alive.get(waiter).thread(),
                                waiter.parkToken,
                                waiter.since,
                                waiter.canTimeOut(),
                                waiter.requeued))
                        .toList();
                assertEquals(expected, lot.waiters(key));
            }
            assertEquals(
                    keys.stream().filter(key -> !model.queue(key).isEmpty()).count(),
                    lot.snapshot().size());
            alive.forEach(this::compare);
            alive.values().removeIf(Parked::hasEnded);
        }

        private void compare(LotModel.Waiter waiter, Parked thread) {
            List<Call> calls = new ArrayList<>(callbacks.get(waiter).calls);
            calls.removeIf(call -> call.method().equals("validate"));
            assertEquals(waiter.calls, calls);
            if (thread.hasEnded()) {
                assertEquals(waiter.result, thread.result());
                assertEquals(waiter.interrupted, thread.interruptedAfterwards());
            } else if (waiter.result != null) {
                assertTrue(thread.isRoused() || thread.sleeper().isMarkedUnparked(), "chosen, so no parker keeps it");
            } else if (waiter.requeued) {
                // It may still sleep until a time that it chose before it was moved, but does nothing then.
                assertTrue(thread.isAsleep());
            } else {
                assertTrue(thread.isAsleep());
                assertDutyIsHeldByOne(waiter.key);
            }
        }

        /**
         * At most one thread of a queue sleeps with a view to looking again, besides those whose look is due already
         * (Duty.settle).
         */
        private void assertDutyIsHeldByOne(Key key) {
            long onDuty = model.queue(key).stream()
                    .filter(waiter -> !waiter.requeued)
                    .filter(waiter -> sleepsToLook(waiter, alive.get(waiter)))
                    .filter(waiter -> alive.get(waiter).sleepsUntil() - lot.clock.getAsLong() > 0L)
                    .count();
            assertFalse(onDuty > 1L, "one thread of a queue looks again");
        }

        private static boolean sleepsToLook(LotModel.Waiter waiter, Parked thread) {
            return waiter.looksAgain
                    && thread.sleepsUntil() != null
                    && !thread.sleepsUntil().equals(waiter.deadline);
        }

        @Override
        public void close() {
            lot.close();
        }
    }
}
