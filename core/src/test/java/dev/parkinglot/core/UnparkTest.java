package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.core.HandDrivenLot.Parked;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code unparkOne}, {@code unparkUpTo} and {@code unparkAll}. Fairness has a test of its own. */
class UnparkTest {
    private final HandDrivenLot lot = new HandDrivenLot();
    private final Key key = Key.fresh();
    private final List<UnparkResult> told = new ArrayList<>();

    @AfterEach
    void nothingIsLeft() {
        lot.close();
    }

    private UnparkResult unparkOneAndListen(long token) {
        return lot.unparkOne(key, (context, parkToken, result) -> {
            assertSame(key, context);
            told.add(result);
            return token;
        });
    }

    // ---- unparkOne

    @Test
    void unparkOneOfAnEmptyQueueStillCallsBack() {
        UnparkResult result = unparkOneAndListen(1L);
        assertEquals(new UnparkResult(0, 0, false, false), result);
        assertEquals(List.of(result), told);
    }

    @Test
    void unparkOneWakesTheLongestWaiting() {
        List<Parked> threads = lot.parkSeveral(3, key);
        for (int i = 0; i < 3; i++) {
            lot.unparkOne(key, i);
            assertEquals(i, threads.get(i).wokenResult().unparkToken());
            lot.assertQueue(key, threads.subList(i + 1, 3));
        }
    }

    @Test
    void unparkOneTellsWhetherThreadsStayBehind() {
        lot.parkSeveral(3, key);
        for (boolean more : new boolean[] {true, true, false}) {
            UnparkResult result = unparkOneAndListen(0L);
            assertEquals(1, result.unparkedThreads());
            assertEquals(0, result.requeuedThreads());
            assertEquals(more, result.haveMoreThreads());
            assertEquals(result, told.get(told.size() - 1), "the callback is told the same");
        }
        assertFalse(unparkOneAndListen(0L).haveMoreThreads());
        assertEquals(4, told.size(), "called once each time");
    }

    @Test
    void haveMoreThreadsMeansThisKeyAndNotItsNeighboursInTheBucket() {
        Key neighbour = Key.fresh(); // the table has one bucket
        lot.park(key);
        lot.park(neighbour);
        assertFalse(unparkOneAndListen(0L).haveMoreThreads());
        assertEquals(1, lot.queue(neighbour).size());
    }

    @Test
    void callbackRunsOnTheUnparkingThreadWhileTheChosenOneIsStillQueued() {
        Parked thread = lot.park(key);
        List<Object> seen = new ArrayList<>();
        lot.unparkOne(key, (context, parkToken, result) -> {
            seen.add(Thread.currentThread());
            seen.add(thread.sleeper().isMarkedUnparked());
            return 0L;
        });
        assertEquals(List.of(Thread.currentThread(), false), seen);
    }

    @Test
    void unparkOneDoesNotWakeTheOthers() {
        List<Parked> threads = lot.parkSeveral(2, key);
        lot.unparkOne(key, 0L);
        assertTrue(threads.get(0).isRoused());
        assertFalse(threads.get(1).isRoused());
        assertFalse(threads.get(1).sleeper().isMarkedUnparked());
    }

    // ---- unparkAll

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 5})
    void unparkAllWakesEveryThreadOfTheKeyAndCountsThem(int waiting) {
        Key neighbour = Key.fresh();
        List<Parked> others = lot.parkSeveral(2, neighbour);
        List<Parked> threads = lot.parkSeveral(waiting, key);
        assertEquals(waiting, lot.unparkAll(key, 42L));
        for (Parked thread : threads) {
            assertEquals(42L, thread.wokenResult().unparkToken());
        }
        lot.assertQueue(key, List.of());
        lot.assertQueue(neighbour, others);
        assertEquals(0, lot.unparkAll(key, 42L), "nobody twice");
    }

    @Test
    void threadThatParksAfterUnparkAllWaits() {
        lot.parkSeveral(2, key);
        lot.unparkAll(key, 0L);
        Parked late = lot.park(key);
        lot.assertQueue(key, List.of(late));
    }

    // ---- unparkUpTo

    @ParameterizedTest
    @CsvSource({"0, 3", "1, 3", "2, 3", "3, 3", "4, 3", "2147483647, 3", "0, 0", "5, 0"})
    void unparkUpToWakesSoManyFromTheFront(int limit, int waiting) {
        List<Parked> threads = lot.parkSeveral(waiting, key);
        int woken = Math.min(limit, waiting);
        List<Long> tokens = new ArrayList<>();
        UnparkResult result = lot.unparkUpTo(key, limit, (context, parkToken, about) -> {
            tokens.add(parkToken);
            told.add(about);
            return 42L;
        });
        assertEquals(new UnparkResult(woken, 0, woken < waiting, false), result);
        assertEquals(List.of(result), told);
        assertEquals(List.of(0L), tokens, "that of the first, or none");
        threads.subList(0, woken)
                .forEach(thread -> assertEquals(42L, thread.wokenResult().unparkToken()));
        lot.assertQueue(key, threads.subList(woken, waiting));
    }

    @Test
    void callbackIsShownTheParkTokenOfTheFirstChosen() {
        lot.park(key, 5L);
        lot.park(key, 6L);
        List<Long> tokens = new ArrayList<>();
        UnparkCallback<Key> callback = (context, parkToken, result) -> {
            tokens.add(parkToken);
            return 0L;
        };
        lot.unparkOne(key, callback);
        lot.unparkUpTo(key, 3, callback);
        lot.unparkOne(key, callback);
        assertEquals(List.of(5L, 6L, ParkingLot.DEFAULT_PARK_TOKEN), tokens);
    }

    @Test
    void nullIsAProgrammingError() {
        assertThrows(NullPointerException.class, () -> lot.unparkOne(key, (UnparkCallback<Object>) null));
    }
}
