package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

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
                (context, token) -> {
                    shown.add(token);
                    return answers.get((int) token);
                },
                (context, parkToken, about) -> {
                    assertSame(key, context);
                    told.add(about);
                    return 77L;
                });
        assertEquals(IntStream.range(0, asked).mapToObj(i -> (long) i).toList(), shown, "in queue order until STOP");
        assertEquals(new UnparkResult(woken.size(), 0, !left.isEmpty(), false), result);
        assertEquals(List.of(result), told);
        lot.assertQueue(key, left);
        woken.forEach(thread -> assertEquals(77L, thread.wokenResult().unparkToken()));
        left.forEach(thread -> assertFalse(thread.isRoused()));
    }

    @Test
    void runsOnTheUnparkingThread() {
        lot.park(key);
        List<Thread> seen = new ArrayList<>();
        lot.unparkFilter(
                key,
                (context, token) -> {
                    seen.add(Thread.currentThread());
                    return FilterOp.STOP;
                },
                (context, parkToken, result) -> {
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
                key,
                (context, token) -> token == 5L ? FilterOp.UNPARK : FilterOp.SKIP,
                (context, parkToken, about) -> 0L);
        assertEquals(2, result.unparkedThreads());
        assertEquals(6L, lot.waiters(key).get(0).parkToken());
    }

    @Test
    void nullIsAProgrammingError() {
        assertThrows(NullPointerException.class, () -> ParkingLot.unparkFilter(key.base(), 0L, key, null));
        assertThrows(NullPointerException.class, () -> lot.unparkFilter(key, (context, token) -> FilterOp.SKIP, null));
    }
}
