package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.core.HandDrivenLot.Parked;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
 * Random sequences of what can happen to queues in which threads and entries without threads stand, against {@link
 * LotModel}, which knows no difference: for it, an entry that is cancelled is a thread that is interrupted. What the
 * results of unparks say is the business of {@link LotModelPropertyTest}; here it matters who is chosen.
 */
class MixedQueuePropertyTest {
    private static final int KEYS = 2;
    private static final int MAX_THREADS = 3;
    private static final long TICK = 300_000L;

    enum Kind {
        PARK,
        ENQUEUE,
        CANCEL,
        TIME_OUT,
        UNPARK_ONE,
        UNPARK_UP_TO,
        UNPARK_FILTER,
        REQUEUE,
        TIME_PASSES
    }

    record Step(Kind kind, int key, int which, int variant) {}

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Kind> kinds = Arbitraries.frequencyOf(
                Tuple.of(3, Arbitraries.just(Kind.PARK)),
                Tuple.of(5, Arbitraries.just(Kind.ENQUEUE)),
                Tuple.of(8, Arbitraries.of(Kind.class)));
        return Combinators.combine(
                        kinds,
                        Arbitraries.integers().between(0, KEYS - 1),
                        Arbitraries.integers().between(0, 30),
                        Arbitraries.integers().between(0, 255))
                .as(Step::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(60);
    }

    @Property(tries = 600, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.BOUNDED)
    void threadsAndEntriesAreChosenAlikeInOneBucket(@ForAll("steps") List<Step> steps) {
        run(1, steps);
    }

    @Property(tries = 600, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.BOUNDED)
    void threadsAndEntriesAreChosenAlikeInTwoBuckets(@ForAll("steps") List<Step> steps) {
        run(2, steps);
    }

    private static void run(int buckets, List<Step> steps) {
        try (Comparison comparison = new Comparison(buckets)) {
            steps.forEach(comparison::perform);
        }
    }

    private static final class Comparison implements AutoCloseable {
        private final LotModel model = new LotModel();
        private final HandDrivenLot lot;
        private final List<Key> keys;
        private final Map<LotModel.Waiter, Parked> threads = new LinkedHashMap<>();
        private final Map<LotModel.Waiter, ScriptedEntry> entries = new LinkedHashMap<>();
        private int count;
        private long token;

        Comparison(int tableSize) {
            lot = new HandDrivenLot(tableSize);
            keys = tableSize == 1 ? Key.inOneBucket(1, KEYS) : Key.inTwoBuckets(tableSize);
        }

        void perform(Step step) {
            Key key = keys.get(step.key);
            token++;
            switch (step.kind) {
                case PARK -> park(step, key);
                case ENQUEUE -> enqueue(step, key);
                case CANCEL -> cancel(step);
                case TIME_OUT -> timeOut(step);
                case UNPARK_ONE -> unparkUpTo(key, 1);
                case UNPARK_UP_TO -> unparkUpTo(key, step.variant % 4);
                case UNPARK_FILTER -> unparkFilter(step, key);
                case REQUEUE -> requeue(step, key, keys.get(step.which % KEYS));
                case TIME_PASSES -> lot.clock.advance((1L + step.variant % 3) * TICK);
            }
            compare();
        }

        private LotModel.Waiter newWaiter(Step step, Key key, boolean interruptible, Long deadline) {
            boolean stays = step.variant % 4 == 0;
            return new LotModel.Waiter(
                    count++, key, step.which, interruptible, deadline, false, stays, lot.clock.getAsLong());
        }

        private static ParkOptions options(LotModel.Waiter waiter, boolean returns) {
            ParkOptions options = waiter.staysOnceRequeued ? ParkOptions.NONE.stayingOnceRequeued() : ParkOptions.NONE;
            return returns ? options.returning(waiter.since) : options;
        }

        private void park(Step step, Key key) {
            if (threads.size() == MAX_THREADS) {
                return;
            }
            boolean returns = step.variant / 4 % 4 == 0;
            LotModel.Waiter waiter = newWaiter(step, key, false, (Long) lot.clock.in(TICK));
            Patience patience = Patience.until(waiter.deadline);
            threads.put(waiter, lot.park(key, KeyedLot.VALID, options(waiter, returns), waiter.parkToken, patience));
            model.park(waiter, returns);
        }

        private void enqueue(Step step, Key key) {
            boolean returns = step.variant / 4 % 4 == 0;
            LotModel.Waiter waiter = newWaiter(step, key, true, null);
            entries.put(waiter, new ScriptedEntry(lot, key).enqueue(options(waiter, returns), waiter.parkToken));
            model.park(waiter, returns);
        }

        private static <T> T choose(Step step, List<T> among) {
            return among.isEmpty() ? null : among.get(step.which % among.size());
        }

        private void cancel(Step step) {
            LotModel.Waiter waiter = choose(step, List.copyOf(entries.keySet()));
            if (waiter == null) {
                return;
            }
            boolean waited = waiter.result == null;
            waiter.interrupted = waited;
            model.parkerReturns(waiter, lot.clock.getAsLong(), true);
            waiter.interrupted = false;
            boolean left = waited && waiter.result != null;
            assertEquals(left, entries.get(waiter).cancel());
        }

        private void timeOut(Step step) {
            LotModel.Waiter waiter = choose(step, List.copyOf(threads.keySet()));
            if (waiter != null) {
                model.parkerReturns(waiter, lot.clock.getAsLong(), true);
                threads.get(waiter).returnFromPark();
            }
        }

        private void turnTakenIfDue(Key key, List<LotModel.Waiter> chosen) {
            if (!chosen.isEmpty() && model.isTurnDue(chosen.get(0), lot.clock.getAsLong())) {
                model.turnTaken(key, lot.clock.getAsLong());
            }
        }

        private void unparkUpTo(Key key, int limit) {
            List<LotModel.Waiter> queue = model.queue(key);
            boolean due = !queue.isEmpty() && model.isTurnDue(model.eldest(key), lot.clock.getAsLong());
            List<LotModel.Waiter> chosen = due && limit == 1
                    ? List.of(model.eldest(key))
                    : List.copyOf(queue.subList(0, Math.min(limit, queue.size())));
            turnTakenIfDue(key, chosen);
            UnparkResult result = lot.unparkUpTo(key, limit, (context, parkToken, about) -> token);
            assertEquals(chosen.size(), result.unparkedThreads());
            assertEquals(queue.size() > chosen.size(), result.haveMoreThreads());
            model.unpark(key, chosen, token);
        }

        private void unparkFilter(Step step, Key key) {
            List<LotModel.Waiter> chosen = model.queue(key).stream()
                    .filter(waiter -> (waiter.parkToken & 3L) == (step.variant & 3L))
                    .toList();
            turnTakenIfDue(key, chosen);
            lot.unparkFilter(
                    key,
                    (context, parkToken) -> (parkToken & 3L) == (step.variant & 3L) ? FilterOp.UNPARK : FilterOp.SKIP,
                    (context, parkToken, about) -> token);
            model.unpark(key, chosen, token);
        }

        private void requeue(Step step, Key from, Key to) {
            boolean unparks = step.variant % 2 == 0;
            boolean precede = step.variant / 2 % 2 == 0;
            int waiting = model.queue(from).size();
            int unparked = unparks ? Math.min(1, waiting) : 0;
            turnTakenIfDue(from, List.copyOf(model.queue(from).subList(0, unparked)));
            RequeueOp op = unparks ? RequeueOp.UNPARK_ONE_REQUEUE_REST : RequeueOp.REQUEUE_ALL;
            lot.requeue(from, to, new FixedRequeue(op, precede, (context, parkToken, about) -> token));
            model.unparkAndRequeue(
                    from, to, unparked, waiting - unparked, precede ? this : null, token, lot.clock.getAsLong());
        }

        private void compare() {
            lot.checkInvariants();
            for (Key key : keys) {
                List<ParkedThread> expected = model.queue(key).stream()
                        .map(waiter -> new ParkedThread(
                                entries.containsKey(waiter)
                                        ? null
                                        : threads.get(waiter).thread(),
                                waiter.parkToken,
                                waiter.since,
                                waiter.canTimeOut(),
                                waiter.requeued))
                        .toList();
                assertEquals(expected, lot.waiters(key));
            }
            entries.forEach(Comparison::compareEntry);
            entries.keySet().removeIf(waiter -> waiter.result != null && waiter.id % 2 == 0); // some are cancelled late
            threads.forEach((waiter, thread) -> {
                if (waiter.result != null && waiter.result.isUnparked()) {
                    assertEquals(
                            waiter.result,
                            thread.hasEnded()
                                    ? thread.result()
                                    : thread.returnFromPark().result());
                }
            });
            threads.values().removeIf(Parked::hasEnded);
        }

        /** Told once, and either that it was chosen, with the token, or that it has left. */
        private static void compareEntry(LotModel.Waiter waiter, ScriptedEntry entry) {
            boolean chosen = waiter.result != null && waiter.result.isUnparked();
            assertEquals(chosen ? List.of(waiter.result.unparkToken()) : List.of(), entry.tokens());
            boolean left = waiter.result != null && !chosen;
            assertEquals(left ? 1 : 0, entry.arguments("timedOut").size());
            assertEquals(waiter.result == null, entry.entry().isQueued());
        }

        @Override
        public void close() {
            lot.close();
            entries.forEach((waiter, entry) -> assertFalse(entry.entry().isQueued()));
            assertTrue(lot.snapshot().isEmpty());
        }
    }
}
