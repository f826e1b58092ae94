package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.core.HandDrivenLot.Parked;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code unparkOne}, {@code unparkAll}, and the fairness timer. */
class UnparkTest {
    private static final long MILLISECOND = 1_000_000L;

    private final HandDrivenLot lot = new HandDrivenLot();
    private final Key key = Key.fresh();
    private final List<UnparkResult> told = new ArrayList<>();

    @AfterEach
    void nothingIsLeft() {
        lot.close();
    }

    private UnparkResult unparkOneAndListen(long token) {
        return lot.unparkOne(key, (base, offset, result) -> {
            assertTrue(key.is(base, offset));
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
        lot.unparkOne(key, (base, offset, result) -> {
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

    // ---- fairness

    @Test
    void firstUnparkAfterTheTimerHasRunOutIsFairAndTheNextIsNot() {
        lot.parkSeveral(3, key);
        assertTrue(unparkOneAndListen(0L).beFair());
        assertFalse(unparkOneAndListen(0L).beFair());
        assertEquals(
                List.of(true, false), told.stream().map(UnparkResult::beFair).toList(), "as the callback was told");
    }

    @Test
    void timerRunsOutAfterAtMostOneMillisecond() {
        lot.parkSeveral(51, key);
        lot.unparkOne(key, 0L);
        for (int i = 0; i < 50; i++) {
            lot.clock.advance(MILLISECOND);
            assertTrue(unparkOneAndListen(0L).beFair());
        }
    }

    @Test
    void timerRunsOutAtRandomTimes() {
        // 200 fair unparks, each looked for in steps of 50 microseconds: how many steps it took must vary, over most of
        // 1..20.
        Parked waiting = lot.park(key);
        List<Integer> steps = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            int step = 0;
            boolean fair = false;
            while (!fair) {
                fair = unparkOneAndListen(0L).beFair();
                waiting.returnFromPark();
                waiting = lot.park(key);
                if (!fair) {
                    assertTrue(step < 20, "at most a millisecond");
                    lot.clock.advance(MILLISECOND / 20L);
                    step++;
                }
            }
            steps.add(step);
        }
        assertTrue(steps.stream().distinct().count() >= 15L, () -> "times: " + steps);
    }

    @Test
    void unparkThatFindsNobodyIsNotFairAndDoesNotRestartTheTimer() {
        assertFalse(unparkOneAndListen(0L).beFair());
        lot.park(key);
        assertTrue(unparkOneAndListen(0L).beFair());
    }

    @Test
    void callbackThatThrowsDoesNotRestartTheTimer() {
        lot.park(key);
        assertThrows(
                IllegalArgumentException.class,
                () -> lot.unparkOne(key, (base, offset, result) -> {
                    throw new IllegalArgumentException();
                }));
        assertTrue(unparkOneAndListen(0L).beFair());
    }

    @Test
    void timerBelongsToTheBucketNotToTheKey() {
        Key neighbour = Key.fresh();
        lot.park(key);
        lot.park(neighbour);
        assertTrue(unparkOneAndListen(0L).beFair());
        assertFalse(lot.unparkOne(neighbour, 0L).beFair());
    }

    @Test
    void unparkAllLeavesTheTimerAlone() {
        lot.park(key);
        lot.unparkAll(key, 0L);
        lot.park(key);
        assertTrue(unparkOneAndListen(0L).beFair());
    }

    @Test
    void nullIsAProgrammingError() {
        assertThrows(NullPointerException.class, () -> lot.unparkOne(key, null));
    }
}
