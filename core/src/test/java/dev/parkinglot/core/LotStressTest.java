package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThreadKind;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Everything at once on real threads: at the end the books must balance. */
class LotStressTest {
    private static final List<FilterOp> FILTER_OPS = List.of(FilterOp.values());
    private static final List<RequeueOp> REQUEUE_OPS = List.of(RequeueOp.values());

    private static final int KEYS = 24;
    private static final int THREADS = 8;
    private static final int ROUNDS = 2_000;

    static List<ThreadKind> kinds() {
        return ThreadKind.available();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void everyWakeIsReceivedOnceAndNobodyIsLeft(ThreadKind kind) {
        // Two buckets at first: it grows on the way.
        new Books(KeyedLot.real(2)).balance(kind);
    }

    private static final class Books {
        private final KeyedLot lot;
        private final List<Key> keys = Stream.generate(Key::fresh).limit(KEYS).toList();

        private final AtomicLong unparked = new AtomicLong();
        private final AtomicLong tokensSent = new AtomicLong();
        private final AtomicLong returned = new AtomicLong();
        private final AtomicLong tokensReceived = new AtomicLong();
        private final AtomicLong left = new AtomicLong();
        private final AtomicInteger timedOutCalls = new AtomicInteger();

        Books(KeyedLot lot) {
            this.lot = lot;
        }

        void balance(ThreadKind kind) {
            try (TestThreads threads = new TestThreads(kind)) {
                Thread[] all = new Thread[THREADS];
                for (int i = 0; i < THREADS; i++) {
                    all[i] = threads.start("worker-" + i, () -> work(all));
                }
            }
            lot.checkInvariants();
            assertEquals(List.of(), lot.snapshot());
            assertEquals(unparked.get(), returned.get(), "as many were woken as woke up");
            assertEquals(tokensSent.get(), tokensReceived.get(), "each with its own token");
            assertEquals(left.get(), timedOutCalls.get(), "who left was told so once");
            assertTrue(returned.get() > 0L && left.get() > 0L, "both happened");
        }

        private void work(Thread[] all) {
            Random random = ThreadLocalRandom.current();
            for (int round = 0; round < ROUNDS; round++) {
                Key key = keys.get(random.nextInt(KEYS));
                switch (random.nextInt(12)) {
                    case 0 -> send(lot.unparkOne(key, this::token));
                    case 1 -> {
                        long token = random.nextInt(100);
                        int count = lot.unparkAll(key, token);
                        unparked.addAndGet(count);
                        tokensSent.addAndGet(count * token);
                    }
                    case 2 ->
                        send(lot.unparkFilter(
                                key, (context, parkToken) -> FILTER_OPS.get((int) parkToken), this::token));
                    case 3, 4 -> requeue(random, key, keys.get(random.nextInt(KEYS)));
                    case 5 -> interrupt(all[random.nextInt(THREADS)]);
                    default -> park(random, key);
                }
            }
        }

        private static void interrupt(Thread victim) {
            if (victim != null) {
                victim.interrupt();
            }
        }

        private long token(Object context, long parkToken, UnparkResult result) {
            // Under the bucket lock, so what is sent is on the books before anybody can receive it.
            return 1L + result.unparkedThreads();
        }

        private void send(UnparkResult result) {
            unparked.addAndGet(result.unparkedThreads());
            tokensSent.addAndGet(result.unparkedThreads() * token(null, 0L, result));
        }

        private void requeue(Random random, Key from, Key to) {
            RequeueOp answer = REQUEUE_OPS.get(random.nextInt(REQUEUE_OPS.size()));
            send(lot.requeue(from, to, new FixedRequeue(answer, this::token)));
        }

        private void park(Random random, Key key) {
            long deadline = System.nanoTime() + random.nextInt(1_000_000);
            ParkCallbacks<Object> callbacks = new LeaveCounter(timedOutCalls);
            ParkOptions options = ParkOptions.NONE;
            if (random.nextInt(4) == 0) {
                options = options.lookingAgain(100_000L, 2, 400_000L);
            }
            if (random.nextInt(4) == 0) {
                options = options.returning(System.nanoTime() - 1_000_000L);
            }
            ParkResult result = lot.parkHere(
                    key, callbacks, options, random.nextInt(3), new Patience(true, deadline, random.nextBoolean()));
            if (result.isUnparked()) {
                returned.incrementAndGet();
                tokensReceived.addAndGet(result.unparkToken());
            } else {
                left.incrementAndGet();
            }
        }
    }
}
