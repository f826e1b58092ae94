package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.core.HandDrivenLot.Parked;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code unparkFilter}. */
class UnparkFilterTest {
    private final HandDrivenLot lot = new HandDrivenLot();
    private final Key key = Key.fresh();

    @AfterEach
    void nothingIsLeft() {
        lot.close();
    }

    /** All answers to 0, 1, 2 and 3 waiting threads. */
    static Stream<List<FilterOp>> answers() {
        return IntStream.rangeClosed(0, 3).boxed().flatMap(UnparkFilterTest::answersTo);
    }

    private static Stream<List<FilterOp>> answersTo(int threads) {
        if (threads == 0) {
            return Stream.of(List.of());
        }
        return answersTo(threads - 1)
                .flatMap(some -> Stream.of(FilterOp.values()).map(op -> {
                    List<FilterOp> more = new ArrayList<>(some);
                    more.add(op);
                    return List.copyOf(more);
                }));
    }

    @ParameterizedTest
    @MethodSource("answers")
    void wakesTheUnparkedSkipsTheSkippedAndStopsAtStop(List<FilterOp> answers) {
        List<Parked> threads = lot.parkSeveral(answers.size(), key);
        List<Parked> woken = new ArrayList<>();
        List<Parked> left = new ArrayList<>();
        int asked = 0;
        boolean stopped = false;
        for (int i = 0; i < answers.size(); i++) {
            asked += stopped ? 0 : 1;
            stopped |= answers.get(i) == FilterOp.STOP;
            (stopped || answers.get(i) == FilterOp.SKIP ? left : woken).add(threads.get(i));
        }
        List<Long> shown = new ArrayList<>();
        List<UnparkResult> told = new ArrayList<>();
        UnparkResult result = lot.unparkFilter(
                key,
                token -> {
                    shown.add(token);
                    return answers.get((int) token);
                },
                (base, offset, about) -> {
                    assertTrue(key.is(base, offset));
                    told.add(about);
                    return 77L;
                });
        assertEquals(IntStream.range(0, asked).mapToObj(i -> (long) i).toList(), shown, "in queue order until STOP");
        // The clock has run far ahead, so whatever wakes somebody is fair.
        assertEquals(new UnparkResult(woken.size(), 0, !left.isEmpty(), !woken.isEmpty()), result);
        assertEquals(List.of(result), told);
        lot.assertQueue(key, left);
        woken.forEach(thread -> assertEquals(77L, thread.wokenResult().unparkToken()));
        left.forEach(thread -> assertFalse(thread.isRoused()));
    }

    @Test
    void wakingNobodyDoesNotRestartTheFairnessTimer() {
        lot.parkSeveral(1, key);
        lot.unparkFilter(key, token -> FilterOp.SKIP, (base, offset, result) -> 0L);
        assertTrue(lot.unparkOne(key, 0L).beFair());
    }

    @Test
    void fairWakeRestartsTheFairnessTimer() {
        lot.parkSeveral(2, key);
        assertTrue(lot.unparkFilter(key, token -> FilterOp.UNPARK, (base, offset, result) -> 0L)
                .beFair());
        lot.park(key);
        assertFalse(lot.unparkOne(key, 0L).beFair());
    }

    @Test
    void runsOnTheUnparkingThread() {
        lot.park(key);
        List<Thread> seen = new ArrayList<>();
        lot.unparkFilter(
                key,
                token -> {
                    seen.add(Thread.currentThread());
                    return FilterOp.STOP;
                },
                (base, offset, result) -> {
                    seen.add(Thread.currentThread());
                    return 0L;
                });
        assertEquals(List.of(Thread.currentThread(), Thread.currentThread()), seen);
    }

    @Test
    void everyParkedThreadHasItsOwnToken() {
        lot.park(key, 5L);
        lot.park(key, 5L);
        lot.park(key, 6L);
        UnparkResult result = lot.unparkFilter(
                key, token -> token == 5L ? FilterOp.UNPARK : FilterOp.SKIP, (base, offset, about) -> 0L);
        assertEquals(2, result.unparkedThreads());
        assertEquals(6L, lot.lot.waiters(key.base(), key.offset()).get(0).parkToken());
    }

    @Test
    void nullIsAProgrammingError() {
        assertThrows(NullPointerException.class, () -> lot.unparkFilter(key, null, (base, offset, result) -> 0L));
        assertThrows(NullPointerException.class, () -> lot.unparkFilter(key, token -> FilterOp.SKIP, null));
    }
}
